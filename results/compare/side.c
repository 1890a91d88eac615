/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/compare/side.h"

#include <math.h>

void
side_read(Side *side, RecordReader *reader, guint variant)
{
    g_autoptr(GArray) metrics = NULL;

    record_reader_choose(reader, variant);
    metrics = record_reader_metrics(reader);
    *side = (Side){ .reader = reader,
                    .runs = record_reader_runs(reader),
                    .names = g_ptr_array_new(),
                    .values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free),
                    .units = g_hash_table_new(g_str_hash, g_str_equal),
                    .messages = record_reader_messages_in_all(reader) };
    for (guint i = 0; i < metrics->len; i++) {
        const RecordMetric *metric = &g_array_index(metrics, RecordMetric, i);
        double *values = g_hash_table_lookup(side->values, metric->name);

        if (values == NULL) {
            values = g_new(double, side->runs->len + 1);
            for (guint run = 0; run < side->runs->len; run++)
                values[run] = NAN;
            g_hash_table_insert(side->values, (gpointer)metric->name, values);
            g_hash_table_insert(side->units, (gpointer)metric->name,
                                (gpointer)metric->unit);
            g_ptr_array_add(side->names, (gpointer)metric->name);
        }
        values[metric->run] = metric->value;
    }
}

void
side_clear(Side *side)
{
    g_ptr_array_unref(side->names);
    g_hash_table_unref(side->values);
    g_hash_table_unref(side->units);
}

static uint64_t
seed_at(const Side *side, guint run)
{
    return g_array_index(side->runs, RecordRun, run).facts.seed;
}

guint
side_match(const Side *base, const Side *new_, guint *ret_base, guint *ret_new)
{
    guint n = 0;

    for (guint i = 0, j = 0; i < base->runs->len && j < new_->runs->len;) {
        if (seed_at(base, i) < seed_at(new_, j)) {
            i++;
        } else if (seed_at(base, i) > seed_at(new_, j)) {
            j++;
        } else {
            ret_base[n] = i++;
            ret_new[n++] = j++;
        }
    }
    return n;
}
