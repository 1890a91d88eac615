/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the lines of [sweep], [expect] and [plot NAME] to variants, seeds, expectations and
 * figures. */
#include "scenarios/study_internal.h"

#include <string.h>

bool
study_fail(const Reading *r, unsigned line, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(r->error, g_quark_from_static_string("swarmbed-study"), 1, "%s:%u: %s",
                r->scenario->path, line, text);
    return false;
}

const char *
study_keep(Study *study, const char *text)
{
    return g_string_chunk_insert_const(study->texts, text);
}

void
study_variant_free(gpointer data)
{
    StudyVariant *variant = data;

    g_free(variant->label);
    g_free(variant->settings);
    g_free(variant);
}

void
study_line_free(gpointer data)
{
    StudyLine *line = data;

    g_free(line->section);
    g_free(line->name);
    g_free(line->text);
    g_free(line);
}

bool
study_section(const char *section)
{
    return strcmp(section, "sweep") == 0 || strcmp(section, "expect") == 0 ||
           strcmp(section, "plot") == 0;
}

char *
study_split(const StudyLine *line, const char **ret_value)
{
    const char *equals = strchr(line->text, '=');

    *ret_value = NULL;
    if (equals == NULL)
        return g_strdup(line->text);
    *ret_value = equals + 1 + strspn(equals + 1, " \t");
    return g_strstrip(g_strndup(line->text, (gsize)(equals - line->text)));
}

/* --- [expect] and [plot] ------------------------------------------------------------ */

static bool
read_expectation(Reading *r, const StudyLine *line)
{
    static const char *const relations[] = { ">=", "<=", ">", "<", "=" };
    const char *place = strpbrk(line->text, "<>=");
    RecordExpectation e = { .text = study_keep(r->study, line->text) };
    g_autofree char *metric = NULL;

    for (size_t i = 0; place != NULL && e.relation == NULL; i++)
        if (g_str_has_prefix(place, relations[i]))
            e.relation = relations[i];
    if (place == NULL)
        return study_fail(r, line->line,
                          "expected 'metric >= value' (or >, <=, <, =), such as "
                          "delivered >= 0.999");
    metric = g_strstrip(g_strndup(line->text, (gsize)(place - line->text)));
    place += strlen(e.relation);
    place += strspn(place, " \t");
    if (metric[0] == '\0' || !record_quantity(place, &e.value, NULL))
        return study_fail(
            r, line->line,
            "%s: expected a metric's name and a number, with a unit such as %%, "
            "s or MB where it has one",
            line->text);
    e.metric = study_keep(r->study, metric);
    g_array_append_val(r->study->expectations, e);
    return true;
}

static bool
is_log(const char *value)
{
    return strcmp(value, "x") == 0 || strcmp(value, "y") == 0 || strcmp(value, "xy") == 0;
}

static bool
read_plot_line(Reading *r, const StudyLine *line, RecordPlot *plot)
{
    const char *value;
    g_autofree char *key = study_split(line, &value);
    const struct {
        const char *name;
        const char **field;
    } fields[] = { { "x", &plot->x },
                   { "y", &plot->y },
                   { "by", &plot->by },
                   { "log", &plot->log },
                   { "title", &plot->title } };

    for (size_t i = 0; value != NULL && i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(fields[i].name, key) != 0)
            continue;
        if (strcmp(key, "log") == 0 && !is_log(value))
            return study_fail(r, line->line, "log: expected x, y or xy");
        *fields[i].field = study_keep(r->study, value);
        return true;
    }
    return study_fail(r, line->line,
                      "%s: expected one of x, y, by, log, title with a value", key);
}

/* Files are called so. */
static bool
is_name(const char *name)
{
    return name[0] != '\0' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool
end_plot(Reading *r, unsigned line, RecordPlot *plot)
{
    if (plot->x[0] == '\0' || plot->y[0] == '\0')
        return study_fail(r, line,
                          "[plot %s]: expected x, the key along the axis, and y, a metric",
                          plot->name);
    if (plot->title[0] == '\0')
        plot->title = plot->y;
    g_array_append_val(r->study->plots, *plot);
    return true;
}

/* All lines of one [plot NAME], from *i on, which goes to the last of them. */
static bool
read_plot(Reading *r, guint *i)
{
    const GPtrArray *lines = r->scenario->study_lines;
    const StudyLine *first = lines->pdata[*i];
    RecordPlot plot = { study_keep(r->study, first->name), "", "", "", "", "" };

    if (!is_name(first->name))
        return study_fail(
            r, first->line,
            "a figure's section is written [plot NAME], NAME in small letters, "
            "digits and '_'");
    for (; *i + 1 < lines->len; (*i)++) {
        const StudyLine *line = lines->pdata[*i + 1];

        if (line->text == NULL)
            break;
        if (!read_plot_line(r, line, &plot))
            return false;
    }
    return end_plot(r, first->line, &plot);
}

static bool
read_rest(Reading *r)
{
    const GPtrArray *lines = r->scenario->study_lines;

    for (guint i = 0; i < lines->len; i++) {
        const StudyLine *line = lines->pdata[i];

        if (strcmp(line->section, "expect") == 0 && line->text != NULL &&
            !read_expectation(r, line))
            return false;
        if (strcmp(line->section, "plot") == 0 && !read_plot(r, &i))
            return false;
    }
    return true;
}

/* --- a study ------------------------------------------------------------------------ */

Study *
study_new(const Scenario *scenario, const char *grid, char *const *overrides,
          GError **error)
{
    Study *study = g_new0(Study, 1);
    Reading r = { .scenario = scenario, .study = study, .error = error };
    uint64_t seed = scenario->seed;
    bool fine;

    study->variants = g_ptr_array_new_with_free_func(study_variant_free);
    study->seeds = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_array_append_val(study->seeds, seed);
    study->metric = g_strdup("delivered");
    study->expectations = g_array_new(FALSE, FALSE, sizeof(RecordExpectation));
    study->plots = g_array_new(FALSE, FALSE, sizeof(RecordPlot));
    study->texts = g_string_chunk_new(1024);
    fine = study_read_sweep(&r, grid, overrides) && read_rest(&r);
    if (fine)
        return study;
    study_free(study);
    return NULL;
}

void
study_free(Study *study)
{
    if (study == NULL)
        return;
    g_ptr_array_unref(study->variants);
    g_array_unref(study->seeds);
    g_free(study->metric);
    g_array_unref(study->expectations);
    g_array_unref(study->plots);
    g_free(study->text);
    g_string_chunk_free(study->texts);
    g_free(study);
}

Scenario *
study_scenario(const Study *study, size_t variant, const char *path, char *const *overrides,
               GError **error)
{
    const StudyVariant *v = study->variants->pdata[variant];
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; overrides != NULL && overrides[i] != NULL; i++)
        g_ptr_array_add(all, g_strdup(overrides[i]));
    for (size_t i = 0; i < v->n_settings; i++)
        g_ptr_array_add(all,
                        g_strconcat(v->settings[i].key, "=", v->settings[i].value, NULL));
    g_ptr_array_add(all, NULL);
    return scenario_load(path, (char *const *)all->pdata, error);
}

bool
study_check(const Study *study, const char *path, char *const *overrides, GError **error)
{
    for (size_t i = 0; i < study->variants->len; i++) {
        const StudyVariant *variant = study->variants->pdata[i];
        g_autoptr(Scenario) scenario = study_scenario(study, i, path, overrides, error);

        if (scenario != NULL)
            continue;
        if (variant->label[0] != '\0')
            g_prefix_error(error, "variant '%s': ", variant->label);
        return false;
    }
    return true;
}
