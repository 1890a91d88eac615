/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which records are of the edges, and intersection over them. */
#include <glib.h>

#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/attack/intersection.h"

static Observation
entry(Time at, uint32_t ip)
{
    return (Observation){ .at = at,
                          .observer = 0,
                          .neighbour = ip,
                          .kind = KIND_ONION,
                          .layer = ONION_RELAY,
                          .method = RPC_UNKNOWN };
}

static Observation
exit_for(Time at, uint32_t account, uint8_t method)
{
    return (Observation){ .at = at,
                          .observer = 1,
                          .kind = KIND_ONION_HOP,
                          .layer = ONION_FINAL,
                          .method = method,
                          .account = account };
}

static const Observer observers[] = { { .role = OBSERVER_NODE, .ip = 1 },
                                      { .role = OBSERVER_NODE, .ip = 2 },
                                      { .role = OBSERVER_LINK, .ip = 77 } };

static void
test_which_records(void)
{
    Observation records[8] = { exit_for(30, 2, RPC_RETRIEVE), entry(20, 9), entry(10, 5) };
    Edges edges;

    /* A line's owner sends; what comes to it is no sending. */
    records[3] = (Observation){
        .at = 15, .observer = 2, .neighbour = 1, .kind = KIND_COUNT, .outgoing = true
    };
    records[4] = records[3];
    records[4].outgoing = false;
    /* A hop, a swarm member's copy, and a request that names nobody are of no edge. */
    records[5] = entry(21, 3);
    records[5].kind = KIND_ONION_HOP;
    records[6] = exit_for(22, 2, RPC_STORE);
    records[6].layer = OBSERVED_NO_LAYER;
    records[7] = exit_for(23, 0, RPC_INFO);
    edges_of(records, 8, observers, &edges);
    g_assert_cmpuint(edges.n_clients, ==, 3);
    g_assert_cmpuint(edges.client_ip[0], ==, 5);
    g_assert_cmpuint(edges_client(&edges, 77), ==, 2);
    g_assert_cmpuint(edges_client(&edges, 3), ==, UINT32_MAX);
    g_assert_cmpuint(edges.n_sendings, ==, 3);
    g_assert_cmpint(edges.sendings[0].at, ==, 10);
    g_assert_cmpuint(edges.sendings[0].record, ==, 2);
    g_assert_cmpuint(edges.sendings[2].client, ==, 1);
    g_assert_cmpuint(edges.n_arrivals, ==, 1);
    g_assert_false(edges.arrivals[0].store);
    g_assert_cmpuint(edges.accounts, ==, 2);
    edges_clear(&edges);
    edges_of(NULL, 0, observers, &edges);
    g_assert_cmpuint(edges.n_clients, ==, 0);
    edges_clear(&edges);
}

static void
test_windows(void)
{
    const Windows windows = { 100, 10, 3 };

    g_assert_cmpuint(window_of(&windows, 99), ==, UINT32_MAX);
    g_assert_cmpuint(window_of(&windows, 100), ==, 0);
    g_assert_cmpuint(window_of(&windows, 129), ==, 2);
    g_assert_cmpuint(window_of(&windows, 130), ==, UINT32_MAX);
}

/* Three addresses: 1 is always there, 2 in windows 0 and 1, 3 in window 0; account 4 has
 * events in windows 0, 1 and 3. */
static void
test_intersection(void)
{
    const Windows windows = { 0, 10, 4 };
    const Observation records[] = {
        entry(0, 1),
        entry(1, 2),
        entry(2, 3),
        exit_for(3, 4, RPC_RETRIEVE),
        exit_for(4, 4, RPC_RETRIEVE),
        exit_for(5, 2, RPC_STORE),
        entry(11, 1),
        entry(12, 2),
        exit_for(13, 4, RPC_RETRIEVE),
        exit_for(14, 4, RPC_STORE),
        entry(31, 1),
        exit_for(32, 4, RPC_RETRIEVE),
    };
    uint32_t sizes[4];
    AccountEvents events, stores;
    Candidates left;
    PresenceMap there;
    Edges edges;

    edges_of(records, G_N_ELEMENTS(records), observers, &edges);
    presence_of(&edges, &windows, &there);
    account_events_of(&edges, &windows, false, &events);
    account_events_of(&edges, &windows, true, &stores);
    g_assert_cmpuint(events.first[5] - events.first[4], ==, 3);
    g_assert_cmpuint(events.windows[events.first[4] + 2], ==, 3);
    g_assert_cmpuint(events.first[3] - events.first[2], ==, 0);
    g_assert_cmpuint(stores.first[3] - stores.first[2], ==, 1);
    g_assert_cmpuint(stores.windows[stores.first[4]], ==, 1);
    left = candidates_all(&there);
    g_assert_cmpuint(left.left, ==, 3);
    g_assert_cmpuint(
        attack_intersection(&there, events.windows + events.first[4], 3, &left, sizes), ==,
        3);
    g_assert_cmpuint(sizes[0], ==, 3);
    g_assert_cmpuint(sizes[1], ==, 2);
    g_assert_cmpuint(sizes[2], ==, 1);
    g_assert_true(candidates_have(&left, edges_client(&edges, 1)));
    g_assert_false(candidates_have(&left, edges_client(&edges, 2)));
    free(left.bits);
    left = candidates_all(&there);
    g_assert_cmpuint(
        attack_intersection(&there, events.windows + events.first[4], 2, &left, NULL), ==,
        UINT32_MAX);
    free(left.bits);
    account_events_clear(&events);
    account_events_clear(&stores);
    presence_clear(&there);
    edges_clear(&edges);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/attack/edges/which-records", test_which_records);
    g_test_add_func("/attack/edges/windows", test_windows);
    g_test_add_func("/attack/intersection", test_intersection);
    return g_test_run();
}
