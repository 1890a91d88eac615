/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client's bucket: what it holds, how it fills, and that others have their own. */
#include <glib.h>

#include "nodes/live/rate_limit.h"

/* How many of @n requests at @now are within the limit. */
static int
take(RateLimit *limit, uint32_t ip, Time now, int n)
{
    int taken = 0;

    for (int i = 0; i < n; i++)
        taken += rate_limit_take(limit, ip, now);
    return taken;
}

static void
test_bucket(void)
{
    RateLimit limit;

    rate_limit_init(&limit);
    g_assert_cmpint(take(&limit, 1, SECOND, 1000), ==, 600);
    g_assert_cmpint(take(&limit, 2, SECOND, 1), ==, 1);
    g_assert_cmpint(take(&limit, 1, SECOND + 100 * MILLISECOND, 1000), ==, 30);
    g_assert_cmpint(take(&limit, 1, 2 * SECOND + 100 * MILLISECOND, 1000), ==, 300);
    g_assert_cmpint(take(&limit, 1, HOUR, 1000), ==, 600);
    rate_limit_clear(&limit);
}

/* 300 a second, evenly, is never too much; 301 is in the end. */
static void
test_rate(void)
{
    RateLimit limit;
    int refused = 0;

    rate_limit_init(&limit);
    for (int i = 0; i < 3000; i++)
        g_assert_true(rate_limit_take(&limit, 1, i * (SECOND / 300)));
    for (int i = 0; i < 310 * 120; i++)
        refused += !rate_limit_take(&limit, 2, HOUR + i * (SECOND / 310));
    g_assert_cmpint(refused, >, 310 * 120 - 600 - 300 * 120 - 10);
    g_assert_cmpint(refused, <, 310 * 120 - 600 - 300 * 120 + 10);
    rate_limit_clear(&limit);
}

static void
test_many(void)
{
    RateLimit limit;

    rate_limit_init(&limit);
    for (uint32_t ip = 1; ip <= RATE_CLIENTS_MAX; ip++)
        g_assert_true(rate_limit_take(&limit, ip, SECOND));
    g_assert_false(rate_limit_take(&limit, RATE_CLIENTS_MAX + 1, SECOND));
    g_assert_true(rate_limit_take(&limit, 1, SECOND));
    /* Full buckets are forgotten. */
    g_assert_true(rate_limit_take(&limit, RATE_CLIENTS_MAX + 1, 12 * SECOND));
    g_assert_cmpuint(g_hash_table_size(limit.buckets), ==, 1);
    rate_limit_clear(&limit);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rate-limit/bucket", test_bucket);
    g_test_add_func("/rate-limit/rate", test_rate);
    g_test_add_func("/rate-limit/many", test_many);
    return g_test_run();
}
