/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdlib.h>

#include "results/report/adversary.h"
#include "results/report/json_value.h"
#include "results/report/report.h"
#include "results/report/summary.h"
#include "results/report/verdict.h"

static json_t *
json_of_run(const RecordRun *run, uint32_t place, const GArray *metrics)
{
    json_t *object = json_object(), *values = json_object();

    json_put(object, "seed", json_of_whole(run->facts.seed));
    json_put(object, "trace_hash", json_of_text(run->facts.trace_hash));
    json_put(object, "wall_s", json_of_number(run->facts.wall_s));
    json_put(object, "events", json_of_whole(run->facts.events));
    json_put(object, "peak_rss_bytes", json_of_whole(run->facts.peak_rss_bytes));
    for (guint i = 0; i < metrics->len; i++) {
        const RecordMetric *metric = &g_array_index(metrics, RecordMetric, i);

        if (metric->run == place)
            json_put(values, metric->name, json_of_number(metric->value));
    }
    json_put(object, "metrics", values);
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

        json_put(of_metric, "value", json_of_number(metric->interval.value));
        json_put(of_metric, "low", json_of_number(metric->interval.low));
        json_put(of_metric, "high", json_of_number(metric->interval.high));
        json_put(of_metric, "runs", json_of_whole(metric->interval.runs));
        json_put(of_metric, "unit", json_of_text(metric->unit));
        json_put(of_metric, "standard_error", json_of_number(metric->standard_error));
        if (metric->has_exact) {
            json_put(of_metric, "exact", json_of_number(metric->exact));
            json_put(of_metric, "within", json_boolean(metric->within));
        }
        json_put(object, metric->name, of_metric);
    }
    return object;
}

static json_t *
json_of_variant(RecordReader *reader, const RecordVariant *variant)
{
    g_autoptr(Summary) summary = summary_new(reader);
    json_t *object = json_object(), *settings = json_object();

    json_put(object, "label", json_of_text(variant->label));
    for (guint i = 0; i < variant->settings->len; i++) {
        const RecordSetting *setting = &g_array_index(variant->settings, RecordSetting, i);

        json_put(settings, setting->key, json_of_text(setting->value));
    }
    json_put(object, "settings", settings);
    json_put(object, "runs", json_of_runs(reader));
    json_put(object, "metrics", json_of_metrics(summary));
    json_put_adversary(object, reader);
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

        json_put(object, "text", json_of_text(j->expectation.text));
        json_put(object, "metric", json_of_text(j->expectation.metric));
        json_put(object, "variant",
                 json_of_text(g_array_index(variants, RecordVariant, j->variant).label));
        json_put(object, "verdict", json_of_text(verdict_name(j->verdict)));
        json_put(object, "value", json_of_number(j->interval.value));
        json_put(object, "low", json_of_number(j->interval.low));
        json_put(object, "high", json_of_number(j->interval.high));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *
json_of_experiment(RecordReader *reader)
{
    g_autoptr(GArray) judgements = verdicts_of(reader);
    json_t *object = json_object();

    json_put(object, "scenario", json_of_text(record_reader_scenario_name(reader)));
    json_put(object, "database", json_of_text(record_reader_path(reader)));
    if (summary_is_sweep(reader)) {
        json_put(object, "variants", json_of_variants(reader));
    } else {
        g_autoptr(Summary) summary = summary_new(reader);

        json_put(object, "runs", json_of_runs(reader));
        json_put(object, "metrics", json_of_metrics(summary));
        json_put_adversary(object, reader);
    }
    if (judgements->len > 0)
        json_put(object, "expectations", json_of_judgements(reader, judgements));
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
