/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What faults do to links: added loss and delay on some, cuts of the chain's messages. */
#include <glib.h>
#include <math.h>

#include "sim/core/stream.h"
#include "tests/unit/net/plain.h"

/* Between 0 and 1, both ways. */
static void
look(void *context, uint32_t from, uint32_t to, LinkFault *ret)
{
    const LinkFault *fault = context;

    if (from + to == 1)
        *ret = *fault;
}

static Transit
lucky(Net *net, Time now, uint32_t from, uint32_t to, uint64_t i)
{
    const StreamKey key = { 1, stream_name("luck", from), 0, 0 };
    uint64_t words[2];

    stream_bytes(&key, i * sizeof words, words, sizeof words);
    return net_send(net, now, from, to, TRANSPORT_OMQ, false, 100, words, 0);
}

static void
test_delay(void)
{
    NetConfig config = plain_config();
    LinkFault fault = { .delay = 250 * MILLISECOND };
    Net *net = net_of(&config, 3, 0);
    Net *plain = net_of(&config, 3, 0);

    net_set_link_fault(net, look, &fault);
    /* Six times the way to set up, and the way itself. */
    g_assert_cmpint(request(net, 0, 0, 1).arrives, ==,
                    request(plain, 0, 0, 1).arrives + 7 * fault.delay);
    g_assert_cmpint(request(net, 9 * SECOND, 1, 2).arrives, ==,
                    request(plain, 9 * SECOND, 1, 2).arrives);
    net_set_link_fault(net, NULL, NULL);
    g_assert_cmpint(request(net, 20 * SECOND, 0, 1).arrives, ==,
                    request(plain, 20 * SECOND, 0, 1).arrives);
    net_free(net);
    net_free(plain);
}

static void
test_loss(void)
{
    enum { TRIES = 20000 };
    NetConfig config = plain_config();
    LinkFault fault = { .loss = 0.5 };
    uint32_t lost = 0, elsewhere = 0;
    Net *net;

    config.loss = 0.2;
    config.retransmit_max = 2;
    net = net_of(&config, 3, 0);
    g_assert_true(net_draws(net, TRANSPORT_OMQ));
    net_set_link_fault(net, look, &fault);
    for (uint64_t i = 0; i < TRIES; i++) {
        lost += lucky(net, (Time)i * SECOND, 0, 1, i).lost;
        elsewhere += lucky(net, (Time)i * SECOND, 0, 2, i).lost;
    }
    /* Three transmissions, each lost with 1 - 0.8 * 0.5. */
    g_assert_cmpfloat(fabs(lost / (double)TRIES - 0.216), <,
                      4 * sqrt(0.216 * 0.784 / TRIES));
    g_assert_cmpfloat(fabs(elsewhere / (double)TRIES - 0.008), <,
                      4 * sqrt(0.008 * 0.992 / TRIES));
    fault.loss = 1;
    for (uint64_t i = 0; i < 100; i++)
        g_assert_true(lucky(net, (Time)i * SECOND, 1, 0, i).lost);
    net_free(net);
}

/* A network without luck of its own draws for a link that has some. */
static void
test_draws(void)
{
    NetConfig config = plain_config();
    LinkFault fault = { .loss = 0.5 };
    Net *net = net_of(&config, 2, 0);

    g_assert_false(net_draws(net, TRANSPORT_OMQ));
    net_set_link_fault(net, look, &fault);
    g_assert_true(net_draws(net, TRANSPORT_OMQ));
    g_assert_false(net_draws(net, TRANSPORT_LOCAL));
    net_free(net);
}

static bool
local_lost(Net *net, uint32_t from, uint32_t to)
{
    return net_send(net, 0, from, to, TRANSPORT_LOCAL, false, 1, no_luck, 0).lost;
}

/* Two partitions, each a bit: the one cuts the chain's messages, the other does not. */
static void
test_two_partitions(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 4, 0);

    net_set_group(net, 1, 1);
    net_set_group(net, 2, 2);
    net_set_group(net, 3, 3);
    net_cut_local(net, 2);
    for (uint32_t a = 0; a < 4; a++)
        for (uint32_t b = 0; b < 4; b++) {
            g_assert_true(net_connected(net, a, b) == (a == b));
            g_assert_true(request(net, 0, a, b).lost == (a != b));
            g_assert_true(local_lost(net, a, b) == ((a & 2) != (b & 2)));
        }
    net_cut_local(net, 0);
    g_assert_false(local_lost(net, 0, 3));
    g_assert_cmpuint(net_group(net, 3), ==, 3);
    net_free(net);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link-faults/delay", test_delay);
    g_test_add_func("/link-faults/loss", test_loss);
    g_test_add_func("/link-faults/draws", test_draws);
    g_test_add_func("/link-faults/two-partitions", test_two_partitions);
    return g_test_run();
}
