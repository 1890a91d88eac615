/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison as JUnit XML: a suite for each variant, a test case for each metric.  What
 * is undecided fails where the verdict waits for it, and is skipped where it does not. */
#include "results/compare/internal.h"

/* XML 1.0 knows no control characters, not even escaped. */
static char *
escaped(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (char *at = valid; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    return g_markup_escape_text(valid, -1);
}

static void
append_case(GString *xml, const char *suite, const CompareVariant *variant,
            const CompareRow *row)
{
    g_autofree char *difference = row_difference(row), *allowed = row_allowed(row);
    g_autofree char *remark = row_remark(variant, row);
    g_autofree char *said = g_strdup_printf("%s: new - base %s, allowed %s%s%s",
                                            compare_verdict_name(row->verdict), difference,
                                            allowed, remark[0] != '\0' ? "; " : "", remark);
    g_autofree char *message = escaped(said), *name = escaped(row->name);

    g_string_append_printf(xml, "    <testcase classname=\"%s\" name=\"%s\">\n", suite,
                           name);
    if (row->verdict == COMPARE_PASS)
        g_string_append_printf(xml, "      <system-out>%s</system-out>\n", message);
    else if (row->verdict == COMPARE_FAIL || row_waits(row))
        g_string_append_printf(xml, "      <failure type=\"%s\" message=\"%s\"/>\n",
                               compare_verdict_name(row->verdict), message);
    else
        g_string_append_printf(xml, "      <skipped message=\"%s\"/>\n", message);
    g_string_append(xml, "    </testcase>\n");
}

static void
append_suite(GString *xml, const char *scenario, const CompareVariant *variant)
{
    g_autofree char *full = variant->new_label[0] == '\0'
                                ? g_strdup(scenario)
                                : g_strdup_printf("%s, %s", scenario, variant->new_label);
    g_autofree char *suite = escaped(full);
    guint failures = 0, skipped;

    for (guint i = 0; i < variant->rows->len; i++) {
        const CompareRow *row = &g_array_index(variant->rows, CompareRow, i);

        failures += row->verdict == COMPARE_FAIL || row_waits(row);
    }
    skipped = variant->rows->len - failures - variant->passed;
    g_string_append_printf(xml,
                           "  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\" "
                           "errors=\"0\" skipped=\"%u\">\n",
                           suite, variant->rows->len, failures, skipped);
    for (guint i = 0; i < variant->rows->len; i++)
        append_case(xml, suite, variant, &g_array_index(variant->rows, CompareRow, i));
    g_string_append(xml, "  </testsuite>\n");
}

char *
compare_junit(const Comparison *c)
{
    GString *xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<testsuites name=\"swarmbed compare\">\n");

    for (guint i = 0; i < c->variants->len; i++)
        append_suite(xml, record_reader_scenario_name(c->base),
                     &g_array_index(c->variants, CompareVariant, i));
    g_string_append(xml, "</testsuites>\n");
    return g_string_free(xml, FALSE);
}
