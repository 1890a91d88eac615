/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured while a world runs. */
#include "scenarios/world_stage_internal.h"

#include "nodes/onion/onion.h"

static int
status_class(uint64_t status)
{
    if (status == 421)
        return 6;
    return status >= 100 && status < 600 ? (int)(status / 100) : 7;
}

static void
node_note(World *w, uint32_t index, const Note *note)
{
    NodeCounts *counts = &w->node_counts[index];
    WorldTotals *t = &w->totals;

    switch ((int)note->kind) {
    case NOTE_REQUEST:
        t->requests[note->a % RPC_METHODS][status_class(note->b)]++;
        counts->requests++;
        counts->stores += note->a == RPC_STORE || note->a == RPC_STORE_FORWARDED;
        counts->retrieves += note->a == RPC_RETRIEVE;
        break;
    case NOTE_ONION:
        t->onions[note->a & 7][status_class(note->b)]++;
        counts->onions++;
        counts->relayed += note->a == ONION_RELAY;
        break;
    case NOTE_PUSH:
        t->pushes++;
        t->pushed_messages += note->a;
        t->pushed_bytes += note->b;
        break;
    case NOTE_PUSHED:
        t->push_received += note->a;
        t->pushed_new += note->b;
        break;
    case NOTE_ANTI_ENTROPY:
        t->compare_digest_bytes += note->a;
        t->compare_message_bytes += note->b;
        break;
    case NOTE_RECONCILED:
        t->reconciled += note->a;
        t->reconciled_new += note->b;
        break;
    case NOTE_RETRY:
        t->retries += note->a;
        t->retry_bytes += note->b;
        break;
    case NOTE_RELAY:
        t->relayed_bytes += note->b;
        break;
    case NOTE_REPLICA:
        t->replicas_ok += note->a == 1;
        t->replicas_failed += note->a != 1;
        break;
    case NOTE_TESTED:
        t->tests_passed += note->a == 1;
        t->tests_failed += note->a != 1;
        break;
    default:
        break;
    }
}

static void
client_note(World *w, Time now, uint32_t person, const Note *note)
{
    switch ((int)note->kind) {
    case NOTE_POLL:
        w->totals.polls_ok += note->b == 200;
        w->totals.polls_failed += note->b != 200;
        break;
    case NOTE_POLLED:
        histogram_add(&w->poll_s, (double)note->a / SECOND);
        return;
    case NOTE_POOL:
        world_validate_pool(w, person, note);
        break;
    case NOTE_AGAIN:
        w->totals.fetched_again++;
        break;
    case NOTE_BYTES:
        w->totals.kind_bytes[note->a % SESSION_KINDS] += note->b;
        break;
    case NOTE_WRITTEN:
        world_written_own(w, person, note);
        break;
    case NOTE_OPENED:
        w->totals.device_opened += person >= w->scenario->clients && note->a == 0;
        break;
    case NOTE_GROUP:
    case NOTE_MAILBOX:
        if (w->circles != NULL)
            world_circle_note(w, now, person, note);
        break;
    default:
        break;
    }
    ledger_client_note(w->ledger, now, person, note);
}

void
world_see_note(World *w, ActorId actor, const Note *note)
{
    WorldActor who = w->actors[actor];

    switch (who.role) {
    case ROLE_LOAD:
    case ROLE_OUTSIDE:
    case ROLE_CHAIN:
        if (note->kind == NOTE_CHAIN)
            w->totals.chain[note->a % CHAIN_EVENTS]++;
        break;
    case ROLE_NODE:
        node_note(w, who.index, note);
        break;
    case ROLE_CLIENT:
        client_note(w, host_now(w->host), who.index, note);
        if (note->kind == NOTE_SEALED && who.index < w->scenario->clients)
            world_adversary_sealed(w, who.index, note);
        break;
    }
}

static void
see_note(void *context, Time now, ActorId actor, const Note *note)
{
    (void)now;
    world_see_note(context, actor, note);
}

void
world_watch_put(void *context, uint32_t node, const StoreMessage *message, PutResult result)
{
    World *w = context;

    if (result == PUT_NEW)
        w->totals.stored_bytes += message->data.length;
    ledger_put(w->ledger, host_now(w->host), node, message->hash, message->name_space,
               result);
}

void
world_watch_drop(void *context, uint32_t node, Bytes hash)
{
    World *w = context;

    ledger_dropped(w->ledger, host_now(w->host), node, hash);
}

void
world_observe(World *w)
{
    host_observe(w->host, &(HostObserver){ .context = w, .note = see_note });
}

/* --- looking at the whole from time to time
 * --------------------------------------------------- */

static void
look_at_nodes(World *w, const Snapshot *snapshot)
{
    if (w->standing_capacity < w->n_nodes) {
        w->standing_capacity = w->nodes_capacity;
        w->standing = g_renew(NodeStanding, w->standing, w->standing_capacity);
    }
    memset(w->standing + w->n_standing, 0,
           (w->standing_capacity - w->n_standing) * sizeof *w->standing);
    for (uint32_t i = 0; i < w->n_nodes; i++) {
        const WorldNode *node = &w->nodes[i];
        int at = node_list_find_ed25519(snapshot->nodes, node->record.ed25519);
        uint64_t swarm_id = at < 0 ? SWARM_NONE : snapshot->nodes->nodes[at].swarm_id;
        bool up = host_state(w->host, node->actor) == ACTOR_UP;

        if (!up || swarm_id != w->standing[i].swarm_id || i >= w->n_standing)
            w->nodes[i].unsettled_at = host_now(w->host);
        w->standing[i] = (NodeStanding){
            .swarm_id = swarm_id,
            .up = up,
            .settled =
                host_now(w->host) - w->nodes[i].unsettled_at >= LEDGER_SETTLE_S * SECOND,
        };
    }
}

static uint32_t
settled_members(const World *w, const Snapshot *snapshot, const Swarm *swarm)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < swarm->n; i++) {
        const NodeRecord *record =
            &snapshot->nodes->nodes[snapshot->members[swarm->first + i]];
        ActorId actor = host_actor_at(w->host, record->ip);

        n += w->standing[w->actors[actor].index].settled;
    }
    return n;
}

/* @account: NULL: nodes keep nothing of it. */
static void
look_at_mailbox(World *w, const Snapshot *snapshot, uint32_t mailbox,
                const uint8_t *account)
{
    const Swarm *swarm = account == NULL ? NULL : snapshot_swarm_of(snapshot, account + 1);

    w->recipient_swarm[mailbox] = swarm == NULL ? SWARM_NONE : swarm->id;
    w->settled_members[mailbox] =
        swarm == NULL || w->check == NULL ? 0 : settled_members(w, snapshot, swarm);
}

static void
look_at_people(World *w, const Snapshot *snapshot)
{
    uint32_t n = w->scenario->clients;

    for (uint32_t i = 0; i < n; i++)
        look_at_mailbox(w, snapshot, i, w->accounts[i]);
    for (uint32_t i = 0; w->circles != NULL && i < world_circles_count(w); i++)
        look_at_mailbox(w, snapshot, n + i, world_circle_at(w, i));
}

static SeriesPoint
series_point(const World *w, const Snapshot *snapshot)
{
    SeriesPoint p = { .at = host_now(w->host),
                      .swarms = snapshot->n_swarms,
                      .events = host_totals(w->host)->events,
                      .wall_s = w->wall_s };

    for (uint32_t i = 0; i < snapshot->nodes->n; i++) {
        p.active += snapshot->nodes->nodes[i].active;
        p.decommissioned += !snapshot->nodes->nodes[i].active;
    }
    for (uint32_t i = 0; i < w->n_nodes; i++) {
        const WorldNode *node = &w->nodes[i];

        p.up += w->standing[i].up;
        if (!node->gone && node->store != NULL) {
            p.stored_messages += node->store->ops->count(node->store);
            p.stored_bytes += node->store->ops->bytes(node->store);
        }
    }
    return p;
}

void
world_look(World *w)
{
    const Snapshot *snapshot = world_snapshot(w);

    if (w->stage != NULL)
        world_stage_sweep(w);
    look_at_nodes(w, snapshot);
    w->n_standing = w->n_nodes;
    look_at_people(w, snapshot);
    ledger_sample(w->ledger, host_now(w->host), w->standing, w->recipient_swarm,
                  w->settled_members);
    world_check_look(w, ledger_holes(w->ledger));
    world_validate_look(w);
    w->series = g_renew(SeriesPoint, w->series, w->n_series + 1);
    w->series[w->n_series++] = series_point(w, snapshot);
}

static void
look(void *context, Time now, uint64_t argument)
{
    World *w = context;

    (void)argument;
    world_look(w);
    if (now + w->scenario->record_interval < w->end)
        host_schedule(w->host, now + w->scenario->record_interval, look, w, 0);
}

void
world_start_measuring(World *w)
{
    host_schedule(w->host, 0, look, w, 0);
}
