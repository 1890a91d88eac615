/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/adversary.h"

#include <string.h>

#include "results/report/html.h"
#include "results/report/json_value.h"
#include "results/report/report.h"

static const char knows[] = "knows:";

static const char *
verdict_of(const RecordClaim *claim)
{
    if (claim->tested == 0)
        return "not tested";
    return claim->broken == 0 ? "holds" : "broken";
}

/* --- text ---------------------------------------------------------------------------- */

static void
text_append_knowledge(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, knows);

    if (groups->len > 0)
        g_string_append(out, "\nwho knows what (different ones, over all runs)\n");
    for (guint i = 0; i < groups->len; i++) {
        const char *group = g_array_index(groups, const char *, i);
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);

        g_string_append_printf(out, "  %s:", group + strlen(knows));
        for (guint k = 0; k < sums->len; k++) {
            const RecordCount *sum = &g_array_index(sums, RecordCount, k);

            g_string_append_printf(out, "%s %" G_GUINT64_FORMAT " %s", k == 0 ? "" : ",",
                                   sum->count, sum->key);
        }
        g_string_append_c(out, '\n');
    }
}

void
text_append_adversary(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) claims = record_reader_claims(reader);

    text_append_knowledge(out, reader);
    if (claims->len > 0)
        g_string_append(out, "\nwhat the system claims\n");
    for (guint i = 0; i < claims->len; i++) {
        const RecordClaim *claim = &g_array_index(claims, RecordClaim, i);
        g_auto(GStrv) events = g_strsplit(claim->example, "\n", -1);

        g_string_append_printf(
            out, "  %-10s %s (%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ")\n",
            verdict_of(claim), claim->claim, claim->broken, claim->tested);
        for (guint k = 0; events[k] != NULL && events[k][0] != '\0'; k++)
            g_string_append_printf(out, "    %s\n", events[k]);
    }
}

/* --- HTML ---------------------------------------------------------------------------- */

static void
html_append_knowledge(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, knows);

    if (groups->len == 0)
        return;
    g_string_append(out, "<h2>Who knows what</h2>\n<table>\n<tr><th>part</th>");
    for (guint i = 0; i < groups->len; i++) {
        const char *group = g_array_index(groups, const char *, i);
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);

        for (guint k = 0; i == 0 && k < sums->len; k++)
            html_append_element(out, "th", "", g_array_index(sums, RecordCount, k).key);
        g_string_append(out, i == 0 ? "</tr>\n<tr>" : "<tr>");
        html_append_element(out, "td", "", group + strlen(knows));
        for (guint k = 0; k < sums->len; k++) {
            g_autofree char *count = g_strdup_printf(
                "%" G_GUINT64_FORMAT, g_array_index(sums, RecordCount, k).count);

            html_append_element(out, "td", "", count);
        }
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</table>\n<p class=\"note\">Different ones that all parties of "
                         "a part saw, each request on its own, added up over runs; times "
                         "and sizes are known of every request. Nobody opens what a "
                         "message says.</p>\n");
}

void
html_append_adversary(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) claims = record_reader_claims(reader);

    html_append_knowledge(out, reader);
    if (claims->len == 0)
        return;
    g_string_append(out, "<h2>What the system claims</h2>\n<table>\n<tr><th>claim</th>"
                         "<th></th><th>broken</th><th>of</th><th>for example</th></tr>\n");
    for (guint i = 0; i < claims->len; i++) {
        const RecordClaim *claim = &g_array_index(claims, RecordClaim, i);
        g_autofree char *broken = g_strdup_printf("%" G_GUINT64_FORMAT, claim->broken);
        g_autofree char *tested = g_strdup_printf("%" G_GUINT64_FORMAT, claim->tested);

        g_string_append(out, "<tr>");
        html_append_element(out, "td", "", claim->claim);
        html_append_element(out, "td", "", verdict_of(claim));
        html_append_element(out, "td", "", broken);
        html_append_element(out, "td", "", tested);
        html_append_element(out, "td", "", claim->example);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</table>\n");
}

/* --- JSON ---------------------------------------------------------------------------- */

static json_t *
json_of_knowledge(RecordReader *reader, const GArray *groups)
{
    json_t *object = json_object();

    for (guint i = 0; i < groups->len; i++) {
        const char *group = g_array_index(groups, const char *, i);
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);
        json_t *part = json_object();

        for (guint k = 0; k < sums->len; k++)
            json_put(part, g_array_index(sums, RecordCount, k).key,
                     json_integer((json_int_t)g_array_index(sums, RecordCount, k).count));
        json_put(object, group + strlen(knows), part);
    }
    return object;
}

static json_t *
json_of_claim(const RecordClaim *claim)
{
    g_auto(GStrv) events = g_strsplit(claim->example, "\n", -1);
    json_t *object = json_object(), *example = json_array();

    for (guint k = 0; events[k] != NULL && events[k][0] != '\0'; k++)
        json_array_append_new(example, json_of_text(events[k]));
    json_put(object, "claim", json_of_text(claim->claim));
    json_put(object, "verdict", json_of_text(verdict_of(claim)));
    json_put(object, "tested", json_integer((json_int_t)claim->tested));
    json_put(object, "broken", json_integer((json_int_t)claim->broken));
    json_put(object, "example", example);
    return object;
}

void
json_put_adversary(json_t *object, RecordReader *reader)
{
    g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, knows);
    g_autoptr(GArray) claims = record_reader_claims(reader);
    json_t *array;

    if (groups->len > 0)
        json_put(object, "knowledge", json_of_knowledge(reader, groups));
    if (claims->len == 0)
        return;
    array = json_array();
    for (guint i = 0; i < claims->len; i++)
        json_array_append_new(array, json_of_claim(&g_array_index(claims, RecordClaim, i)));
    json_put(object, "claims", array);
}
