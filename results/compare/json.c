/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A comparison for programs. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "results/compare/internal.h"

static void
put(json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
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

static json_t *
interval(const StatsInterval *of)
{
    json_t *object = json_object();

    put(object, "value", number(of->value));
    put(object, "low", number(of->low));
    put(object, "high", number(of->high));
    return object;
}

static void
put_mean(json_t *object, const char *name, const StatsInterval *mean, guint measured)
{
    json_t *of = interval(mean);

    put(of, "runs", json_integer(measured));
    put(object, name, of);
}

static json_t *
json_of_row(const CompareRow *row)
{
    static const char *const better[] = { "less", "more", "neither" };
    json_t *object = json_object();

    put(object, "name", text(row->name));
    put(object, "unit", text(row->unit));
    put(object, "better", text(better[row->better]));
    put(object, "margin", text(row->margin.text));
    put(object, "required", json_boolean(row->required));
    put(object, "verdict", text(compare_verdict_name(row->verdict)));
    put_mean(object, "base", &row->base, row->measured_base);
    put_mean(object, "new", &row->new_, row->measured_new);
    put(object, "difference", interval(&row->shown));
    put(object, "correlation", number(row->difference.correlation));
    put(object, "variance_ratio", number(row->difference.variance_ratio));
    put(object, "p_pass", number(row->p_pass));
    put(object, "p_fail", number(row->p_fail));
    put(object, "runs_to_decide",
        row->verdict == COMPARE_UNDECIDED ? number(row->needs) : json_null());
    return object;
}

static json_t *
json_of_variant(const CompareVariant *variant)
{
    json_t *object = json_object(), *rows = json_array();

    put(object, "label", text(variant->label));
    put(object, "new_label", text(variant->new_label));
    put(object, "verdict", text(compare_verdict_name(variant->verdict)));
    put(object, "paired", json_boolean(variant->paired));
    put(object, "pairs", json_integer(variant->paired ? variant->pairs : 0));
    put(object, "runs_base", json_integer(variant->runs_base));
    put(object, "runs_new", json_integer(variant->runs_new));
    for (guint i = 0; i < variant->rows->len; i++)
        json_array_append_new(rows,
                              json_of_row(&g_array_index(variant->rows, CompareRow, i)));
    put(object, "metrics", rows);
    return object;
}

static json_t *
json_of_words(const GPtrArray *words)
{
    json_t *array = json_array();

    for (guint i = 0; i < words->len; i++)
        json_array_append_new(array, text(words->pdata[i]));
    return array;
}

char *
compare_json(const Comparison *c)
{
    g_autofree char *conclusion = comparison_conclusion(c);
    json_t *object = json_object(), *variants = json_array();
    char *dumped, *json;

    put(object, "base", text(record_reader_path(c->base)));
    put(object, "new", text(record_reader_path(c->new_)));
    put(object, "scenario", text(record_reader_scenario_name(c->base)));
    put(object, "verdict", text(compare_verdict_name(c->verdict)));
    put(object, "conclusion", text(conclusion));
    put(object, "keys_that_differ", json_of_words(c->keys));
    put(object, "left_out", json_of_words(c->alone));
    for (guint i = 0; i < c->variants->len; i++)
        json_array_append_new(
            variants, json_of_variant(&g_array_index(c->variants, CompareVariant, i)));
    put(object, "variants", variants);
    dumped = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(object);
    g_assert(dumped != NULL);
    json = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return json;
}
