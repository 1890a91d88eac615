/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/exact/rows.h"

#include <math.h>
#include <string.h>

double
row_parameter(const char *params, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(params, ";", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        size_t n = strlen(name);

        if (strncmp(parts[i], name, n) == 0 && parts[i][n] == '=')
            return g_ascii_strtod(parts[i] + n + 1, NULL);
    }
    g_error("no %s in %s", name, params);
}

uint32_t
row_whole(const char *params, const char *name)
{
    return (uint32_t)row_parameter(params, name);
}

void
row_assert(const char *id, double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9 * fabs(expected)))
        g_error("%s: %.15g, expected %.15g", id, value, expected);
}

static const RowFamily *
family_of(const char *id, const RowFamily *families, gsize n_families)
{
    for (gsize i = 0; i < n_families; i++)
        if (g_str_has_prefix(id, families[i].prefix))
            return &families[i];
    g_error("%s: no form", id);
}

guint
rows_check(const char *file, const RowFamily *families, gsize n_families)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", file, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;
    guint rows = 0;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        const RowFamily *family;

        if (lines[i][0] == '#' || g_strv_length(cells) != 3)
            continue;
        family = family_of(cells[0], families, n_families);
        if (family->form == NULL)
            continue;
        row_assert(cells[0], family->form(cells[1]), g_ascii_strtod(cells[2], NULL));
        rows++;
    }
    return rows;
}
