/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows, their spread and their tables. */
#include "bench/rows.h"

static double
number(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);

    g_assert_true(json_is_number(value));
    return json_number_value(value);
}

static void
test_spread(void)
{
    double odd[] = { 30, 10, 20 }, even[] = { 4, 1, 3, 2 };
    json_t *rows = json_array();
    json_t *row = row_new(rows);

    row_values(row, "odd", odd, 3);
    row_values(row, "even", even, 4);
    g_assert_cmpfloat(number(row, "odd"), ==, 20);
    g_assert_cmpfloat(number(row, "odd_min"), ==, 10);
    g_assert_cmpfloat(number(row, "odd_max"), ==, 30);
    g_assert_cmpfloat(number(row, "even"), ==, 2.5);
    json_decref(rows);
}

/* Runs are compared with their neighbours in time, not median with median. */
static void
test_ratio(void)
{
    Measured above[3] = { { .value = { 10 } }, { .value = { 40 } }, { .value = { 30 } } };
    Measured below[3] = { { .value = { 0, 1 } },
                          { .value = { 0, 8 } },
                          { .value = { 0, 10 } } };
    BenchCase a = { .runs = above }, b = { .runs = below };
    json_t *rows = json_array();
    json_t *row = row_new(rows);

    row_ratio(row, "ratio", &a, 0, &b, 1, 3);
    g_assert_cmpfloat(number(row, "ratio"), ==, 5);
    g_assert_cmpfloat(number(row, "ratio_max"), ==, 10);
    g_assert_cmpfloat(field_median(&a, 3, 0), ==, 30);
    json_decref(rows);
}

static void
test_texts(void)
{
    double rate[] = { 12345678, 12000000, 13000000 };
    json_t *rows = json_array();
    json_t *row = row_new(rows);
    g_autofree char *markdown = NULL, *text = NULL, *csv = NULL;

    row_integer(row, "pending", 1000);
    row_text(row, "through", "heap");
    row_values(row, "events_per_s", rate, 3);
    markdown = rows_markdown("Hold", rows);
    text = rows_text("Hold", rows);
    csv = rows_csv(rows);
    g_assert_cmpstr(markdown, ==,
                    "**Hold**\n\n"
                    "| pending | through | events/s |\n"
                    "|---|---|---|\n"
                    "| 1000 | heap | 12.3 M (12.0 M..13.0 M) |\n\n");
    g_assert_cmpstr(text, ==,
                    "Hold\n"
                    "pending  through                 events/s\n"
                    "   1000  heap     12.3 M (12.0 M..13.0 M)\n\n");
    g_assert_cmpstr(csv, ==,
                    "pending,through,events_per_s,events_per_s_min,events_per_s_max\n"
                    "1000,\"heap\",12345678,12000000,13000000\n");
    json_decref(rows);
}

static void
test_targets(void)
{
    json_t *results = json_object();
    const json_t *rows;

    target_at_least(results, "fast", 2, 1.5);
    target_at_most(results, "small", 2, 1.5);
    rows = json_object_get(results, "targets");
    g_assert_cmpuint(json_array_size(rows), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(rows, 0), "met")), ==,
                    "no");
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(rows, 1), "met")), ==,
                    "yes");
    json_decref(results);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bench/rows/spread", test_spread);
    g_test_add_func("/bench/rows/ratio", test_ratio);
    g_test_add_func("/bench/rows/texts", test_texts);
    g_test_add_func("/bench/rows/targets", test_targets);
    return g_test_run();
}
