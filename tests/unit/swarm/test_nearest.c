/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/swarm.h"
#include "tests/lib/vectors.h"

static uint64_t
number_of(const json_t *value)
{
    return g_ascii_strtoull(json_string_value(value), NULL, 10);
}

static void
account_key(const json_t *vector, uint8_t ret[32])
{
    uint8_t account[33];

    vector_hex_exact(vector, "pubkey", account, sizeof account);
    memcpy(ret, account + 1, 32);
}

static GArray *
swarm_ids(const json_t *vector)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    const json_t *list = json_object_get(vector, "swarm_ids");

    for (size_t i = 0; i < json_array_size(list); i++) {
        uint64_t id = number_of(json_array_get(list, i));

        g_array_append_val(ids, id);
    }
    return ids;
}

static void
check_nearest(const json_t *vector, const char *expected_key)
{
    g_autoptr(GArray) ids = swarm_ids(vector);
    const json_t *expected = json_object_get(vector, expected_key);
    uint8_t key[32];
    uint64_t found;

    account_key(vector, key);
    found = swarm_nearest((const uint64_t *)ids->data, ids->len, swarm_space(key));
    if (json_is_null(expected))
        g_assert_cmphex(found, ==, SWARM_NONE);
    else
        g_assert_cmphex(found, ==, number_of(expected));
}

static void
test_storage_server_cases(void)
{
    json_t *file = vectors_load("ss_pubkey_to_swarm");
    const json_t *vectors = json_object_get(file, "vectors");

    g_assert_cmpuint(json_array_size(vectors), ==, 601);
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        const json_t *vector = json_array_get(vectors, i);
        uint8_t key[32];

        account_key(vector, key);
        g_assert_cmphex(swarm_space(key), ==,
                        number_of(json_object_get(vector, "pubkey_space")));
        check_nearest(vector, "swarm_id");
    }
    json_decref(file);
}

static void
test_upstream_cases(void)
{
    json_t *file = vectors_load("upstream_swarm");
    const json_t *spaces = json_object_get(file, "pubkey_to_swarm_space");
    const json_t *ids = json_object_get(file, "pubkey_to_swarm_id");

    g_assert_cmpuint(json_array_size(spaces), ==, 11);
    g_assert_cmpuint(json_array_size(ids), ==, 32);
    for (size_t i = 0; i < json_array_size(spaces); i++) {
        const json_t *vector = json_array_get(spaces, i);
        uint8_t key[32];

        account_key(vector, key);
        g_assert_cmphex(swarm_space(key), ==,
                        number_of(json_object_get(vector, "expect_space")));
    }
    for (size_t i = 0; i < json_array_size(ids); i++)
        check_nearest(json_array_get(ids, i), "expect_swarm_id");
    json_decref(file);
}

/* Protocol 2.2, "Vectors". */
static void
test_space(void)
{
    uint8_t key[32] = { 0 };

    g_assert_cmphex(swarm_space(key), ==, 0);
    key[0] = 1;
    g_assert_cmphex(swarm_space(key), ==, 0x0100000000000000U);
    memset(key, 0xff, 8);
    g_assert_cmphex(swarm_space(key), ==, UINT64_MAX);
    for (int i = 0; i < 32; i++)
        key[i] = (uint8_t)i;
    g_assert_cmphex(swarm_space(key), ==, 0);
}

/* Over a list in no order, with nodes in no swarm and several in one, as over its ids. */
static void
test_in_a_list(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    NodeList *none = node_list_new(NULL, 0);

    g_assert_cmphex(swarm_nearest_in_list(none, 5), ==, SWARM_NONE);
    node_list_unref(none);
    for (int round = 0; round < 2000; round++) {
        uint32_t n = (uint32_t)g_rand_int_range(rand, 1, 12);
        uint64_t scale = round % 2 == 0 ? 1 : UINT64_MAX / 16, hits[2];
        NodeRecord records[12] = { 0 };
        NodeList *list;
        Snapshot *snapshot;
        uint8_t hash[32] = { 0 };

        for (uint32_t i = 0; i < n; i++) {
            records[i].legacy[0] = (uint8_t)i;
            records[i].swarm_id = (uint64_t)g_rand_int_range(rand, 0, 16) * scale;
            if (g_rand_int_range(rand, 0, 5) == 0)
                records[i].swarm_id = SWARM_NONE;
        }
        list = node_list_new(records, n);
        snapshot = snapshot_new(list, 1, 0, hash, NULL, 0, NULL, 0, NULL);
        for (uint64_t space = 0; space < 20; space++) {
            hits[0] = swarm_nearest_in_list(list, space * scale / 2);
            hits[1] =
                swarm_nearest(snapshot->swarm_ids, snapshot->n_swarms, space * scale / 2);
            g_assert_cmphex(hits[0], ==, hits[1]);
        }
        node_list_unref(list);
        snapshot_unref(snapshot);
    }
}

#define TOP (UINT64_MAX - 1) /* the highest id that a swarm can have */

typedef struct Case2020 {
    uint64_t ids[3];
    size_t n;
    uint64_t space, expected, expected_now;
} Case2020;

/* By hand from the text of protocol 2.2. */
static const Case2020 cases_2020[] = {
    /* between two: the nearer; at a tie the lower, then as now */
    { { 100, 200, 300 }, 3, 160, 200, 200 },
    { { 100, 200, 300 }, 3, 150, 100, 100 },
    { { 100, 200, 300 }, 3, 151, 200, 200 },
    { { 100, 200, 300 }, 3, 200, 200, 200 },
    /* one swarm, none */
    { { 7 }, 1, 5000, 7, 7 },
    { { 0 }, 1, UINT64_MAX, 0, 0 },
    { { 0 }, 0, 5, SWARM_NONE, SWARM_NONE },
    /* above the last: the way around is taken for two shorter than it is */
    { { 10, 1000 }, 2, UINT64_MAX - 20, 10, 10 },
    { { 50, TOP - 100 }, 2, TOP - 25, TOP - 100, TOP - 100 }, /* 75; 77 taken for 75 */
    { { 50, TOP - 100 }, 2, TOP - 24, 50, TOP - 100 },        /* 76; 76 taken for 74 */
    { { 50, TOP - 100 }, 2, TOP - 23, 50, 50 },               /* 77; 75 taken for 73 */
    /* below the first */
    { { 101, TOP - 50 }, 2, 26, 101, 101 },           /* 75; 78 taken for 76 */
    { { 101, TOP - 50 }, 2, 25, TOP - 50, 101 },      /* 76; 77 taken for 75 */
    { { 101, TOP - 50 }, 2, 24, TOP - 50, TOP - 50 }, /* 77; 76 taken for 74 */
    /* the highest key: the distance around wraps to nearly 2^64 or to almost nothing */
    { { 0, 5000 }, 2, UINT64_MAX, 5000, 0 },
    { { 1, TOP }, 2, UINT64_MAX, 1, TOP },
};

static void
test_rule_of_2020(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases_2020); i++) {
        const Case2020 *c = &cases_2020[i];

        g_test_message("case %zu", i);
        g_assert_cmphex(swarm_nearest_2020(c->ids, c->n, c->space), ==, c->expected);
        g_assert_cmphex(swarm_nearest(c->ids, c->n, c->space), ==, c->expected_now);
    }
}

/* By looking at all of them. */
static void
test_first_from(void)
{
    enum { N = 40 };
    uint64_t ids[N];

    for (uint64_t i = 0; i < N; i++)
        ids[i] = i * UINT64_C(0x0555555555555555) + (i > 9) + (i > 20);
    for (size_t n = 0; n <= N; n++)
        for (size_t i = 0; i < N; i++)
            for (int beside = -1; beside <= 1; beside++) {
                uint64_t id = ids[i] + (uint64_t)beside;
                size_t expected = 0;

                while (expected < n && ids[expected] < id)
                    expected++;
                g_assert_cmpuint(swarm_first_from(ids, n, id), ==, expected);
            }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swarm/nearest/first-from", test_first_from);
    g_test_add_func("/swarm/nearest/space", test_space);
    g_test_add_func("/swarm/nearest/in-a-list", test_in_a_list);
    g_test_add_func("/swarm/nearest/storage-server-cases", test_storage_server_cases);
    g_test_add_func("/swarm/nearest/upstream-cases", test_upstream_cases);
    g_test_add_func("/swarm/nearest/rule-of-2020", test_rule_of_2020);
    return g_test_run();
}
