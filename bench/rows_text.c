/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows as text, Markdown and CSV. */
#include "bench/rows.h"

#include <math.h>
#include <string.h>

static bool
is_spread(const json_t *row, const char *name)
{
    g_autofree char *stem = g_strdup(name);
    size_t n = strlen(stem);

    if (n < 5 || (strcmp(stem + n - 4, "_min") != 0 && strcmp(stem + n - 4, "_max") != 0))
        return false;
    stem[n - 4] = '\0';
    return json_object_get(row, stem) != NULL;
}

/* Names of the columns in order of appearance, without those of spreads. */
static GPtrArray *
column_names(const json_t *rows)
{
    GPtrArray *names = g_ptr_array_new();
    const char *name;
    json_t *row, *value;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        json_object_foreach(row, name, value)
        {
            if (!is_spread(row, name) &&
                !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                g_ptr_array_add(names, (gpointer)name);
        }
    }
    return names;
}

/* Three digits that count, with the letter of the power of a thousand. */
static char *
number_text(double x)
{
    static const char letters[] = { '\0', 'k', 'M', 'G', 'T' };
    unsigned power = 0;
    int decimals;

    if (fabs(x) < 9999.5 && x == rint(x))
        return g_strdup_printf("%.0f", x);
    while (fabs(x) >= 999.5 && power + 1 < G_N_ELEMENTS(letters)) {
        x /= 1000;
        power++;
    }
    decimals = fabs(x) >= 99.95 ? 0 : fabs(x) >= 9.995 ? 1 : fabs(x) >= 0.0995 ? 2 : 4;
    return g_strdup_printf("%.*f%s%c", decimals, x, power > 0 ? " " : "", letters[power]);
}

static char *
cell_text(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    g_autofree char *min_name = g_strconcat(name, "_min", NULL);
    g_autofree char *max_name = g_strconcat(name, "_max", NULL);
    const json_t *min = json_object_get(row, min_name);
    const json_t *max = json_object_get(row, max_name);
    g_autofree char *middle = NULL, *low = NULL, *high = NULL;

    if (value == NULL || json_is_null(value))
        return g_strdup("");
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    middle = number_text(json_real_value(value));
    if (!json_is_number(min) || !json_is_number(max))
        return g_steal_pointer(&middle);
    low = number_text(json_number_value(min));
    high = number_text(json_number_value(max));
    if (strcmp(low, high) == 0)
        return g_steal_pointer(&middle);
    return g_strdup_printf("%s (%s..%s)", middle, low, high);
}

/* "events_per_s" reads "events/s". */
static char *
heading_text(const char *name)
{
    g_auto(GStrv) around = g_strsplit(name, "_per_", -1);
    char *text = g_strjoinv("/", around);

    return g_strdelimit(text, "_", ' ');
}

static glong
width_of(const json_t *rows, const char *name)
{
    g_autofree char *heading = heading_text(name);
    glong width = g_utf8_strlen(heading, -1);
    json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        g_autofree char *cell = cell_text(row, name);

        width = MAX(width, g_utf8_strlen(cell, -1));
    }
    return width;
}

static void
append_cell(GString *out, const char *cell, glong width, bool left)
{
    glong blanks = MAX(width - g_utf8_strlen(cell, -1), 0);

    g_string_append_printf(out, "%*s%s%*s", left ? 0 : (int)blanks, "", cell,
                           left ? (int)blanks : 0, "");
}

static void
append_line(GString *out, const json_t *rows, const GPtrArray *names, const json_t *row,
            bool markdown)
{
    if (markdown)
        g_string_append(out, "| ");
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *cell = row != NULL ? cell_text(row, name) : heading_text(name);
        const json_t *first = json_object_get(json_array_get(rows, 0), name);

        if (i > 0)
            g_string_append(out, markdown ? " | " : "  ");
        append_cell(out, cell, markdown ? 0 : width_of(rows, name), json_is_string(first));
    }
    g_string_append(out, markdown ? " |\n" : "\n");
}

static char *
draw(const char *title, const json_t *rows, bool markdown)
{
    g_autoptr(GPtrArray) names = column_names(rows);
    GString *out = g_string_new(NULL);
    json_t *row;
    size_t i;

    if (names->len == 0)
        return g_string_free(out, FALSE);
    g_string_append_printf(out, markdown ? "**%s**\n\n" : "%s\n", title);
    append_line(out, rows, names, NULL, markdown);
    if (markdown) {
        for (guint k = 0; k < names->len; k++)
            g_string_append(out, "|---");
        g_string_append(out, "|\n");
    }
    json_array_foreach(rows, i, row) append_line(out, rows, names, row, markdown);
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

char *
rows_text(const char *title, const json_t *rows)
{
    return draw(title, rows, false);
}

char *
rows_markdown(const char *title, const json_t *rows)
{
    return draw(title, rows, true);
}

static void
append_csv(GString *out, const json_t *value)
{
    if (json_is_string(value))
        g_string_append_printf(out, "\"%s\"", json_string_value(value));
    else if (json_is_integer(value))
        g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        g_string_append_printf(out, "%.10g", json_real_value(value));
}

char *
rows_csv(const json_t *rows)
{
    GString *out = g_string_new(NULL);
    json_t *row, *value;
    const char *name;
    size_t i;

    json_object_foreach(json_array_get(rows, 0), name, value)
        g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "", name);
    g_string_append_c(out, '\n');
    json_array_foreach(rows, i, row)
    {
        bool first = true;

        json_object_foreach(json_array_get(rows, 0), name, value)
        {
            if (!first)
                g_string_append_c(out, ',');
            first = false;
            append_csv(out, json_object_get(row, name));
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
