/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The set that forgets the oldest, against a queue and a hash table. */
#include <glib.h>

#include "nodes/outside/remembered.h"

static void
run(uint32_t max, uint64_t keys, guint rounds)
{
    GHashTable *table = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    GQueue queue = G_QUEUE_INIT;
    uint64_t state = 1;
    Remembered set;

    remembered_init(&set, max);
    for (guint i = 0; i < rounds; i++) {
        gint64 *key = g_new(gint64, 1);
        bool is_new;

        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        *key = (gint64)((state >> 33) % keys + 1) << (i % 3 * 20); /* crowded slots too */
        is_new = !g_hash_table_contains(table, key);
        g_assert_cmpint(remembered_add(&set, (uint64_t)*key), ==, is_new);
        if (!is_new) {
            g_free(key);
            continue;
        }
        if (g_queue_get_length(&queue) == max)
            g_hash_table_remove(table, g_queue_pop_head(&queue));
        g_queue_push_tail(&queue, key);
        g_hash_table_add(table, key);
        g_assert_cmpuint(set.n, ==, g_queue_get_length(&queue));
    }
    remembered_clear(&set);
    g_queue_clear(&queue);
    g_hash_table_unref(table);
}

static void
test_against_another(void)
{
    run(1, 3, 2000);
    run(7, 12, 20000);
    run(100, 300, 50000);
    run(1000, 1200, 100000);
}

static void
test_zero(void)
{
    Remembered set;

    remembered_init(&set, 4);
    g_assert_true(remembered_add(&set, 0));
    g_assert_false(remembered_add(&set, 0));
    remembered_clear(&set);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outside/remembered/against-another", test_against_another);
    g_test_add_func("/outside/remembered/zero", test_zero);
    return g_test_run();
}
