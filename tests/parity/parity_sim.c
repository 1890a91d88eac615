/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script under the simulator: the same nodes, by keys and addresses, as a testbed has.
 */
#include <string.h>

#include "nodes/live/clock.h"
#include "nodes/live/transcript.h"
#include "nodes/registry/registry.h"
#include "nodes/service/service.h"
#include "nodes/store/memory_store.h"
#include "sim/host/host.h"
#include "tests/parity/script.h"

typedef struct SimNode {
    ActorId actor;
    ServiceNode *service;
    Store *store;
    Transcript transcript;
    FILE *out;
} SimNode;

typedef struct Simulated {
    const TestbedPlan *plan;
    Net *net;
    Host *host;
    Crypto crypto;
    ChainConfig config;
    Chain *chain;
    ActorId chain_actor, driver_actor;
    SimNode *nodes;
    uint32_t hindered; /* the one node whose sending is; UINT32_MAX: none */
    LinkFault hindrance;
    Driver driver;
} Simulated;

static void
write_line(void *context, const char *line)
{
    const SimNode *node = context;

    fprintf(node->out, "%s\n", line);
}

static FILE *
open_out(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    FILE *out = fopen(path, "w");

    g_assert(out != NULL);
    return out;
}

/* --- the network --------------------------------------------------------------------- */

static void
build_host(Simulated *s, uint64_t seed)
{
    NetConfig network = net_config_default;
    Meter costs = { 0 };
    HostConfig config = { .seed = seed,
                          .unix_ms_start = live_unix_ms(),
                          .queue = EVENT_QUEUE_LADDER,
                          .inbox_max = 1000 };
    NodeRecord record = { .ip = address_ip(testbed_plan_registry(s->plan)) };

    network.constant_latency = MILLISECOND;
    network.loss = network.jitter = 0;
    s->net = net_new(&network, NULL, 0, seed);
    s->host = host_new(&config, s->net, &costs);
    s->crypto = (Crypto){ .ops = &crypto_real, .meter = host_meter_mutable(s->host) };
    s->chain_actor = host_add(s->host, &(ActorSpec){ .name = "chain",
                                                     .ip = record.ip,
                                                     .country = "",
                                                     .kind = ENDPOINT_SEED });
}

static void
add_node(Simulated *s, uint32_t i, NodeRecord *record, const char *folder)
{
    SimNode *node = &s->nodes[i];
    g_autofree char *name = g_strdup_printf("%04u.log", i);
    uint8_t seed[KEY_BYTES];
    Ed25519Pair identity;

    testbed_plan_record(s->plan, i, record);
    testbed_plan_node_seed(s->plan, i, seed);
    identity_ed25519(seed, &identity);
    node->out = open_out(folder, name);
    node->store = memory_store_new(service_config_2024.store_bytes_max);
    node->actor = host_add(s->host, &(ActorSpec){ .name = "node",
                                                  .number = i,
                                                  .ip = record->ip,
                                                  .country = "",
                                                  .transport_key = record->x25519 });
    host_set_store(s->host, node->actor, node->store);
    transcript_init(&node->transcript, host_port(s->host, node->actor), write_line, node);
    node->service =
        service_node_new(&s->crypto, &node->transcript.wrapped.port, &service_config_2024,
                         &identity, record->legacy, testbed_plan_registry(s->plan));
    wrapped_bind(&node->transcript.wrapped.actor, &service_node_ops, node->service);
    host_bind(s->host, node->actor, &transcript_ops, &node->transcript);
}

static void
start_node(Simulated *s, uint32_t i)
{
    Packet block = packet_of_blob(snapshot_blob(chain_snapshot(s->chain)));

    host_start(s->host, s->nodes[i].actor);
    host_post(s->host, s->chain_actor, s->nodes[i].actor, KIND_BLOCK, host_now(s->host),
              &block);
}

static void
build_network(Simulated *s, const char *folder)
{
    g_autofree NodeRecord *records = g_new0(NodeRecord, s->plan->nodes);

    s->nodes = g_new0(SimNode, s->plan->nodes);
    for (uint32_t i = 0; i < s->plan->nodes; i++)
        add_node(s, i, &records[i], folder);
    /* As `swarmbed testbed` without a scenario. */
    s->config = chain_config_2024;
    s->config.block_interval = 10 * SECOND;
    s->config.notify_delay_max = 500 * MILLISECOND;
    s->chain =
        chain_new(&s->crypto, host_port(s->host, s->chain_actor), &s->config, records,
                  s->plan->nodes, true, host_unix_ms(s->host), s->plan->seed);
    host_bind(s->host, s->chain_actor, &chain_ops, s->chain);
    host_start(s->host, s->chain_actor);
    for (uint32_t i = 0; i < s->plan->nodes; i++)
        start_node(s, i);
}

/* --- what the script does ------------------------------------------------------------ */

static void
pass(void *context, Duration duration)
{
    Simulated *s = context;

    (void)host_run(s->host, host_now(s->host) + duration, NULL);
}

static void
ask(void *context, Packet *order)
{
    Simulated *s = context;

    host_tell(s->host, s->driver_actor, host_now(s->host), order);
}

static void
look(void *context, uint32_t from, uint32_t to, LinkFault *ret)
{
    const Simulated *s = context;

    (void)to;
    if (s->hindered != UINT32_MAX && from == s->nodes[s->hindered].actor - 1)
        *ret = s->hindrance;
}

static void
hinder(Simulated *s, uint32_t node, Duration delay, double loss)
{
    s->hindered = node;
    s->hindrance = (LinkFault){ .loss = loss, .delay = delay };
    net_set_link_fault(s->net, look, s);
}

static void
end_process(Simulated *s, uint32_t i)
{
    if (host_state(s->host, s->nodes[i].actor) == ACTOR_UP)
        host_stop(s->host, s->nodes[i].actor, false);
}

static void
wipe(Simulated *s, uint32_t i)
{
    SimNode *node = &s->nodes[i];

    end_process(s, i);
    node->store->ops->close(node->store);
    node->store = memory_store_new(service_config_2024.store_bytes_max);
    host_set_store(s->host, node->actor, node->store);
    node->transcript.wrapped.port.store = node->store;
    service_node_lose_disk(node->service);
    start_node(s, i);
}

static void
fault(void *context, const Step *step, uint32_t node)
{
    Simulated *s = context;
    double level = step->level == NULL ? 0 : g_ascii_strtod(step->level, NULL);

    if (strcmp(step->fault, "kill") == 0 || strcmp(step->fault, "stop") == 0) {
        end_process(s, node);
    } else if (strcmp(step->fault, "restart") == 0) {
        end_process(s, node);
        start_node(s, node);
    } else if (strcmp(step->fault, "wipe") == 0) {
        wipe(s, node);
    } else if (strcmp(step->fault, "delay") == 0) {
        hinder(s, node, (Duration)level * MILLISECOND, 0);
    } else if (strcmp(step->fault, "drop") == 0) {
        hinder(s, node, 0, level);
    } else if (strcmp(step->fault, "skew") == 0) {
        host_set_clock(s->host, s->nodes[node].actor, (int64_t)level, 0);
    } else {
        for (uint32_t i = 0; i < s->plan->nodes; i++)
            net_set_group(s->net, s->nodes[i].actor - 1, i == node);
    }
}

void
play_simulated(const TestbedPlan *plan, const char *folder)
{
    Simulated s = { .plan = plan, .hindered = UINT32_MAX };
    FILE *out = open_out(folder, "driver.log");
    Stage stage = { .context = &s, .wait = pass, .fault = fault, .ask = ask };

    build_host(&s, plan->seed);
    s.driver_actor = host_add(s.host, &(ActorSpec){ .name = "driver",
                                                    .ip = DRIVER_IP,
                                                    .country = "",
                                                    .kind = ENDPOINT_NODE });
    build_network(&s, folder);
    driver_init(&s.driver, host_port(s.host, s.driver_actor), host_meter_mutable(s.host),
                plan, chain_snapshot(s.chain), out);
    host_bind(s.host, s.driver_actor, &driver_ops, &s.driver);
    host_start(s.host, s.driver_actor);
    pass(&s, SECOND);
    snapshot_ref(s.driver.snapshot);
    driver_play(&s.driver, &stage);
    snapshot_unref(s.driver.snapshot);
    host_free(s.host);
    net_free(s.net);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        s.nodes[i].store->ops->close(s.nodes[i].store);
        fclose(s.nodes[i].out);
    }
    g_free(s.nodes);
    fclose(out);
}
