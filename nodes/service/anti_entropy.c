/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anti-entropy, the side that asks: once an interval a node compares with one other member
 * of its swarm, each in its turn, and both get what they lack (anti_entropy.h,
 * docs/repair.md). First all at once, which is all there is when both have the same; then
 * range by range; then messages, one request under way at a time. */
#include <stdlib.h>

#include "nodes/service/anti_entropy.h"

static void
end_exchange(ServiceNode *node)
{
    Exchange *exchange = node->exchange;

    if (exchange == NULL)
        return;
    packet_clear(&exchange->ranges);
    id_list_clear(&exchange->wants);
    id_list_clear(&exchange->gives);
    free(exchange);
    node->exchange = NULL;
}

/* One request of the exchange; takes the buffer.  It ends when the other one is no member
 * any more. */
static void
ask(ServiceNode *node, Time now, CompareStep step, Buffer *request)
{
    const NodeRecord *to = node_by_legacy(node, node->exchange->legacy);
    Packet packet = packet_of_buffer(request);
    uint64_t n = packet.length;
    Pending *pending;

    if (to == NULL || !node_is_swarm_peer(node, to) || !pending_has_room(node, 1)) {
        packet_clear(&packet);
        end_exchange(node);
        return;
    }
    node->exchange->step = step;
    pending = pending_open(node, PENDING_ANTI_ENTROPY, now, node->config->push_timeout);
    port_note(node->port, NOTE_ANTI_ENTROPY, step == COMPARE_GIVE ? 0 : n,
              step == COMPARE_GIVE ? n : 0, (Bytes){ NULL, 0 });
    port_send(node->port, node_address_omq(to), KIND_ANTI_ENTROPY, pending->id,
              node->config->push_timeout, to->x25519, &packet);
}

/* --- all at once -------------------------------------------------------------------- */

static void
ask_summary(ServiceNode *node, Time now)
{
    const CompareScope *scope = &node->exchange->scope;
    Buffer request = BUFFER_EMPTY;
    CompareDigest digest;
    CompareView view;

    compare_view(node, scope, &view);
    digest = compare_digest(view.items, view.n);
    compare_view_clear(&view);
    compare_write_head(&request, COMPARE_SUMMARY, scope);
    compare_write_u32(&request, digest.n);
    compare_write_u64(&request, digest.ids);
    ask(node, now, COMPARE_SUMMARY, &request);
}

/* With the member whose turn it is. */
static void
ask_next_member(ServiceNode *node, Time now)
{
    Exchange *exchange = node->exchange;
    UnixMs t = port_unix_ms(node->port);
    const NodeRecord *record;

    if (node->swarm == NULL || node->swarm->n < 2 || exchange->tries >= COMPARE_TRIES_MAX ||
        exchange->tries >= node->swarm->n - 1) {
        end_exchange(node);
        return;
    }
    do {
        record = node_member(node, node->swarm, node->compare_next++ % node->swarm->n);
    } while (record == node->self);
    exchange->tries++;
    memcpy(exchange->legacy, record->legacy, sizeof exchange->legacy);
    port_random(node->port, RANDOM_REPAIR, exchange->scope.salt, COMPARE_SALT_BYTES);
    exchange->scope.alive_after = t + COMPARE_MARGIN_MS;
    exchange->scope.written_before = t - COMPARE_MARGIN_MS;
    ask_summary(node, now);
}

/* --- range by range ----------------------------------------------------------------- */

/* Messages of the same millisecond stay in one range. */
static size_t
range_end(const CompareView *view, size_t first, size_t per_range)
{
    size_t end = first + per_range;

    if (end >= view->n)
        return view->n;
    while (end < view->n && view->items[end].timestamp == view->items[end - 1].timestamp)
        end++;
    return end;
}

static void
ask_ranges(ServiceNode *node, Time now)
{
    Exchange *exchange = node->exchange;
    Buffer request = BUFFER_EMPTY;
    CompareView view;
    size_t per_range, first = 0;

    compare_view(node, &exchange->scope, &view);
    compare_view_sort(&view);
    per_range = view.n / COMPARE_RANGES_MAX + 1;
    if (per_range < COMPARE_RANGE_MESSAGES)
        per_range = COMPARE_RANGE_MESSAGES;
    compare_write_head(&request, COMPARE_RANGES, &exchange->scope);
    do {
        size_t end = range_end(&view, first, per_range);
        CompareRange range = { .end = end == view.n ? exchange->scope.written_before
                                                    : view.items[end].timestamp,
                               .digest = compare_digest(view.items + first, end - first) };

        compare_write_range(&request, &range);
        first = end;
    } while (first < view.n);
    compare_view_clear(&view);
    exchange->ranges = packet_of_buffer(&request);
    buffer_append_bytes(&request, packet_bytes(&exchange->ranges));
    ask(node, now, COMPARE_RANGES, &request);
}

/* What I know when an answer about ranges comes. */
typedef struct Difference {
    Exchange *exchange;
    Reader ranges;
    uint32_t n_ranges;
    bool seen[COMPARE_RANGES_MAX]; /* in the answer, each once */
    CompareView view;              /* sorted */
    IdList mine;                   /* all ids of the view, sorted */
    IdList deleted;                /* here, sorted */
} Difference;

static void
look_at_range(Difference *d, uint32_t index, const IdList *theirs, bool partial)
{
    UnixMs begin = index == 0 ? INT64_MIN : compare_range_at(&d->ranges, index - 1).end;
    size_t first = compare_range(&d->view, 0, begin);
    size_t n = compare_range(&d->view, first, compare_range_at(&d->ranges, index).end);

    for (size_t i = 0; i < theirs->n; i++)
        if (!id_list_has(&d->mine, theirs->ids[i]) &&
            !id_list_has(&d->deleted, theirs->ids[i]))
            id_list_add(&d->exchange->wants, theirs->ids[i]);
    for (size_t i = first; !partial && i < first + n; i++)
        if (!id_list_has(theirs, d->view.items[i].id))
            id_list_add(&d->exchange->gives, d->view.items[i].id);
}

/* One range of the answer; false: it is none. */
static bool
read_range(Difference *d, Reader *r, size_t *ids_left)
{
    IdList theirs = ID_LIST_EMPTY;
    uint32_t index, n;
    uint64_t id;
    bool partial;

    if (!reader_u32le(r, &index) || !reader_u32le(r, &n))
        return false;
    partial = (n & COMPARE_PARTIAL) != 0;
    n &= ~(uint32_t)COMPARE_PARTIAL;
    if (index >= d->n_ranges || d->seen[index] || n > *ids_left || n > r->left / 8)
        return false;
    d->seen[index] = true;
    *ids_left -= n;
    for (uint32_t i = 0; i < n && reader_u64le(r, &id); i++)
        id_list_add(&theirs, id);
    id_list_sort(&theirs);
    look_at_range(d, index, &theirs, partial);
    id_list_clear(&theirs);
    return true;
}

/* What I lack goes to wants, what the other one lacks to gives. */
static void
read_ranges(ServiceNode *node, Bytes body)
{
    Exchange *exchange = node->exchange;
    Difference d = { .exchange = exchange, .mine = ID_LIST_EMPTY };
    Reader request = reader_over(packet_bytes(&exchange->ranges)), r = reader_over(body);
    size_t ids_left = COMPARE_IDS_MAX;
    CompareScope scope;
    CompareStep step;

    if (!compare_read_head(&request, &step, &scope) ||
        !compare_read_ranges(&request, &scope, &d.ranges, &d.n_ranges))
        return;
    compare_view(node, &scope, &d.view);
    compare_view_sort(&d.view);
    for (size_t i = 0; i < d.view.n; i++)
        id_list_add(&d.mine, d.view.items[i].id);
    id_list_sort(&d.mine);
    tombstone_ids(node, &scope, &d.deleted);
    while (r.left > 0 && read_range(&d, &r, &ids_left))
        ;
    id_list_sort(&exchange->gives);
    id_list_clear(&d.mine);
    id_list_clear(&d.deleted);
    compare_view_clear(&d.view);
}

/* --- messages ----------------------------------------------------------------------- */

static void
ask_fetch(ServiceNode *node, Time now)
{
    const Exchange *exchange = node->exchange;
    size_t n = exchange->wants.n;
    Buffer request = BUFFER_EMPTY;

    compare_write_head(&request, COMPARE_FETCH, &exchange->scope);
    for (size_t i = 0; i < n && i < COMPARE_FETCH_MAX; i++)
        compare_write_u64(&request, exchange->wants.ids[i]);
    ask(node, now, COMPARE_FETCH, &request);
}

static void
ask_give(ServiceNode *node, Time now)
{
    Exchange *exchange = node->exchange;
    Buffer request = BUFFER_EMPTY;

    compare_write_head(&request, COMPARE_GIVE, &exchange->scope);
    if (compare_write_messages(node, &exchange->scope, &exchange->gives, &request) > 0) {
        ask(node, now, COMPARE_GIVE, &request);
        return;
    }
    /* They are gone meanwhile. */
    buffer_clear(&request);
    end_exchange(node);
}

/* True when something came that was asked for. */
static bool
read_messages(ServiceNode *node, Time now, const Packet *packet)
{
    Exchange *exchange = node->exchange;
    IdList got = ID_LIST_EMPTY;
    IdList wanted = ID_LIST_EMPTY; /* sorted */
    size_t before = exchange->wants.n, kept = 0;

    meter_add(node->port->meter, METER_PARSE, packet->length);
    for (size_t i = 0; i < before; i++)
        id_list_add(&wanted, exchange->wants.ids[i]);
    id_list_sort(&wanted);
    if (compare_keep_messages(node, now, &exchange->scope, packet, 0, &wanted, &got)) {
        id_list_sort(&got);
        for (size_t i = 0; i < before; i++)
            if (!id_list_has(&got, exchange->wants.ids[i]))
                exchange->wants.ids[kept++] = exchange->wants.ids[i];
        exchange->wants.n = kept;
    }
    id_list_clear(&got);
    id_list_clear(&wanted);
    return exchange->wants.n < before;
}

/* --- the course of it --------------------------------------------------------------- */

static void
go_on(ServiceNode *node, Time now)
{
    Exchange *exchange = node->exchange;

    if (exchange->rounds++ >= COMPARE_ROUNDS_MAX)
        end_exchange(node);
    else if (exchange->wants.n > 0)
        ask_fetch(node, now);
    else if (exchange->gives.n > 0)
        ask_give(node, now);
    else
        end_exchange(node);
}

void
anti_entropy_outcome(ServiceNode *node, Time now, Outcome outcome, int status,
                     const Packet *packet)
{
    Exchange *exchange = node->exchange;
    bool good = outcome == OUTCOME_ANSWER && status == 200;

    if (exchange == NULL)
        return;
    switch (exchange->step) {
    case COMPARE_SUMMARY:
        if (!good)
            ask_next_member(node, now);
        else if (bytes_equal_text(packet_bytes(packet), "differs"))
            ask_ranges(node, now);
        else
            end_exchange(node);
        return;
    case COMPARE_RANGES:
        if (good)
            read_ranges(node, packet_bytes(packet));
        go_on(node, now);
        return;
    case COMPARE_FETCH:
        /* Who gives nothing is asked for nothing more. */
        if (!good || !read_messages(node, now, packet))
            exchange->wants.n = 0;
        go_on(node, now);
        return;
    case COMPARE_GIVE:
        if (!good)
            exchange->gives.n = 0;
        go_on(node, now);
        return;
    }
}

void
anti_entropy_due(ServiceNode *node, Time now)
{
    timer_set(node, TIMER_ANTI_ENTROPY, now + node->config->anti_entropy_interval);
    if (node->exchange != NULL || node->swarm == NULL)
        return;
    node->exchange = calloc(1, sizeof *node->exchange);
    if (node->exchange == NULL)
        abort();
    ask_next_member(node, now);
}

void
anti_entropy_start(ServiceNode *node, Time now)
{
    Duration interval = node->config->anti_entropy_interval;
    uint32_t ms = (uint32_t)(interval / MILLISECOND);

    if (interval == 0)
        return;
    node->compare_next = port_random_below(node->port, RANDOM_REPAIR, UINT32_MAX);
    timer_set(node, TIMER_ANTI_ENTROPY,
              now + 1 +
                  (Duration)port_random_below(node->port, RANDOM_REPAIR, ms + 1) *
                      MILLISECOND);
}

void
anti_entropy_clear(ServiceNode *node)
{
    end_exchange(node);
}
