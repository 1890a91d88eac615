/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value is the text after the `=`, without blanks around it: nothing is escaped, so that
 * what is written reads back. */
#include "scenarios/scan.h"

GQuark
scenario_error(void)
{
    return g_quark_from_static_string("swarmbed-scenario");
}

static Part *
add_part(Scan *scan, const SectionForm *form, const char *name, unsigned line)
{
    Part *part = g_new0(Part, 1);

    part->form = form;
    part->name = g_strdup(name);
    part->line = line;
    part->keys = g_new0(Written, scenario_n_keys);
    g_ptr_array_add(scan->parts, part);
    return part;
}

static void
free_part(gpointer p)
{
    Part *part = p;

    for (size_t i = 0; i < scenario_n_keys; i++)
        g_free(part->keys[i].value);
    g_free(part->keys);
    g_free(part->name);
    g_free(part);
}

static Part *
find_part(const Scan *scan, const SectionForm *form, const char *name)
{
    for (guint i = 0; i < scan->parts->len; i++) {
        Part *part = g_ptr_array_index(scan->parts, i);

        if (part->form == form && strcmp(part->name, name) == 0)
            return part;
    }
    return NULL;
}

/* The section's first key, or NULL. */
static const Key *
find_section(const char *section)
{
    for (size_t i = 0; i < scenario_n_keys; i++)
        if (strcmp(scenario_keys[i].section, section) == 0)
            return &scenario_keys[i];
    return NULL;
}

static bool
fail_unknown_section(const Scan *scan, unsigned number, const char *section, GError **error)
{
    g_autofree char *nearest = key_nearest(section, "");

    if (nearest == NULL)
        return FAIL(error, "%s:%u: there is no section [%s]", scan->path, number, section);
    *strchr(nearest, '.') = '\0';
    return FAIL(error, "%s:%u: there is no section [%s]; the nearest is [%s]", scan->path,
                number, section, nearest);
}

bool
fail_unknown_key(const char *where, const char *section, const char *name, const char *key,
                 GError **error)
{
    const SectionForm *form = name == NULL ? NULL : section_form(section);
    g_autofree char *nearest = key_nearest(form == NULL ? section : form->keys, key);
    g_autofree char *full =
        name == NULL ? g_strdup(section) : g_strdup_printf("%s.%s", section, name);
    g_autofree char *own = form == NULL ? NULL : g_strconcat(form->keys, ".", NULL);

    if (nearest == NULL)
        return FAIL(error, "%s: there is no key %s.%s", where, full, key);
    if (own != NULL && g_str_has_prefix(nearest, own))
        return FAIL(error, "%s: there is no key %s.%s; the nearest is %s.%s", where, full,
                    key, full, nearest + strlen(own));
    return FAIL(error, "%s: there is no key %s.%s; the nearest is %s", where, full, key,
                nearest);
}

/* [fault storm]; false when the section is not written so. */
static bool
scan_named_section(Scan *scan, unsigned number, const char *section, bool *ret_ok,
                   GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(section, " \t", 2);
    const SectionForm *form = words[0] == NULL ? NULL : section_form(words[0]);
    const Part *twice;
    const char *name;

    if (form == NULL || words[1] == NULL)
        return false;
    name = g_strstrip(words[1]);
    twice = find_part(scan, form, name);
    if (!section_name_valid(name))
        *ret_ok = FAIL(error,
                       "%s:%u: [%s]: expected a name of letters, digits, - and _, at most "
                       "%d of them",
                       scan->path, number, section, SECTION_NAME_BYTES - 1);
    else if (twice != NULL)
        *ret_ok = FAIL(error, "%s:%u: section [%s %s] is there twice (first in line %u)",
                       scan->path, number, form->form, name, twice->line);
    else
        scan->part = add_part(scan, form, name, number);
    scan->begun = true;
    return true;
}

static void
add_study_line(Scan *scan, unsigned number, const char *section, const char *name,
               const char *text)
{
    StudyLine *line = g_new0(StudyLine, 1);

    *line = (StudyLine){ number, g_strdup(section), g_strdup(name), g_strdup(text) };
    g_ptr_array_add(scan->study, line);
}

/* A section that is not about one run: its lines are kept for study_new().  False when the
 * section is none of these. */
static bool
scan_study_section(Scan *scan, unsigned number, const char *section, bool *ret_ok,
                   GError **error)
{
    g_autofree char *word = g_strndup(section, strcspn(section, " \t"));
    const char *name = section + strlen(word) + strspn(section + strlen(word), " \t");

    scan->in_study = study_section(word);
    if (!scan->in_study)
        return false;
    scan->begun = true;
    for (guint i = 0; i < scan->study->len; i++) {
        const StudyLine *line = scan->study->pdata[i];

        if (line->text == NULL && strcmp(line->section, word) == 0 &&
            strcmp(line->name, name) == 0)
            *ret_ok = FAIL(error, "%s:%u: section [%s] is there twice (first in line %u)",
                           scan->path, number, section, line->line);
    }
    add_study_line(scan, number, word, name, NULL);
    return true;
}

static void
scan_study_line(Scan *scan, unsigned number, const char *line)
{
    const StudyLine *section = scan->study->pdata[scan->study->len - 1];

    add_study_line(scan, number, section->section, section->name, line);
}

static bool
scan_section(Scan *scan, unsigned number, char *line, GString *section, GError **error)
{
    char *end = strchr(line, ']');
    const Key *first;
    unsigned *earlier;
    bool ok = true;

    if (end == NULL || end[1] != '\0')
        return FAIL(error, "%s:%u: a section is written [name]", scan->path, number);
    *end = '\0';
    g_string_assign(section, g_strstrip(line + 1));
    if (scan_study_section(scan, number, section->str, &ok, error))
        return ok;
    if (scan_named_section(scan, number, section->str, &ok, error))
        return ok;
    first = find_section(section->str);
    /* A form of which the section without a name has no keys of its own. */
    if (first == NULL && section_form(section->str) != NULL)
        first = find_section(section_form(section->str)->keys);
    if (first == NULL)
        return fail_unknown_section(scan, number, section->str, error);
    earlier = &scan->sections[first - scenario_keys];
    if (*earlier != 0)
        return FAIL(error, "%s:%u: section [%s] is there twice (first in line %u)",
                    scan->path, number, section->str, *earlier);
    *earlier = number;
    scan->part = g_ptr_array_index(scan->parts, 0);
    scan->begun = true;
    return true;
}

/* A section whose form may have names, without one: [fault] with keys of [fault NAME]. */
static Part *
nameless_part(Scan *scan, const SectionForm *form, unsigned number)
{
    Part *part = find_part(scan, form, "");

    return part != NULL ? part : add_part(scan, form, "", number);
}

static bool
scan_key(Scan *scan, unsigned number, char *line, const char *section, GError **error)
{
    char *equals = strchr(line, '=');
    g_autofree char *name = NULL;
    const SectionForm *form = section_form(section);
    Part *part = scan->part;
    const Key *key;
    Written *written;

    if (equals == NULL)
        return FAIL(error, "%s:%u: expected 'key = value', a [section] or a # comment",
                    scan->path, number);
    name = g_strstrip(g_strndup(line, (size_t)(equals - line)));
    if (section[0] == '\0')
        return FAIL(error, "%s:%u: key '%s' stands before the first [section]", scan->path,
                    number, name);
    key = key_find(part->form != NULL ? part->form->keys : section, name);
    if (key == NULL && form != NULL && key_find(form->keys, name) != NULL) {
        key = key_find(form->keys, name);
        part = nameless_part(scan, form, number);
    }
    if (key == NULL) {
        g_autofree char *where = g_strdup_printf("%s:%u", scan->path, number);

        return fail_unknown_key(where, part->form != NULL ? part->form->form : section,
                                part->form != NULL ? part->name : NULL, name, error);
    }
    written = &part->keys[key - scenario_keys];
    if (written->line != 0)
        return FAIL(error, "%s:%u: key %s.%s is there twice (first in line %u)", scan->path,
                    number, section, name, written->line);
    written->line = number;
    written->value = g_strstrip(g_strdup(equals + 1));
    return true;
}

/* The comment at the head of the file is the question the scenario asks. */
static void
scan_comment(Scan *scan, const char *line)
{
    const char *text = line + 1;

    if (scan->begun)
        return;
    while (*text == ' ' || *text == '#')
        text++;
    if (scan->question->len > 0)
        g_string_append_c(scan->question, '\n');
    g_string_append(scan->question, text);
}

static bool
scan_lines(Scan *scan, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) section = g_string_new(NULL);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        bool ok = true;

        if (line[0] == '#')
            scan_comment(scan, line);
        else if (line[0] == '[')
            ok = scan_section(scan, i + 1, line, section, error);
        else if (line[0] != '\0' && scan->in_study)
            scan_study_line(scan, i + 1, line);
        else if (line[0] != '\0')
            ok = scan_key(scan, i + 1, line, section->str, error);
        if (!ok)
            return false;
    }
    return true;
}

bool
scan_text(Scan *ret, const char *path, const char *text, GError **error)
{
    *ret = (Scan){ .path = path };
    ret->parts = g_ptr_array_new_with_free_func(free_part);
    ret->part = add_part(ret, NULL, "", 0);
    ret->sections = g_new0(unsigned, scenario_n_keys);
    ret->question = g_string_new(NULL);
    ret->study = g_ptr_array_new_with_free_func(study_line_free);
    return scan_lines(ret, text, error);
}

void
scan_clear(Scan *scan)
{
    g_ptr_array_unref(scan->parts);
    g_free(scan->sections);
    g_ptr_array_unref(scan->study);
    if (scan->question != NULL)
        g_string_free(scan->question, TRUE);
}
