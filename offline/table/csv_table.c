/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/table/csv_table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct CsvTable {
    FILE *file;
    char *path;
    const char *const *columns;
    int n_columns;
    uint64_t line;
    char *fields[CSV_COLUMNS_MAX];
    char text[CSV_LINE_MAX + 2]; /* a newline and a zero more */
};

static bool
fail(const CsvTable *t, GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: line %" G_GUINT64_FORMAT ": %s", t->path, t->line, what);
    return false;
}

bool
csv_table_fail(const CsvTable *t, int column, const char *expected, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "%s: line %" G_GUINT64_FORMAT ": column %s: expected %s, not '%.40s'",
                t->path, t->line, t->columns[column], expected, t->fields[column]);
    return false;
}

/* The next line, without its newline, in text; false at the end, or with @error. */
static bool
read_line(CsvTable *t, GError **error)
{
    size_t n;

    t->line++;
    if (fgets(t->text, sizeof t->text, t->file) == NULL) {
        if (ferror(t->file))
            return fail(t, error, g_strerror(errno));
        return false;
    }
    n = strlen(t->text);
    if (n > 0 && t->text[n - 1] == '\n')
        t->text[--n] = '\0';
    if (n > CSV_LINE_MAX)
        return fail(t, error, "longer than 64 kB");
    return true;
}

static int
split(CsvTable *t)
{
    char *at = t->text;
    int n = 0;

    while (at != NULL && n < CSV_COLUMNS_MAX) {
        char *comma = strchr(at, ',');

        t->fields[n++] = at;
        if (comma != NULL)
            *comma++ = '\0';
        at = comma;
    }
    return at == NULL ? n : CSV_COLUMNS_MAX + 1;
}

static bool
has_header(CsvTable *t, GError **error)
{
    g_autofree char *wanted = g_strjoinv(",", (char **)(void *)t->columns);

    if (read_line(t, error) && strcmp(t->text, wanted) == 0)
        return true;
    if (error != NULL && *error == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s: line 1: expected the columns %s", t->path, wanted);
    return false;
}

CsvTable *
csv_table_open(const char *path, const char *const *columns, GError **error)
{
    g_autoptr(CsvTable) t = g_new0(CsvTable, 1);

    t->path = g_strdup(path);
    t->columns = columns;
    while (columns[t->n_columns] != NULL)
        t->n_columns++;
    g_assert(t->n_columns <= CSV_COLUMNS_MAX);
    t->file = fopen(path, "re");
    if (t->file == NULL) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "cannot read %s: %s", path, g_strerror(errno));
        return NULL;
    }
    return has_header(t, error) ? g_steal_pointer(&t) : NULL;
}

void
csv_table_free(CsvTable *t)
{
    if (t == NULL)
        return;
    if (t->file != NULL)
        fclose(t->file);
    g_free(t->path);
    g_free(t);
}

bool
csv_table_next(CsvTable *t, GError **error)
{
    g_autofree char *what = NULL;
    int n;

    if (!read_line(t, error))
        return false;
    n = split(t);
    if (n == t->n_columns)
        return true;
    what =
        g_strdup_printf("expected %d fields, not %s%d", t->n_columns,
                        n > CSV_COLUMNS_MAX ? "more than " : "", MIN(n, CSV_COLUMNS_MAX));
    return fail(t, error, what);
}

const char *
csv_table_field(const CsvTable *t, int column)
{
    return t->fields[column];
}

bool
csv_table_number(const CsvTable *t, int column, uint64_t max, uint64_t *ret, GError **error)
{
    const char *text = t->fields[column];
    uint64_t number = 0;
    bool fine = *text != '\0';

    for (; fine && *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        fine = digit <= 9 && digit <= max && number <= (max - digit) / 10;
        number = number * 10 + digit;
    }
    if (!fine) {
        g_autofree char *expected =
            g_strdup_printf("a whole number up to %" G_GUINT64_FORMAT, max);

        return csv_table_fail(t, column, expected, error);
    }
    *ret = number;
    return true;
}

bool
csv_table_hex(const CsvTable *t, int column, uint64_t *ret, GError **error)
{
    const char *text = t->fields[column];
    size_t n = strlen(text);

    if (n == 0 || n > 16 || strspn(text, "0123456789abcdef") != n)
        return csv_table_fail(t, column, "up to 16 hexadecimal digits", error);
    *ret = g_ascii_strtoull(text, NULL, 16);
    return true;
}

/* Digits with a point are nearly all that there is; strtod is slow. */
static bool
plain_decimal(const char *text, double *ret)
{
    static const double tenth[] = {
        1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9
    };
    uint64_t number = 0;
    int digits = 0, behind = -1;

    for (; *text != '\0'; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || ++digits > 17)
            return false;
        number = number * 10 + (uint64_t)(*text - '0');
        behind += behind >= 0;
    }
    if (digits == 0 || behind > 9)
        return false;
    *ret = (double)number * tenth[MAX(behind, 0)];
    return true;
}

bool
csv_table_real(const CsvTable *t, int column, double *ret, GError **error)
{
    const char *text = t->fields[column];
    char *end;
    double real;

    if (plain_decimal(text, ret))
        return true;
    real = g_ascii_strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(real))
        return csv_table_fail(t, column, "a number", error);
    *ret = real;
    return true;
}

bool
csv_table_ip(const CsvTable *t, int column, uint32_t *ret, GError **error)
{
    const char *text = t->fields[column];
    uint32_t ip = 0, part = 0, digits = 0, parts = 0;

    if (*text == '\0') {
        *ret = 0;
        return true;
    }
    for (;; text++) {
        if (*text >= '0' && *text <= '9' && digits < 3) {
            part = part * 10 + (uint32_t)(*text - '0');
            digits++;
            continue;
        }
        if (digits == 0 || part > 255 || parts == 4 || (*text != '.' && *text != '\0'))
            return csv_table_fail(t, column, "an address such as 32.0.1.5", error);
        ip = ip << 8 | part;
        parts++;
        part = digits = 0;
        if (*text == '\0')
            break;
    }
    if (parts != 4)
        return csv_table_fail(t, column, "an address such as 32.0.1.5", error);
    *ret = ip;
    return true;
}
