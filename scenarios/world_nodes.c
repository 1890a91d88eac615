/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Service nodes: who they are, where, and what befalls them. */
#include "scenarios/world_stage_internal.h"

#include "sim/fault/places.h"

/* Where service nodes are when no trace says: an assumption (science 4.1). */
typedef struct CountryShare {
    const char *country;
    double share;
} CountryShare;

static const CountryShare countries[] = {
    { "DE", 0.30 }, { "US", 0.15 }, { "FR", 0.10 }, { "NL", 0.08 }, { "FI", 0.06 },
    { "CA", 0.05 }, { "GB", 0.04 }, { "SE", 0.04 }, { "CH", 0.04 }, { "PL", 0.03 },
    { "RO", 0.03 }, { "SG", 0.02 }, { "AU", 0.02 }, { "JP", 0.02 }, { "BR", 0.02 },
};

enum { SYNTHETIC_NETWORKS = 600, PORT_HTTPS = 22021, PORT_OMQ = 22020, WORDS_PER_NODE = 8 };

static const char *
synthetic_country(double u)
{
    for (size_t i = 0; i < G_N_ELEMENTS(countries); i++) {
        if (u < countries[i].share)
            return countries[i].country;
        u -= countries[i].share;
    }
    return countries[0].country;
}

const char *
world_country_of_person(const World *w, uint32_t person)
{
    return synthetic_country(sample_uniform(world_word(w, WORLD_COUNTRY, person)));
}

Snapshot *
world_snapshot(const World *w)
{
    return w->stage != NULL ? w->stage->snapshot(w->stage->context)
                            : chain_snapshot(w->chain);
}

uint64_t
world_swarm_of(const World *w, uint32_t node)
{
    const NodeList *list = world_snapshot(w)->nodes;
    int at = node_list_find_ed25519(list, w->nodes[node].record.ed25519);

    return at < 0 ? SWARM_NONE : list->nodes[at].swarm_id;
}

static void
node_identity(const World *w, const char *what, uint64_t number, Ed25519Pair *ret)
{
    StreamKey key = { w->options.seed, stream_name(what, number), WORLD_IDENTITY, 0 };
    uint8_t seed[32];

    stream_bytes(&key, 0, seed, sizeof seed);
    identity_ed25519(seed, ret);
}

/* Of a node that no trace places: as the topology's places are, or as the table has it. */
static const char *
drawn_country(const World *w, uint64_t word)
{
    const Topology *topology = w->data->topology;

    if (topology == NULL)
        return synthetic_country(sample_uniform(word));
    return topology->places[sample_below(word, topology->n)].country;
}

static void
place(const World *w, uint32_t index, const char **ret_country, uint32_t *ret_network,
      uint32_t *ret_hoster)
{
    int64_t traced = w->churn != NULL ? churn_traced(w->churn, index) : -1;

    if (traced >= 0) {
        const TracedServer *server = &w->data->trace->servers[traced];

        *ret_country = server->country;
        *ret_network = server->network;
        *ret_hoster = server->network;
    } else {
        uint64_t at = (uint64_t)index * WORDS_PER_NODE;

        *ret_country = drawn_country(w, world_word(w, WORLD_PLACE, at));
        *ret_network =
            (uint32_t)sample_below(world_word(w, WORLD_PLACE, at + 1), SYNTHETIC_NETWORKS);
        *ret_hoster = zipf_hoster(w->scenario->hosters, w->scenario->hoster_exponent,
                                  world_word(w, WORLD_HOSTER, index));
    }
}

static bool
has_wrong_keys(const World *w, uint32_t index)
{
    return index < w->scenario->wrong_keys;
}

static void
fill_record(World *w, WorldNode *node, uint32_t index, uint32_t network)
{
    uint64_t word = world_word(w, WORLD_PLACE, (uint64_t)index * WORDS_PER_NODE + 2);
    uint32_t ip = world_free_ip(w, network, node->hoster, word);
    Ed25519Pair legacy, registered;
    X25519Pair x25519;

    node_identity(w, "node legacy key", index, &legacy);
    node_identity(w, "node", index, &registered);
    identity_x25519(&registered, &x25519);
    memcpy(node->record.legacy, legacy.pk, 32);
    memcpy(node->record.ed25519, registered.pk, 32);
    memcpy(node->record.x25519, x25519.pk, 32);
    node->record.ip = ip;
    node->record.port_https = PORT_HTTPS;
    node->record.port_omq = PORT_OMQ;
    node->record.active = true;
    node->record.swarm_id = SWARM_NONE;
    node->identity = registered;
    if (has_wrong_keys(w, index))
        node_identity(w, "node with wrong keys", index, &node->identity);
}

static void
build_service(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    host_set_store(w->host, node->actor, &node->watched->store);
    node->service =
        service_node_new(&w->crypto, world_node_port(w, index), &w->scenario->service,
                         &node->identity, node->record.legacy, w->chain_address);
    world_bind_node(w, index);
}

static void
add_node(World *w)
{
    uint32_t index = w->n_nodes;
    X25519Pair transport;
    const char *country;
    uint32_t network;
    WorldNode *node;

    if (w->n_nodes == w->nodes_capacity) {
        w->nodes_capacity = MAX(64, w->nodes_capacity * 2);
        w->nodes = g_renew(WorldNode, w->nodes, w->nodes_capacity);
        w->node_counts = g_renew(NodeCounts, w->node_counts, w->nodes_capacity);
    }
    node = &w->nodes[w->n_nodes++];
    *node = (WorldNode){ .luck = index };
    w->node_counts[index] = (NodeCounts){ 0 };
    place(w, index, &country, &network, &node->hoster);
    node->country = country;
    if (w->stage != NULL)
        w->stage->record(w->stage->context, index, &node->record);
    else
        fill_record(w, node, index, network);
    identity_x25519(&node->identity, &transport);
    node->actor = host_add(w->host, &(ActorSpec){ .name = "node",
                                                  .number = index,
                                                  .ip = node->record.ip,
                                                  .country = country,
                                                  .transport_key = transport.pk,
                                                  .speed = w->scenario->node_speed });
    world_disk_build(w, index);
    if (w->stage != NULL)
        world_stage_add_node(w, index);
    else
        build_service(w, index);
    world_register_actor(w, node->actor, ROLE_NODE, index);
}

bool
world_churn_new(const Scenario *s, const UptimeTrace *trace, uint64_t seed, Time horizon,
                Churn **ret, GError **error)
{
    ChurnConfig config = s->churn;

    config.trace = trace;
    if (churn_new(&config, s->nodes, seed, horizon, ret) == ST_OK)
        return true;
    g_set_error(error, g_quark_from_static_string("swarmbed-world"), 2,
                "%s: churn.trace: fewer than network.nodes = %u servers are up at "
                "churn.trace_window",
                s->path, s->nodes);
    return false;
}

bool
world_build_nodes(World *w, GError **error)
{
    const Scenario *s = w->scenario;
    g_autofree NodeRecord *records = g_new0(NodeRecord, s->nodes);

    if (!world_churn_new(s, w->data->trace, w->options.seed, w->end, &w->churn, error))
        return false;
    for (uint32_t i = 0; i < s->nodes; i++) {
        add_node(w);
        w->nodes[i].registered = true;
        records[i] = w->nodes[i].record;
    }
    if (w->stage != NULL) {
        world_stage_add_chain(w);
        return true;
    }
    w->chain = chain_new(&w->crypto,
                         world_server_port(w, ADVERSARY_SERVER, w->chain_actor,
                                           address_ip(w->chain_address), NULL),
                         &s->chain, records, s->nodes, s->grown,
                         s->start_unix / MILLISECOND, w->options.seed);
    world_bind_server(w, ADVERSARY_SERVER, w->chain_actor, &chain_ops, w->chain);
    return true;
}

void
world_free_nodes(World *w)
{
    for (uint32_t i = 0; i < w->n_nodes; i++) {
        if (w->nodes[i].store != NULL)
            w->nodes[i].store->ops->close(w->nodes[i].store);
        g_free(w->nodes[i].watched);
        g_free(w->nodes[i].misbehaving);
        g_free(w->nodes[i].denying);
        g_free(w->nodes[i].observed);
    }
    g_free(w->nodes);
    g_free(w->node_counts);
}

/* --- what befalls them
 * -------------------------------------------------------------------- */

/* The node's daemon synchronises: it learns of the chain's height as of then. */
static void
synchronise(void *context, Time now, uint64_t index)
{
    World *w = context;
    Packet packet = packet_of_blob(snapshot_blob(world_snapshot(w)));

    host_post(w->host, w->chain_actor, w->nodes[index].actor, KIND_BLOCK, now, &packet);
}

static void
start_node(World *w, uint32_t index)
{
    host_start(w->host, w->nodes[index].actor);
    if (w->stage == NULL)
        host_schedule(w->host, host_now(w->host) + w->scenario->chain.notify_delay_max,
                      synchronise, w, index);
}

/* What the service knew of it is gone with its disk. */
static void
forget_disk(World *w, uint32_t index)
{
    if (w->stage != NULL)
        w->nodes[index].stage_empty = true;
    else
        service_node_lose_disk(w->nodes[index].service);
}

static void
order_chain(World *w, const ChainOrder *order)
{
    Packet packet = packet_of_blob(chain_order_blob(order));

    host_tell(w->host, w->chain_actor, host_now(w->host), &packet);
}

static void befall(void *context, Time now, uint64_t index);

static Time
churn_time(const World *w, Time now)
{
    return MAX(0, now - w->scenario->churn_start);
}

static void
schedule_next_fault(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    node->next_fault = churn_next(w->churn, index);
    /* The schedule knows only its own time. */
    if (node->next_fault.kind != FAULT_NONE)
        node->next_fault.at += w->scenario->churn_start;
    if (node->next_fault.kind != FAULT_NONE && node->next_fault.at <= w->end)
        host_schedule(w->host, MAX(node->next_fault.at, host_now(w->host)), befall, w,
                      index);
}

static uint32_t
register_new_node(World *w)
{
    uint32_t index = w->n_nodes;
    ChainOrder order = { .exit = false };

    churn_add(w->churn, index, churn_time(w, host_now(w->host)));
    add_node(w);
    order.record = w->nodes[index].record;
    order_chain(w, &order);
    w->nodes[index].registered = true;
    w->totals.arrivals++;
    start_node(w, index);
    return index;
}

void
world_arrive(World *w)
{
    schedule_next_fault(w, register_new_node(w));
}

uint32_t
world_register_sybil(World *w)
{
    uint32_t index = register_new_node(w);

    w->nodes[index].sybil = true;
    return index;
}

static void
arrive(void *context, Time now, uint64_t argument)
{
    (void)now;
    (void)argument;
    world_arrive(context);
}

void
world_vanish(World *w, uint32_t index)
{
    if (w->nodes[index].gone)
        return;
    host_stop(w->host, w->nodes[index].actor, true);
    world_disk_lose(w, index);
    world_spell(w, index, true);
    w->nodes[index].gone = true;
    w->totals.departures++;
}

void
world_node_renew(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    world_disk_renew(w, index);
    node->gone = false;
    node->host_holds = node->process_holds = 0;
    forget_disk(w, index);
    world_adversary_new_life(w, index);
    start_node(w, index);
    world_spell(w, index, false);
    churn_renew(w->churn, index, churn_time(w, host_now(w->host)));
    schedule_next_fault(w, index);
}

void
world_node_luck(World *w, uint32_t index, uint64_t luck)
{
    WorldNode *node = &w->nodes[index];

    node->luck = luck;
    churn_luck(w->churn, index, luck);
    if (node->repair == NODE_IN_REPAIR)
        world_repair_anew(w, index);
    if (node->gone)
        return;
    churn_renew(w->churn, index, churn_time(w, host_now(w->host)));
    schedule_next_fault(w, index);
}

static void
depart(World *w, uint32_t index)
{
    const Scenario *s = w->scenario;

    world_vanish(w, index);
    if (world_repairs(w)) {
        world_repair_later(w, index);
    } else if (s->replace_departed) {
        Duration after = (Duration)(sample_exponential(world_word(w, WORLD_ARRIVAL, index),
                                                       (double)s->replace_after));

        if (host_now(w->host) + after <= w->end)
            host_schedule(w->host, host_now(w->host) + after, arrive, w, 0);
    }
}

static void
exit_node(void *context, Time now, uint64_t index)
{
    World *w = context;

    (void)now;
    if (!w->nodes[index].gone)
        depart(w, (uint32_t)index);
}

static void
vanish_node(void *context, Time now, uint64_t index)
{
    (void)now;
    world_vanish(context, (uint32_t)index);
}

/* The node serves until the chain has let it go. */
static void
announce_exit(World *w, uint32_t index, HostTask leave)
{
    ChainOrder order = { .exit = true };

    memcpy(order.record.legacy, w->nodes[index].record.legacy, 32);
    order_chain(w, &order);
    host_schedule(w->host, host_now(w->host) + 2 * w->scenario->chain.block_interval, leave,
                  w, index);
}

void
world_announce_exit(World *w, uint32_t index)
{
    announce_exit(w, index, vanish_node);
}

static void
come_back(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    if (node->disk_lost) {
        world_disk_lose(w, index);
        world_disk_renew(w, index);
        forget_disk(w, index);
        node->disk_lost = false;
    }
    world_spell(w, index, false);
    start_node(w, index);
}

void
world_hold(World *w, uint32_t index, bool whole_host)
{
    WorldNode *node = &w->nodes[index];

    if (node->gone)
        return;
    if (node->host_holds == 0 && node->process_holds == 0)
        world_spell(w, index, true);
    if (whole_host)
        node->host_holds++;
    else
        node->process_holds++;
    host_stop(w->host, node->actor, node->host_holds > 0);
    w->totals.outages++;
}

void
world_release(World *w, uint32_t index, bool whole_host, bool disk_lost)
{
    WorldNode *node = &w->nodes[index];

    /* What held it may be of the life before this one (repair.delay). */
    if (node->gone || (whole_host ? node->host_holds : node->process_holds) == 0)
        return;
    if (whole_host)
        node->host_holds--;
    else
        node->process_holds--;
    node->disk_lost |= disk_lost;
    if (node->host_holds == 0 && node->process_holds == 0)
        come_back(w, index);
    else
        host_stop(w->host, node->actor, node->host_holds > 0);
}

static void
befall(void *context, Time now, uint64_t argument)
{
    World *w = context;
    uint32_t index = (uint32_t)argument;
    WorldNode *node = &w->nodes[index];

    (void)now;
    /* Or it is of a life that was drawn anew since. */
    if (node->gone || host_now(w->host) < node->next_fault.at)
        return;
    switch (node->next_fault.kind) {
    case FAULT_PROCESS_STOPS:
    case FAULT_HOST_STOPS:
        node->churn_host = node->next_fault.kind == FAULT_HOST_STOPS;
        world_hold(w, index, node->churn_host);
        break;
    case FAULT_RETURNS:
        world_release(w, index, node->churn_host, node->next_fault.disk_lost);
        break;
    case FAULT_DEPARTS:
        depart(w, index);
        return;
    case FAULT_EXITS:
        announce_exit(w, index, exit_node);
        return;
    case FAULT_NONE:
        return;
    }
    schedule_next_fault(w, index);
}

static void
kill_all(void *context, Time now, uint64_t argument)
{
    World *w = context;

    (void)now;
    (void)argument;
    for (uint32_t i = 0; i < w->n_nodes; i++)
        world_vanish(w, i);
}

/* Nobody comes in their place. */
static void
exit_share(void *context, Time now, uint64_t argument)
{
    World *w = context;

    (void)now;
    (void)argument;
    for (uint32_t i = 0; i < w->n_nodes; i++)
        if (!w->nodes[i].gone &&
            sample_uniform(world_word(w, WORLD_EXIT, i)) < w->scenario->exit_share)
            world_vanish(w, i);
}

static void
schedule_arrivals(World *w)
{
    const Scenario *s = w->scenario;
    Time at = 0;

    for (uint64_t i = 0; s->arrivals_per_day > 0; i++) {
        at += (Time)sample_exponential(world_word(w, WORLD_ORDER, i),
                                       (double)DAY / s->arrivals_per_day);
        if (at > w->end)
            break;
        host_schedule(w->host, at, arrive, w, 0);
    }
}

/* Absent at the start. */
static void
come_late(void *context, Time now, uint64_t index)
{
    World *w = context;

    (void)now;
    if (!w->nodes[index].gone)
        start_node(w, (uint32_t)index);
}

void
world_start_nodes(World *w)
{
    for (uint32_t i = 0; i < w->n_nodes; i++) {
        if (sample_uniform(world_word(w, WORLD_ABSENT, i)) < w->scenario->absent_share)
            host_schedule(w->host, w->scenario->churn_start, come_late, w, i);
        else
            start_node(w, i);
        schedule_next_fault(w, i);
    }
    schedule_arrivals(w);
    if (w->scenario->exit_at > 0)
        host_schedule(w->host, w->scenario->exit_at, exit_share, w, 0);
    if (w->scenario->all_dead_at > 0)
        host_schedule(w->host, w->scenario->all_dead_at, kill_all, w, 0);
}
