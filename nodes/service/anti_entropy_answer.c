/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sn.anti_entropy: what another member of the swarm asks (anti_entropy.h).  Nothing is kept
 * between two requests.  A request costs one look through the store, and at most
 * COMPARE_RANGES_MAX ranges, COMPARE_IDS_MAX ids and one push's bytes. */
#include <stdlib.h>

#include "nodes/service/anti_entropy.h"

/* Takes the buffer. */
static void
answer(ServiceNode *node, const Incoming *in, Buffer *out, bool messages)
{
    uint64_t n = out->n;
    Packet packet = packet_of_buffer(out);

    port_note(node->port, NOTE_ANTI_ENTROPY, messages ? 0 : n, messages ? n : 0,
              (Bytes){ NULL, 0 });
    port_reply(node->port, in->token, 200, &packet);
}

static void
answer_word(ServiceNode *node, const Incoming *in, const char *word)
{
    Buffer out = BUFFER_EMPTY;

    buffer_append_text(&out, word);
    answer(node, in, &out, false);
}

static bool
answer_summary(ServiceNode *node, const Incoming *in, const CompareScope *scope, Reader *r)
{
    CompareDigest theirs, mine;
    CompareView view;

    if (!reader_u32le(r, &theirs.n) || !reader_u64le(r, &theirs.ids) || r->left > 0)
        return false;
    compare_view(node, scope, &view);
    mine = compare_digest(view.items, view.n);
    compare_view_clear(&view);
    answer_word(node, in, compare_digests_equal(mine, theirs) ? "same" : "differs");
    return true;
}

/* --- ranges ------------------------------------------------------------------------- */

/* Where my items of each range begin; the last one is their number. */
static size_t *
range_starts(const CompareView *view, Reader ranges, uint32_t n)
{
    size_t *starts = malloc((n + 1) * sizeof *starts);

    if (starts == NULL)
        abort();
    starts[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        CompareRange range = compare_next_range(&ranges);

        starts[i + 1] = starts[i] + compare_range(view, starts[i], range.end);
    }
    return starts;
}

static void
write_ids(Buffer *out, uint32_t index, const CompareItem *items, size_t n, bool partial)
{
    compare_write_u32(out, index);
    compare_write_u32(out, (uint32_t)n | (partial ? COMPARE_PARTIAL : 0));
    for (size_t i = 0; i < n; i++)
        compare_write_u64(out, items[i].id);
}

static bool
answer_ranges(ServiceNode *node, const Incoming *in, const CompareScope *scope,
              const Reader *r)
{
    size_t ids = 0, *starts;
    Buffer out = BUFFER_EMPTY;
    Reader ranges;
    CompareView view;
    uint32_t n, first;

    if (!compare_read_ranges(r, scope, &ranges, &n))
        return false;
    compare_view(node, scope, &view);
    compare_view_sort(&view);
    starts = range_starts(&view, ranges, n);
    /* Where it begins hangs on the salt: ranges that never agree cannot keep out others. */
    first = (uint32_t)scope->salt[0] * n / 256;
    for (uint32_t i = 0; i < n && ids < COMPARE_IDS_MAX; i++) {
        uint32_t at = (first + i) % n;
        const CompareItem *items = view.items + starts[at];
        size_t count = starts[at + 1] - starts[at], room = COMPARE_IDS_MAX - ids;

        if (compare_digests_equal(compare_digest(items, count),
                                  compare_range_at(&ranges, at).digest))
            continue;
        write_ids(&out, at, items, count < room ? count : room, count > room);
        ids += count < room ? count : room;
    }
    free(starts);
    compare_view_clear(&view);
    answer(node, in, &out, false);
    return true;
}

/* --- messages ----------------------------------------------------------------------- */

static bool
answer_fetch(ServiceNode *node, const Incoming *in, const CompareScope *scope, Reader *r)
{
    Buffer out = BUFFER_EMPTY;
    IdList ids = ID_LIST_EMPTY;
    uint64_t id;

    if (r->left == 0 || r->left % 8 != 0 || r->left / 8 > COMPARE_FETCH_MAX)
        return false;
    while (reader_u64le(r, &id))
        id_list_add(&ids, id);
    id_list_sort(&ids);
    (void)compare_write_messages(node, scope, &ids, &out);
    id_list_clear(&ids);
    answer(node, in, &out, true);
    return true;
}

static bool
answer_give(ServiceNode *node, Time now, const Incoming *in, const CompareScope *scope)
{
    if (!compare_keep_messages(node, now, scope, in->packet, 1 + COMPARE_SCOPE_BYTES, NULL,
                               NULL))
        return false;
    answer_word(node, in, "OK");
    return true;
}

static bool
answer_request(ServiceNode *node, Time now, const Incoming *in)
{
    Reader r = reader_over(packet_bytes(in->packet));
    CompareScope scope;
    CompareStep step;

    if (!compare_read_head(&r, &step, &scope))
        return false;
    switch (step) {
    case COMPARE_SUMMARY:
        return answer_summary(node, in, &scope, &r);
    case COMPARE_RANGES:
        return answer_ranges(node, in, &scope, &r);
    case COMPARE_FETCH:
        return answer_fetch(node, in, &scope, &r);
    case COMPARE_GIVE:
        return answer_give(node, now, in, &scope);
    }
    return false;
}

void
anti_entropy_receive(ServiceNode *node, Time now, const Incoming *in)
{
    const NodeRecord *from = node_by_peer_key(node, in->peer_key);

    meter_add(node->port->meter, METER_PARSE, in->packet->length);
    if (from == NULL || !node_is_swarm_peer(node, from))
        port_reply_text(node->port, in->token, STATUS_FORBIDDEN_SN, FORBIDDEN_SN);
    else if (node->config->anti_entropy_interval == 0)
        port_reply_text(node->port, in->token, 404, "Not Found");
    else if (!answer_request(node, now, in))
        port_reply_text(node->port, in->token, 400, "Invalid request");
}
