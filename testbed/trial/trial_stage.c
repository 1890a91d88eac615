/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a world does to nodes and clients, done to real ones. */
#include "testbed/trial/trial_internal.h"

/* People's addresses: 127.251.0.1 and on, 250 to a /24, beyond those of testbeds. */
enum { PEOPLE_NETWORK = 0x7ffb0000, PEOPLE_PER_SUBNET = 250 };

_Static_assert(PEOPLE_NETWORK >> 16 == (0x7f00 | (TESTBED_NETWORK_LAST + 1)),
               "people are beyond all testbeds");

static void
record(void *context, uint32_t node, NodeRecord *ret)
{
    Trial *trial = context;

    testbed_plan_record(testbed_plan(trial->testbed), node, ret);
}

static Snapshot *
snapshot(void *context)
{
    Trial *trial = context;

    return live_registry_snapshot(testbed_registry(trial->testbed));
}

static void
tell_chain(void *context, Packet *order)
{
    Trial *trial = context;

    live_registry_tell(testbed_registry(trial->testbed), order);
}

/* (All of them were started before the world began.) */
static void
start_node(void *context, uint32_t node, bool empty)
{
    Trial *trial = context;
    Fleet *fleet = testbed_fleet(trial->testbed);

    if (!trial->started[node])
        trial->started[node] = true;
    else if (empty)
        fleet_wipe(fleet, node);
    else
        fleet_start_anew(fleet, node);
}

static void
stop_node(void *context, uint32_t node, bool whole_host)
{
    Trial *trial = context;
    Fleet *fleet = testbed_fleet(trial->testbed);

    if (whole_host)
        fleet_freeze(fleet, node);
    else
        fleet_kill(fleet, node);
}

static SessionServer
known_server(const Trial *trial, uint32_t number)
{
    const TestbedPlan *plan = testbed_plan(trial->testbed);
    SessionServer server = { .host = trial->server_ip,
                             .port = (uint16_t)servers_address(plan, number) };

    servers_key(plan, number, server.x25519);
    return server;
}

static void
servers(void *context, const char *const *room, SessionServer *ret_file_server,
        SessionServer *ret_open_group)
{
    Trial *trial = context;
    const TestbedPlan *plan = testbed_plan(trial->testbed);

    trial->server_ip = live_ip_text(address_ip(servers_address(plan, TESTBED_FILE_SERVER)));
    testbed_set_rooms(trial->testbed, room);
    *ret_file_server = known_server(trial, TESTBED_FILE_SERVER);
    *ret_open_group = known_server(trial, TESTBED_OPEN_GROUP_SERVER);
}

static void
make_person(void *context, uint32_t index, const uint8_t seed[KEY_BYTES],
            const SessionConfig *config)
{
    Trial *trial = context;
    TrialPerson *person = &trial->people[index];
    LiveClientSpec spec = { .seed_node =
                                testbed_plan_registry(testbed_plan(trial->testbed)),
                            .config = config,
                            .local_ip = PEOPLE_NETWORK + (index / PEOPLE_PER_SUBNET << 8) +
                                        index % PEOPLE_PER_SUBNET + 1,
                            .list_memo = &trial->list_memo,
                            .waits = true,
                            .note = trial_person_noted,
                            .context = person };

    memcpy(spec.seed, seed, KEY_BYTES);
    *person = (TrialPerson){ trial, index, live_client_new(&spec) };
}

static void
tell_person(void *context, uint32_t person, Packet *order)
{
    Trial *trial = context;

    live_client_tell(trial->people[person].client, order);
}

static void
skew_node(void *context, uint32_t node, int64_t ms)
{
    Trial *trial = context;

    fleet_skew(testbed_fleet(trial->testbed), node, ms);
}

static void
skew_person(void *context, uint32_t person, int64_t ms)
{
    Trial *trial = context;

    live_client_set_skew(trial->people[person].client, ms);
}

/* (What a client cannot ask, it is not told either: that is enough on its side.) */
static void
divide_person(Trial *trial, uint32_t person, const uint32_t *node_groups, uint32_t group)
{
    const TestbedPlan *plan = testbed_plan(trial->testbed);
    LiveFaults *faults = live_client_faults(trial->people[person].client);
    NodeRecord node;

    g_hash_table_remove_all(faults->apart);
    for (uint32_t i = 0; i < plan->nodes; i++) {
        testbed_plan_record(plan, i, &node);
        if (node_groups[i] != group)
            g_hash_table_add(faults->apart, GUINT_TO_POINTER(node.ip));
    }
    if (group != 0)
        g_hash_table_add(faults->apart,
                         GUINT_TO_POINTER(address_ip(testbed_plan_registry(plan))));
}

static void
divide(void *context, const uint32_t *node_groups, const uint32_t *person_groups,
       uint32_t chain)
{
    Trial *trial = context;
    const TestbedPlan *plan = testbed_plan(trial->testbed);
    g_autofree bool *alone = g_new0(bool, plan->nodes);

    for (uint32_t i = 0; i < plan->nodes; i++)
        alone[i] = (node_groups[i] & chain) != 0;
    fleet_divide(testbed_fleet(trial->testbed), node_groups, alone);
    for (uint32_t i = 0; i < trial->spec.scenario->clients; i++)
        divide_person(trial, i, node_groups, person_groups[i]);
}

static void
hinder(void *context, Duration delay, bool lost)
{
    Trial *trial = context;
    Fleet *fleet = testbed_fleet(trial->testbed);

    for (uint32_t i = 0; i < testbed_plan(trial->testbed)->nodes; i++) {
        fleet_delay(fleet, i, delay / MILLISECOND);
        fleet_drop(fleet, i, lost ? 1 : 0);
    }
    for (uint32_t i = 0; i < trial->spec.scenario->clients; i++) {
        LiveFaults *faults = live_client_faults(trial->people[i].client);

        faults->delay = delay;
        faults->drop = lost ? 1 : 0;
    }
}

void
trial_stage_init(Trial *trial)
{
    trial->stage = (WorldStage){ .context = trial,
                                 .record = record,
                                 .snapshot = snapshot,
                                 .tell_chain = tell_chain,
                                 .start_node = start_node,
                                 .stop_node = stop_node,
                                 .servers = servers,
                                 .make_person = make_person,
                                 .tell_person = tell_person,
                                 .skew_node = skew_node,
                                 .skew_person = skew_person,
                                 .divide = divide,
                                 .hinder = hinder };
}
