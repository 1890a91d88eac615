/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine does the same work as ns-3, event for event (tests/data/engines.csv). */
#include <stdlib.h>

#include "bench/echo.h"
#include "bench/hold.h"
#include "tests/unit/bench/account.h"

typedef struct Row {
    bool is_hold;
    uint64_t size, amount, check;
} Row;

static Row
read_row(const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, ",", -1);

    g_assert_cmpuint(g_strv_length(fields), ==, 4);
    return (Row){ .is_hold = g_str_equal(fields[0], "hold"),
                  .size = g_ascii_strtoull(fields[1], NULL, 10),
                  .amount = g_ascii_strtoull(fields[2], NULL, 10),
                  .check = g_ascii_strtoull(fields[3], NULL, 16) };
}

static void
assert_hold(const Row *row)
{
    for (int through = HOLD_LADDER; through <= HOLD_ALARMS; through++) {
        HoldSpec spec = { (HoldThrough)through, row->size, row->amount };
        Measured measured = { 0 };

        g_assert_true(hold_measure(&spec, &measured));
        g_assert_cmphex(measured.check, ==, row->check);
        g_assert_cmpfloat(measured.value[HOLD_EVENTS_PER_S], >, 0);
        if (malloc_keeps_account())
            g_assert_cmpfloat(measured.value[HOLD_BYTES_PER_EVENT], >, 0);
    }
}

static void
assert_echo(const Row *row)
{
    for (int one_way = 0; one_way <= 1; one_way++) {
        EchoSpec spec = { (uint32_t)row->size, (uint32_t)row->amount, one_way == 1 };
        Measured measured = { 0 };

        g_assert_true(echo_measure(&spec, &measured));
        g_assert_cmphex(measured.check, ==, row->check);
        g_assert_cmpfloat(measured.value[ECHO_MESSAGES_PER_S], >, 0);
    }
}

static void
test_model(gconstpointer model)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "engines.csv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint rows = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(g_strchomp(text), "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        Row row;

        if (!g_str_has_prefix(*line, model))
            continue;
        row = read_row(*line);
        if (row.is_hold)
            assert_hold(&row);
        else
            assert_echo(&row);
        rows++;
    }
    g_assert_cmpuint(rows, ==, 3);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/bench/engines/hold", "hold", test_model);
    g_test_add_data_func("/bench/engines/echo", "echo", test_model);
    return g_test_run();
}
