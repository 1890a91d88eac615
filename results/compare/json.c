/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison for programs. */
#include <jansson.h>
#include <stdlib.h>

#include "results/compare/internal.h"
#include "results/report/json_value.h"

static json_t *
interval(const StatsInterval *of)
{
    json_t *object = json_object();

    json_put(object, "value", json_of_number(of->value));
    json_put(object, "low", json_of_number(of->low));
    json_put(object, "high", json_of_number(of->high));
    return object;
}

static void
put_mean(json_t *object, const char *name, const StatsInterval *mean, guint measured)
{
    json_t *of = interval(mean);

    json_put(of, "runs", json_integer(measured));
    json_put(object, name, of);
}

static json_t *
json_of_row(const CompareRow *row)
{
    static const char *const better[] = { "less", "more", "neither" };
    json_t *object = json_object();

    json_put(object, "name", json_of_text(row->name));
    json_put(object, "unit", json_of_text(row->unit));
    json_put(object, "better", json_of_text(better[row->better]));
    json_put(object, "margin", json_of_text(row->margin.text));
    json_put(object, "required", json_boolean(row->required));
    json_put(object, "verdict", json_of_text(compare_verdict_name(row->verdict)));
    put_mean(object, "base", &row->base, row->measured_base);
    put_mean(object, "new", &row->new_, row->measured_new);
    json_put(object, "difference", interval(&row->shown));
    json_put(object, "correlation", json_of_number(row->difference.correlation));
    json_put(object, "variance_ratio", json_of_number(row->difference.variance_ratio));
    json_put(object, "p_pass", json_of_number(row->p_pass));
    json_put(object, "p_fail", json_of_number(row->p_fail));
    json_put(object, "runs_to_decide",
             row->verdict == COMPARE_UNDECIDED ? json_of_number(row->needs) : json_null());
    return object;
}

static json_t *
json_of_variant(const CompareVariant *variant)
{
    json_t *object = json_object(), *rows = json_array();

    json_put(object, "label", json_of_text(variant->label));
    json_put(object, "new_label", json_of_text(variant->new_label));
    json_put(object, "verdict", json_of_text(compare_verdict_name(variant->verdict)));
    json_put(object, "paired", json_boolean(variant->paired));
    json_put(object, "pairs", json_integer(variant->paired ? variant->pairs : 0));
    json_put(object, "runs_base", json_integer(variant->runs_base));
    json_put(object, "runs_new", json_integer(variant->runs_new));
    for (guint i = 0; i < variant->rows->len; i++)
        json_array_append_new(rows,
                              json_of_row(&g_array_index(variant->rows, CompareRow, i)));
    json_put(object, "metrics", rows);
    return object;
}

static json_t *
json_of_words(const GPtrArray *words)
{
    json_t *array = json_array();

    for (guint i = 0; i < words->len; i++)
        json_array_append_new(array, json_of_text(words->pdata[i]));
    return array;
}

char *
compare_json(const Comparison *c)
{
    g_autofree char *conclusion = comparison_conclusion(c);
    json_t *object = json_object(), *variants = json_array();
    char *dumped, *json;

    json_put(object, "base", json_of_text(record_reader_path(c->base)));
    json_put(object, "new", json_of_text(record_reader_path(c->new_)));
    json_put(object, "scenario", json_of_text(record_reader_scenario_name(c->base)));
    json_put(object, "verdict", json_of_text(compare_verdict_name(c->verdict)));
    json_put(object, "conclusion", json_of_text(conclusion));
    json_put(object, "keys_that_differ", json_of_words(c->keys));
    json_put(object, "left_out", json_of_words(c->alone));
    for (guint i = 0; i < c->variants->len; i++)
        json_array_append_new(
            variants, json_of_variant(&g_array_index(c->variants, CompareVariant, i)));
    json_put(object, "variants", variants);
    dumped = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(object);
    g_assert(dumped != NULL);
    json = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return json;
}
