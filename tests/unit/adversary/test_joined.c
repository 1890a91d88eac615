/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two servers' logs side by side, on records written by hand. */
#include <glib.h>
#include <math.h>

#include "nodes/base/port.h"
#include "sim/adversary/joined.h"

static void
see(ObservationLog *log, uint32_t observer, Time at, uint32_t address, MessageKind kind)
{
    (void)observation_log_append(log, &(Observation){ .at = at,
                                                      .observer = observer,
                                                      .neighbour = address,
                                                      .kind = (uint8_t)kind });
}

static void
test_joined(void)
{
    ObservationLog *log = observation_log_new(1 << 16);
    uint32_t web =
        observation_log_add_observer(log, &(Observer){ OBSERVER_SERVER, .ip = 1 });
    uint32_t lists =
        observation_log_add_observer(log, &(Observer){ OBSERVER_SERVER, .ip = 2 });
    uint32_t node =
        observation_log_add_observer(log, &(Observer){ OBSERVER_NODE, .ip = 3 });
    JoinedLogs joined = joined_logs_of(log);

    g_assert_cmpuint(joined.web + joined.lists + joined.both, ==, 0);
    g_assert_true(isnan(joined.gap_s));
    see(log, web, 1 * SECOND, 10, KIND_WEB);
    see(log, web, 2 * SECOND, 11, KIND_WEB);
    see(log, lists, 4 * SECOND, 10, KIND_SEED_RPC);
    see(log, web, 5 * SECOND, 12, KIND_WEB);
    see(log, web, 6 * SECOND, 10, KIND_WEB); /* again */
    see(log, lists, 7 * SECOND, 11, KIND_SEED_RPC);
    see(log, lists, 8 * SECOND, 13, KIND_SEED_RPC); /* it had the program */
    see(log, lists, 9 * SECOND, 11, KIND_SEED_RPC);
    see(log, node, 10 * SECOND, 12, KIND_SEED_RPC); /* at a node: in neither log */
    joined = joined_logs_of(log);
    g_assert_cmpuint(joined.web, ==, 3);
    g_assert_cmpuint(joined.lists, ==, 3);
    g_assert_cmpuint(joined.both, ==, 2);
    g_assert_cmpfloat_with_epsilon(joined.gap_s, 4, 1e-12); /* of 3 s and 5 s */
    observation_log_free(log);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/adversary/joined", test_joined);
    return g_test_run();
}
