/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * [sweep] and [sweep NAME]: from keys with lists of values to variants. */
#include "scenarios/keys.h"
#include "scenarios/study_internal.h"

#include <string.h>

/* Keys that go together, value by value: indices into the swept keys. */
typedef struct Axis {
    GArray *keys; /* guint */
    guint points;
} Axis;

static void
swept_free(gpointer data)
{
    SweptKey *swept = data;

    g_free(swept->key);
    if (swept->values != NULL)
        g_ptr_array_unref(swept->values);
    g_free(swept);
}

static void
axis_clear(gpointer data)
{
    g_array_unref(((Axis *)data)->keys);
}

/* --- [sweep] ------------------------------------------------------------------------ */

static SweptKey *
find_swept(const Reading *r, const char *key, guint *ret_index)
{
    for (guint i = 0; i < r->swept->len; i++) {
        SweptKey *swept = r->swept->pdata[i];

        if (strcmp(swept->key, key) == 0) {
            if (ret_index != NULL)
                *ret_index = i;
            return swept;
        }
    }
    return NULL;
}

/* A key of a grid takes the place of the one in [sweep]. */
static bool
read_key(Reading *r, const StudyLine *line, const char *key, const char *value)
{
    SweptKey *swept = find_swept(r, key, NULL);
    g_autofree char *expected = NULL;
    GPtrArray *values = study_values(value, &expected);

    if (values == NULL)
        return study_fail(r, line->line, "%s: expected %s", key, expected);
    if (swept == NULL) {
        swept = g_new0(SweptKey, 1);
        swept->key = g_strdup(key);
        g_ptr_array_add(r->swept, swept);
    } else {
        g_ptr_array_unref(swept->values);
    }
    swept->values = values;
    swept->line = line->line;
    return true;
}

static bool
read_seeds(Reading *r, const StudyLine *line, const char *value)
{
    g_autofree char *expected = NULL;
    GArray *seeds = study_seeds(value, &expected);

    if (seeds == NULL)
        return study_fail(r, line->line, "seeds: expected %s", expected);
    g_array_unref(r->study->seeds);
    r->study->seeds = seeds;
    return true;
}

static bool
read_stop(Reading *r, const StudyLine *line, const char *value)
{
    static const char word[] = "half-width ";

    if (!g_str_has_prefix(value, word) ||
        !record_quantity(value + strlen(word), &r->study->half_width, NULL) ||
        !(r->study->half_width > 0))
        return study_fail(r, line->line,
                          "stop: expected 'half-width X' with a number above 0, such as "
                          "half-width 0.001");
    return true;
}

static bool
read_sweep_line(Reading *r, const StudyLine *line)
{
    const char *value;
    g_autofree char *key = study_split(line, &value);
    g_autofree char *expected = NULL;

    if (value == NULL)
        return study_fail(r, line->line, "expected 'section.key = values'");
    if (strcmp(key, "seeds") == 0)
        return read_seeds(r, line, value);
    if (strcmp(key, "stop") == 0)
        return read_stop(r, line, value);
    if (strcmp(key, "metric") == 0) {
        g_free(r->study->metric);
        r->study->metric = g_strdup(value);
        return value[0] != '\0' || study_fail(r, line->line, "metric: expected its name");
    }
    if (strcmp(key, "pair") == 0) {
        GPtrArray *pair = study_values(value, &expected);

        if (pair == NULL || pair->len < 2)
            return study_fail(r, line->line,
                              "pair: expected two keys or more, with commas");
        g_ptr_array_add(r->pairs, pair);
        g_array_append_val(r->pair_lines, line->line);
        return true;
    }
    if (strchr(key, '.') == NULL)
        return study_fail(r, line->line,
                          "%s: expected section.key, or one of seeds, metric, stop, pair",
                          key);
    return read_key(r, line, key, value);
}

/* Lines of [sweep NAME]. */
static bool
read_sweep(Reading *r, const char *name, bool *ret_found)
{
    const GPtrArray *lines = r->scenario->study_lines;

    *ret_found = false;
    for (guint i = 0; i < lines->len; i++) {
        const StudyLine *line = lines->pdata[i];

        if (strcmp(line->section, "sweep") != 0 || strcmp(line->name, name) != 0)
            continue;
        *ret_found = true;
        if (line->text != NULL && !read_sweep_line(r, line))
            return false;
    }
    return true;
}

static bool
fail_no_grid(const Reading *r, const char *grid)
{
    const GPtrArray *lines = r->scenario->study_lines;
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++) {
        const StudyLine *line = lines->pdata[i];

        if (strcmp(line->section, "sweep") == 0 && line->text == NULL &&
            line->name[0] != '\0')
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", line->name);
    }
    g_set_error(r->error, g_quark_from_static_string("swarmbed-study"), 1,
                "%s: there is no grid [sweep %s]; %s%s", r->scenario->path, grid,
                names->len > 0 ? "there are: " : "there is none", names->str);
    return false;
}

/* What --set fixes is swept no more. */
static void
drop_overridden(Reading *r, char *const *overrides)
{
    for (int i = 0; overrides != NULL && overrides[i] != NULL; i++) {
        g_autofree char *key = g_strndup(overrides[i], strcspn(overrides[i], "="));
        guint index;

        if (find_swept(r, g_strstrip(key), &index) != NULL)
            g_ptr_array_remove_index(r->swept, index);
    }
}

/* Each value must be one of its key. */
static bool
check_values(Reading *r, char *const *overrides)
{
    g_autoptr(Scenario) scratch = scenario_load(r->scenario->path, overrides, r->error);

    if (scratch == NULL)
        return false;
    for (guint i = 0; i < r->swept->len; i++) {
        const SweptKey *swept = r->swept->pdata[i];
        g_autofree char *where = g_strdup_printf("%s:%u", r->scenario->path, swept->line);

        for (guint k = 0; k < swept->values->len; k++) {
            g_autofree char *setting =
                g_strconcat(swept->key, "=", swept->values->pdata[k], NULL);

            if (!scenario_set(scratch, where, setting, r->error))
                return false;
        }
    }
    return true;
}

/* --- axes and variants -------------------------------------------------------------- */

static const SweptKey *
swept_at(const Reading *r, guint index)
{
    return r->swept->pdata[index];
}

static bool
add_to_axis(const Reading *r, Axis *axis, guint index)
{
    const SweptKey *swept = swept_at(r, index);

    if (axis->keys->len > 0 && swept->values->len != axis->points)
        return study_fail(
            r, swept->line, "%s: %u values, but %s, with which it is paired, has %u",
            swept->key, swept->values->len,
            swept_at(r, g_array_index(axis->keys, guint, 0))->key, axis->points);
    axis->points = swept->values->len;
    g_array_append_val(axis->keys, index);
    return true;
}

/* The axis of the key at @first: it and, where it is paired, the others of its pair. */
static bool
fill_axis(const Reading *r, guint first, bool *taken, Axis *axis)
{
    const GPtrArray *pair = NULL;

    for (guint p = 0; p < r->pairs->len && pair == NULL; p++)
        if (g_ptr_array_find_with_equal_func(r->pairs->pdata[p], swept_at(r, first)->key,
                                             g_str_equal, NULL))
            pair = r->pairs->pdata[p];
    taken[first] = true;
    if (!add_to_axis(r, axis, first))
        return false;
    for (guint k = 0; pair != NULL && k < pair->len; k++) {
        guint index;

        if (find_swept(r, pair->pdata[k], &index) == NULL || taken[index])
            continue;
        taken[index] = true;
        if (!add_to_axis(r, axis, index))
            return false;
    }
    return true;
}

/* A key that is paired must be swept somewhere, or it is misspelt. */
static bool
check_pairs(const Reading *r)
{
    for (guint p = 0; p < r->pairs->len; p++) {
        const GPtrArray *pair = r->pairs->pdata[p];

        for (guint k = 0; k < pair->len; k++)
            if (find_swept(r, pair->pdata[k], NULL) == NULL)
                return study_fail(r, g_array_index(r->pair_lines, unsigned, p),
                                  "pair: %s is not swept", (const char *)pair->pdata[k]);
    }
    return true;
}

static bool
make_axes(const Reading *r, GArray *axes)
{
    g_autofree bool *taken = g_new0(bool, r->swept->len + 1);
    double variants = 1;

    for (guint i = 0; i < r->swept->len; i++) {
        Axis axis = { g_array_new(FALSE, FALSE, sizeof(guint)), 0 };

        if (taken[i]) {
            g_array_unref(axis.keys);
            continue;
        }
        if (!fill_axis(r, i, taken, &axis)) {
            g_array_unref(axis.keys);
            return false;
        }
        variants *= axis.points;
        g_array_append_val(axes, axis);
        if (variants > STUDY_VARIANTS_MAX)
            return study_fail(r, swept_at(r, i)->line, "these are more than %d variants",
                              STUDY_VARIANTS_MAX);
    }
    return true;
}

/* The variant at @number: the last axis turns fastest. */
static StudyVariant *
make_variant(const Reading *r, const GArray *axes, guint number)
{
    StudyVariant *variant = g_new0(StudyVariant, 1);
    g_autofree guint *points = g_new0(guint, axes->len + 1);
    GString *label = g_string_new(NULL);

    for (guint a = axes->len; a-- > 0; number /= g_array_index(axes, Axis, a).points)
        points[a] = number % g_array_index(axes, Axis, a).points;
    variant->settings = g_new0(RecordSetting, r->swept->len + 1);
    for (guint a = 0; a < axes->len; a++) {
        const Axis *axis = &g_array_index(axes, Axis, a);

        for (guint k = 0; k < axis->keys->len; k++) {
            const SweptKey *swept = swept_at(r, g_array_index(axis->keys, guint, k));
            RecordSetting *setting = &variant->settings[variant->n_settings++];

            setting->key = study_keep(r->study, swept->key);
            setting->value = study_keep(r->study, swept->values->pdata[points[a]]);
            if (axis->points > 1)
                g_string_append_printf(label, "%s%s=%s", label->len > 0 ? ", " : "",
                                       setting->key, setting->value);
        }
    }
    variant->label = g_string_free(label, FALSE);
    return variant;
}

static char *
sweep_text(const Reading *r)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < r->swept->len; i++) {
        const SweptKey *swept = swept_at(r, i);

        g_string_append_printf(text, "%s%s =", i == 0 ? "\n[sweep]\n" : "", swept->key);
        for (guint k = 0; k < swept->values->len; k++) {
            const char *value = swept->values->pdata[k];

            g_string_append_printf(text, "%s %s", k > 0 ? "," : "",
                                   value[0] != '\0' ? value : "\"\"");
        }
        g_string_append_c(text, '\n');
    }
    for (guint p = 0; p < r->pairs->len; p++) {
        const GPtrArray *pair = r->pairs->pdata[p];

        for (guint k = 0; k < pair->len; k++)
            g_string_append_printf(text, "%s %s",
                                   k > 0 ? "," : "pair =", (const char *)pair->pdata[k]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* Where --set fixed one key of a pair, what is left of the pair may say the same twice. */
static void
add_variants(const Reading *r, const GArray *axes, guint count)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < count; i++) {
        StudyVariant *variant = make_variant(r, axes, i);

        if (g_hash_table_contains(known, variant->label)) {
            study_variant_free(variant);
            continue;
        }
        g_hash_table_add(known, variant->label);
        g_ptr_array_add(r->study->variants, variant);
    }
}

static bool
make_variants(Reading *r)
{
    g_autoptr(GArray) axes = g_array_new(FALSE, FALSE, sizeof(Axis));
    guint variants = 1;

    g_array_set_clear_func(axes, axis_clear);
    if (!make_axes(r, axes))
        return false;
    for (guint a = 0; a < axes->len; a++)
        variants *= g_array_index(axes, Axis, a).points;
    add_variants(r, axes, variants);
    r->study->text = sweep_text(r);
    return true;
}

/* --- all of it ---------------------------------------------------------------------- */

static bool
read_sections(Reading *r, const char *grid)
{
    bool found;

    if (!read_sweep(r, "", &found))
        return false;
    if (grid == NULL)
        return true;
    return read_sweep(r, grid, &found) && (found || fail_no_grid(r, grid));
}

static void
pair_free(gpointer pair)
{
    g_ptr_array_unref(pair);
}

bool
study_read_sweep(Reading *r, const char *grid, char *const *overrides)
{
    bool fine;

    r->swept = g_ptr_array_new_with_free_func(swept_free);
    r->pairs = g_ptr_array_new_with_free_func(pair_free);
    r->pair_lines = g_array_new(FALSE, FALSE, sizeof(unsigned));
    fine = read_sections(r, grid) && check_pairs(r) && check_values(r, overrides);
    if (fine) {
        drop_overridden(r, overrides);
        fine = make_variants(r);
    }
    g_ptr_array_unref(r->swept);
    g_ptr_array_unref(r->pairs);
    g_array_unref(r->pair_lines);
    return fine;
}
