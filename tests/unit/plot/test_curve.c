/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Means and bands over runs, worked out by hand. */
#include <glib.h>

#include "results/plot/curve.h"
#include "tests/lib/folder.h"

/* Two runs: seed 1 and seed 2. */
static RecordReader *
two_runs(const Folder *folder, void (*write)(Recorder *recorder, uint64_t seed))
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = recorder_open(folder->database, "s", "t", "c", &error);
    RecordReader *reader;

    g_assert_no_error(error);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        RunFacts facts = { .seed = seed };

        recorder_run_begin(recorder, seed);
        write(recorder, seed);
        g_assert_true(recorder_run_commit(recorder, &facts, &error));
    }
    recorder_close(recorder);
    reader = record_reader_open(folder->database, &error);
    g_assert_no_error(error);
    return reader;
}

static void
assert_point(const GArray *curve, guint i, CurvePoint expected)
{
    const CurvePoint *point = &g_array_index(curve, CurvePoint, i);

    g_assert_cmpuint(i, <, curve->len);
    g_assert_cmpfloat_with_epsilon(point->x, expected.x, 1e-12);
    g_assert_cmpfloat_with_epsilon(point->x_end, expected.x_end, 1e-12);
    g_assert_cmpfloat_with_epsilon(point->mean, expected.mean, 1e-12);
    g_assert_cmpfloat_with_epsilon(point->least, expected.least, 1e-12);
    g_assert_cmpfloat_with_epsilon(point->most, expected.most, 1e-12);
    g_assert_cmpfloat_with_epsilon(point->sum, expected.sum, 1e-12);
    g_assert_cmpuint(point->runs, ==, expected.runs);
}

static void
write_series(Recorder *recorder, uint64_t seed)
{
    recorder_series(recorder, "up", 0, 10.0 * (double)seed);
    recorder_series(recorder, "up", 60, 5);
    if (seed == 2)
        recorder_series(recorder, "up", 120, 7);
    for (int i = 0; i < 3 * CURVE_POINTS_MAX; i++)
        recorder_series(recorder, "long", i, i % 3 == 1 ? 30 : 0);
}

static void
test_series(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = two_runs(folder, write_series);
    g_autoptr(GArray) up = curve_of_series(reader, "up");
    g_autoptr(GArray) none = curve_of_series(reader, "down");

    (void)data;
    g_assert_cmpuint(up->len, ==, 3);
    assert_point(up, 0, (CurvePoint){ 0, 0, 15, 10, 20, 30, 2 });
    assert_point(up, 1, (CurvePoint){ 60, 60, 5, 5, 5, 10, 2 });
    assert_point(up, 2, (CurvePoint){ 120, 120, 7, 7, 7, 7, 1 });
    g_assert_cmpuint(none->len, ==, 0);
}

static void
test_long_series_is_thinned(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = two_runs(folder, write_series);
    g_autoptr(GArray) curve = curve_of_series(reader, "long");

    (void)data;
    g_assert_cmpuint(curve->len, ==, CURVE_POINTS_MAX);
    /* Three neighbours: their mean, and no peak is lost. */
    assert_point(curve, 0, (CurvePoint){ 1, 1, 10, 0, 30, 20, 2 });
    assert_point(curve, 599, (CurvePoint){ 1798, 1798, 10, 0, 30, 20, 2 });
}

static void
write_bins(Recorder *recorder, uint64_t seed)
{
    /* Run 1: 3 below 2, 1 below 4.  Run 2: 1 below 1, nothing between, 1 below 4. */
    if (seed == 1) {
        recorder_bin(recorder, "latency", 1, 2, 3);
        recorder_bin(recorder, "latency", 2, 4, 1);
    } else {
        recorder_bin(recorder, "latency", 2, 4, 1);
        recorder_bin(recorder, "latency", 0.5, 1, 1);
    }
    recorder_bin(recorder, "empty", 0, 1, 0);
    recorder_bin(recorder, "age", 0, 10, (double)seed);
}

static void
test_shares_below(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = two_runs(folder, write_bins);
    g_autoptr(GArray) shares = curve_of_shares_below(reader, "latency");
    g_autoptr(GArray) empty = curve_of_shares_below(reader, "empty");
    g_autoptr(GArray) none = curve_of_shares_below(reader, "nothing");

    (void)data;
    g_assert_cmpuint(shares->len, ==, 3);
    assert_point(shares, 0, (CurvePoint){ 1, 1, 0.25, 0, 0.5, 0.5, 2 });
    assert_point(shares, 1, (CurvePoint){ 2, 2, 0.625, 0.5, 0.75, 1.25, 2 });
    assert_point(shares, 2, (CurvePoint){ 4, 4, 1, 1, 1, 2, 2 });
    g_assert_cmpuint(empty->len, ==, 0);
    g_assert_cmpuint(none->len, ==, 0);
}

static void
test_bins(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = two_runs(folder, write_bins);
    g_autoptr(GArray) age = curve_of_bins(reader, "age");

    (void)data;
    g_assert_cmpuint(age->len, ==, 1);
    assert_point(age, 0, (CurvePoint){ 0, 10, 1.5, 1, 2, 3, 2 });
}

static void
write_loads(Recorder *recorder, uint64_t seed)
{
    recorder_node(recorder, 0, "requests", 1);
    recorder_node(recorder, 1, "requests", 5 + (double)seed);
    recorder_node(recorder, 2, "requests", 3);
}

static void
test_sorted_loads(Folder *folder, gconstpointer data)
{
    g_autoptr(RecordReader) reader = two_runs(folder, write_loads);
    g_autoptr(GArray) loads = curve_of_sorted_loads(reader, "requests");

    (void)data;
    g_assert_cmpuint(loads->len, ==, 3);
    assert_point(loads, 0, (CurvePoint){ 1, 1, 6.5, 6, 7, 13, 2 });
    assert_point(loads, 1, (CurvePoint){ 2, 2, 3, 3, 3, 6, 2 });
    assert_point(loads, 2, (CurvePoint){ 3, 3, 1, 1, 1, 2, 2 });
}

#define ADD(name, function)                                                                \
    g_test_add("/plot/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("series", test_series);
    ADD("long-series-is-thinned", test_long_series_is_thinned);
    ADD("shares-below", test_shares_below);
    ADD("bins", test_bins);
    ADD("sorted-loads", test_sorted_loads);
    return g_test_run();
}
