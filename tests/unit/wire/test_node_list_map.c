/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From one node list to another: each node where it stands, and nothing kept too long. */
#include <glib.h>
#include <string.h>

#include "nodes/wire/node_list.h"

enum { NODES = 6 };

/* Nodes 0 to 5 but @without, in this or the opposite order. */
static NodeList *
list_of(int without, bool backwards)
{
    NodeRecord nodes[NODES] = { 0 };
    size_t n = 0;

    for (int i = 0; i < NODES; i++) {
        if (i == without)
            continue;
        memset(nodes[n].legacy, backwards ? 100 - i : i + 1, 32);
        memset(nodes[n].ed25519, 10 + i, 32);
        memset(nodes[n].x25519, 20 + i, 32);
        nodes[n].ip = 0x0a000001 + (uint32_t)i;
        nodes[n].swarm_id = (uint64_t)i;
        n++;
    }
    return node_list_new(nodes, n);
}

static void
assert_maps(const NodeListMap *map)
{
    g_assert_nonnull(map->place);
    for (uint32_t i = 0; i < map->from->n; i++) {
        const uint8_t *key = map->from->nodes[i].ed25519;
        int place = map->place[i];

        g_assert_cmpint(place, ==, node_list_find_ed25519(map->to, key));
        if (place != NODE_NONE)
            g_assert_cmpmem(map->to->nodes[place].ed25519, 32, key, 32);
    }
}

static void
test_places(void)
{
    NodeList *from = list_of(-1, false), *to = list_of(2, true);
    NodeListMap map = node_list_map_new(from, to, false);
    static const int places[NODES] = { 4, 3, NODE_NONE, 2, 1, 0 };

    assert_maps(&map);
    g_assert_cmpmem(map.place, sizeof places, places, sizeof places);
    node_list_map_clear(&map);
    map = node_list_map_new(to, from, false);
    assert_maps(&map);
    node_list_map_clear(&map);
    node_list_unref(from);
    node_list_unref(to);
}

/* What a client does not use may differ: other on-chain ids, other ports of OxenMQ. */
static void
test_same_places(void)
{
    NodeList *a = list_of(-1, false), *b = list_of(-1, false);
    NodeListMap map;

    b->nodes[0].port_omq = 7;
    memset(b->nodes[0].legacy, 0, 32);
    for (int with_swarms = 0; with_swarms < 2; with_swarms++) {
        map = node_list_map_new(a, b, with_swarms);
        g_assert_null(map.place);
        node_list_map_clear(&map);
    }
    b->nodes[3].swarm_id++;
    map = node_list_map_new(a, b, false);
    g_assert_null(map.place);
    node_list_map_clear(&map);
    map = node_list_map_new(a, b, true);
    g_assert_nonnull(map.place);
    node_list_map_clear(&map);
    b->nodes[3].ip++;
    map = node_list_map_new(a, b, false);
    g_assert_nonnull(map.place);
    node_list_map_clear(&map);
    node_list_unref(a);
    node_list_unref(b);
}

static void
test_memo_makes_it_once(void)
{
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *from = list_of(-1, false), *to = list_of(-1, true);
    const NodeListMap *first = node_list_map_memo(&memo, from, to, false);
    const int *place = first->place;

    assert_maps(first);
    g_assert_true(node_list_map_memo(&memo, from, to, false)->place == place);
    g_assert_true(node_list_map_memo(&memo, from, to, true)->place != place);
    g_assert_true(node_list_map_memo(&memo, to, from, false)->place != place);
    assert_maps(node_list_map_memo(&memo, to, from, false));
    node_list_memo_clear(&memo);
    g_assert_cmpuint(from->refs, ==, 1);
    g_assert_cmpuint(to->refs, ==, 1);
    node_list_unref(from);
    node_list_unref(to);
}

/* It holds the lists of its last maps, so that no other list can have their place in
 * memory, and lets go of older ones. */
static void
test_memo_forgets_the_oldest(void)
{
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *from = list_of(-1, false), *to[NODE_LIST_MEMO_MAPS + 1];

    for (int i = 0; i <= NODE_LIST_MEMO_MAPS; i++) {
        to[i] = list_of(i, true);
        assert_maps(node_list_map_memo(&memo, from, to[i], false));
        g_assert_cmpuint(to[i]->refs, ==, 2);
    }
    g_assert_cmpuint(to[0]->refs, ==, 1);
    assert_maps(node_list_map_memo(&memo, from, to[0], false));
    node_list_memo_clear(&memo);
    for (int i = 0; i <= NODE_LIST_MEMO_MAPS; i++)
        node_list_unref(to[i]);
    node_list_unref(from);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/node-list-map/places", test_places);
    g_test_add_func("/wire/node-list-map/same-places", test_same_places);
    g_test_add_func("/wire/node-list-map/memo-makes-it-once", test_memo_makes_it_once);
    g_test_add_func("/wire/node-list-map/memo-forgets-the-oldest",
                    test_memo_forgets_the_oldest);
    return g_test_run();
}
