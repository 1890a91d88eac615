/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/assign.h"
#include "tests/lib/vectors.h"

#define UNASSIGNED UINT64_MAX

/* A network whose nodes are numbered in ascending key order; swarm id by node. */
typedef struct Network {
    GPtrArray *keys; /* hex, ascending, borrowed from the vector */
    GArray *present; /* bool */
    GArray *swarm;   /* uint64_t */
} Network;

static gint
compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
network_init(Network *network, const json_t *blocks)
{
    network->keys = g_ptr_array_new();
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        const json_t *join = json_object_get(json_array_get(blocks, i), "join");

        for (size_t j = 0; j < json_array_size(join); j++)
            g_ptr_array_add(network->keys,
                            (gpointer)json_string_value(json_array_get(join, j)));
    }
    g_ptr_array_sort(network->keys, compare_text);
    network->present = g_array_new(FALSE, TRUE, sizeof(bool));
    network->swarm = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    g_array_set_size(network->present, network->keys->len);
    g_array_set_size(network->swarm, network->keys->len);
}

static void
network_clear(Network *network)
{
    g_ptr_array_unref(network->keys);
    g_array_unref(network->present);
    g_array_unref(network->swarm);
}

static uint32_t
node_of_key(const Network *network, const char *key)
{
    uint32_t low = 0, high = network->keys->len;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (strcmp(g_ptr_array_index(network->keys, middle), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    g_assert_cmpuint(low, <, network->keys->len);
    g_assert_cmpstr(g_ptr_array_index(network->keys, low), ==, key);
    return low;
}

static void
join_and_leave(Network *network, const json_t *block)
{
    const json_t *leave = json_object_get(block, "leave");
    const json_t *join = json_object_get(block, "join");

    for (size_t i = 0; i < json_array_size(leave); i++) {
        uint32_t node = node_of_key(network, json_string_value(json_array_get(leave, i)));

        g_array_index(network->present, bool, node) = false;
    }
    for (size_t i = 0; i < json_array_size(join); i++) {
        uint32_t node = node_of_key(network, json_string_value(json_array_get(join, i)));

        g_array_index(network->present, bool, node) = true;
        g_array_index(network->swarm, uint64_t, node) = UNASSIGNED;
    }
}

static void
build_map(const Network *network, SwarmMap *map, GArray *unassigned)
{
    for (uint32_t node = 0; node < network->keys->len; node++) {
        uint64_t swarm = g_array_index(network->swarm, uint64_t, node);

        if (!g_array_index(network->present, bool, node))
            continue;
        if (swarm == UNASSIGNED)
            g_array_append_val(unassigned, node);
        else
            swarm_map_add(map, swarm, node);
    }
}

static void
adopt(Network *network, const SwarmMap *map)
{
    for (uint32_t s = 0; s < map->n; s++)
        for (uint32_t i = 0; i < map->swarms[s].n; i++)
            g_array_index(network->swarm, uint64_t, map->swarms[s].nodes[i]) =
                map->swarms[s].id;
}

/* @map must have its members in ascending order, as the vectors have. */
static void
check_result(const Network *network, const SwarmMap *map, const json_t *result)
{
    g_assert_cmpuint(map->n, ==, json_array_size(result));
    for (uint32_t s = 0; s < map->n; s++) {
        const json_t *expected = json_array_get(result, s);
        const json_t *nodes = json_object_get(expected, "nodes");

        g_assert_cmphex(map->swarms[s].id, ==,
                        g_ascii_strtoull(vector_text(expected, "id"), NULL, 10));
        g_assert_cmpuint(map->swarms[s].n, ==, json_array_size(nodes));
        for (uint32_t i = 0; i < map->swarms[s].n; i++)
            g_assert_cmpstr(g_ptr_array_index(network->keys, map->swarms[s].nodes[i]), ==,
                            json_string_value(json_array_get(nodes, i)));
    }
}

static void
run_block(Network *network, const json_t *block)
{
    g_autoptr(GArray) unassigned = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    SwarmMap map = { 0 };

    join_and_leave(network, block);
    build_map(network, &map, unassigned);
    swarm_assign(&map, (const uint32_t *)unassigned->data, unassigned->len,
                 g_ascii_strtoull(vector_text(block, "seed"), NULL, 10));
    swarm_map_sort_members(&map);
    check_result(network, &map, json_object_get(block, "result"));
    adopt(network, &map);
    swarm_map_clear(&map);
}

static void
test_blocks_of_oxen_core(void)
{
    json_t *file = vectors_load("core_swarm_assignment");
    const json_t *vectors = json_object_get(file, "vectors");
    uint32_t unstable = 0;

    g_assert_cmpuint(json_array_size(vectors), ==, 18);
    for (size_t v = 0; v < json_array_size(vectors); v++) {
        const json_t *blocks = json_object_get(json_array_get(vectors, v), "blocks");
        Network network;

        network_init(&network, blocks);
        for (size_t b = 0; b < json_array_size(blocks); b++) {
            const json_t *block = json_array_get(blocks, b);

            g_test_message("%s, block %zu", vector_text(json_array_get(vectors, v), "name"),
                           b);
            run_block(&network, block);
            unstable += json_is_false(json_object_get(block, "same_with_stable_sort"));
        }
        network_clear(&network);
    }
    g_assert_cmpuint(unstable, >, 100); /* the vectors do try the unstable order */
    json_decref(file);
}

/* Protocol 2.3, "Test vector". */
static void
test_forty_nodes(void)
{
    static const struct {
        uint64_t id;
        uint32_t n, nodes[9];
    } expected[] = {
        { 0, 9, { 3, 6, 7, 10, 14, 18, 20, 24, 34 } },
        { 0x3fffffffffffffff, 8, { 21, 17, 27, 15, 11, 12, 30, 33 } },
        { 0x5fffffffffffffff, 8, { 32, 19, 23, 13, 8, 16, 0, 38 } },
        { 0x7fffffffffffffff, 7, { 9, 25, 28, 29, 31, 35, 36 } },
        { 0xbfffffffffffffff, 8, { 1, 5, 4, 2, 22, 26, 37, 39 } },
    };
    uint32_t nodes[40];
    SwarmMap map = { 0 };

    for (uint32_t i = 0; i < G_N_ELEMENTS(nodes); i++)
        nodes[i] = i;
    swarm_assign(&map, nodes, G_N_ELEMENTS(nodes), 42);
    g_assert_cmpuint(map.n, ==, G_N_ELEMENTS(expected));
    for (uint32_t s = 0; s < map.n; s++) {
        g_assert_cmphex(map.swarms[s].id, ==, expected[s].id);
        g_assert_cmpmem(map.swarms[s].nodes, map.swarms[s].n * sizeof(uint32_t),
                        expected[s].nodes, expected[s].n * sizeof(uint32_t));
    }
    swarm_map_clear(&map);
}

static void
test_nobody(void)
{
    SwarmMap map = { 0 };

    swarm_assign(&map, NULL, 0, 1);
    g_assert_cmpuint(map.n, ==, 0);
    swarm_map_clear(&map);
}

static void
grow(SwarmMap *map, const SwarmSizes *sizes, uint32_t n)
{
    for (uint32_t node = 0; node < n; node++) {
        swarm_assign_sized(map, sizes, &node, 1, UINT64_C(0x9e3779b97f4a7c15) * (node + 1));
        swarm_map_sort_members(map);
    }
}

static void
check_members(const SwarmMap *map, uint32_t n)
{
    g_autofree bool *seen = g_new0(bool, n);
    uint32_t members = 0;

    for (uint32_t s = 0; s < map->n; s++) {
        g_assert_true(s == 0 || map->swarms[s - 1].id < map->swarms[s].id);
        for (uint32_t i = 0; i < map->swarms[s].n; i++) {
            g_assert_false(seen[map->swarms[s].nodes[i]]);
            seen[map->swarms[s].nodes[i]] = true;
            members++;
        }
    }
    g_assert_cmpuint(members, ==, n);
}

static void
test_growth_gives_a_swarm_per_seven(void)
{
    enum { N = 2000 };
    SwarmMap map = { 0 };

    grow(&map, &swarm_sizes_real, N);
    g_assert_cmpuint(map.n, ==, N / 7); /* science 0 */
    check_members(&map, N);
    for (uint32_t s = 0; s < map.n; s++)
        g_assert_cmpuint(map.swarms[s].n, >=, SWARM_SIZE_MIN);
    swarm_map_clear(&map);
}

static void
test_other_sizes(void)
{
    enum { N = 300 };
    static const SwarmSizes sizes = { 3, 4, 3, 1 };
    SwarmMap map = { 0 };

    g_assert_true(swarm_sizes_valid(&sizes));
    grow(&map, &sizes, N);
    g_assert_cmpuint(map.n, ==, N / 4); /* N - 3 m >= 4 + m makes the next */
    check_members(&map, N);
    for (uint32_t s = 0; s < map.n; s++)
        g_assert_cmpuint(map.swarms[s].n, >=, 3);
    swarm_map_clear(&map);
}

static void
test_sizes_that_never_end(void)
{
    g_assert_true(swarm_sizes_valid(&swarm_sizes_real));
    g_assert_false(swarm_sizes_valid(&(SwarmSizes){ 0, 7, 5, 2 }));
    g_assert_false(swarm_sizes_valid(&(SwarmSizes){ 5, 4, 5, 2 }));
    g_assert_false(swarm_sizes_valid(&(SwarmSizes){ 5, 7, 4, 2 }));
}

/* Two swarms of two: the chain's code would dissolve both; the last one stays here. */
static void
test_the_last_swarm_stays(void)
{
    SwarmMap map = { 0 };

    swarm_map_add(&map, 10, 0);
    swarm_map_add(&map, 10, 1);
    swarm_map_add(&map, 99, 2);
    swarm_map_add(&map, 99, 3);
    swarm_assign(&map, NULL, 0, 7);
    g_assert_cmpuint(map.n, ==, 1);
    g_assert_cmphex(map.swarms[0].id, ==, 99);
    g_assert_cmpuint(map.swarms[0].n, ==, 4);
    g_assert_nonnull(swarm_map_find(&map, 99));
    g_assert_null(swarm_map_find(&map, 10));
    swarm_map_clear(&map);
}

/* The sum of the left id and half the gap wraps past the highest id. */
static void
test_new_id_wraps(void)
{
    SwarmMap map = { 0 };

    for (uint32_t node = 0; node < 9; node++) {
        swarm_map_add(&map, UINT64_C(0x7000000000000000), node);
        swarm_map_add(&map, UINT64_C(0xf000000000000001), 9 + node);
    }
    /* Gaps: 0x8000000000000001 and 0x7ffffffffffffffe around: the first wins.  With three
     * more nodes the excess is 11, which makes one swarm. */
    swarm_assign(&map, (const uint32_t[]){ 18, 19, 20 }, 3, 5);
    g_assert_cmpuint(map.n, ==, 3);
    g_assert_cmphex(map.swarms[1].id, ==, UINT64_C(0xb000000000000000));
    swarm_map_clear(&map);

    for (uint32_t node = 0; node < 9; node++) {
        swarm_map_add(&map, UINT64_C(0x8000000000000000), node);
        swarm_map_add(&map, UINT64_C(0xf000000000000001), 9 + node);
    }
    /* Around: 0x8ffffffffffffffe; half of it past the last id, less 2^64 - 1. */
    swarm_assign(&map, (const uint32_t[]){ 18, 19, 20 }, 3, 5);
    g_assert_cmpuint(map.n, ==, 3);
    g_assert_cmphex(map.swarms[0].id, ==, UINT64_C(0x3800000000000001));
    swarm_map_clear(&map);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swarm/assign/blocks-of-oxen-core", test_blocks_of_oxen_core);
    g_test_add_func("/swarm/assign/forty-nodes", test_forty_nodes);
    g_test_add_func("/swarm/assign/nobody", test_nobody);
    g_test_add_func("/swarm/assign/growth-gives-a-swarm-per-seven",
                    test_growth_gives_a_swarm_per_seven);
    g_test_add_func("/swarm/assign/other-sizes", test_other_sizes);
    g_test_add_func("/swarm/assign/sizes-that-never-end", test_sizes_that_never_end);
    g_test_add_func("/swarm/assign/the-last-swarm-stays", test_the_last_swarm_stays);
    g_test_add_func("/swarm/assign/new-id-wraps", test_new_id_wraps);
    return g_test_run();
}
