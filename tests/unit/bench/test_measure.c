/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measuring in processes of their own. */
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/costs.h"
#include "bench/measure.h"
#include "tests/unit/bench/account.h"

static bool
measure_size(const void *what, Measured *ret)
{
    size_t n = *(const size_t *)what;
    char *p = g_malloc(n);

    memset(p, 1, n);
    ret->value[0] = bench_heap_bytes();
    ret->value[1] = getpid();
    ret->check = n;
    g_free(p);
    return true;
}

static bool
measure_failure(const void *what, Measured *ret)
{
    g_strlcpy(ret->why, what, sizeof ret->why);
    return false;
}

static bool
measure_death(const void *what, Measured *ret)
{
    (void)what;
    (void)ret;
    abort();
}

static bool
measure_luck(const void *what, Measured *ret)
{
    (void)what;
    ret->check = (uint64_t)getpid();
    return true;
}

static void
test_processes(void)
{
    static const size_t small = 1 << 20, large = 64 << 20;
    BenchOptions options = { .runs = 3 };
    BenchCase cases[2] = { { .measure = measure_size, .what = &small },
                           { .measure = measure_size, .what = &large } };
    g_autoptr(GError) error = NULL;

    g_assert_true(bench_measure(&options, "test", cases, 2, &error));
    g_assert_no_error(error);
    for (int i = 0; i < 3; i++) {
        const Measured *a = &cases[0].runs[i], *b = &cases[1].runs[i];

        if (malloc_keeps_account())
            g_assert_cmpfloat(b->value[0] - a->value[0], >=, (double)(large - small));
        /* The peak of one is not the peak of the next. */
        g_assert_cmpfloat(b->peak_rss, >=, (double)large);
        g_assert_cmpfloat(a->peak_rss, <, (double)large);
        g_assert_cmpfloat(a->value[1], !=, getpid());
        g_assert_cmpfloat(a->wall_s, >, 0);
    }
    bench_cases_clear(cases, 2);
    g_assert_null(cases[0].runs);
}

static void
assert_fails(BenchCase c, int code, const char *words)
{
    BenchOptions options = { .runs = 2 };
    g_autoptr(GError) error = NULL;

    g_assert_false(bench_measure(&options, "test", &c, 1, &error));
    g_assert_error(error, G_IO_ERROR, code);
    g_assert_nonnull(strstr(error->message, words));
    bench_cases_clear(&c, 1);
}

static void
test_failures(void)
{
    assert_fails((BenchCase){ .measure = measure_failure, .what = "no such thing" },
                 G_IO_ERROR_FAILED, "no such thing");
    assert_fails((BenchCase){ .measure = measure_death }, G_IO_ERROR_FAILED, "died");
    assert_fails((BenchCase){ .measure = measure_luck }, G_IO_ERROR_FAILED,
                 "computed different things");
}

static void
test_interrupted(void)
{
    static const bool yes = true;
    BenchOptions options = { .runs = 1, .interrupted = &yes };
    BenchCase c = { .measure = measure_luck };
    g_autoptr(GError) error = NULL;

    g_assert_false(bench_measure(&options, "test", &c, 1, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    bench_cases_clear(&c, 1);
}

static void
test_floor(void)
{
    Meter meter = {
        .count = { [METER_SIGN] = 1000000, [METER_HASH] = 10, [METER_PARSE] = 1000 },
        .bytes = { [METER_HASH] = 1000000, [METER_PARSE] = 1000 }
    };
    OperationCosts costs = { .ns_per_op = { [METER_SIGN] = 20000, [METER_HASH] = 100 },
                             .ns_per_byte = { [METER_HASH] = 2 } };

    g_assert_cmpfloat_with_epsilon(operation_floor(&costs, &meter), 20 + 1e-6 + 2e-3,
                                   1e-12);
}

/* No machine agrees on a key faster than it hashes 64 bytes. */
static void
test_costs(void)
{
    OperationCosts costs;

    operation_costs(&costs);
    g_assert_cmpfloat(costs.ns_per_op[METER_X25519], >, costs.ns_per_op[METER_HASH]);
    g_assert_cmpfloat(costs.ns_per_op[METER_X25519_KEYGEN], >, 1000);
    g_assert_cmpfloat(costs.ns_per_op[METER_SIGN], >, 1000);
    g_assert_cmpfloat(costs.ns_per_op[METER_VERIFY], >, costs.ns_per_op[METER_SIGN]);
    g_assert_cmpfloat(costs.ns_per_byte[METER_SEAL], >, 0);
    g_assert_cmpfloat(costs.ns_per_byte[METER_OPEN], >, 0);
    g_assert_cmpfloat(costs.ns_per_op[METER_PARSE], ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bench/measure/processes", test_processes);
    g_test_add_func("/bench/measure/failures", test_failures);
    g_test_add_func("/bench/measure/interrupted", test_interrupted);
    g_test_add_func("/bench/costs/floor", test_floor);
    g_test_add_func("/bench/costs/measured", test_costs);
    return g_test_run();
}
