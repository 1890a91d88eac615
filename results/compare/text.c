/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison for people. */
#include <math.h>
#include <string.h>

#include "results/compare/internal.h"
#include "results/report/format.h"

enum { COLUMNS = 6, COLUMN_GAP = 2 };

static bool
in_points(const CompareRow *row)
{
    return strcmp(row->unit, "1") == 0 && g_str_has_suffix(row->margin.text, "pp");
}

/* A difference as its margin is written: per cent of the base, points, or the unit. */
static char *
format_difference(const CompareRow *row, double difference)
{
    g_autofree char *value = NULL;

    if (isinf(difference))
        return g_strdup(difference > 0 ? "?" : "-?");
    if (row->margin.relative && row->base.value > 0)
        return g_strdup_printf("%+.3g%%", 100 * difference / row->base.value);
    if (in_points(row))
        return g_strdup_printf("%+.3gpp", 100 * difference);
    value = format_value(difference, row->unit);
    return g_strconcat(difference > 0 ? "+" : "", value, NULL);
}

char *
row_difference(const CompareRow *row)
{
    g_autofree char *value = format_difference(row, row->difference.mean);
    g_autofree char *low = NULL, *high = NULL;

    if (isnan(row->difference.mean))
        return g_strdup("\u2014");
    if (isnan(row->difference.standard_error))
        return g_steal_pointer(&value);
    low = format_difference(row, row->shown.low);
    high = format_difference(row, row->shown.high);
    return g_strdup_printf("%s (%s to %s)", value, low, high);
}

char *
row_allowed(const CompareRow *row)
{
    static const char *const signs[] = { "+", "-", "\u00b1" };

    return g_strconcat(row->margin.value > 0 ? signs[row->better] : "", row->margin.text,
                       NULL);
}

static void
say_measured(GString *text, const CompareVariant *variant, const CompareRow *row)
{
    guint of_base = variant->paired ? variant->pairs : variant->runs_base;
    guint of_new = variant->paired ? variant->pairs : variant->runs_new;

    if (row->measured_base == of_base && row->measured_new == of_new)
        return;
    g_string_append_printf(text, "%smeasured in %u of %u and %u of %u runs",
                           text->len > 0 ? "; " : "", row->measured_base, of_base,
                           row->measured_new, of_new);
}

static void
say_needs(GString *text, const CompareVariant *variant, const CompareRow *row)
{
    const char *what = variant->paired ? "pairs" : "runs of each";
    double have = (double)MIN(row->difference.count_a, row->difference.count_b);

    if (isnan(row->needs) || row->needs > 100000)
        g_string_append(text, "its margin is where it seems to be: no number would do");
    else if (have < COMPARE_RUNS_MIN)
        g_string_append_printf(text, "needs at least %d %s", COMPARE_RUNS_MIN, what);
    else
        g_string_append_printf(text, "about %.0f %s would decide",
                               MAX(row->needs, have + 1), what);
}

/* That nothing happened in so many messages is a bound, not a certainty. */
static void
say_bound(GString *text, const CompareRow *row)
{
    g_autofree char *bound = NULL, *messages = NULL;

    if (!(row->trials >= 1) || !(row->new_.value <= 0 || row->new_.value >= 1))
        return;
    bound = format_share(stats_bound_of_none((uint64_t)row->trials, STATS_CONFIDENCE));
    messages = format_count((uint64_t)row->trials);
    g_string_append_printf(text, "%s0 of %s: below %s", text->len > 0 ? "; " : "", messages,
                           bound);
}

char *
row_remark(const CompareVariant *variant, const CompareRow *row)
{
    GString *text = g_string_new(NULL);

    if (row->verdict == COMPARE_UNDECIDED)
        say_needs(text, variant, row);
    say_measured(text, variant, row);
    say_bound(text, row);
    return g_string_free(text, FALSE);
}

/* --- the table ---------------------------------------------------------------------- */

typedef struct Cells {
    const char *cell[COLUMNS];
} Cells;

static Cells
cells_of(const CompareRow *row)
{
    bool aside = row->verdict == COMPARE_UNDECIDED && !row->required;

    return (Cells){
        { g_strdup(row->name), format_value(row->base.value, row->unit),
          format_value(row->new_.value, row->unit), row_difference(row), row_allowed(row),
          g_strconcat(compare_verdict_name(row->verdict), aside ? " (aside)" : "", NULL) }
    };
}

static void
append_cells(GString *text, const Cells *cells, const guint width[COLUMNS],
             const char *remark)
{
    for (int i = 0; i < COLUMNS; i++) {
        glong blanks = (glong)width[i] + COLUMN_GAP - g_utf8_strlen(cells->cell[i], -1);

        g_string_append(text, cells->cell[i]);
        for (glong b = 0; b < blanks && (i + 1 < COLUMNS || remark[0] != '\0'); b++)
            g_string_append_c(text, ' ');
    }
    g_string_append_printf(text, "%s\n", remark);
}

static void
append_table(GString *text, const CompareVariant *variant)
{
    Cells head = { { "metric", "base", "new", "new - base (90 %)", "allowed", "verdict" } };
    g_autofree Cells *rows = g_new0(Cells, variant->rows->len + 1);
    guint width[COLUMNS];

    for (int c = 0; c < COLUMNS; c++)
        width[c] = (guint)g_utf8_strlen(head.cell[c], -1);
    for (guint i = 0; i < variant->rows->len; i++) {
        rows[i] = cells_of(&g_array_index(variant->rows, CompareRow, i));
        for (int c = 0; c < COLUMNS; c++)
            width[c] = MAX(width[c], (guint)g_utf8_strlen(rows[i].cell[c], -1));
    }
    append_cells(text, &head, width, "");
    for (guint i = 0; i < variant->rows->len; i++) {
        g_autofree char *remark =
            row_remark(variant, &g_array_index(variant->rows, CompareRow, i));

        append_cells(text, &rows[i], width, remark);
        for (int c = 0; c < COLUMNS; c++)
            g_free((gpointer)rows[i].cell[c]);
    }
}

/* The names of the rows that say why, separated by ", ". */
static char *
names_of(const CompareVariant *variant, bool failed)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < variant->rows->len; i++) {
        const CompareRow *row = &g_array_index(variant->rows, CompareRow, i);

        if (failed ? row->verdict == COMPARE_FAIL : row_waits(row))
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", row->name);
    }
    return g_string_free(names, FALSE);
}

static char *
conclusion_of(const CompareVariant *variant)
{
    g_autofree char *names = names_of(variant, variant->verdict == COMPARE_FAIL);
    guint aside = variant->rows->len - variant->passed - variant->failed;

    if (variant->verdict == COMPARE_FAIL)
        return g_strdup_printf("fail: worse than allowed: %s", names);
    if (variant->verdict == COMPARE_UNDECIDED)
        return g_strdup_printf("undecided: %s",
                               names[0] != '\0' ? names : "no metric could be decided");
    return aside > 0
               ? g_strdup_printf("pass: %u metrics are not worse; %u aside could not "
                                 "be decided",
                                 variant->passed, aside)
               : g_strdup_printf("pass: all %u metrics are not worse", variant->passed);
}

char *
comparison_conclusion(const Comparison *c)
{
    guint of[3] = { 0 };

    if (c->variants->len == 1)
        return conclusion_of(&g_array_index(c->variants, CompareVariant, 0));
    for (guint i = 0; i < c->variants->len; i++)
        of[g_array_index(c->variants, CompareVariant, i).verdict]++;
    return g_strdup_printf("%s: of %u variants %u pass, %u fail, %u are undecided",
                           compare_verdict_name(c->verdict), c->variants->len,
                           of[COMPARE_PASS], of[COMPARE_FAIL], of[COMPARE_UNDECIDED]);
}

/* --- the whole ---------------------------------------------------------------------- */

static void
append_side(GString *text, const char *name, RecordReader *reader)
{
    g_autofree char *seeds = record_reader_seeds(reader);
    g_autofree char *commits = record_reader_commits(reader);

    g_string_append_printf(text, "%-5s %s (%s), %u runs, seeds %s, commit %s\n", name,
                           record_reader_path(reader), record_reader_scenario_name(reader),
                           record_reader_runs(reader)->len, seeds, commits);
}

static void
append_variant(GString *text, const CompareVariant *variant, bool several)
{
    if (several)
        g_string_append_printf(text, "\n%s\n", variant->label);
    if (strcmp(variant->label, variant->new_label) != 0)
        g_string_append_printf(text, "base is %s, new is %s\n", variant->label,
                               variant->new_label);
    if (variant->paired)
        g_string_append_printf(text, "paired by seed: %u pairs%s\n\n", variant->pairs,
                               variant->runs_base + variant->runs_new > 2 * variant->pairs
                                   ? ", other runs are left out"
                                   : "");
    else
        g_string_append_printf(text, "unpaired: %u and %u runs\n\n", variant->runs_base,
                               variant->runs_new);
    append_table(text, variant);
    if (several) {
        g_autofree char *conclusion = conclusion_of(variant);

        g_string_append_printf(text, "%s\n", conclusion);
    }
}

char *
compare_text(const Comparison *c)
{
    g_autofree char *conclusion = comparison_conclusion(c);
    GString *text = g_string_new(NULL);

    append_side(text, "base", c->base);
    append_side(text, "new", c->new_);
    for (guint i = 0; i < c->keys->len; i++)
        g_string_append_printf(text, "%s %s\n", i == 0 ? "other" : "     ",
                               (const char *)c->keys->pdata[i]);
    for (guint i = 0; i < c->alone->len; i++)
        g_string_append_printf(text, "left out: %s\n", (const char *)c->alone->pdata[i]);
    for (guint i = 0; i < c->variants->len; i++)
        append_variant(text, &g_array_index(c->variants, CompareVariant, i),
                       c->variants->len > 1);
    g_string_append_printf(text, "\n%s\n", conclusion);
    return g_string_free(text, FALSE);
}
