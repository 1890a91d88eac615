/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A new block (protocol 2.4): adopt the snapshot, see what it changes in the swarms, and
 * send messages where they belong now.  What happened in blocks that were missed is not
 * made up for: the difference to the last snapshot seen is all there is. */
#include <stdlib.h>

#include "nodes/service/node_internal.h"

static uint64_t
swarm_id_of(const Swarm *swarm)
{
    return swarm == NULL ? SWARM_NONE : swarm->id;
}

/* Takes the reference. */
static void
adopt(ServiceNode *node, Snapshot *snapshot)
{
    int index = node_list_find_ed25519(snapshot->nodes, node->identity.pk);

    node->snapshot = snapshot;
    node->self = index == NODE_NONE ? NULL : &snapshot->nodes->nodes[index];
    node->swarm =
        node->self == NULL ? NULL : snapshot_swarm(snapshot, node->self->swarm_id);
}

/* --- my swarm dissolved ----------------------------------------------------------- */

static void
on_dissolved(ServiceNode *node, Time now, const Snapshot *previous, uint64_t was)
{
    bool *wanted = calloc(node->snapshot->n_swarms + 1, sizeof *wanted);

    if (wanted == NULL)
        abort();
    for (uint32_t i = 0; i < node->snapshot->n_swarms; i++)
        wanted[i] = true;
    push_to_swarms(node, now, wanted, previous, was);
    free(wanted);
}

/* --- my swarm stands -------------------------------------------------------------- */

static bool
was_member(const Snapshot *previous, uint64_t swarm, const NodeRecord *record)
{
    int index = node_list_find_legacy(previous->nodes, record->legacy);

    return index != NODE_NONE && previous->nodes->nodes[index].swarm_id == swarm;
}

static void
on_joiners(ServiceNode *node, Time now, const Snapshot *previous)
{
    const NodeRecord **joiners = malloc(node->swarm->n * sizeof *joiners);
    size_t n = 0;

    if (joiners == NULL)
        abort();
    for (uint32_t i = 0; i < node->swarm->n; i++) {
        const NodeRecord *record = node_member(node, node->swarm, i);

        if (record != node->self && !was_member(previous, node->swarm->id, record))
            joiners[n++] = record;
    }
    if (n > 0)
        push_to_members(node, now, joiners, n);
    free(joiners);
}

static void
on_born(ServiceNode *node, Time now, const Snapshot *previous, uint64_t was)
{
    const Snapshot *snapshot = node->snapshot;
    bool *wanted = calloc(snapshot->n_swarms + 1, sizeof *wanted);
    bool any = false;

    if (wanted == NULL)
        abort();
    for (uint32_t i = 0; i < snapshot->n_swarms; i++) {
        wanted[i] = snapshot_swarm(previous, snapshot->swarms[i].id) == NULL;
        any |= wanted[i];
    }
    if (any)
        push_to_swarms(node, now, wanted, previous, was);
    free(wanted);
}

/* I was in @was and am in another swarm now, or in none.  What I hold of a swarm that still
 * stands stays here, unserved, until it expires. */
static void
on_left(ServiceNode *node, Time now, const Snapshot *previous, uint64_t was)
{
    if (node->swarm == NULL && node->config->defect_decommissioned_push_nothing)
        return;
    if (snapshot_swarm(node->snapshot, was) == NULL)
        on_dissolved(node, now, previous, was);
    else if (previous != NULL && !node->config->defect_move_skips_birth)
        on_born(node, now, previous, was);
}

/* @previous NULL: a restart lies between, and only @was is known. */
static void
swarm_events(ServiceNode *node, Time now, const Snapshot *previous, uint64_t was)
{
    if (was == SWARM_NONE)
        return; /* others push to me, if anybody does */
    if (swarm_id_of(node->swarm) != was) {
        on_left(node, now, previous, was);
    } else if (previous != NULL) {
        on_joiners(node, now, previous);
        on_born(node, now, previous, was);
    }
}

/* In which swarm I was before this block. */
static uint64_t
swarm_before(const ServiceNode *node)
{
    if (node->snapshot == NULL && !node->config->defect_swarm_forgotten)
        return node->swarm_before;
    return swarm_id_of(node->swarm);
}

void
blocks_receive(ServiceNode *node, Time now, const Incoming *in)
{
    Snapshot *snapshot = snapshot_of_packet(in->packet);
    Snapshot *previous = node->snapshot;
    uint64_t was = swarm_before(node), is;
    bool behind;

    if (address_ip(in->from) != address_ip(node->chain) || snapshot == NULL)
        return;
    if (previous != NULL && snapshot->height <= previous->height)
        return;
    behind = previous == NULL || snapshot->height > previous->height + 1;
    adopt(node, snapshot_ref(snapshot));
    is = swarm_id_of(node->swarm);
    if (previous == NULL || is != was)
        port_note(node->port, NOTE_SWARM, is, 0, (Bytes){ NULL, 0 });
    node->swarm_before = is;
    if (node->config->repair_push &&
        (previous == NULL || previous->nodes != node->snapshot->nodes))
        swarm_events(node, now, previous, was);
    if ((behind || is != was) && is != SWARM_NONE)
        dump_want(node, now);
    reachability_adopt(node, now);
    voting_on_block(node, now);
    snapshot_unref(previous);
}
