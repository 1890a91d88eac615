/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "tests/unit/net/plain.h"

static Transit
answer(Net *net, Time now, uint32_t from, uint32_t to)
{
    return net_send(net, now, from, to, TRANSPORT_OMQ, true, 100, no_luck, 0);
}

static void
test_plain_arrival(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 2, 0);
    Transit first = request(net, SECOND, 0, 1);
    Transit second = request(net, 2 * SECOND, 0, 1);

    g_assert_true(first.set_up && !first.lost);
    g_assert_cmpint(first.leaves, ==, SECOND + 300 * MILLISECOND);
    g_assert_cmpint(first.arrives, ==, SECOND + 350 * MILLISECOND);
    g_assert_false(second.set_up);
    g_assert_cmpint(second.leaves, ==, 2 * SECOND);
    g_assert_cmpint(second.arrives, ==, 2 * SECOND + 50 * MILLISECOND);
    net_free(net);
}

static void
test_a_known_latency_is_not_looked_up(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 2, 0);
    Transit asked = request(net, SECOND, 0, 1);
    Transit same =
        net_send(net, 2 * SECOND, 1, 0, TRANSPORT_OMQ, true, 100, no_luck, asked.latency);
    Transit other =
        net_send(net, 3 * SECOND, 1, 0, TRANSPORT_OMQ, true, 100, no_luck, 7 * MILLISECOND);

    g_assert_cmpint(asked.latency, ==, net_latency(net, 0, 1));
    g_assert_cmpint(same.arrives, ==, answer(net, 2 * SECOND, 1, 0).arrives);
    g_assert_cmpint(other.arrives - other.leaves, ==, 7 * MILLISECOND);
    net_free(net);
}

/* What is sent while the connection is being made waits for it. */
static void
test_nothing_overtakes_the_set_up(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 2, 0);
    Transit first = request(net, SECOND, 0, 1);
    Transit second = request(net, SECOND + 10 * MILLISECOND, 0, 1);

    g_assert_false(second.set_up);
    g_assert_cmpint(second.leaves, ==, first.leaves);
    g_assert_cmpint(second.arrives, ==, first.arrives);
    net_free(net);
}

static void
test_set_up_by_transport(void)
{
    NetConfig config = plain_config();
    Net *net;
    Transit https;
    Transit omq;

    config.setup_round_trips_https = 2;
    config.setup_round_trips_omq = 5;
    net = net_of(&config, 2, 0);
    https = net_send(net, 0, 0, 1, TRANSPORT_HTTPS, false, 10, no_luck, 0);
    omq = net_send(net, 0, 0, 1, TRANSPORT_OMQ, false, 10, no_luck, 0);
    g_assert_true(https.set_up && omq.set_up);
    g_assert_cmpint(https.leaves, ==, 200 * MILLISECOND);
    g_assert_cmpint(omq.leaves, ==, 500 * MILLISECOND);
    net_free(net);
}

static void
test_a_reply_needs_no_set_up_and_gives_none(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 2, 0);

    g_assert_true(request(net, 0, 0, 1).set_up);
    g_assert_false(answer(net, SECOND, 1, 0).set_up);
    /* Requests use only connections that their sender opened. */
    g_assert_true(request(net, 2 * SECOND, 1, 0).set_up);
    g_assert_false(request(net, 3 * SECOND, 1, 0).set_up);
    net_free(net);
}

static void
test_idle_connections_close_on_both_sides(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 2, 0);
    Time arrived = request(net, 0, 0, 1).arrives;

    g_assert_false(request(net, arrived + MINUTE, 0, 1).set_up);
    arrived += MINUTE + 50 * MILLISECOND;
    g_assert_true(request(net, arrived + MINUTE + 1, 0, 1).set_up);
    /* An answer counts as use. */
    arrived = answer(net, 3 * MINUTE, 1, 0).arrives;
    g_assert_false(request(net, arrived + MINUTE, 0, 1).set_up);
    net_free(net);
}

static void
test_reset_closes_on_both_sides(void)
{
    NetConfig config = plain_config();

    for (uint32_t victim = 0; victim < 2; victim++) {
        Net *net = net_of(&config, 3, 0);

        request(net, 0, 0, 1);
        request(net, 0, 1, 0);
        request(net, 0, 0, 2);
        net_reset_endpoint(net, victim);
        g_assert_true(request(net, SECOND, 0, 1).set_up);
        g_assert_true(request(net, SECOND, 1, 0).set_up);
        g_assert_true(request(net, SECOND, 0, 2).set_up == (victim == 0));
        g_assert_false(request(net, 2 * SECOND, 0, 1).set_up);
        net_free(net);
    }
}

static void
test_the_least_recent_connection_closes(void)
{
    NetConfig config = plain_config();
    Net *net;

    config.connections_max = 2;
    net = net_of(&config, 4, 0);
    request(net, 0, 0, 1);
    request(net, SECOND, 0, 2);
    g_assert_false(request(net, 2 * SECOND, 0, 1).set_up);
    g_assert_true(request(net, 3 * SECOND, 0, 3).set_up); /* 2 goes */
    g_assert_false(request(net, 4 * SECOND, 0, 1).set_up);
    g_assert_true(request(net, 5 * SECOND, 0, 2).set_up); /* 3 goes */
    g_assert_false(request(net, 6 * SECOND, 0, 1).set_up);
    g_assert_true(request(net, 7 * SECOND, 0, 3).set_up);
    net_free(net);
}

static void
test_partitions(void)
{
    NetConfig config = plain_config();
    Net *net = net_of(&config, 3, 0);

    g_assert_false(request(net, 0, 0, 1).lost);
    net_set_group(net, 1, 1);
    g_assert_true(request(net, SECOND, 0, 1).lost);
    g_assert_true(request(net, SECOND, 1, 0).lost);
    g_assert_true(answer(net, SECOND, 1, 0).lost);
    g_assert_false(request(net, SECOND, 0, 2).lost);
    g_assert_false(net_send(net, 0, 0, 1, TRANSPORT_LOCAL, false, 1, no_luck, 0).lost);
    net_set_group(net, 0, 1);
    g_assert_false(request(net, 2 * SECOND, 0, 1).lost);
    g_assert_true(request(net, 2 * SECOND, 0, 2).lost);
    net_set_group(net, 0, 0);
    net_set_group(net, 1, 0);
    /* The connection broke with what was lost on it. */
    g_assert_false(request(net, 3 * SECOND, 0, 2).lost);
    g_assert_false(request(net, 4 * SECOND, 0, 2).set_up);
    net_free(net);
}

static void
test_local(void)
{
    NetConfig config = net_config_default;
    Net *net;
    Transit t;

    config.constant_latency = 50 * MILLISECOND;
    net = net_of(&config, 1, 1);
    for (int i = 0; i < 3; i++) {
        t = net_send(net, SECOND, 0, 1, TRANSPORT_LOCAL, false, 1000000, no_luck, 0);
        g_assert_cmpint(t.leaves, ==, SECOND);
        g_assert_cmpint(t.arrives, ==, SECOND + MILLISECOND);
        g_assert_cmpuint(t.wire_bytes, ==, 1000000);
        g_assert_false(t.set_up);
        g_assert_false(t.lost);
    }
    net_free(net);
}

/* Chance of k repetitions is loss^k (1 - loss), they delay by retransmit (2^k - 1), and
 * with retransmit_max + 1 of them the message is lost.  Chi-square, 0.999 quantile. */
static double
repetitions_chi_square(double loss, double assumed)
{
    enum { MESSAGES = 50000, CELLS = 5, REPEATED_AT_MOST = 3 };
    const StreamKey key = { 1, stream_name("losses", 0), 0, 0 };
    NetConfig config = plain_config();
    unsigned count[CELLS] = { 0 };
    double sum = 0;
    Net *net;

    config.loss = loss;
    config.retransmit = 100 * MILLISECOND;
    config.retransmit_max = REPEATED_AT_MOST;
    net = net_of(&config, 2, 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        const uint64_t words[2] = { 0, stream_word(&key, i) };
        Transit t = net_send(net, 0, 0, 1, TRANSPORT_OMQ, true, 100, words, 0);
        Duration late = t.arrives - t.leaves - 50 * MILLISECOND;
        unsigned k = 0;

        while (k < REPEATED_AT_MOST && late > (((Duration)1 << k) - 1) * config.retransmit)
            k++;
        if (!t.lost)
            g_assert_cmpint(late, ==, (((Duration)1 << k) - 1) * config.retransmit);
        count[t.lost ? CELLS - 1 : k]++;
    }
    for (unsigned k = 0; k < CELLS; k++) {
        double p = pow(assumed, k) * (k < CELLS - 1 ? 1 - assumed : 1);
        double expected = MESSAGES * p;

        sum += (count[k] - expected) * (count[k] - expected) / expected;
    }
    net_free(net);
    return sum;
}

static void
test_loss_and_repetition(void)
{
    g_assert_cmpfloat(repetitions_chi_square(0.3, 0.3), <, 18.47);
    g_assert_cmpfloat(repetitions_chi_square(0.3, 0.31), >, 18.47);
    g_assert_cmpfloat(repetitions_chi_square(0.05, 0.05), <, 18.47);
}

static void
test_always_and_never_lost(void)
{
    NetConfig config = plain_config();
    const uint64_t lowest[2] = { 0, 0 };
    const uint64_t highest[2] = { UINT64_MAX, UINT64_MAX };
    Net *net = net_of(&config, 2, 0);

    g_assert_false(net_send(net, 0, 0, 1, TRANSPORT_OMQ, false, 1, lowest, 0).lost);
    net_free(net);
    config.loss = 1;
    net = net_of(&config, 2, 0);
    g_assert_true(net_send(net, 0, 0, 1, TRANSPORT_OMQ, false, 1, highest, 0).lost);
    g_assert_true(net_send(net, 0, 0, 1, TRANSPORT_OMQ, false, 1, highest, 0).set_up);
    net_free(net);
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

/* |exp(sigma Z) - 1| <= x */
static double
jitter_cdf(double x, double sigma)
{
    return normal_cdf(log1p(x) / sigma) - (x < 1 ? normal_cdf(log1p(-x) / sigma) : 0);
}

static double
lognormal_cdf(double x, double sigma)
{
    return normal_cdf(log(x) / sigma);
}

/* Kolmogorov and Smirnov's distance; alpha = 0.01 at 1.6276 / sqrt n. */
static double
kolmogorov_distance(double *x, unsigned n, double (*cdf)(double, double), double sigma)
{
    double distance = 0;

    qsort(x, n, sizeof *x, compare_doubles);
    for (unsigned i = 0; i < n; i++) {
        double f = cdf(x[i], sigma);

        distance = fmax(distance, fmax((i + 1.0) / n - f, f - (double)i / n));
    }
    return distance;
}

static void
test_jitter_only_adds(void)
{
    enum { MESSAGES = 20000 };
    const StreamKey key = { 1, stream_name("jitter", 0), 0, 0 };
    g_autofree double *extra = g_new(double, MESSAGES);
    NetConfig config = plain_config();
    Net *net;

    config.jitter = 0.6;
    net = net_of(&config, 2, 0);
    for (unsigned i = 0; i < MESSAGES; i++) {
        const uint64_t words[2] = { stream_word(&key, i), 0 };
        Transit t = net_send(net, 0, 0, 1, TRANSPORT_OMQ, true, 100, words, 0);

        g_assert_cmpint(t.arrives, >=, t.leaves + 50 * MILLISECOND);
        extra[i] = (double)(t.arrives - t.leaves - 50 * MILLISECOND) / (50 * MILLISECOND);
    }
    g_assert_cmpfloat(kolmogorov_distance(extra, MESSAGES, jitter_cdf, 0.6), <,
                      1.6276 / sqrt(MESSAGES));
    g_assert_cmpfloat(kolmogorov_distance(extra, MESSAGES, jitter_cdf, 0.63), >,
                      1.6276 / sqrt(MESSAGES));
    net_free(net);
}

/* No law's tail leaves the range of time. */
static void
test_wild_tails_are_bounded(void)
{
    NetConfig config = plain_config();
    const uint64_t highest[2] = { UINT64_MAX, UINT64_MAX };
    Net *net;

    config.jitter = 100;
    config.last_mile_median = HOUR;
    config.last_mile_sigma = 100;
    net = net_of(&config, 0, 50);
    for (uint32_t i = 1; i < 50; i++) {
        Transit t = net_send(net, 0, 0, i, TRANSPORT_OMQ, true, 100, highest, 0);

        g_assert_cmpint(net_latency(net, 0, i), <=, 20 * SECOND + 50 * MILLISECOND);
        g_assert_cmpint(t.arrives, <=, 81 * SECOND);
        g_assert_cmpint(t.arrives, >=, MILLISECOND);
    }
    net_free(net);
}

static void
test_last_mile(void)
{
    enum { CLIENTS = 20000 };
    g_autofree double *last_mile = g_new(double, CLIENTS);
    NetConfig config = plain_config();
    Net *net;

    config.last_mile_median = 15 * MILLISECOND;
    config.last_mile_sigma = 0.5;
    net = net_of(&config, 2, CLIENTS);
    g_assert_cmpint(net_latency(net, 0, 1), ==, 50 * MILLISECOND);
    for (uint32_t i = 0; i < CLIENTS; i++)
        last_mile[i] =
            (double)(net_latency(net, 0, 2 + i) - 50 * MILLISECOND) / (15 * MILLISECOND);
    g_assert_cmpint(net_latency(net, 2, 3), ==,
                    net_latency(net, 0, 2) + net_latency(net, 0, 3) - 50 * MILLISECOND);
    g_assert_cmpfloat(kolmogorov_distance(last_mile, CLIENTS, lognormal_cdf, 0.5), <,
                      1.6276 / sqrt(CLIENTS));
    g_assert_cmpfloat(kolmogorov_distance(last_mile, CLIENTS, lognormal_cdf, 0.53), >,
                      1.6276 / sqrt(CLIENTS));
    net_free(net);
}

/* Three hosts: 0 and 1 are 100 ms apart, 2 is next door to 1. */
static const uint32_t small_matrix[9] = { 0,      100000, 101001, /* microseconds */
                                          100000, 0,      86,     /* below the floor */
                                          101001, 86,     0 };

static void
test_latency_from_the_matrix(void)
{
    NetConfig config = plain_config();
    Net *net;
    uint32_t at[3] = { UINT32_MAX, UINT32_MAX, UINT32_MAX };

    config.constant_latency = 0;
    net = net_new(&config, small_matrix, 3, 1);
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t e = net_add_endpoint(net, "", ENDPOINT_NODE, stream_name("node", i));

        g_assert_cmpuint(e, ==, i);
        at[net_place(net, e)] = e;
    }
    g_assert_cmpint(net_latency(net, at[0], at[1]), ==, 50 * MILLISECOND);
    g_assert_cmpint(net_latency(net, at[2], at[0]), ==, 50500500);
    g_assert_cmpint(net_latency(net, at[1], at[2]), ==, MILLISECOND);
    for (uint32_t a = 0; a < 60; a++) {
        for (uint32_t b = 0; b < 60; b++) {
            Duration latency = net_latency(net, a, b);

            g_assert_cmpint(latency, ==, net_latency(net, b, a));
            g_assert_cmpint(latency, >=, MILLISECOND);
            if (net_place(net, a) == net_place(net, b))
                g_assert_cmpint(latency, <, MILLISECOND + 400 * MICROSECOND);
        }
    }
    net_free(net);
}

/* What an endpoint is hangs on its name, not on who came before it. */
static void
test_endpoints_hang_on_their_names(void)
{
    NetConfig config = plain_config();
    Net *a;
    Net *b;

    config.constant_latency = 0;
    config.last_mile_median = 15 * MILLISECOND;
    a = net_new(&config, small_matrix, 3, 1);
    b = net_new(&config, small_matrix, 3, 1);
    for (uint32_t i = 0; i < 40; i++)
        net_add_endpoint(a, "DE", i % 2 == 0 ? ENDPOINT_CLIENT : ENDPOINT_NODE,
                         stream_name("e", i));
    for (uint32_t i = 40; i-- > 0;)
        net_add_endpoint(b, "DE", i % 2 == 0 ? ENDPOINT_CLIENT : ENDPOINT_NODE,
                         stream_name("e", i));
    for (uint32_t i = 0; i < 40; i++) {
        g_assert_cmpuint(net_place(a, i), ==, net_place(b, 39 - i));
        g_assert_cmpint(net_latency(a, i, (i + 7) % 40), ==,
                        net_latency(b, 39 - i, 39 - (i + 7) % 40));
    }
    net_free(a);
    net_free(b);
}

static void
test_floor(void)
{
    NetConfig config = plain_config();
    Net *net;
    Transit t;

    config.constant_latency = 10 * MICROSECOND;
    net = net_of(&config, 2, 0);
    t = net_send(net, 0, 0, 1, TRANSPORT_HTTPS, true, 0, no_luck, 0);
    g_assert_cmpint(t.arrives, ==, MILLISECOND);
    t = net_send(net, 0, 0, 0, TRANSPORT_HTTPS, true, 0, no_luck, 0);
    g_assert_cmpint(t.arrives, ==, MILLISECOND);
    net_free(net);
}

/* A resting client costs less than 200 bytes, with a connection to each of three guards. */
static void
test_memory_of_clients(void)
{
    enum { CLIENTS = 10000 };
    NetConfig config = plain_config();
    Net *net = net_of(&config, 10, CLIENTS);

    for (uint32_t i = 0; i < CLIENTS; i++)
        for (uint32_t guard = 0; guard < 3; guard++)
            request(net, 0, 10 + i, (i + guard) % 10);
    g_assert_cmpuint(net_bytes(net) / CLIENTS, <, 200);
    for (uint32_t i = 0; i < CLIENTS; i++)
        net_reset_endpoint(net, 10 + i);
    g_assert_cmpuint(net_bytes(net) / CLIENTS, <, 80);
    net_free(net);
}

/* Where a set-up costs nothing, nobody need remember who is connected to whom. */
static void
test_connections_without_cost_take_no_memory(void)
{
    NetConfig config = plain_config();
    Net *net;
    size_t before;
    Transit omq, https;

    config.setup_round_trips_https = 0;
    net = net_of(&config, 2, 0);
    before = net_bytes(net);
    https = net_send(net, 0, 0, 1, TRANSPORT_HTTPS, false, 10, no_luck, 0);
    g_assert_cmpint(https.leaves, ==, 0);
    g_assert_cmpuint(net_bytes(net), ==, before);
    omq = net_send(net, 0, 0, 1, TRANSPORT_OMQ, false, 10, no_luck, 0);
    g_assert_cmpint(omq.leaves, >, 0);
    g_assert_cmpuint(net_bytes(net), >, before);
    net_free(net);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/a-known-latency-is-not-looked-up",
                    test_a_known_latency_is_not_looked_up);
    g_test_add_func("/net/plain-arrival", test_plain_arrival);
    g_test_add_func("/net/nothing-overtakes-the-set-up", test_nothing_overtakes_the_set_up);
    g_test_add_func("/net/set-up-by-transport", test_set_up_by_transport);
    g_test_add_func("/net/a-reply-needs-no-set-up-and-gives-none",
                    test_a_reply_needs_no_set_up_and_gives_none);
    g_test_add_func("/net/idle-connections-close-on-both-sides",
                    test_idle_connections_close_on_both_sides);
    g_test_add_func("/net/reset-closes-on-both-sides", test_reset_closes_on_both_sides);
    g_test_add_func("/net/the-least-recent-connection-closes",
                    test_the_least_recent_connection_closes);
    g_test_add_func("/net/partitions", test_partitions);
    g_test_add_func("/net/local", test_local);
    g_test_add_func("/net/loss-and-repetition", test_loss_and_repetition);
    g_test_add_func("/net/always-and-never-lost", test_always_and_never_lost);
    g_test_add_func("/net/jitter-only-adds", test_jitter_only_adds);
    g_test_add_func("/net/wild-tails-are-bounded", test_wild_tails_are_bounded);
    g_test_add_func("/net/last-mile", test_last_mile);
    g_test_add_func("/net/latency-from-the-matrix", test_latency_from_the_matrix);
    g_test_add_func("/net/endpoints-hang-on-their-names",
                    test_endpoints_hang_on_their_names);
    g_test_add_func("/net/floor", test_floor);
    g_test_add_func("/net/memory-of-clients", test_memory_of_clients);
    g_test_add_func("/net/connections-without-cost-take-no-memory",
                    test_connections_without_cost_take_no_memory);
    return g_test_run();
}
