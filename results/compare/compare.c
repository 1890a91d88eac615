/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which runs of which variants stand beside which. */
#include <math.h>
#include <string.h>

#include "results/compare/internal.h"
#include "results/compare/side.h"

/* --- one variant -------------------------------------------------------------------- */

typedef struct Asked {
    const char *name; /* as in METRIC=MARGIN */
    Margin margin;
    bool found;
} Asked;

typedef struct Pairing {
    guint *base, *new_, pairs; /* places, side by side */
} Pairing;

static const Asked *
asked_find(const GArray *asked, const char *name)
{
    /* The last one counts. */
    for (guint i = asked->len; i > 0; i--) {
        Asked *a = &g_array_index(asked, Asked, i - 1);

        if (strcmp(a->name, name) == 0) {
            a->found = true;
            return a;
        }
    }
    return NULL;
}

static double *
pick(const double *values, const guint *places, guint count)
{
    double *picked = g_new(double, count + 1);

    for (guint i = 0; i < count; i++)
        picked[i] = values[places[i]];
    return picked;
}

/* What @row is compared with, from the table and what is asked; false: not at all. */
static bool
row_rules(CompareRow *row, const GArray *asked, bool strict)
{
    const KnownMetric *known = known_metric_find(row->name);
    const Asked *a = asked_find(asked, row->name);

    if (a == NULL && (known == NULL || !known->usual))
        return false;
    row->better = known != NULL ? known->better : BETTER_NEITHER;
    row->required = strict || a != NULL || known->required;
    if (a != NULL)
        row->margin = a->margin;
    else if (!margin_parse(known->margin, &row->margin))
        g_assert_not_reached();
    return true;
}

static bool
row_fits(const CompareRow *row, GError **error)
{
    if (row->margin.unit == NULL || strcmp(row->margin.unit, row->unit) == 0)
        return true;
    g_set_error(error, COMPARE_ERROR, 0,
                "--margin %s=%s: the metric is in %s; expected a number, a share of the "
                "base such as 5%%, or a number with a unit for %s",
                row->name, row->margin.text,
                strcmp(row->unit, "1") == 0 ? "parts of 1 (0.1pp)" : row->unit,
                strcmp(row->unit, "1") == 0 ? "them" : "it");
    return false;
}

static void
measure_row(CompareRow *row, const CompareVariant *variant, const Side *base,
            const Side *new_, const Pairing *pairing)
{
    const double *a = g_hash_table_lookup(base->values, row->name);
    const double *b = g_hash_table_lookup(new_->values, row->name);
    g_autofree double *of_base = NULL, *of_new = NULL;

    if (!variant->paired) {
        judge_measure(row, false, a, base->runs->len, b, new_->runs->len);
        return;
    }
    of_base = pick(a, pairing->base, pairing->pairs);
    of_new = pick(b, pairing->new_, pairing->pairs);
    judge_measure(row, true, of_base, pairing->pairs, of_new, pairing->pairs);
}

static bool
measure_rows(CompareVariant *variant, const Side *base, const Side *new_,
             const Pairing *pairing, const GArray *asked, bool strict, GError **error)
{
    for (guint i = 0; i < base->names->len; i++) {
        CompareRow row = { .name = base->names->pdata[i], .trials = NAN };

        row.unit = g_hash_table_lookup(base->units, row.name);
        if (!g_hash_table_contains(new_->values, row.name) ||
            !row_rules(&row, asked, strict))
            continue;
        if (!row_fits(&row, error))
            return false;
        if (record_is_share_of_messages(row.name))
            row.trials = new_->messages;
        measure_row(&row, variant, base, new_, pairing);
        if (row.measured_base + row.measured_new > 0)
            g_array_append_val(variant->rows, row);
    }
    return true;
}

static const char *
label_at(RecordReader *reader, guint place)
{
    return g_array_index(record_reader_variants(reader), RecordVariant, place).label;
}

static bool
find_label(RecordReader *reader, const char *label, guint *ret_place)
{
    for (guint i = 0; i < record_reader_variants(reader)->len; i++) {
        if (strcmp(label_at(reader, i), label) != 0)
            continue;
        if (ret_place != NULL)
            *ret_place = i;
        return true;
    }
    return false;
}

/* Pairs when the smaller one's seeds are all in the other. */
static bool
compare_variant(Comparison *c, guint place_base, guint place_new,
                const CompareOptions *options, const GArray *asked, GError **error)
{
    CompareVariant variant = { .rows = g_array_new(FALSE, TRUE, sizeof(CompareRow)) };
    g_autofree guint *in_base = NULL, *in_new = NULL;
    Side base, new_;
    Pairing pairing;
    bool good;

    side_read(&base, c->base, place_base);
    side_read(&new_, c->new_, place_new);
    variant.label = label_at(c->base, place_base);
    variant.new_label = label_at(c->new_, place_new);
    variant.runs_base = base.runs->len;
    variant.runs_new = new_.runs->len;
    in_base = g_new(guint, base.runs->len + 1);
    in_new = g_new(guint, base.runs->len + 1);
    pairing = (Pairing){ in_base, in_new, side_match(&base, &new_, in_base, in_new) };
    variant.pairs = pairing.pairs;
    variant.paired = !options->unpaired && pairing.pairs > 0 &&
                     pairing.pairs == MIN(variant.runs_base, variant.runs_new);
    good = measure_rows(&variant, &base, &new_, &pairing, asked, options->strict, error);
    g_array_append_val(c->variants, variant);
    side_clear(&base);
    side_clear(&new_);
    return good;
}

/* --- all ---------------------------------------------------------------------------- */

static void
note_alone(Comparison *c, RecordReader *has, RecordReader *lacks)
{
    for (guint i = 0; i < record_reader_variants(has)->len; i++)
        if (!find_label(lacks, label_at(has, i), NULL))
            g_ptr_array_add(c->alone, g_strdup_printf("%s is only in %s", label_at(has, i),
                                                      record_reader_path(has)));
}

/* The variants that were named are there. */
static bool
check_labels(const Comparison *c, const CompareOptions *options, GError **error)
{
    const char *in_new = options->against != NULL ? options->against : options->variant;
    bool good_base =
        options->variant == NULL || find_label(c->base, options->variant, NULL);

    if (options->against != NULL && options->variant == NULL) {
        g_set_error(error, COMPARE_ERROR, 0,
                    "--against: expected --variant too, the one that it stands against");
        return false;
    }
    if (good_base && (in_new == NULL || find_label(c->new_, in_new, NULL)))
        return true;
    g_set_error(error, COMPARE_ERROR, 0, "%s: %s has no variant '%s'",
                good_base && options->against != NULL ? "--against" : "--variant",
                record_reader_path(good_base ? c->new_ : c->base),
                good_base ? in_new : options->variant);
    return false;
}

static bool
compare_variants(Comparison *c, const CompareOptions *options, const GArray *asked,
                 GError **error)
{
    const GArray *variants = record_reader_variants(c->base);
    guint in_new;

    if (!check_labels(c, options, error))
        return false;
    if (options->variant == NULL) {
        note_alone(c, c->base, c->new_);
        note_alone(c, c->new_, c->base);
    }
    for (guint i = 0; i < variants->len; i++) {
        const char *label = label_at(c->base, i);

        if (options->variant != NULL && strcmp(label, options->variant) != 0)
            continue;
        if (options->against != NULL)
            label = options->against;
        if (find_label(c->new_, label, &in_new) &&
            !compare_variant(c, i, in_new, options, asked, error))
            return false;
    }
    if (c->variants->len > 0)
        return true;
    g_set_error(error, COMPARE_ERROR, 0, "%s and %s have no variant in common",
                record_reader_path(c->base), record_reader_path(c->new_));
    return false;
}

static GArray *
parse_asked(const char *const *margins, GPtrArray *words, GError **error)
{
    g_autoptr(GArray) asked = g_array_new(FALSE, TRUE, sizeof(Asked));

    for (guint i = 0; margins != NULL && margins[i] != NULL; i++) {
        const char *equals = strchr(margins[i], '=');
        Asked a = { 0 };

        if (equals == NULL || equals == margins[i] ||
            !margin_parse(equals + 1, &a.margin)) {
            g_set_error(error, COMPARE_ERROR, 0,
                        "--margin %s: expected METRIC=MARGIN with a margin such as 0.1pp, "
                        "5%%, 50ms, 2MB or 0.001",
                        margins[i]);
            return NULL;
        }
        a.name = g_strndup(margins[i], (gsize)(equals - margins[i]));
        g_ptr_array_add(words, (gpointer)a.name);
        g_array_append_val(asked, a);
    }
    return g_steal_pointer(&asked);
}

/* Runs, and the same world. */
static bool
check_bases(Comparison *c, const CompareOptions *options, GError **error)
{
    RecordReader *both[] = { c->base, c->new_ };
    g_autofree char *world = NULL;

    for (int i = 0; i < 2; i++) {
        if (record_reader_runs(both[i])->len > 0)
            continue;
        g_set_error(error, COMPARE_ERROR, 0, "%s: there is no finished run in it",
                    record_reader_path(both[i]));
        return false;
    }
    world = scenarios_differ(record_reader_scenario_text(c->base),
                             record_reader_scenario_text(c->new_), c->keys);
    if (world == NULL || options->force)
        return true;
    g_set_error(error, COMPARE_ERROR, 0,
                "the scenarios are of different worlds, so a difference would mean "
                "nothing: %s; --force compares them all the same",
                world);
    return false;
}

/* What was asked for was there, and something was. */
static bool
check_rows(const Comparison *c, const GArray *asked, GError **error)
{
    guint rows = 0;

    for (guint i = 0; i < c->variants->len; i++)
        rows += g_array_index(c->variants, CompareVariant, i).rows->len;
    for (guint i = 0; i < asked->len; i++) {
        const Asked *a = &g_array_index(asked, Asked, i);

        if (!a->found && asked_find(asked, a->name) == a) {
            g_set_error(error, COMPARE_ERROR, 0,
                        "--margin %s=%s: the databases have no metric of this name in "
                        "common; swarmbed report %s --csv metrics shows what there is",
                        a->name, a->margin.text, record_reader_path(c->base));
            return false;
        }
    }
    if (rows > 0)
        return true;
    g_set_error(error, COMPARE_ERROR, 0, "%s and %s have no metric in common",
                record_reader_path(c->base), record_reader_path(c->new_));
    return false;
}

Comparison *
compare_new(const char *base, const char *new_, const CompareOptions *options,
            GError **error)
{
    g_autoptr(Comparison) c = g_new0(Comparison, 1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) asked = parse_asked(options->margins, words, error);

    c->keys = g_ptr_array_new_with_free_func(g_free);
    c->alone = g_ptr_array_new_with_free_func(g_free);
    c->variants = g_array_new(FALSE, TRUE, sizeof(CompareVariant));
    if (asked == NULL)
        return NULL;
    c->base = record_reader_open(base, error);
    if (c->base == NULL)
        return NULL;
    c->new_ = record_reader_open(new_, error);
    if (c->new_ == NULL || !check_bases(c, options, error) ||
        !compare_variants(c, options, asked, error) || !check_rows(c, asked, error) ||
        !record_reader_check(c->base, error) || !record_reader_check(c->new_, error))
        return NULL;
    judge_all(c);
    return g_steal_pointer(&c);
}

void
compare_free(Comparison *c)
{
    if (c == NULL)
        return;
    for (guint i = 0; i < c->variants->len; i++)
        g_array_unref(g_array_index(c->variants, CompareVariant, i).rows);
    g_array_unref(c->variants);
    g_ptr_array_unref(c->keys);
    g_ptr_array_unref(c->alone);
    record_reader_close(c->base);
    record_reader_close(c->new_);
    g_free(c);
}
