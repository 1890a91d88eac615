/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "results/report/report.h"
#include "results/report/summary.h"
#include "results/report/verdict.h"

/* Nothing of ours may be missing from an object: jansson fails only without memory or for
 * text that is no UTF-8. */
static void
put(json_t *object, const char *name, json_t *value)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);

    if (value == NULL || json_object_set_new(object, valid, value) != 0)
        g_error("a JSON object cannot be made");
}

static json_t *
text(const char *string)
{
    g_autofree char *valid = g_utf8_make_valid(string, -1);

    return json_string(valid);
}

/* What JSON cannot say (NAN, infinite) is null. */
static json_t *
number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Seeds beyond what JSON readers hold as whole numbers are texts. */
static json_t *
whole(uint64_t value)
{
    g_autofree char *digits = NULL;

    if (value <= INT64_MAX)
        return json_integer((json_int_t)value);
    digits = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    return json_string(digits);
}

static json_t *
json_of_run(const RecordRun *run, uint32_t place, const GArray *metrics)
{
    json_t *object = json_object(), *values = json_object();

    put(object, "seed", whole(run->facts.seed));
    put(object, "trace_hash", text(run->facts.trace_hash));
    put(object, "wall_s", number(run->facts.wall_s));
    put(object, "events", whole(run->facts.events));
    put(object, "peak_rss_bytes", whole(run->facts.peak_rss_bytes));
    for (guint i = 0; i < metrics->len; i++) {
        const RecordMetric *metric = &g_array_index(metrics, RecordMetric, i);

        if (metric->run == place)
            put(values, metric->name, number(metric->value));
    }
    put(object, "metrics", values);
    return object;
}

static json_t *
json_of_runs(RecordReader *reader)
{
    const GArray *runs = record_reader_runs(reader);
    g_autoptr(GArray) metrics = record_reader_metrics(reader);
    json_t *array = json_array();

    for (guint i = 0; i < runs->len; i++)
        json_array_append_new(array,
                              json_of_run(&g_array_index(runs, RecordRun, i), i, metrics));
    return array;
}

static json_t *
json_of_metrics(const Summary *summary)
{
    json_t *object = json_object();

    for (guint i = 0; i < summary->metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(summary->metrics, MetricSummary, i);
        json_t *of_metric = json_object();

        put(of_metric, "value", number(metric->interval.value));
        put(of_metric, "low", number(metric->interval.low));
        put(of_metric, "high", number(metric->interval.high));
        put(of_metric, "runs", whole(metric->interval.runs));
        put(of_metric, "unit", text(metric->unit));
        if (metric->has_exact) {
            put(of_metric, "standard_error", number(metric->standard_error));
            put(of_metric, "exact", number(metric->exact));
            put(of_metric, "within", json_boolean(metric->within));
        }
        put(object, metric->name, of_metric);
    }
    return object;
}

static json_t *
json_of_variant(RecordReader *reader, const RecordVariant *variant)
{
    g_autoptr(Summary) summary = summary_new(reader);
    json_t *object = json_object(), *settings = json_object();

    put(object, "label", text(variant->label));
    for (guint i = 0; i < variant->settings->len; i++) {
        const RecordSetting *setting = &g_array_index(variant->settings, RecordSetting, i);

        put(settings, setting->key, text(setting->value));
    }
    put(object, "settings", settings);
    put(object, "runs", json_of_runs(reader));
    put(object, "metrics", json_of_metrics(summary));
    return object;
}

static json_t *
json_of_variants(RecordReader *reader)
{
    const GArray *variants = record_reader_variants(reader);
    json_t *array = json_array();

    for (guint i = 0; i < variants->len; i++) {
        record_reader_choose(reader, i);
        json_array_append_new(
            array, json_of_variant(reader, &g_array_index(variants, RecordVariant, i)));
    }
    record_reader_choose(reader, 0);
    return array;
}

static json_t *
json_of_judgements(RecordReader *reader, const GArray *judgements)
{
    const GArray *variants = record_reader_variants(reader);
    json_t *array = json_array();

    for (guint i = 0; i < judgements->len; i++) {
        const Judgement *j = &g_array_index(judgements, Judgement, i);
        json_t *object = json_object();

        put(object, "text", text(j->expectation.text));
        put(object, "metric", text(j->expectation.metric));
        put(object, "variant",
            text(g_array_index(variants, RecordVariant, j->variant).label));
        put(object, "verdict", text(verdict_name(j->verdict)));
        put(object, "value", number(j->interval.value));
        put(object, "low", number(j->interval.low));
        put(object, "high", number(j->interval.high));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *
json_of_experiment(RecordReader *reader)
{
    g_autoptr(GArray) judgements = verdicts_of(reader);
    json_t *object = json_object();

    put(object, "scenario", text(record_reader_scenario_name(reader)));
    put(object, "database", text(record_reader_path(reader)));
    if (summary_is_sweep(reader)) {
        put(object, "variants", json_of_variants(reader));
    } else {
        g_autoptr(Summary) summary = summary_new(reader);

        put(object, "runs", json_of_runs(reader));
        put(object, "metrics", json_of_metrics(summary));
    }
    if (judgements->len > 0)
        put(object, "expectations", json_of_judgements(reader, judgements));
    return object;
}

char *
report_json(const char *database, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    json_t *object;
    char *dumped, *json = NULL;

    if (reader == NULL)
        return NULL;
    object = json_of_experiment(reader);
    dumped = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(object);
    g_assert(dumped != NULL);
    if (record_reader_check(reader, error))
        json = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return json;
}
