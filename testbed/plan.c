/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/plan.h"

#include "nodes/live/clock.h"

enum { NODES_DEFAULT = 32, NODES_MIN = 1 };

#define PLAN_FILE "testbed.ini"
#define GROUP "testbed"

static bool
complain(GError **error, const char *path, const char *what)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %s", path, what);
    return false;
}

/* --- the file ---------------------------------------------------------------- */

static bool
read_plan(const char *path, TestbedPlan *plan, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) why = NULL;
    guint64 nodes, network = 0;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why))
        return complain(error, path, why->message);
    plan->seed = g_key_file_get_uint64(file, GROUP, "seed", &why);
    nodes = why == NULL ? g_key_file_get_uint64(file, GROUP, "nodes", &why) : 0;
    network = why == NULL ? g_key_file_get_uint64(file, GROUP, "network", &why) : 0;
    if (why != NULL)
        return complain(error, path, why->message);
    if (nodes < NODES_MIN || nodes > TESTBED_NODES_MAX)
        return complain(error, path, "nodes: expected 1 to 2000");
    if (network < TESTBED_NETWORK_FIRST || network > TESTBED_NETWORK_LAST)
        return complain(error, path, "network: expected 16 to 250");
    plan->nodes = (uint32_t)nodes;
    plan->network = (uint32_t)network;
    return true;
}

static bool
agree(const char *path, const TestbedPlan *plan, uint32_t nodes, const uint64_t *seed,
      GError **error)
{
    if (nodes != 0 && nodes != plan->nodes) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: this testbed has %u nodes, not %u: leave --nodes out, or take "
                    "another --dir",
                    path, plan->nodes, nodes);
        return false;
    }
    if (seed != NULL && *seed != plan->seed) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: this testbed has the seed %" G_GUINT64_FORMAT
                    ": leave --seed out, or take another --dir",
                    path, plan->seed);
        return false;
    }
    return true;
}

bool
testbed_plan_open(const char *folder, uint32_t nodes, const uint64_t *seed,
                  TestbedPlan *ret, GError **error)
{
    g_autofree char *path = g_build_filename(folder, PLAN_FILE, NULL);
    TestbedPlan plan = { 0 };

    if (nodes > TESTBED_NODES_MAX)
        return complain(error, "--nodes", "expected 1 to 2000");
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        if (!read_plan(path, &plan, error) || !agree(path, &plan, nodes, seed, error))
            return false;
    } else {
        plan.nodes = nodes == 0 ? NODES_DEFAULT : nodes;
        if (seed != NULL)
            plan.seed = *seed;
        else
            live_random(&plan.seed, sizeof plan.seed);
    }
    plan.folder = g_canonicalize_filename(folder, NULL);
    *ret = plan;
    return true;
}

bool
testbed_plan_save(const TestbedPlan *plan, GError **error)
{
    g_autofree char *path = testbed_plan_file(plan, PLAN_FILE);
    g_autoptr(GKeyFile) file = g_key_file_new();

    g_key_file_set_uint64(file, GROUP, "seed", plan->seed);
    g_key_file_set_uint64(file, GROUP, "nodes", plan->nodes);
    g_key_file_set_uint64(file, GROUP, "network", plan->network);
    return g_key_file_save_to_file(file, path, error);
}

void
testbed_plan_clear(TestbedPlan *plan)
{
    g_free(plan->folder);
    *plan = (TestbedPlan){ 0 };
}

/* --- what follows ------------------------------------------------------------ */

uint32_t
testbed_plan_networks(const TestbedPlan *plan)
{
    return plan->nodes / 256 + 1;
}

/* The /24 with this number from 127.N.0.0 on. */
static uint32_t
host_in(const TestbedPlan *plan, uint32_t subnet)
{
    return (127U << 24 | plan->network << 16 | 1) + (subnet << 8);
}

Address
testbed_plan_registry(const TestbedPlan *plan)
{
    return address_of(host_in(plan, 0), TESTBED_PORT_REGISTRY);
}

static void
derive(const TestbedPlan *plan, const char *purpose, uint32_t i, uint8_t ret[KEY_BYTES])
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    uint8_t numbers[12];
    Bytes part = { numbers, sizeof numbers };

    store_u32le(numbers, (uint32_t)plan->seed);
    store_u32le(numbers + 4, (uint32_t)(plan->seed >> 32));
    store_u32le(numbers + 8, i);
    crypto_blake2b(&crypto, bytes_of_text(purpose), &part, 1, ret, KEY_BYTES);
}

void
testbed_plan_node_seed(const TestbedPlan *plan, uint32_t i, uint8_t ret[KEY_BYTES])
{
    derive(plan, "testbed node", i, ret);
}

void
testbed_plan_server_seed(const TestbedPlan *plan, uint32_t i, uint8_t ret[KEY_BYTES])
{
    derive(plan, "testbed server", i, ret);
}

void
testbed_plan_record(const TestbedPlan *plan, uint32_t i, NodeRecord *ret)
{
    uint8_t seed[KEY_BYTES];

    testbed_plan_node_seed(plan, i, seed);
    *ret = (NodeRecord){ .ip = host_in(plan, i + 1),
                         .port_https = TESTBED_PORT_HTTPS,
                         .port_omq = TESTBED_PORT_OMQ,
                         .active = true,
                         .swarm_id = SWARM_NONE };
    live_node_keys(seed, ret);
}

char *
testbed_plan_node_folder(const TestbedPlan *plan, uint32_t i)
{
    g_autofree char *name = g_strdup_printf("%04u", i);

    return g_build_filename(plan->folder, "nodes", name, NULL);
}

char *
testbed_plan_file(const TestbedPlan *plan, const char *name)
{
    return g_build_filename(plan->folder, name, NULL);
}
