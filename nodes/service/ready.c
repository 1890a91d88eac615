/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What 2025 put around pushes (protocol 7, row 15): a node is asked whether it is ready
 * before it is pushed to, again and again until it says OK; and a node that was away asks
 * members of its swarm for a dump.  Both are forms of sn.data of our own: one byte, 0x02
 * "are you ready?" and 0x03 "push me what is mine", answered with 200 "OK". */
#include <stdlib.h>

#include "nodes/service/node_internal.h"

/* --- asking ----------------------------------------------------------------------- */

static void
send_byte(ServiceNode *node, const NodeRecord *to, RequestId id, uint8_t byte)
{
    Packet packet = packet_of_bytes((Bytes){ &byte, 1 });

    port_send(node->port, node_address_omq(to), KIND_DATA, id, node->config->retry_timeout,
              to->x25519, &packet);
}

static ReadyTarget *
find_target(ReadyState *state, uint64_t key)
{
    for (uint32_t i = 0; i < state->n; i++)
        if (load_u64be(state->targets[i].legacy) == key)
            return &state->targets[i];
    return NULL;
}

static void
remove_target(ReadyState *state, ReadyTarget *target)
{
    *target = state->targets[--state->n];
    if (state->n == 0) {
        free(state->targets);
        state->targets = NULL;
        state->capacity = 0;
    }
}

static void
ask(ServiceNode *node, Time now, ReadyTarget *target, const NodeRecord *record)
{
    Pending *pending;

    if (!pending_has_room(node, 1))
        return;
    pending = pending_open(node, PENDING_READY, now, node->config->retry_timeout);
    pending->key = load_u64be(target->legacy);
    target->open = true;
    target->again = now + node->config->ready_retry;
    send_byte(node, record, pending->id, DATA_READY);
}

void
ready_ask(ServiceNode *node, Time now, const NodeRecord *record)
{
    ReadyState *state = &node->ready;
    ReadyTarget *target;

    if (record == node->self || find_target(state, load_u64be(record->legacy)) != NULL)
        return;
    if (state->n == READY_TARGETS_MAX)
        return;
    if (state->n == state->capacity) {
        state->capacity = state->capacity == 0 ? 8 : state->capacity * 2;
        state->targets = realloc(state->targets, state->capacity * sizeof *state->targets);
        if (state->targets == NULL)
            abort();
    }
    target = &state->targets[state->n++];
    *target = (ReadyTarget){ 0 };
    memcpy(target->legacy, record->legacy, sizeof target->legacy);
    ask(node, now, target, record);
    if (heap_get(&node->timers, TIMER_READY) == TIME_NEVER)
        timer_set(node, TIMER_READY, now + node->config->ready_scan);
}

void
ready_due(ServiceNode *node, Time now)
{
    ReadyState *state = &node->ready;

    for (uint32_t i = 0; i < state->n;) {
        ReadyTarget *target = &state->targets[i];
        const NodeRecord *record = node_by_legacy(node, target->legacy);

        if (record == NULL || record->swarm_id == SWARM_NONE) {
            remove_target(state, target);
            continue;
        }
        if (!target->open && target->again <= now)
            ask(node, now, target, record);
        i++;
    }
    if (state->n > 0)
        timer_set(node, TIMER_READY, now + node->config->ready_scan);
}

void
ready_outcome(ServiceNode *node, Time now, uint64_t key, bool ok)
{
    ReadyTarget *target = find_target(&node->ready, key);
    const NodeRecord *record;

    if (target == NULL)
        return;
    target->open = false;
    if (!ok)
        return;
    record = node_by_legacy(node, target->legacy);
    remove_target(&node->ready, target);
    if (record != NULL && record->swarm_id != SWARM_NONE)
        push_for_node(node, now, record);
}

/* --- a dump for me ---------------------------------------------------------------- */

static uint32_t
tries_max(const ServiceNode *node)
{
    uint32_t others = node->swarm == NULL ? 0 : node->swarm->n - 1;

    return others < DUMP_TRIES_MAX ? others : DUMP_TRIES_MAX;
}

static void
ask_for_dump(ServiceNode *node, Time now)
{
    ReadyState *state = &node->ready;
    const NodeRecord *record;
    Pending *pending;

    if (state->dumps_tried >= tries_max(node) || !pending_has_room(node, 1)) {
        /* Nobody there: look again later.  One dump is better than none. */
        if (state->dumps_wanted == DUMP_SOURCES && tries_max(node) > 0)
            timer_set(node, TIMER_DUMP, now + node->config->ready_retry);
        else
            state->dumps_wanted = 0;
        return;
    }
    do {
        record = node_member(node, node->swarm, state->dump_next++ % node->swarm->n);
    } while (record == node->self);
    state->dumps_tried++;
    state->dump_open = true;
    pending = pending_open(node, PENDING_DUMP, now, node->config->retry_timeout);
    send_byte(node, record, pending->id, DATA_DUMP);
}

void
dump_want(ServiceNode *node, Time now)
{
    ReadyState *state = &node->ready;

    if (node->config->defect_no_fill_after_outage || node->swarm == NULL)
        return;
    state->dumps_wanted = DUMP_SOURCES;
    state->dumps_tried = 0;
    state->dump_next = port_random_below(node->port, RANDOM_SEND, node->swarm->n);
    if (!state->dump_open)
        ask_for_dump(node, now);
}

void
dump_due(ServiceNode *node, Time now)
{
    if (node->ready.dumps_wanted > 0)
        dump_want(node, now);
}

void
dump_outcome(ServiceNode *node, Time now, bool ok)
{
    ReadyState *state = &node->ready;

    state->dump_open = false;
    if (ok && state->dumps_wanted > 0)
        state->dumps_wanted--;
    if (state->dumps_wanted > 0)
        ask_for_dump(node, now);
}

/* --- being asked ------------------------------------------------------------------ */

static void
answer_ready(ServiceNode *node, const Incoming *in)
{
    if (node_ready(node, NULL))
        port_reply_text(node->port, in->token, 200, "OK");
    else
        port_reply_text(node->port, in->token, 503, "Not ready");
}

static void
answer_dump(ServiceNode *node, Time now, const Incoming *in, const NodeRecord *from)
{
    if (!node_is_swarm_peer(node, from)) {
        port_reply_text(node->port, in->token, 403, "Swarm mismatch");
        return;
    }
    port_reply_text(node->port, in->token, 200, "OK");
    push_for_node(node, now, from);
}

void
data_receive(ServiceNode *node, Time now, const Incoming *in)
{
    const NodeRecord *from = node_by_peer_key(node, in->peer_key);
    Bytes bytes = packet_bytes(in->packet);

    if (from == NULL)
        port_reply_text(node->port, in->token, STATUS_FORBIDDEN_SN, FORBIDDEN_SN);
    else if (bytes.n > 0 && (bytes.p[0] == DATA_PUSH || bytes.p[0] > DATA_DUMP))
        push_receive(node, now, in);
    else if (bytes.n == 1 && bytes.p[0] == DATA_READY)
        answer_ready(node, in);
    else if (bytes.n == 1 && bytes.p[0] == DATA_DUMP)
        answer_dump(node, now, in, from);
    else
        port_reply_text(node->port, in->token, 400, "Invalid data");
}

void
ready_clear(ServiceNode *node)
{
    free(node->ready.targets);
    node->ready = (ReadyState){ 0 };
}
