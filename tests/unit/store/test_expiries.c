/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which entries expire next, beside a look at all of them. */
#include <glib.h>

#include "nodes/store/memory_expiries.h"

enum { ENTRIES = 60, STEPS = 20000 };

typedef struct Pool {
    MemoryEntry entries[ENTRIES];
    MemoryRecord records[ENTRIES];
    MemoryExpiries expiries;
    UnixMs swept; /* the instant of the sweep under way */
    guint expired;
} Pool;

/* Close together, as far apart as seconds go, before 1970, beyond 32 bits, never. */
static UnixMs
some_expiry(GRand *rand)
{
    switch (g_rand_int_range(rand, 0, 12)) {
    case 0:
        return INT64_MAX;
    case 1:
        return (UnixMs)UINT32_MAX * 1000 + g_rand_int_range(rand, -2000, 2000);
    case 2:
        return g_rand_int_range(rand, -2000, 2000);
    case 3:
        return INT64_MAX - 1 - g_rand_int_range(rand, 0, 2);
    default:
        return 1000000 + g_rand_int_range(rand, 0, 20000);
    }
}

static UnixMs
first_by_looking(const Pool *pool)
{
    UnixMs first = INT64_MAX;

    for (guint i = 0; i < ENTRIES; i++)
        if (memory_entry_lives(&pool->entries[i]))
            first = MIN(first, pool->records[i].expiry);
    return first;
}

static void
expire(void *context, uint32_t index)
{
    Pool *pool = context;

    g_assert_true(memory_entry_lives(&pool->entries[index]));
    g_assert_cmpint(pool->records[index].expiry, <=, pool->swept);
    pool->entries[index].box = MEMORY_NONE;
    pool->expired++;
}

static void
sweep(Pool *pool, UnixMs now)
{
    guint due = 0, before = pool->expired;

    for (guint i = 0; i < ENTRIES; i++)
        due += memory_entry_lives(&pool->entries[i]) && pool->records[i].expiry <= now &&
               pool->records[i].expiry != INT64_MAX;
    pool->swept = now;
    memory_expiries_take(&pool->expiries, pool->entries, now, expire, pool);
    g_assert_cmpuint(pool->expired - before, ==, due);
}

/* One entry comes, changes, or goes; now and then what is due is swept. */
static void
step(Pool *pool, GRand *rand)
{
    guint i = (guint)g_rand_int_range(rand, 0, ENTRIES);
    UnixMs at = some_expiry(rand);

    if (g_rand_int_range(rand, 0, 4) == 0) {
        pool->entries[i].box = MEMORY_NONE;
    } else {
        pool->entries[i].box = 0;
        pool->records[i].expiry = at;
        memory_expiries_add(&pool->expiries, pool->entries, i);
    }
    if (g_rand_int_range(rand, 0, 10) == 0)
        sweep(pool, some_expiry(rand));
    g_assert_cmpint(memory_expiries_first(&pool->expiries, pool->entries), ==,
                    first_by_looking(pool));
}

static void
test_agrees_with_a_look_at_all(void)
{
    GRand *rand = g_rand_new_with_seed(7);
    Pool *pool = g_new0(Pool, 1);

    for (guint i = 0; i < ENTRIES; i++)
        pool->entries[i] = (MemoryEntry){ .record = &pool->records[i], .box = MEMORY_NONE };
    g_assert_cmpint(memory_expiries_first(&pool->expiries, pool->entries), ==, INT64_MAX);
    for (guint i = 0; i < STEPS; i++)
        step(pool, rand);
    g_assert_cmpuint(pool->expired, >, STEPS / 10);
    memory_expiries_clear(&pool->expiries);
    g_free(pool);
    g_rand_free(rand);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/expiries-agree-with-a-look-at-all",
                    test_agrees_with_a_look_at_all);
    return g_test_run();
}
