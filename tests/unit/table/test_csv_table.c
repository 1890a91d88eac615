/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of fields: what is read, and every way to be refused. */
#include <glib/gstdio.h>

#include "offline/table/csv_table.h"

static const char *const columns[] = { "number", "ip", "real", NULL };
static char *path;

static CsvTable *
opened(const char *text, GError **error)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return csv_table_open(path, columns, error);
}

static void
test_fields(void)
{
    g_autoptr(CsvTable) t = opened("number,ip,real\n7,32.0.1.5,60.25\n"
                                   "18446744073709551615,,1e3\n",
                                   NULL);
    uint64_t number;
    uint32_t ip;
    double real;

    g_assert_nonnull(t);
    g_assert_true(csv_table_next(t, NULL));
    g_assert_true(csv_table_number(t, 0, 7, &number, NULL));
    g_assert_cmpuint(number, ==, 7);
    g_assert_true(csv_table_ip(t, 1, &ip, NULL));
    g_assert_cmphex(ip, ==, 0x20000105);
    g_assert_true(csv_table_real(t, 2, &real, NULL));
    g_assert_cmpfloat(real, ==, 60.25);
    g_assert_true(csv_table_next(t, NULL));
    g_assert_true(csv_table_number(t, 0, UINT64_MAX, &number, NULL));
    g_assert_cmpuint(number, ==, UINT64_MAX);
    g_assert_true(csv_table_ip(t, 1, &ip, NULL));
    g_assert_cmpuint(ip, ==, 0);
    g_assert_true(csv_table_real(t, 2, &real, NULL));
    g_assert_cmpfloat(real, ==, 1000);
    g_assert_false(csv_table_next(t, NULL));
}

/* Each decimal as strtod has it, to the last digit or nearly so. */
static void
test_decimals(void)
{
    static const char *const texts[] = { "0",         "0.000001",   "59.999999", "1.5",
                                         "86400.125", "2592000.75", "0.1",       ".5" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strdup_printf("number,ip,real\n,,%s\n", texts[i]);
        g_autoptr(CsvTable) t = opened(text, NULL);
        double real;

        g_assert_true(csv_table_next(t, NULL));
        g_assert_true(csv_table_real(t, 2, &real, NULL));
        g_assert_cmpfloat_with_epsilon(real, g_ascii_strtod(texts[i], NULL), 1e-9);
    }
}

static void
test_refused(void)
{
    static const struct {
        const char *line, *words;
    } bad[] = {
        { "x,1.2.3.4,1",
          "line 2: column number: expected a whole number up to 9, not 'x'" },
        { "10,1.2.3.4,1", "expected a whole number up to 9" },
        { ",1.2.3.4,1", "expected a whole number up to 9" },
        { "-1,1.2.3.4,1", "expected a whole number up to 9" },
        { "1,1.2.3,1", "column ip: expected an address such as 32.0.1.5" },
        { "1,1.2.3.4.5,1", "an address" },
        { "1,1.2.3.256,1", "an address" },
        { "1,1.2..4,1", "an address" },
        { "1,1.2.3.4,", "column real: expected a number" },
        { "1,1.2.3.4,nan", "a number" },
        { "1,1.2.3.4,1e999", "a number" },
        { "1,1.2.3.4", "line 2: expected 3 fields, not 2" },
        { "1,1.2.3.4,1,", "expected 3 fields, not 4" },
        { ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "not more than 32" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf("number,ip,real\n%s\n", bad[i].line);
        g_autoptr(GError) error = NULL;
        g_autoptr(CsvTable) t = opened(text, NULL);
        uint64_t number = 77;
        uint32_t ip = 77;
        double real = 77;

        g_assert_false(
            csv_table_next(t, &error) && csv_table_number(t, 0, 9, &number, &error) &&
            csv_table_ip(t, 1, &ip, &error) && csv_table_real(t, 2, &real, &error));
        g_assert_nonnull(error);
        if (strstr(error->message, bad[i].words) == NULL)
            g_error("'%s' lacks '%s'", error->message, bad[i].words);
        g_assert_cmpfloat(real, ==, 77);
    }
}

static void
test_headers(void)
{
    g_autofree char *long_line = g_strnfill(CSV_LINE_MAX + 1, 'x');
    const char *const texts[] = { "", "number,ip\n", "number,ip,real,more\n", long_line };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(opened(texts[i], &error));
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, "line 1: "));
    }
    g_assert_null(csv_table_open("/nowhere/at.all", columns, NULL));
}

int
main(int argc, char **argv)
{
    int failed, fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("csv-table-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_test_add_func("/table/fields", test_fields);
    g_test_add_func("/table/decimals", test_decimals);
    g_test_add_func("/table/refused", test_refused);
    g_test_add_func("/table/headers", test_headers);
    failed = g_test_run();
    g_unlink(path);
    g_free(path);
    return failed;
}
