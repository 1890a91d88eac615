/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/net/rtt_matrix.h"
#include "tests/unit/net/planetlab.h"

static void
assert_parses_unit(const char *text, RttUnit unit, uint32_t n, const uint32_t *expected)
{
    g_autofree uint32_t *rtt_us = NULL;
    uint32_t got_n = 77;
    size_t line = 77;
    const char *error = NULL;

    g_assert_cmpstr(status_name(net_parse_rtt(bytes_of_text(text), unit, &rtt_us, &got_n,
                                              &line, &error)),
                    ==, "ok");
    g_assert_cmpuint(got_n, ==, n);
    g_assert_cmpmem(rtt_us, got_n * got_n * sizeof *rtt_us, expected,
                    n * n * sizeof *expected);
    g_assert_cmpuint(line, ==, 77);
    g_assert_null(error);
}

static void
assert_parses(const char *text, uint32_t n, const uint32_t *expected)
{
    assert_parses_unit(text, RTT_UNIT_MS, n, expected);
}

static void
assert_refused_bytes(Bytes text, Status status, size_t line)
{
    uint32_t untouched;
    uint32_t *rtt_us = &untouched;
    uint32_t n = 77;
    size_t got_line = 0;
    const char *error = NULL;
    Status got = net_parse_rtt(text, RTT_UNIT_MS, &rtt_us, &n, &got_line, &error);

    g_assert_cmpstr(status_name(got), ==, status_name(status));
    g_assert_true(rtt_us == &untouched);
    g_assert_cmpuint(n, ==, 77);
    g_assert_nonnull(error);
    if (line != 0)
        g_assert_cmpuint(got_line, ==, line);
}

static void
assert_refused(const char *text, Status status, size_t line)
{
    assert_refused_bytes(bytes_of_text(text), status, line);
}

static void
test_reads(void)
{
    static const uint32_t two[] = { 0, 12345, 12345, 0 };
    static const uint32_t edges[] = { 0, UINT32_MAX, UINT32_MAX, 0 };
    static const uint32_t one[] = { 0 };

    assert_parses("0\t12.345\n12.345\t0\n", 2, two);
    assert_parses("0\t12.345\n12.345\t0", 2, two);
    assert_parses(" 0  12.345\t \r\n012.34500 0.0\r\n", 2, two);
    assert_parses("0 12.3446\n12.3454999 0\n", 2, (uint32_t[]){ 0, 12345, 12345, 0 });
    assert_parses("0 0.9995\n1 0\n", 2, (uint32_t[]){ 0, 1000, 1000, 0 });
    assert_parses("0 4294967.295\n4294967.295 0\n", 2, edges);
    assert_parses("0", 1, one);
}

/* King's data are in microseconds; NetLatency-Data's Seattle in seconds, between commas,
 * each direction measured apart, and hosts with themselves too. */
static void
test_units(void)
{
    assert_parses_unit("0 81234\n81234 0\n", RTT_UNIT_US, 2,
                       (uint32_t[]){ 0, 81234, 81234, 0 });
    assert_parses_unit("0 7.4\n7.5 0\n", RTT_UNIT_US, 2, (uint32_t[]){ 0, 8, 8, 0 });
    assert_parses_unit(
        "0,0.17,0.32\n0.12,0,0.1\n0.15,0.24,0.01\n", RTT_UNIT_S, 3,
        (uint32_t[]){ 0, 145000, 235000, 145000, 0, 170000, 235000, 170000, 0 });
    assert_parses("0 1\n2 0\n", 2, (uint32_t[]){ 0, 1500, 1500, 0 });
    assert_parses("0 , 1.0005\n1.0005,\t0.001\n", 2, (uint32_t[]){ 0, 1001, 1001, 0 });
}

static void
test_plausible(void)
{
    static const uint32_t near[] = { 0, 9000000, 9000000, 0 };
    static const uint32_t far[] = { 0, 81234000, 81234000, 0 };

    g_assert_true(net_rtt_plausible(near, 2));
    g_assert_false(net_rtt_plausible(far, 2));
    g_assert_true(net_rtt_plausible(far, 1));
}

static void
test_refuses(void)
{
    assert_refused("", ST_MALFORMED, 1);
    assert_refused("\n", ST_MALFORMED, 1);
    assert_refused("0 1\n1 0\n\n", ST_MALFORMED, 3);
    assert_refused("0 1\n1 0\n0 0\n", ST_MALFORMED, 3);
    assert_refused("0 1\n", ST_MALFORMED, 2);
    assert_refused("0 1\n\n1 0\n", ST_MALFORMED, 2);
    assert_refused("0 1\n1 0 2\n", ST_MALFORMED, 2);
    assert_refused("0 1\n1\n", ST_MALFORMED, 2);
    assert_refused("0 -1\n-1 0\n", ST_MALFORMED, 1);
    assert_refused("0 nan\nnan 0\n", ST_MALFORMED, 1);
    assert_refused("0 inf\ninf 0\n", ST_MALFORMED, 1);
    assert_refused("0 1e3\n1e3 0\n", ST_MALFORMED, 1);
    assert_refused("0 1.\n1. 0\n", ST_MALFORMED, 1);
    assert_refused("0 .5\n.5 0\n", ST_MALFORMED, 1);
    assert_refused("0 1,5\n1,5 0\n", ST_MALFORMED, 3); /* three columns */
    assert_refused("0,1,\n1,0,\n", ST_MALFORMED, 1);
    assert_refused("0,,1\n1,,0\n", ST_MALFORMED, 1);
    assert_refused(",0,1\n,1,0\n", ST_MALFORMED, 1);
    assert_refused("0;1\n1;0\n", ST_MALFORMED, 1);
    assert_refused("0 1\n1 x\n", ST_MALFORMED, 2);
    assert_refused("0 4294967.296\n1 0\n", ST_RANGE, 1);
    assert_refused("0 4294967.2956\n1 0\n", ST_RANGE, 1);
    assert_refused("0 99999999999999999999999999\n1 0\n", ST_RANGE, 1);
    assert_refused_bytes(BYTES_LITERAL("0 1\0\n1 0\n"), ST_MALFORMED, 1);
}

static void
test_bounds_the_number_of_hosts(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i <= NET_RTT_HOSTS_MAX; i++)
        g_string_append(text, "0 ");
    assert_refused(text->str, ST_TOO_LARGE, 1);
}

/* Only the last line end may be missing.  (The first two lengths are the matrix of one.) */
static void
test_every_truncation(void)
{
    static const char text[] = "0\t1.5\t22.25\n1.5\t0\t31\n22.25\t31\t0\n";

    for (size_t n = 0; n < sizeof text - 2; n++) {
        g_autofree uint8_t *copy = g_memdup2(text, n);

        if (n != 1 && n != 2)
            assert_refused_bytes((Bytes){ copy, n }, ST_MALFORMED, 0);
    }
    assert_parses("0\t1.5\t22.25\n1.5\t0\t31\n22.25\t31\t0", 3,
                  (uint32_t[]){ 0, 1500, 22250, 1500, 0, 31000, 22250, 31000, 0 });
}

static int
compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* The figures that its README states. */
static void
test_the_measured_matrix(void)
{
    g_autoptr(GByteArray) text = planetlab_text();
    g_autofree uint32_t *rtt_us = NULL;
    g_autofree uint32_t *pairs = NULL;
    const char *error = "";
    size_t line = 0;
    uint32_t n = 0;
    uint32_t n_pairs = 0;

    g_assert_true(net_parse_rtt((Bytes){ text->data, text->len }, RTT_UNIT_MS, &rtt_us, &n,
                                &line, &error) == ST_OK);
    g_assert_cmpuint(n, ==, 490);
    pairs = g_new(uint32_t, n * (n - 1) / 2);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < i; j++)
            pairs[n_pairs++] = rtt_us[i * n + j];
    qsort(pairs, n_pairs, sizeof *pairs, compare_u32);
    g_assert_cmpuint(pairs[0], ==, 86);
    g_assert_cmpuint(pairs[n_pairs - 1] / 1000, ==, 2984);
    g_assert_cmpuint(pairs[n_pairs / 2] / 1000, ==, 135);
    g_assert_cmpuint(pairs[n_pairs / 20] / 1000, ==, 19);
    g_assert_cmpuint(pairs[n_pairs * 19 / 20] / 1000, ==, 324);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/rtt-matrix/reads", test_reads);
    g_test_add_func("/net/rtt-matrix/units", test_units);
    g_test_add_func("/net/rtt-matrix/plausible", test_plausible);
    g_test_add_func("/net/rtt-matrix/refuses", test_refuses);
    g_test_add_func("/net/rtt-matrix/bounds-the-number-of-hosts",
                    test_bounds_the_number_of_hosts);
    g_test_add_func("/net/rtt-matrix/every-truncation", test_every_truncation);
    g_test_add_func("/net/rtt-matrix/the-measured-matrix", test_the_measured_matrix);
    return g_test_run();
}
