/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/verdict.h"

#include <math.h>
#include <string.h>

#include "results/report/format.h"
#include "results/report/report.h"
#include "results/report/summary.h"

static bool
keeps(double value, const RecordExpectation *e)
{
    if (strcmp(e->relation, ">=") == 0)
        return value >= e->value;
    if (strcmp(e->relation, ">") == 0)
        return value > e->value;
    if (strcmp(e->relation, "<=") == 0)
        return value <= e->value;
    return value < e->value;
}

static Verdict
verdict_of(const StatsInterval *interval, const RecordExpectation *e)
{
    bool low, high;

    if (interval->runs == 0 || isnan(interval->value))
        return VERDICT_NOT_MEASURED;
    if (strcmp(e->relation, "=") == 0)
        return interval->low <= e->value && e->value <= interval->high ? VERDICT_MET
                                                                       : VERDICT_FAILED;
    low = keeps(interval->low, e);
    high = keeps(interval->high, e);
    if (low != high)
        return VERDICT_UNDECIDED;
    return low ? VERDICT_MET : VERDICT_FAILED;
}

static Judgement
judge_expectation(RecordReader *reader, const RecordExpectation *e, guint variant)
{
    Judgement judgement = { .variant = variant, .expectation = *e, .unit = "" };
    g_autoptr(GArray) values = record_reader_values(reader, e->metric, &judgement.unit);

    judgement.interval = stats_mean((const double *)(const void *)values->data, values->len,
                                    STATS_CONFIDENCE);
    /* Whoever expects exactly what was seen in all runs, 0 or 1, has it. */
    if (judgement.interval.value != e->value)
        judgement.interval = stats_none_seen(
            judgement.interval, record_reader_trials(reader, e->metric), STATS_CONFIDENCE);
    judgement.verdict = verdict_of(&judgement.interval, e);
    return judgement;
}

GArray *
verdicts_of(RecordReader *reader)
{
    g_autoptr(GArray) expectations = record_reader_expectations(reader);
    GArray *judgements = g_array_new(FALSE, FALSE, sizeof(Judgement));

    if (expectations->len == 0)
        return judgements;
    for (guint v = 0; v < record_reader_variants(reader)->len; v++) {
        record_reader_choose(reader, v);
        for (guint i = 0; i < expectations->len; i++) {
            Judgement judgement = judge_expectation(
                reader, &g_array_index(expectations, RecordExpectation, i), v);

            g_array_append_val(judgements, judgement);
        }
    }
    record_reader_choose(reader, 0);
    return judgements;
}

const char *
verdict_name(Verdict verdict)
{
    static const char *const names[] = { "met", "failed", "undecided", "not measured" };

    return names[verdict];
}

char *
judgement_text(RecordReader *reader, const Judgement *j)
{
    const RecordVariant *variant =
        &g_array_index(record_reader_variants(reader), RecordVariant, j->variant);
    MetricSummary metric = { j->expectation.metric, j->unit, j->interval };
    g_auto(IntervalText) text = format_metric(&metric);
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s: %s", j->expectation.text, verdict_name(j->verdict));
    if (variant->label[0] != '\0')
        g_string_append_printf(line, " with %s", variant->label);
    if (j->verdict == VERDICT_NOT_MEASURED)
        g_string_append_printf(line, ": no run has a metric '%s'", j->expectation.metric);
    else if (j->interval.runs == 1)
        g_string_append_printf(line, ": %s in one run", text.value);
    else
        g_string_append_printf(line,
                               ": %s (%s to %s, 95 %% over %" G_GUINT64_FORMAT " runs)",
                               text.value, text.low, text.high, j->interval.runs);
    if (j->verdict == VERDICT_UNDECIDED)
        g_string_append(line, "; more seeds decide");
    return g_string_free(line, FALSE);
}

bool
report_judge(const char *database, char **ret_unmet, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    g_autoptr(GArray) judgements = NULL;
    g_autoptr(GString) unmet = g_string_new(NULL);

    if (reader == NULL)
        return false;
    judgements = verdicts_of(reader);
    if (!record_reader_check(reader, error))
        return false;
    for (guint i = 0; i < judgements->len; i++) {
        const Judgement *judgement = &g_array_index(judgements, Judgement, i);
        g_autofree char *line = judgement_text(reader, judgement);

        if (judgement->verdict != VERDICT_MET)
            g_string_append_printf(unmet, "expected %s\n", line);
    }
    *ret_unmet = unmet->len > 0 ? g_strdup(unmet->str) : NULL;
    return true;
}
