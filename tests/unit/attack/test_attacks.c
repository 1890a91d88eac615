/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Predecessor, disclosure and correlation over records made by hand. */
#include <glib.h>
#include <math.h>

#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/attack/correlation.h"
#include "sim/attack/disclosure.h"
#include "sim/attack/predecessor.h"

static const Observer observers[] = { { .role = OBSERVER_NODE, .ip = 1 } };

static Observation
relay(MessageKind kind, Time at, uint32_t from, uint32_t to)
{
    return (Observation){ .at = at,
                          .neighbour = from,
                          .next = to,
                          .kind = (uint8_t)kind,
                          .layer = ONION_RELAY,
                          .method = RPC_UNKNOWN };
}

static Observation
store(Time at, uint32_t account, uint32_t bytes)
{
    return (Observation){ .at = at,
                          .kind = KIND_ONION_HOP,
                          .layer = ONION_FINAL,
                          .method = RPC_STORE,
                          .bytes = bytes,
                          .account = account };
}

static void
test_predecessor(void)
{
    const Observation records[] = {
        relay(KIND_ONION, 100, 900, 20), /* client 900, middle 20 */
        relay(KIND_ONION_HOP, 110, 20, 50),
        relay(KIND_ONION, 200, 901, 20), /* the last node is too late to be its */
        relay(KIND_ONION_HOP, 310, 20, 50),
        relay(KIND_ONION, 400, 902, 21), /* other middle node */
        relay(KIND_ONION_HOP, 410, 20, 51),
        relay(KIND_ONION, 500, 901, 22),
        relay(KIND_ONION_HOP, 505, 22, 51),
        relay(KIND_ONION, 600, 900, 22),
        relay(KIND_ONION_HOP, 605, 22, 52),
    };
    const uint32_t swarm[] = { 50, 51 };
    PathEnds *ends;
    Sightings seen[10];
    size_t n = attack_path_ends(records, G_N_ELEMENTS(records), 50, &ends), m;

    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpuint(ends[0].client_ip, ==, 900);
    g_assert_cmpuint(ends[0].destination_ip, ==, 50);
    g_assert_cmpuint(ends[1].client_ip, ==, 901);
    g_assert_cmpuint(ends[1].last_record, ==, 7);
    m = attack_predecessor(ends, n, swarm, 2, seen);
    g_assert_cmpuint(m, ==, 2);
    g_assert_cmpuint(seen[0].ip, ==, 900);
    g_assert_cmpuint(seen[0].count, ==, 1);
    g_free(ends);
    g_assert_cmpuint(attack_path_ends(NULL, 0, 50, &ends), ==, 0);
    g_free(ends);
}

/* The client sends in windows 0 to 2, to accounts 1 and 2; account 3 always gets two. */
static void
test_disclosure(void)
{
    const Windows windows = { 0, 10, 6 };
    Observation records[64];
    uint32_t rank[3];
    Disclosure d;
    Edges edges;
    size_t n = 0;

    for (Time t = 0; t < 60; t += 10) {
        records[n++] = store(t + 3, 3, 1);
        records[n++] = store(t + 4, 3, 1);
        if (t < 30) {
            records[n++] = relay(KIND_ONION, t + 1, 900, 20);
            records[n++] = store(t + 2, t == 0 ? 1 : 2, 1);
        }
    }
    edges_of(records, n, observers, &edges);
    attack_disclosure(&edges, &windows, 0, &d);
    g_assert_cmpuint(d.rounds, ==, 3);
    g_assert_cmpuint(d.others, ==, 3);
    g_assert_cmpfloat_with_epsilon(d.mean[2], 2.0 / 3, 1e-12);
    g_assert_cmpfloat_with_epsilon(d.variance[2], 1.0 / 3, 1e-12);
    g_assert_cmpfloat_with_epsilon(d.mean[3] - d.background[3], 0, 1e-12);
    disclosure_rank(&d, 1, rank);
    g_assert_cmpuint(rank[0], ==, 2);
    g_assert_cmpuint(rank[1], ==, 1);
    g_assert_cmpuint(rank[2], ==, 3);
    disclosure_clear(&d);
    edges_clear(&edges);
}

/* All clients at once are as each by itself. */
static void
test_disclosure_of_all(void)
{
    const Windows windows = { 0, 10, 30 };
    Observation records[600];
    g_autofree double *all = NULL;
    uint64_t state = 1;
    Edges edges;
    size_t n = 0;

    for (Time t = 0; n < 600; t++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        records[n++] = state >> 63 != 0
                           ? relay(KIND_ONION, t / 2, 900 + (state >> 40) % 7, 20)
                           : store(t / 2, 1 + (uint32_t)(state >> 40) % 5, 1);
    }
    edges_of(records, n, observers, &edges);
    all = g_new(double, (size_t)edges.n_clients *(edges.accounts + 1));
    attack_disclosure_all(&edges, &windows, all);
    for (uint32_t c = 0; c < edges.n_clients; c++) {
        Disclosure d;

        attack_disclosure(&edges, &windows, c, &d);
        for (uint32_t a = 1; a <= d.accounts; a++)
            g_assert_cmpfloat_with_epsilon(all[c * (d.accounts + 1) + a],
                                           d.mean[a] - d.background[a], 1e-12);
        disclosure_clear(&d);
    }
    edges_clear(&edges);
}

/* Client 900 sends just before account 1 gets, client 901 just before account 2. */
static void
test_correlation(void)
{
    const Windows windows = { 0, 100, 10 };
    const Lag lag = { 1, 5 };
    Observation records[200];
    double cadence[2 * 3];
    Counts sent, got;
    Edges edges;
    size_t n = 0;

    for (Time t = 0; t < 1000; t += 10) {
        bool first = t / 100 % 2 == 0;

        records[n++] = relay(KIND_ONION, t, first ? 900 : 901, 20);
        records[n++] = store(t + 3, first ? 1 : 2, 1);
    }
    edges_of(records, n, observers, &edges);
    counts_of_clients(&edges, &windows, &sent);
    counts_of_accounts(&edges, &windows, true, &got);
    g_assert_cmpfloat_with_epsilon(attack_correlation(&sent, 0, &got, 1), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon(attack_correlation(&sent, 0, &got, 2), -1, 1e-12);
    g_assert_cmpfloat(attack_correlation(&sent, 0, &got, 0), ==, 0);
    attack_cadence(&edges, lag, true, cadence);
    g_assert_cmpfloat_with_epsilon(cadence[0 * 3 + 1], 1, 1e-12);
    g_assert_cmpfloat_with_epsilon(cadence[1 * 3 + 2], 1, 1e-12);
    g_assert_cmpfloat(cadence[0 * 3 + 2], ==, 0);
    counts_clear(&sent);
    counts_clear(&got);
    counts_of_accounts(&edges, &windows, false, &got);
    g_assert_cmpuint(got.counts[1 * 10], ==, 0);
    counts_clear(&got);
    edges_clear(&edges);
}

static void
test_single_request(void)
{
    Observation records[] = { relay(KIND_ONION, 100, 900, 20), store(103, 1, 400),
                              store(104, 2, 500), store(109, 3, 400) };
    Reach reach = { { 1, 5 }, -1, true };
    size_t which[4];
    Edges edges;

    records[0].bytes = 700;
    edges_of(records, 4, observers, &edges);
    g_assert_cmpuint(attack_window(&edges, &edges.sendings[0], &reach, which, 4), ==, 2);
    g_assert_cmpuint(which[1], ==, 1);
    g_assert_cmpuint(attack_window(&edges, &edges.sendings[0], &reach, which, 0), ==, 2);
    reach.overhead = 300;
    g_assert_cmpuint(attack_window(&edges, &edges.sendings[0], &reach, which, 4), ==, 1);
    g_assert_cmpuint(which[0], ==, 0);
    reach.stores = false;
    g_assert_cmpuint(attack_window(&edges, &edges.sendings[0], &reach, which, 4), ==, 0);
    edges_clear(&edges);
}

/* Requests come out 300 bytes shorter, whatever else comes out near them. */
static void
test_overhead(void)
{
    Observation records[60];
    Edges edges;
    size_t n = 0;

    for (uint32_t i = 0; i < 20; i++) {
        uint32_t bytes = 1000 + 37 * (i * i % 11);

        records[n] = relay(KIND_ONION, 100 * i, 900, 20);
        records[n++].bytes = bytes;
        records[n++] = store(100 * i + 3, 1, bytes - 300);
        records[n++] = store(100 * i + 4, 2, 400 + 17 * i);
    }
    edges_of(records, n, observers, &edges);
    g_assert_cmpint(attack_overhead(&edges, (Lag){ 0, 5 }, true), ==, 300);
    g_assert_cmpint(attack_overhead(&edges, (Lag){ 0, 5 }, false), ==, -1);
    edges_clear(&edges);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/attack/predecessor", test_predecessor);
    g_test_add_func("/attack/disclosure", test_disclosure);
    g_test_add_func("/attack/disclosure-of-all", test_disclosure_of_all);
    g_test_add_func("/attack/overhead", test_overhead);
    g_test_add_func("/attack/correlation", test_correlation);
    g_test_add_func("/attack/single-request", test_single_request);
    return g_test_run();
}
