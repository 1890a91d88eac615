/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "results/report/html.h"
#include "results/report/report.h"

/* A larger table would make the page heavy; the command line writes it. */
enum { EMBEDDED_CSV_BYTES_MAX = 400000 };

static const char *const tables[] = {
    "runs", "metrics", "counts", "series", "bins", "nodes"
};

static void
append_link(GString *out, const char *table, const char *csv)
{
    g_autofree char *encoded = g_uri_escape_string(csv, NULL, FALSE);

    g_string_append_printf(out,
                           "<li><a download=\"%s.csv\" href=\"data:text/csv;charset=utf-8,"
                           "%s\">%s.csv</a></li>\n",
                           table, encoded, table);
}

void
html_append_data(GString *out, RecordReader *reader)
{
    g_autoptr(GString) large = g_string_new(NULL);

    g_string_append(out, "<ul class=\"data\">\n");
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *csv = report_csv(record_reader_path(reader), tables[i], NULL);

        if (csv != NULL && strlen(csv) <= EMBEDDED_CSV_BYTES_MAX)
            append_link(out, tables[i], csv);
        else
            g_string_append_printf(large, "%s%s", large->len > 0 ? ", " : "", tables[i]);
    }
    g_string_append(out, "</ul>\n");
    if (large->len > 0)
        g_string_append_printf(out, "<p>Too large to stand in this page: %s.</p>\n",
                               large->str);
    g_string_append(out, "<p>Every table, also single messages, is in the database "
                         "<code>");
    html_append_text(out, record_reader_path(reader));
    g_string_append(out, "</code> (SQLite; its table <code>schema_note</code> explains "
                         "every column); <code>swarmbed report --csv TABLE</code> writes "
                         "one as CSV, <code>--json</code> the summary as JSON.</p>\n");
}
