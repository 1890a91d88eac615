/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses: each leads to whom it was given to, and no other leads to anybody. */
#include <glib.h>

#include "sim/host/address_table.h"

static void
assert_found(const AddressTable *table, GHashTable *all)
{
    GHashTableIter iter;
    gpointer ip, actor;

    g_hash_table_iter_init(&iter, all);
    while (g_hash_table_iter_next(&iter, &ip, &actor))
        g_assert_cmpuint(address_table_find(table, GPOINTER_TO_UINT(ip)), ==,
                         GPOINTER_TO_UINT(actor));
}

static void
add(AddressTable *table, GHashTable *all, uint32_t ip, uint32_t actor)
{
    address_table_add(table, ip, actor);
    g_hash_table_insert(all, GUINT_TO_POINTER(ip), GUINT_TO_POINTER(actor));
}

/* Rows of many lengths, strangers between them, and one row that goes on later. */
static void
test_against_a_hash_table(void)
{
    g_autoptr(GHashTable) all = g_hash_table_new(NULL, NULL);
    g_autoptr(GRand) draws = g_rand_new_with_seed(1);
    AddressTable table;
    uint32_t actor = 1;

    address_table_init(&table);
    for (uint32_t row = 0; row < 2 * ADDRESS_ROWS_MAX; row++) {
        for (uint32_t i = 0; i < 300 * (row + 1); i++)
            add(&table, all, (row + 1) << 20 | i, actor++);
        for (uint32_t i = 0; i < 100; i++) {
            uint32_t ip = g_rand_int(draws) | 1u << 31;

            if (!g_hash_table_contains(all, GUINT_TO_POINTER(ip)))
                add(&table, all, ip, actor++);
        }
    }
    for (uint32_t i = 0; i < 10; i++)
        add(&table, all, (1u << 20) + 300 + i, actor++);
    assert_found(&table, all);
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t ip = g_rand_int(draws) >> g_rand_int_range(draws, 0, 20);

        if (!g_hash_table_contains(all, GUINT_TO_POINTER(ip)))
            g_assert_cmpuint(address_table_find(&table, ip), ==, 0);
    }
    address_table_clear(&table);
}

/* A row takes no more than its own, at the ends of the numbers too. */
static void
test_ends(void)
{
    AddressTable table;

    address_table_init(&table);
    address_table_add(&table, UINT32_MAX - 1, 7);
    address_table_add(&table, UINT32_MAX, 8);
    address_table_add(&table, 1, 9);
    address_table_add(&table, 2, 11);
    address_table_add(&table, 3, 12);
    g_assert_cmpuint(address_table_find(&table, UINT32_MAX - 2), ==, 0);
    g_assert_cmpuint(address_table_find(&table, UINT32_MAX - 1), ==, 7);
    g_assert_cmpuint(address_table_find(&table, UINT32_MAX), ==, 8);
    g_assert_cmpuint(address_table_find(&table, 0), ==, 0);
    g_assert_cmpuint(address_table_find(&table, 1), ==, 9);
    g_assert_cmpuint(address_table_find(&table, 2), ==, 11);
    g_assert_cmpuint(address_table_find(&table, 3), ==, 12);
    g_assert_cmpuint(address_table_find(&table, 4), ==, 0);
    address_table_clear(&table);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/host/address-table/against-a-hash-table", test_against_a_hash_table);
    g_test_add_func("/host/address-table/ends", test_ends);
    return g_test_run();
}
