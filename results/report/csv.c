/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/csv.h"

#include <stdlib.h>

#include "results/report/report.h"

char *
report_csv(const char *database, const char *table, GError **error)
{
    char *text = NULL, *csv = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        g_error("out of memory");
    if (record_csv_write(database, table, out, error)) {
        fclose(out);
        csv = g_strdup(text);
    } else {
        fclose(out);
    }
    free(text);
    return csv;
}
