/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deputies of nodes, clients and the chain that are elsewhere, and what those say. */
#include "scenarios/world_stage_internal.h"

typedef struct Deputy {
    World *world;
    Role role;
    uint32_t index;
} Deputy;

static void
start(void *self, Time now)
{
    const Deputy *deputy = self;
    World *w = deputy->world;
    WorldNode *node;

    (void)now;
    if (deputy->role != ROLE_NODE)
        return;
    node = &w->nodes[deputy->index];
    w->stage->start_node(w->stage->context, deputy->index, node->stage_empty);
    node->stage_empty = false;
}

static void
receive(void *self, Time now, const Incoming *in)
{
    const Deputy *deputy = self;
    const WorldStage *stage = deputy->world->stage;

    (void)now;
    if (in->kind != KIND_TELL)
        return; /* a block for a node, which has a daemon of its own */
    if (deputy->role == ROLE_CLIENT)
        stage->tell_person(stage->context, deputy->index, in->packet);
    else if (deputy->role == ROLE_CHAIN)
        stage->tell_chain(stage->context, in->packet);
}

static void
stop(void *self)
{
    const Deputy *deputy = self;
    World *w = deputy->world;

    if (deputy->role == ROLE_NODE && !w->over)
        w->stage->stop_node(w->stage->context, deputy->index,
                            w->nodes[deputy->index].host_holds > 0 ||
                                w->nodes[deputy->index].process_holds == 0);
}

static void
free_deputy(void *self)
{
    g_free(self);
}

/* They ask for nothing, so that nothing has an outcome and no alarm rings. */
static const ActorOps deputy_ops = {
    .name = "deputy", .start = start, .receive = receive, .stop = stop, .free = free_deputy
};

static void
bind(World *w, ActorId actor, Role role, uint32_t index)
{
    Deputy *deputy = g_new(Deputy, 1);

    *deputy = (Deputy){ w, role, index };
    host_bind(w->host, actor, &deputy_ops, deputy);
}

void
world_stage_add_chain(World *w)
{
    bind(w, w->chain_actor, ROLE_CHAIN, 0);
}

void
world_stage_add_node(World *w, uint32_t index)
{
    bind(w, w->nodes[index].actor, ROLE_NODE, index);
}

void
world_stage_add_person(World *w, uint32_t person, const uint8_t seed[KEY_BYTES])
{
    session_account_of_seed(seed, w->accounts[person]);
    w->stage->make_person(w->stage->context, person, seed, &w->session);
    bind(w, w->clients[person], ROLE_CLIENT, person);
}

/* --- faults of the network and of clocks ------------------------------------------------
 */

void
world_stage_divide(World *w, uint32_t chain)
{
    g_autofree uint32_t *nodes = g_new(uint32_t, w->n_nodes + 1);
    g_autofree uint32_t *people = g_new(uint32_t, w->scenario->clients + 1);

    for (uint32_t i = 0; i < w->n_nodes; i++)
        nodes[i] = net_group(w->net, w->nodes[i].actor - 1);
    for (uint32_t i = 0; i < w->scenario->clients; i++)
        people[i] = net_group(w->net, w->clients[i] - 1);
    w->stage->divide(w->stage->context, nodes, people, chain);
}

void
world_stage_skew(World *w, bool is_person, uint32_t index, int64_t ms)
{
    if (is_person)
        w->stage->skew_person(w->stage->context, index, ms);
    else
        w->stage->skew_node(w->stage->context, index, ms);
}

/* --- what they say ----------------------------------------------------------------------
 */

void
world_stage_put(World *w, uint32_t node, const StoreMessage *message, bool extend)
{
    Store *store = &w->nodes[node].watched->store;

    if (w->nodes[node].store != NULL)
        (void)store->ops->put(store, message, extend);
}

void
world_stage_node_note(World *w, uint32_t node, const Note *note)
{
    world_see_note(w, w->nodes[node].actor, note);
}

void
world_stage_person_note(World *w, uint32_t person, const Note *note)
{
    world_see_note(w, w->clients[person], note);
}

void
world_stage_chain_note(World *w, const Note *note)
{
    world_see_note(w, w->chain_actor, note);
}

void
world_stage_audit(World *w, Store *const *stores)
{
    ledger_audit(w->ledger, host_now(w->host), stores, w->n_nodes);
}

/* What has run out is no more in the real stores either. */
void
world_stage_sweep(World *w)
{
    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (w->nodes[i].store != NULL)
            w->nodes[i].store->ops->sweep(w->nodes[i].store, host_unix_ms(w->host));
}
