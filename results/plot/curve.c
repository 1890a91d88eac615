/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/plot/curve.h"

#include <math.h>

/* One run's value at one place. */
typedef struct Sample {
    double x, x_end, value;
} Sample;

static gint
compare_samples(gconstpointer a, gconstpointer b)
{
    const Sample *left = a, *right = b;

    if (left->x != right->x)
        return (left->x > right->x) - (left->x < right->x);
    return (left->x_end > right->x_end) - (left->x_end < right->x_end);
}

static CurvePoint
point_of(const Sample *samples, guint count)
{
    CurvePoint point = { samples[0].x, samples[0].x_end, 0, INFINITY, -INFINITY, 0, count };

    for (guint i = 0; i < count; i++) {
        point.sum += samples[i].value;
        point.least = MIN(point.least, samples[i].value);
        point.most = MAX(point.most, samples[i].value);
    }
    point.mean = point.sum / count;
    return point;
}

/* Takes @samples. */
static GArray *
curve_of_samples(GArray *samples)
{
    GArray *curve = g_array_new(FALSE, FALSE, sizeof(CurvePoint));
    const Sample *all;
    guint end;

    g_array_sort(samples, compare_samples);
    all = (const Sample *)(const void *)samples->data;
    for (guint start = 0; start < samples->len; start = end) {
        CurvePoint point;

        for (end = start + 1; end < samples->len; end++)
            if (compare_samples(&all[start], &all[end]) != 0)
                break;
        point = point_of(&all[start], end - start);
        g_array_append_val(curve, point);
    }
    g_array_unref(samples);
    return curve;
}

static void
add_sample(GArray *samples, double x, double x_end, double value)
{
    Sample sample = { x, x_end, value };

    if (isfinite(x) && isfinite(x_end) && isfinite(value))
        g_array_append_val(samples, sample);
}

/* The points from @start to before @end as one, in the middle of them. */
static CurvePoint
together(const GArray *curve, guint start, guint end)
{
    CurvePoint all = g_array_index(curve, CurvePoint, start);
    double x = 0, mean = 0;

    for (guint i = start; i < end; i++) {
        const CurvePoint *point = &g_array_index(curve, CurvePoint, i);

        x += point->x / (end - start);
        mean += point->mean / (end - start);
        all.least = MIN(all.least, point->least);
        all.most = MAX(all.most, point->most);
        all.runs = MIN(all.runs, point->runs);
    }
    all.x = all.x_end = x;
    all.mean = mean;
    all.sum = mean * all.runs;
    return all;
}

/* Takes @curve. */
static GArray *
thinned(GArray *curve)
{
    guint step = (curve->len + CURVE_POINTS_MAX - 1) / CURVE_POINTS_MAX;
    GArray *thin;

    if (step <= 1)
        return curve;
    thin = g_array_new(FALSE, FALSE, sizeof(CurvePoint));
    for (guint i = 0; i < curve->len; i += step) {
        CurvePoint point = together(curve, i, MIN(i + step, curve->len));

        g_array_append_val(thin, point);
    }
    g_array_unref(curve);
    return thin;
}

GArray *
curve_of_series(RecordReader *reader, const char *name)
{
    g_autoptr(GArray) points = record_reader_series(reader, name);
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(Sample));

    for (guint i = 0; i < points->len; i++) {
        const RecordPoint *point = &g_array_index(points, RecordPoint, i);

        add_sample(samples, point->t_s, point->t_s, point->value);
    }
    return thinned(curve_of_samples(samples));
}

GArray *
curve_of_bins(RecordReader *reader, const char *name)
{
    g_autoptr(GArray) bins = record_reader_bins(reader, name);
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(Sample));

    for (guint i = 0; i < bins->len; i++) {
        const RecordBin *bin = &g_array_index(bins, RecordBin, i);

        add_sample(samples, bin->low, bin->high, bin->weight);
    }
    return curve_of_samples(samples);
}

static gint
compare_ends(gconstpointer a, gconstpointer b)
{
    const RecordBin *left = a, *right = b;

    if (left->run != right->run)
        return (left->run > right->run) - (left->run < right->run);
    return (left->high > right->high) - (left->high < right->high);
}

static gint
compare_doubles(gconstpointer a, gconstpointer b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* The ends of all bins, each once, rising. */
static GArray *
all_ends(const GArray *bins)
{
    GArray *ends = g_array_new(FALSE, FALSE, sizeof(double));
    guint kept = 0;

    for (guint i = 0; i < bins->len; i++)
        g_array_append_val(ends, g_array_index(bins, RecordBin, i).high);
    g_array_sort(ends, compare_doubles);
    for (guint i = 0; i < ends->len; i++)
        if (kept == 0 ||
            g_array_index(ends, double, i) != g_array_index(ends, double, kept - 1))
            g_array_index(ends, double, kept++) = g_array_index(ends, double, i);
    g_array_set_size(ends, kept);
    return ends;
}

/* The shares of one run, whose bins are @count from @bins, at all @ends. */
static void
add_shares(GArray *samples, const RecordBin *bins, guint count, const GArray *ends)
{
    double total = 0, below = 0;
    guint k = 0;

    for (guint i = 0; i < count; i++)
        total += bins[i].weight;
    if (!(total > 0))
        return;
    for (guint i = 0; i < ends->len; i++) {
        double end = g_array_index(ends, double, i);

        for (; k < count && bins[k].high <= end; k++)
            below += bins[k].weight;
        add_sample(samples, end, end, below / total);
    }
}

GArray *
curve_of_shares_below(RecordReader *reader, const char *name)
{
    g_autoptr(GArray) bins = record_reader_bins(reader, name);
    g_autoptr(GArray) ends = all_ends(bins);
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    const RecordBin *all;
    guint end;

    g_array_sort(bins, compare_ends);
    all = (const RecordBin *)(const void *)bins->data;
    for (guint start = 0; start < bins->len; start = end) {
        for (end = start; end < bins->len && all[end].run == all[start].run; end++)
            ;
        add_shares(samples, &all[start], end - start, ends);
    }
    return curve_of_samples(samples);
}

static gint
compare_loads(gconstpointer a, gconstpointer b)
{
    const RecordLoad *left = a, *right = b;

    if (left->run != right->run)
        return (left->run > right->run) - (left->run < right->run);
    return (left->value < right->value) - (left->value > right->value);
}

GArray *
curve_of_sorted_loads(RecordReader *reader, const char *name)
{
    g_autoptr(GArray) loads = record_reader_loads(reader, name);
    GArray *samples = g_array_new(FALSE, FALSE, sizeof(Sample));
    guint rank = 0;

    g_array_sort(loads, compare_loads);
    for (guint i = 0; i < loads->len; i++) {
        const RecordLoad *load = &g_array_index(loads, RecordLoad, i);

        rank = i > 0 && load[-1].run == load->run ? rank + 1 : 1;
        add_sample(samples, rank, rank, load->value);
    }
    return thinned(curve_of_samples(samples));
}
