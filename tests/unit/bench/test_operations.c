/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is measured as an operation is one: the node answers each of them. */
#include <glib.h>

#include "bench/onion_mix.h"
#include "bench/operations.h"
#include "bench/world_run.h"

enum { TIMES = 200 };

static void
test_operation(gconstpointer data)
{
    uint64_t checks[2];

    for (int real = 0; real <= 1; real++) {
        OperationSpec spec = { (Operation)GPOINTER_TO_INT(data), real == 1, TIMES };
        Measured measured = { 0 };

        if (!operation_measure(&spec, &measured))
            g_test_message("%s", measured.why);
        g_assert_cmpstr(measured.why, ==, "");
        g_assert_cmpfloat(measured.value[OPERATIONS_PER_S], >, 0);
        checks[real] = measured.check;
    }
    /* Real and null answer with as many bytes. */
    g_assert_cmpuint(checks[0], ==, checks[1]);
    g_assert_cmpuint(checks[0], >=, TIMES / 100);
}

static void
test_onion_mix(void)
{
    uint64_t checks[2];

    for (int i = 0; i <= 1; i++) {
        OnionMixSpec spec = { 10, i == 1 };
        Measured measured = { 0 };

        g_assert_true(onion_mix_measure(&spec, &measured));
        g_assert_cmpfloat(measured.value[MIX_FLOOR_RATIO], >, 0);
        checks[i] = measured.check;
    }
    /* With shortcuts the same work is metered. */
    g_assert_cmpuint(checks[0], ==, checks[1]);
}

static void
test_world(void)
{
    WorldSpec spec = { .scenario = "township",
                       .set = { "network.nodes=20", "client.clients=4",
                                "scenario.duration=2m", "scenario.drain=1m" },
                       .with_costs = true };
    Measured measured = { 0 };
    double floor_s = 0;

    g_assert_true(world_measure(&spec, &measured));
    g_assert_cmpfloat(measured.value[WORLD_EVENTS], >, 100);
    g_assert_cmpfloat(measured.value[WORLD_CLIENT_REQUESTS], >, 4);
    g_assert_cmpfloat(measured.value[WORLD_MESSAGES], >,
                      measured.value[WORLD_CLIENT_REQUESTS]);
    g_assert_cmpuint(measured.check, !=, 0);
    for (int op = 0; op < METER_OPS; op++)
        floor_s += (measured.value[WORLD_COUNTS + op] * measured.value[WORLD_COSTS + op] +
                    measured.value[WORLD_COUNTS + METER_OPS + op] *
                        measured.value[WORLD_COSTS + METER_OPS + op]) /
                   1e9;
    g_assert_cmpfloat_with_epsilon(measured.value[WORLD_FLOOR_S], floor_s, 1e-9);
    spec.set[0] = "network.nodes=many";
    g_assert_false(world_measure(&spec, &measured));
    g_assert_nonnull(g_strrstr(measured.why, "network.nodes"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < OPERATIONS; i++) {
        g_autofree char *path =
            g_strconcat("/bench/operations/", operation_name((Operation)i), NULL);

        g_test_add_data_func(path, GINT_TO_POINTER(i), test_operation);
    }
    g_test_add_func("/bench/onion-mix", test_onion_mix);
    g_test_add_func("/bench/world", test_world);
    return g_test_run();
}
