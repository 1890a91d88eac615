/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/registry/quorum.h"
#include "nodes/swarm/mersenne.h"
#include "tests/unit/registry/people.h"

/* @n nodes; every @decommissioned-th one is (0: none). */
static NodeList *
list_of(uint32_t n, uint32_t decommissioned)
{
    g_autofree NodeRecord *records = person_records(n);

    for (uint32_t i = 0; i < n; i++)
        records[i].active = decommissioned == 0 || i % decommissioned != 0;
    return node_list_new(records, n);
}

static void
hash_of(uint64_t seed, uint8_t ret[32])
{
    Mersenne mersenne;

    mersenne_seed(&mersenne, seed);
    for (int i = 0; i < 32; i++)
        ret[i] = (uint8_t)mersenne_next(&mersenne);
}

static void
check_sizes(uint32_t n, uint32_t decommissioned, uint32_t validators, uint32_t workers)
{
    NodeList *list = list_of(n, decommissioned);
    g_autofree bool *seen = g_new0(bool, n + 1);
    uint8_t hash[32];
    Quorum quorum;

    hash_of(n, hash);
    quorum_choose(&chain_config_2024, list, hash, &quorum);
    g_assert_cmpuint(quorum.n_validators, ==, validators);
    g_assert_cmpuint(quorum.n_workers, ==, workers);
    for (uint32_t i = 0; i < validators + workers; i++) {
        uint32_t node =
            i < validators ? quorum.validators[i] : quorum.workers[i - validators];

        g_assert_cmpuint(node, <, n);
        g_assert_false(seen[node]); /* nobody twice, in either role */
        seen[node] = true;
        if (i < validators)
            g_assert_true(list->nodes[node].active);
    }
    quorum_clear(&quorum);
    node_list_unref(list);
}

static void
test_sizes(void)
{
    check_sizes(0, 0, 0, 0);
    check_sizes(1, 0, 1, 0);
    check_sizes(10, 0, 10, 0);
    check_sizes(12, 2, 6, 6); /* six active ones validate, the others are tested */
    check_sizes(12, 1, 0, 12);
    check_sizes(60, 0, 10, 50);
    check_sizes(61, 0, 10, 50);
    check_sizes(2000, 7, 10, 50);
    check_sizes(5010, 0, 10, 50);
    check_sizes(5110, 0, 10, 51); /* a hundredth of the rest */
    check_sizes(6010, 3, 10, 60);
}

static void
test_hangs_on_the_hash_alone(void)
{
    NodeList *list = list_of(300, 5);
    uint8_t hash[32];
    Quorum a, b, c;

    hash_of(1, hash);
    quorum_choose(&chain_config_2024, list, hash, &a);
    hash[31] ^= 1; /* only the first eight bytes count */
    quorum_choose(&chain_config_2024, list, hash, &b);
    hash[0] ^= 1;
    quorum_choose(&chain_config_2024, list, hash, &c);
    g_assert_cmpmem(a.order, 60 * sizeof *a.order, b.order, 60 * sizeof *b.order);
    g_assert_cmpint(memcmp(a.order, c.order, 60 * sizeof *a.order), !=, 0);
    quorum_clear(&a);
    quorum_clear(&b);
    quorum_clear(&c);
    node_list_unref(list);
}

/* Over many blocks everybody has the same chance (4.5 standard deviations of a binomial).
 */
static void
test_is_fair(void)
{
    enum { N = 100, BLOCKS = 4000 };
    NodeList *list = list_of(N, 4); /* 25 decommissioned */
    uint32_t validated[N] = { 0 }, tested[N] = { 0 };

    for (uint64_t block = 0; block < BLOCKS; block++) {
        uint8_t hash[32];
        Quorum quorum;

        hash_of(block, hash);
        quorum_choose(&chain_config_2024, list, hash, &quorum);
        for (uint32_t i = 0; i < quorum.n_validators; i++)
            validated[quorum.validators[i]]++;
        for (uint32_t i = 0; i < quorum.n_workers; i++)
            tested[quorum.workers[i]]++;
        quorum_clear(&quorum);
    }
    for (uint32_t i = 0; i < N; i++) {
        bool active = list->nodes[i].active;
        double p = active ? 10.0 / 75 : 0; /* validates */
        double q = active ? (1 - 10.0 / 75) * 50 / 90 : 50.0 / 90;

        g_assert_cmpfloat(ABS(validated[i] - BLOCKS * p), <=, 97); /* sd 21.5 */
        g_assert_cmpfloat(ABS(tested[i] - BLOCKS * q), <=, 142);   /* sd 31.6 */
        if (!active)
            g_assert_cmpuint(validated[i], ==, 0);
    }
    node_list_unref(list);
}

static void
test_seed_is_little_endian(void)
{
    const uint8_t hash[32] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

    g_assert_cmphex(block_hash_seed(hash), ==, UINT64_C(0x0807060504030201));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/quorum/sizes", test_sizes);
    g_test_add_func("/registry/quorum/hangs-on-the-hash-alone",
                    test_hangs_on_the_hash_alone);
    g_test_add_func("/registry/quorum/is-fair", test_is_fair);
    g_test_add_func("/registry/quorum/seed-is-little-endian", test_seed_is_little_endian);
    return g_test_run();
}
