/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Graphs of places: what is read, the shortest paths (beside a slow oracle), and a network
 * over them. */
#include <glib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/net/topology.h"
#include "sim/net/topology_gml.h"
#include "tests/unit/net/plain.h"

static Topology *
topology_of(const char *gml)
{
    Topology *topology = NULL;
    size_t line = 0;
    const char *error = NULL;

    if (topology_parse(bytes_of_text(gml), &topology, &line, &error) != ST_OK)
        g_error("%zu: %s", line, error);
    return topology;
}

static uint32_t
latency(const Topology *t, uint32_t from, uint32_t to)
{
    return t->latency_us[(size_t)from * t->n + to];
}

/* As Shadow's documentation has it, with what real files have beside. */
static void
test_reads(void)
{
    Topology *t = topology_of(
        "Creator \"somebody # not a comment\"\nVersion 1\n"
        "graph [\n  comment \"x\" directed 0 # a comment ] [\n"
        "  node [ id 7 label \"a\" country_code \"us\" host_bandwidth_down \"100 Mbit\"\n"
        "    host_bandwidth_up \"81920 Kibit\" graphics [ x 1.5 y [ z -3 ] ] ]\n"
        "  node[id 3 country_code\"Germany\" bandwidth_up \"1 gigabit\" ]\n"
        "  edge [ source 7 target 3 label \"7 to 3\" latency \"10 ms\" jitter \"1500 us\"\n"
        "    packet_loss 1e-05 ]\n"
        "  edge [ source 3 target 3 latency \"0.25 ms\" ]\n]\n");

    g_assert_cmpuint(t->n, ==, 2);
    g_assert_cmpuint(t->n_edges, ==, 2);
    g_assert_true(t->complete);
    g_assert_cmpint(t->places[0].id, ==, 7);
    g_assert_cmpstr(t->places[0].country, ==, "US");
    g_assert_cmpfloat(t->places[0].up_bits_per_s, ==, 81920.0 * 1024);
    g_assert_cmpstr(t->places[1].country, ==, "");
    g_assert_cmpfloat(t->places[1].up_bits_per_s, ==, 1e9);
    g_assert_cmpuint(latency(t, 0, 1), ==, 10000);
    g_assert_cmpuint(latency(t, 1, 0), ==, 10000);
    g_assert_cmpuint(latency(t, 0, 0), ==, TOPOLOGY_NO_PATH);
    g_assert_cmpuint(latency(t, 1, 1), ==, 250);
    g_assert_cmpuint(t->jitter_us[1], ==, 1500);
    g_assert_cmpuint(t->jitter_us[3], ==, 0);
    g_assert_cmpfloat_with_epsilon(t->loss[2], 1e-5, 1e-9);
    topology_free(t);
    topology_free(NULL);
}

#define NODES "node [ id 0 ] node [ id 1 ] node [ id 2 ] "
#define EDGE(from, to, ms)                                                                 \
    "edge [ source " #from " target " #to " latency \"" #ms " ms\" ] "

static void
test_paths(void)
{
    /* Each way has its own edges; 0 to 2 is shorter by way of 1. */
    Topology *t = topology_of("graph [ directed 1 " NODES EDGE(0, 1, 1) EDGE(1, 2, 2)
                                  EDGE(0, 2, 9) EDGE(2, 0, 30) "]");

    g_assert_false(t->complete);
    g_assert_cmpuint(latency(t, 0, 1), ==, 1000);
    g_assert_cmpuint(latency(t, 0, 2), ==, 3000);
    g_assert_cmpuint(latency(t, 1, 0), ==, 32000);
    g_assert_cmpuint(latency(t, 2, 1), ==, 31000);
    g_assert_null(t->jitter_us);
    g_assert_null(t->loss);
    topology_free(t);
    /* With an edge for every pair, each path is its edge. */
    t = topology_of("graph [ " NODES EDGE(0, 1, 1) EDGE(1, 2, 2) EDGE(0, 2, 9) "]");
    g_assert_true(t->complete);
    g_assert_cmpuint(latency(t, 0, 2), ==, 9000);
    g_assert_cmpuint(latency(t, 2, 0), ==, 9000);
    topology_free(t);
    /* Jitter adds up, losses too; edges to oneself are of no path. */
    t = topology_of(
        "graph [ " NODES
        "edge [ source 0 target 1 latency \"1 ms\" jitter \"2 ms\" packet_loss 0.5 ] "
        "edge [ source 1 target 2 latency \"1 ms\" jitter \"3 ms\" packet_loss 0.5 ] "
        "edge [ source 0 target 0 latency \"7 ms\" jitter \"9 ms\" packet_loss 0.9 ] "
        "edge [ source 1 target 1 latency \"0 ms\" packet_loss 0.9 ] ]");
    g_assert_cmpuint(latency(t, 0, 0), ==, 7000);
    g_assert_cmpuint(t->jitter_us[2], ==, 5000);
    g_assert_cmpfloat(t->loss[2], ==, 0.75f);
    g_assert_cmpuint(t->jitter_us[0], ==, 9000);
    g_assert_cmpfloat(t->loss[6], ==, 0.75f);
    g_assert_cmpuint(latency(t, 2, 2), ==, TOPOLOGY_NO_PATH);
    topology_free(t);
}

/* Random sparse graphs, beside Floyd and Warshall's algorithm. */
static void
test_random_graphs(void)
{
    enum { N = 12, GRAPHS = 300, FAR = 1 << 30 };
    unsigned with_paths = 0;

    for (uint64_t seed = 0; seed < GRAPHS; seed++) {
        const StreamKey key = { seed, 0, 0, 0 };
        g_autoptr(GString) gml = g_string_new(NULL);
        uint32_t d[N][N];
        bool directed = seed % 2 == 1, whole = true;
        Topology *t = NULL;
        size_t line = 0;
        const char *error = NULL;

        g_string_append_printf(gml, "graph [ directed %d ", directed);
        for (uint32_t i = 0; i < N; i++)
            g_string_append_printf(gml, "node [ id %u ] ", i * 3);
        for (uint32_t i = 0; i < N; i++) {
            for (uint32_t j = 0; j < N; j++)
                d[i][j] = i == j ? 0 : FAR;
        }
        for (uint32_t i = 0; i < N; i++) {
            for (uint32_t j = 0; j < (directed ? N : i); j++) {
                uint64_t word = stream_word(&key, i * N + j);
                uint32_t us = 1 + (uint32_t)(word >> 32) % 50;

                if (i == j || word % 4 > 0)
                    continue;
                g_string_append_printf(gml,
                                       "edge [ source %u target %u latency \"%u us\" ] ",
                                       i * 3, j * 3, us);
                d[i][j] = us;
                if (!directed)
                    d[j][i] = us;
            }
        }
        g_string_append(gml, "]");
        for (uint32_t k = 0; k < N; k++)
            for (uint32_t i = 0; i < N; i++)
                for (uint32_t j = 0; j < N; j++)
                    d[i][j] = MIN(d[i][j], d[i][k] + d[k][j]);
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t j = 0; j < N; j++)
                whole &= d[i][j] < FAR;
        if (topology_parse(bytes_of_text(gml->str), &t, &line, &error) != ST_OK) {
            g_assert_false(whole);
            continue;
        }
        g_assert_true(whole);
        with_paths++;
        for (uint32_t i = 0; i < N; i++)
            for (uint32_t j = 0; j < N; j++)
                g_assert_true(i == j || latency(t, i, j) == d[i][j]);
        topology_free(t);
    }
    g_assert_cmpuint(with_paths, >, 50);
    g_assert_cmpuint(with_paths, <, 290);
}

static void
test_bad_lines_are_named(void)
{
    static const struct {
        const char *text;
        Status status;
        size_t line;
        const char *expected;
    } bad[] = {
        { "", ST_MALFORMED, 1, "graph [ node" },
        { "graph [\n]\n", ST_MALFORMED, 3, "graph [ node" },
        { "graph\n", ST_MALFORMED, 2, "[ is expected" },
        { "graph [ node [ id 0 ]\n", ST_TRUNCATED, 2, "a key or ]" },
        { "graph [ node [ id 0 ] ]\n]", ST_MALFORMED, 2, "a key" },
        { "graph [ node [ id 0 ] ] graph [ ]", ST_DUPLICATE, 1, "one graph" },
        { "graph [\n node [ label \"x\" ] ]", ST_MALFORMED, 2, "an id" },
        { "graph [\n node [\n id -1 ] ]", ST_RANGE, 3, "an id" },
        { "graph [ node [ id \"0\" ] ]", ST_MALFORMED, 1, "an id" },
        { "graph [ node [ id 99999999999999999999 ] ]", ST_RANGE, 1, "an id" },
        { "graph [ node [ id 1 ]\nnode [ id 1 ] ]", ST_DUPLICATE, 2, "id of its own" },
        { "graph [ directed 2 ]", ST_RANGE, 1, "directed" },
        { "graph [ node [ id 0 label \"x\n\n ] ]", ST_TRUNCATED, 1, "text that ends" },
        { "graph [ node [ id 0 host_bandwidth_up \"fast\" ] ]", ST_RANGE, 1, "100 Mbit" },
        { "graph [ node [ id 0 host_bandwidth_up \"1 MB\" ] ]", ST_RANGE, 1, "100 Mbit" },
        { "graph [ node [ id 0 host_bandwidth_down 100 ] ]", ST_MALFORMED, 1, "100 Mbit" },
        { "graph [ node [ id 0 country_code 49 ] ]", ST_MALFORMED, 1, "a text" },
        { "graph [ node [ id 0 x ] ]", ST_MALFORMED, 1, "a value" },
        { "graph [ " NODES "\nedge [ source 0 target 1 ] ]", ST_MALFORMED, 2, "latency" },
        { "graph [ " NODES "\nedge [ source 0 latency \"1 ms\" ] ]", ST_MALFORMED, 2,
          "target" },
        { "graph [ " NODES "\n" EDGE(0, 7, 1) "]", ST_NOT_FOUND, 2, "ids of nodes" },
        { "graph [ " NODES "edge [ source 0\nlatency 10 ] ]", ST_MALFORMED, 2, "10 ms" },
        { "graph [ " NODES "edge [ latency \"10\" ] ]", ST_RANGE, 1, "10 ms" },
        { "graph [ " NODES "edge [ latency \"-1 ms\" ] ]", ST_RANGE, 1, "10 ms" },
        { "graph [ " NODES "edge [ latency \"4295 s\" ] ]", ST_RANGE, 1, "4294 s" },
        { "graph [ " NODES "edge [ jitter \"1 parsec\" ] ]", ST_RANGE, 1, "10 ms" },
        { "graph [ " NODES "edge [ packet_loss 1.5 ] ]", ST_RANGE, 1, "from 0 to 1" },
        { "graph [ " NODES "edge [ packet_loss nan ] ]", ST_MALFORMED, 1, "from 0 to 1" },
        { "graph [ " NODES "edge [ packet_loss 0x1 ] ]", ST_MALFORMED, 1, "from 0 to 1" },
        { "graph [ " NODES "edge [ packet_loss \"0\" ] ]", ST_MALFORMED, 1, "from 0 to 1" },
        { "graph [ " NODES EDGE(0, 1, 1) "\n" EDGE(1, 0, 1) "]", ST_DUPLICATE, 2,
          "one edge" },
        { "graph [ " NODES EDGE(0, 0, 1) "\n" EDGE(0, 0, 1) "]", ST_DUPLICATE, 2,
          "one edge" },
        { "graph [ node [ id 0 ] node [ id 1 ]\nnode [ id 2 ] " EDGE(0, 1, 1) "]",
          ST_NOT_FOUND, 2, "paths from every other" },
        { "graph [ directed 1 node [ id 0 ]\nnode [ id 1 ] " EDGE(1, 0, 1) "]",
          ST_NOT_FOUND, 2, "paths from every other" },
        { "graph [ " NODES "edge [ source 0 target 1 latency \"4000 s\" ] "
          "edge [ source 1 target 2 latency \"4000 s\" ] ]",
          ST_RANGE, 1, "4294 s" },
        { "x [ [ [ [ [ [ [ [ [ [ [ [ [ [ [ [ [", ST_TOO_LARGE, 1, "16 lists" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Topology *t = NULL;
        size_t line = 0;
        const char *error = NULL;

        g_test_message("%s", bad[i].text);
        g_assert_cmpstr(
            status_name(topology_parse(bytes_of_text(bad[i].text), &t, &line, &error)), ==,
            status_name(bad[i].status));
        g_assert_null(t);
        g_assert_cmpuint(line, ==, bad[i].line);
        g_assert_nonnull(strstr(error, bad[i].expected));
    }
}

static void
test_bounds(void)
{
    g_autoptr(GString) gml = g_string_new("graph [ ");
    Topology *t = NULL;
    size_t line = 0;
    const char *error = NULL;

    for (unsigned i = 0; i <= TOPOLOGY_PLACES_MAX; i++)
        g_string_append_printf(gml, "node [ id %u ]\n", i);
    g_string_append(gml, "]");
    g_assert_cmpint(topology_parse(bytes_of_text(gml->str), &t, &line, &error), ==,
                    ST_TOO_LARGE);
    g_assert_cmpuint(line, ==, TOPOLOGY_PLACES_MAX + 1);
}

static void
test_units(void)
{
    static const struct {
        const char *text;
        uint32_t us;
    } times[] = { { "10 ms", 10000 }, { "10ms", 10000 },       { "1.5 s", 1500000 },
                  { "7 us", 7 },      { "1499 ns", 1 },        { "1500 ns", 2 },
                  { " 0 ms ", 0 },    { "2 milliseconds", 0 }, { "", 0 },
                  { ".", 0 },         { "1.2.3 ms", 0 },       { "ms", 0 } };
    double rate = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        uint32_t us = 77;
        bool fine = i < 7;

        g_assert_true(gml_read_latency(bytes_of_text(times[i].text), &us) == fine);
        g_assert_cmpuint(us, ==, fine ? times[i].us : 77);
    }
    g_assert_true(gml_read_bandwidth(bytes_of_text("100 Mbit"), &rate) && rate == 1e8);
    g_assert_true(gml_read_bandwidth(bytes_of_text("1.5 Gibit"), &rate) &&
                  rate == 1.5 * 1024 * 1024 * 1024);
    g_assert_true(gml_read_bandwidth(bytes_of_text("10 megabits"), &rate) && rate == 1e7);
    g_assert_true(gml_read_bandwidth(bytes_of_text("5bit"), &rate) && rate == 5);
    g_assert_false(gml_read_bandwidth(bytes_of_text("0 Mbit"), &rate));
    g_assert_false(gml_read_bandwidth(bytes_of_text("1000000 Gbit"), &rate) && rate > 1e15);
    g_assert_false(gml_read_bandwidth(bytes_of_text("10 Xbit"), &rate));
}

/* --- a network over it --- */

static const char two_ways[] =
    "graph [ directed 1\n"
    "node [ id 0 country_code \"DE\" host_bandwidth_up \"8 Mbit\" ]\n"
    "node [ id 1 country_code \"US\" ]\n"
    "edge [ source 0 target 1 latency \"30 ms\" jitter \"10 ms\" packet_loss 0.25 ]\n"
    "edge [ source 1 target 0 latency \"50 ms\" ]\n"
    "edge [ source 0 target 0 latency \"3 ms\" ] ]\n";

static Net *
net_over(const NetConfig *config, const Topology *t)
{
    Net *net = net_new_over(config, t, 42);

    net_add_endpoint(net, "DE", ENDPOINT_NODE, stream_name("node", 0));
    net_add_endpoint(net, "US", ENDPOINT_NODE, stream_name("node", 1));
    net_add_endpoint(net, "DE", ENDPOINT_CLIENT, stream_name("client", 0));
    net_add_endpoint(net, "US", ENDPOINT_CLIENT, stream_name("client", 1));
    return net;
}

static void
test_net_latency_and_uplink(void)
{
    Topology *t = topology_of(two_ways);
    NetConfig config = plain_config();
    Net *net;

    config.uplink_bits_per_s[ENDPOINT_NODE] = 80e6;
    config.uplink_bits_per_s[ENDPOINT_CLIENT] = 0.8e6;
    net = net_over(&config, t);
    for (uint32_t i = 0; i < 4; i++)
        g_assert_cmpuint(net_place(net, i), ==, i % 2);
    g_assert_cmpint(net_latency(net, 0, 1), ==, 30 * MILLISECOND);
    g_assert_cmpint(net_latency(net, 1, 0), ==, 50 * MILLISECOND);
    g_assert_cmpint(net_latency(net, 0, 2), ==, 3 * MILLISECOND);
    g_assert_cmpint(net_latency(net, 1, 3), >=, MILLISECOND); /* no edge to itself */
    g_assert_cmpint(net_latency(net, 1, 3), <, MILLISECOND + 400 * MICROSECOND);
    /* 100 bytes at 8 Mbit/s (the place), 80 Mbit/s (not said there), 0.8 (a client's own);
     * then three round trips of set-up, both ways. */
    g_assert_cmpint(request(net, 0, 0, 1).leaves, ==,
                    100 * MICROSECOND + 3 * 80 * MILLISECOND);
    g_assert_cmpint(request(net, 0, 1, 0).leaves, ==,
                    10 * MICROSECOND + 3 * 80 * MILLISECOND);
    g_assert_cmpint(request(net, 0, 2, 1).leaves, ==,
                    1000 * MICROSECOND + 3 * 80 * MILLISECOND);
    net_free(net);
    topology_free(t);
}

static void
test_net_jitter_and_loss(void)
{
    enum { MESSAGES = 20000 };
    Topology *t = topology_of(two_ways);
    NetConfig config = plain_config();
    const StreamKey key = { 5, 0, 0, 0 };
    double extra_ms = 0;
    unsigned repeated = 0, kept = 0;
    Net *net;

    config.retransmit = SECOND;
    net = net_over(&config, t);
    g_assert_true(net_draws(net, TRANSPORT_OMQ));
    for (uint32_t i = 0; i < MESSAGES; i++) {
        uint64_t words[2] = { stream_word(&key, 2 * i), stream_word(&key, 2 * i + 1) };
        Time now = i * MINUTE;
        Transit to = net_send(net, now, 0, 1, TRANSPORT_OMQ, true, 0, words, 0);
        /* What was known of one direction says nothing of the other. */
        Transit back = net_send(net, now, 1, 0, TRANSPORT_OMQ, true, 0, words, to.latency);
        Duration extra = to.arrives - to.leaves - 30 * MILLISECOND;

        g_assert_true(!back.lost && back.arrives - back.leaves == 50 * MILLISECOND);
        if (extra >= SECOND) {
            repeated++;
            continue;
        }
        g_assert_cmpint(extra, >=, 0);
        g_assert_cmpint(extra, <=, 10 * MILLISECOND);
        extra_ms += (double)extra / MILLISECOND;
        kept++;
    }
    /* 0.25 within four standard errors (0.0031); the mean of 0 to 10 ms (0.024) */
    g_assert_cmpfloat_with_epsilon((double)repeated / MESSAGES, 0.25, 0.0124);
    g_assert_cmpfloat_with_epsilon(extra_ms / kept, 5, 0.1);
    net_free(net);
    topology_free(t);
}

static void
test_places_by_country(void)
{
    enum { DRAWS = 3000 };
    Topology *t = topology_of(
        "graph [ node [ id 0 country_code \"US\" ] node [ id 1 ] "
        "node [ id 2 country_code \"DE\" ] node [ id 3 country_code \"US\" ]" EDGE(0, 1, 1)
            EDGE(1, 2, 1) EDGE(2, 3, 1) "]");
    const StreamKey key = { 1, 0, 0, 0 };
    unsigned us[4] = { 0 }, fr[4] = { 0 };

    for (uint32_t i = 0; i < DRAWS; i++) {
        uint64_t word = stream_word(&key, i);

        g_assert_cmpuint(topology_draw(t, "DE", word), ==, 2);
        us[topology_draw(t, "us", word)]++;
        fr[topology_draw(t, i % 2 == 0 ? "FR" : "", word)]++;
    }
    g_assert_cmpuint(us[0] + us[3], ==, DRAWS);
    g_assert_cmpuint(us[0], >, DRAWS * 45 / 100);
    g_assert_cmpuint(us[3], >, DRAWS * 45 / 100);
    for (uint32_t i = 0; i < 4; i++)
        g_assert_cmpuint(fr[i], >, DRAWS * 21 / 100);
    topology_free(t);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/topology/reads", test_reads);
    g_test_add_func("/net/topology/paths", test_paths);
    g_test_add_func("/net/topology/random-graphs", test_random_graphs);
    g_test_add_func("/net/topology/bad-lines", test_bad_lines_are_named);
    g_test_add_func("/net/topology/bounds", test_bounds);
    g_test_add_func("/net/topology/units", test_units);
    g_test_add_func("/net/topology/net-latency-and-uplink", test_net_latency_and_uplink);
    g_test_add_func("/net/topology/net-jitter-and-loss", test_net_jitter_and_loss);
    g_test_add_func("/net/topology/places-by-country", test_places_by_country);
    return g_test_run();
}
