/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The queue at a sender's uplink. */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "tests/unit/net/plain.h"

/* k equal messages at once: the k-th leaves at k L / b. */
static void
test_uplink_queue(void)
{
    NetConfig config = plain_config();
    Net *net;

    config.uplink_bits_per_s[ENDPOINT_NODE] = 1e6;
    config.uplink_bits_per_s[ENDPOINT_CLIENT] = 3e6;
    config.setup_round_trips_omq = 0;
    config.header_bytes = 25;
    net = net_of(&config, 2, 1);
    for (int k = 1; k <= 100; k++) {
        Transit node = request(net, SECOND, 0, 1);
        Transit client = request(net, SECOND, 2, 1);

        g_assert_cmpuint(node.wire_bytes, ==, 125);
        g_assert_cmpint(node.leaves, ==, SECOND + k * MILLISECOND);
        g_assert_cmpint(node.arrives, ==, node.leaves + 50 * MILLISECOND);
        g_assert_cmpint(client.leaves, ==, SECOND + k * 333333 * NANOSECOND);
    }
    g_assert_cmpint(request(net, SECOND + 99500 * MICROSECOND, 0, 1).leaves, ==,
                    SECOND + 101 * MILLISECOND);
    g_assert_cmpint(request(net, 5 * SECOND, 0, 1).leaves, ==, 5 * SECOND + MILLISECOND);
    net_free(net);
}

/* The seed that everybody asks has an uplink of its own: no limit unless one is given. */
static void
test_uplink_of_a_seed(void)
{
    NetConfig config = plain_config();
    uint32_t seed;
    Net *net;

    config.uplink_bits_per_s[ENDPOINT_NODE] = 1e6;
    config.setup_round_trips_omq = 0;
    net = net_of(&config, 2, 0);
    seed = net_add_endpoint(net, "", ENDPOINT_SEED, stream_name("seed", 0));
    for (int k = 0; k < 10; k++)
        g_assert_cmpint(request(net, SECOND, seed, 1).leaves, ==, SECOND);
    net_free(net);
    config.uplink_bits_per_s[ENDPOINT_SEED] = 2e6;
    config.header_bytes = 25;
    net = net_of(&config, 2, 0);
    seed = net_add_endpoint(net, "", ENDPOINT_SEED, stream_name("seed", 0));
    for (int k = 1; k <= 10; k++)
        g_assert_cmpint(request(net, SECOND, seed, 1).leaves, ==,
                        SECOND + k * 500 * MICROSECOND);
    net_free(net);
}

/* Poisson arrivals at an uplink are M/D/1: mean wait rho / (2 (1 - rho)) services
 * (science, des: MD1_Wq). */
static double
mean_wait_in_services(double rho)
{
    enum { MESSAGES = 200000 };
    const StreamKey key = { 1, stream_name("arrivals", 0), 0, 0 };
    NetConfig config = plain_config();
    Time now = 0;
    double sum = 0;
    Net *net;

    config.uplink_bits_per_s[ENDPOINT_NODE] = 800e3; /* 100 bytes a millisecond */
    config.setup_round_trips_omq = 0;
    net = net_of(&config, 2, 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        now += (Duration)sample_exponential(stream_word(&key, i), MILLISECOND / rho);
        sum += (double)(request(net, now, 0, 1).leaves - now) / MILLISECOND - 1;
    }
    net_free(net);
    return sum / MESSAGES;
}

static void
test_uplink_is_an_md1_queue(void)
{
    g_assert_cmpfloat(fabs(mean_wait_in_services(0.5) / 0.5 - 1), <, 0.02);
    g_assert_cmpfloat(fabs(mean_wait_in_services(0.8) / 2.0 - 1), <, 0.05);
}

/* A connection that is being made keeps nothing else waiting. */
static void
test_set_up_does_not_hold_the_uplink(void)
{
    NetConfig config = plain_config();
    Net *net;

    config.uplink_bits_per_s[ENDPOINT_NODE] = 800e3;
    net = net_of(&config, 3, 0);
    request(net, 0, 0, 1);
    g_assert_cmpint(request(net, MINUTE, 0, 2).leaves, ==, MINUTE + 301 * MILLISECOND);
    g_assert_cmpint(request(net, MINUTE, 0, 1).leaves, ==, MINUTE + 2 * MILLISECOND);
    net_free(net);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/uplink/queue", test_uplink_queue);
    g_test_add_func("/net/uplink/of-a-seed", test_uplink_of_a_seed);
    g_test_add_func("/net/uplink/is-an-md1-queue", test_uplink_is_an_md1_queue);
    g_test_add_func("/net/uplink/set-up-does-not-hold-it",
                    test_set_up_does_not_hold_the_uplink);
    return g_test_run();
}
