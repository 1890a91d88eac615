/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The node's own open requests.  A request id is an index and a generation, so that an
 * outcome that is not for the entry any more finds nothing. */
#include "nodes/service/node_internal.h"

#include <assert.h>
#include <stdlib.h>

static uint32_t
index_of(RequestId id)
{
    return (uint32_t)id;
}

bool
pending_has_room(const ServiceNode *node, uint32_t n)
{
    uint32_t limit = node->config->pending_max;

    return n <= limit && node->pending.open <= limit - n;
}

/* Chain the entries from @first on into the free list. */
static void
chain_free(PendingTable *table, uint32_t first)
{
    for (uint32_t i = first; i < table->capacity; i++)
        table->entries[i] = (Pending){ .kind = PENDING_FREE, .part = i + 1 };
    table->first_free = first;
}

static void
grow(PendingTable *table)
{
    uint32_t first = table->capacity;

    table->capacity = first == 0 ? PENDING_FIRST : first * 2;
    table->entries = realloc(table->entries, table->capacity * sizeof *table->entries);
    if (table->entries == NULL)
        abort();
    chain_free(table, first);
}

/* A node that rests holds a small table only. */
static void
shrink_when_idle(PendingTable *table)
{
    if (table->open > 0 || table->capacity <= PENDING_FIRST)
        return;
    free(table->entries);
    heap_clear(&table->silences);
    table->entries = NULL;
    table->capacity = table->first_free = 0;
}

Pending *
pending_open(ServiceNode *node, PendingKind kind, Time now, Duration timeout)
{
    PendingTable *table = &node->pending;
    Pending *entry;
    uint32_t index;

    assert(kind != PENDING_FREE && timeout > 0);
    assert(pending_has_room(node, 1));
    if (table->first_free == table->capacity)
        grow(table);
    index = table->first_free;
    entry = &table->entries[index];
    assert(entry->kind == PENDING_FREE);
    table->first_free = entry->part;
    table->open++;
    table->generation++;
    *entry = (Pending){ .id = (RequestId)table->generation << 32 | index,
                        .kind = kind,
                        .deadline = now + timeout };
    return entry;
}

static Pending *
find(PendingTable *table, RequestId id)
{
    Pending *entry;

    if (index_of(id) >= table->capacity)
        return NULL;
    entry = &table->entries[index_of(id)];
    return entry->kind != PENDING_FREE && entry->id == id ? entry : NULL;
}

/* Take the entry out of the table. */
static Pending
close_entry(PendingTable *table, Pending *entry)
{
    Pending was = *entry;

    *entry = (Pending){ .kind = PENDING_FREE, .part = table->first_free };
    table->first_free = index_of(was.id);
    table->open--;
    if (index_of(was.id) < table->silences.capacity)
        heap_set(&table->silences, index_of(was.id), TIME_NEVER);
    shrink_when_idle(table);
    return was;
}

static bool
answered_with(Outcome outcome, int status, const Packet *packet, Bytes body)
{
    return outcome == OUTCOME_ANSWER && status == 200 &&
           bytes_equal(packet_bytes(packet), body);
}

static void
dispatch(ServiceNode *node, Time now, const Pending *was, Outcome outcome, int status,
         Packet *packet)
{
    switch (was->kind) {
    case PENDING_FORWARD:
        fanout_outcome(node, now, was->fanout, was->part, outcome, status, packet);
        break;
    case PENDING_RELAY:
        onion_relay_outcome(node, was->token, was->part != 0, outcome, status, packet);
        break;
    case PENDING_SERVER:
        server_outcome(node, now, was->post, outcome, status, packet);
        break;
    case PENDING_READY:
        ready_outcome(node, now, was->key,
                      answered_with(outcome, status, packet, BYTES_LITERAL("OK")));
        break;
    case PENDING_DUMP:
        dump_outcome(node, now,
                     answered_with(outcome, status, packet, BYTES_LITERAL("OK")));
        break;
    case PENDING_RETRY:
        retry_outcome(node, was->part, outcome, status, packet);
        break;
    case PENDING_PING_HTTPS:
        reachability_ping_ended(
            node, now, was->test,
            answered_with(outcome, status, packet, reachability_tested(was->test)));
        break;
    case PENDING_PING_OMQ:
        reachability_ping_ended(
            node, now, was->test,
            answered_with(outcome, status, packet, BYTES_LITERAL("pong")));
        break;
    case PENDING_PUSH:
        pace_outcome(node, now, was->part);
        break;
    case PENDING_ANTI_ENTROPY:
        anti_entropy_outcome(node, now, outcome, status, packet);
        break;
    case PENDING_FREE:
        break;
    }
}

/* OxenMQ connects again in silence when a connection breaks or cannot be made: the request
 * then ends at its deadline, not before (protocol 3.3, 4.4: "timeout" is all there is).
 * HTTPS does not, and of pings the end is told at once. */
static bool
keeps_silent(const Pending *entry, Outcome outcome, Time now)
{
    return (outcome == OUTCOME_REFUSED || outcome == OUTCOME_RESET) &&
           entry->kind != PENDING_PING_HTTPS && entry->kind != PENDING_PING_OMQ &&
           entry->kind != PENDING_SERVER && entry->deadline > now;
}

void
pending_outcome(ServiceNode *node, Time now, RequestId id, Outcome outcome, int status,
                Packet *packet)
{
    PendingTable *table = &node->pending;
    Pending *entry = find(table, id);
    Pending was;

    if (entry == NULL)
        return;
    if (keeps_silent(entry, outcome, now)) {
        heap_grow(&table->silences, table->capacity);
        heap_set(&table->silences, index_of(id), entry->deadline);
        timer_set(node, TIMER_SILENCE, heap_first_time(&table->silences));
        return;
    }
    was = close_entry(table, entry);
    dispatch(node, now, &was, outcome, status, packet);
}

void
pending_silences(ServiceNode *node, Time now)
{
    PendingTable *table = &node->pending;

    while (heap_first_time(&table->silences) <= now) {
        Pending *entry = &table->entries[heap_first_slot(&table->silences)];
        Pending was = close_entry(table, entry);
        Packet none = PACKET_EMPTY;

        dispatch(node, now, &was, OUTCOME_TIMEOUT, 0, &none);
    }
    timer_set(node, TIMER_SILENCE, heap_first_time(&table->silences));
}

void
pending_clear(ServiceNode *node)
{
    PendingTable *table = &node->pending;

    for (uint32_t i = 0; i < table->capacity; i++) {
        const Pending *entry = &table->entries[i];

        if (entry->kind == PENDING_FORWARD)
            fanout_drop(entry->fanout);
        else if (entry->kind == PENDING_SERVER)
            server_drop(entry->post);
        else if (entry->kind == PENDING_PING_HTTPS || entry->kind == PENDING_PING_OMQ)
            reachability_test_drop(entry->test);
    }
    free(table->entries);
    heap_clear(&table->silences);
    *table = (PendingTable){ .generation = table->generation };
}
