/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading a scenario: a scan of the lines, which finds what is written for each key, then
 * the values.  A value is the text after the `=`, without blanks around it: nothing is
 * escaped, so that what is written reads back. */
#include "scenarios/keys.h"

#include <errno.h>

enum { SCENARIO_BYTES_MAX = 1 << 20 };

/* What a file says of a key. */
typedef struct Written {
    unsigned line; /* 0: nothing */
    char *value;
    unsigned section_line; /* of its section, in the section's first key */
} Written;

typedef struct Scan {
    const char *path;
    Written *keys; /* as scenario_keys */
    bool begun;    /* a section was there */
    GString *question;
} Scan;

static GQuark
scenario_error(void)
{
    return g_quark_from_static_string("swarmbed-scenario");
}

#define FAIL(error, ...) (g_set_error(error, scenario_error(), 1, __VA_ARGS__), false)

static Written *
written_of(const Scan *scan, const Key *key)
{
    return &scan->keys[key - scenario_keys];
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

static bool
fail_unknown_key(const char *where, const char *section, const char *name, GError **error)
{
    g_autofree char *nearest = key_nearest(section, name);

    if (nearest == NULL)
        return FAIL(error, "%s: there is no key %s.%s", where, section, name);
    return FAIL(error, "%s: there is no key %s.%s; the nearest is %s", where, section, name,
                nearest);
}

static bool
scan_section(Scan *scan, unsigned number, char *line, GString *section, GError **error)
{
    char *end = strchr(line, ']');
    const Key *first;
    Written *written;

    if (end == NULL || end[1] != '\0')
        return FAIL(error, "%s:%u: a section is written [name]", scan->path, number);
    *end = '\0';
    g_string_assign(section, g_strstrip(line + 1));
    first = find_section(section->str);
    if (first == NULL)
        return fail_unknown_section(scan, number, section->str, error);
    written = written_of(scan, first);
    if (written->section_line != 0)
        return FAIL(error, "%s:%u: section [%s] is there twice (first in line %u)",
                    scan->path, number, section->str, written->section_line);
    written->section_line = number;
    scan->begun = true;
    return true;
}

static bool
scan_key(Scan *scan, unsigned number, char *line, const char *section, GError **error)
{
    char *equals = strchr(line, '=');
    g_autofree char *name = NULL;
    const Key *key;
    Written *written;

    if (equals == NULL)
        return FAIL(error, "%s:%u: expected 'key = value', a [section] or a # comment",
                    scan->path, number);
    name = g_strstrip(g_strndup(line, (size_t)(equals - line)));
    if (section[0] == '\0')
        return FAIL(error, "%s:%u: key '%s' stands before the first [section]", scan->path,
                    number, name);
    key = key_find(section, name);
    if (key == NULL) {
        g_autofree char *where = g_strdup_printf("%s:%u", scan->path, number);

        return fail_unknown_key(where, section, name, error);
    }
    written = written_of(scan, key);
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
        else if (line[0] != '\0')
            ok = scan_key(scan, i + 1, line, section->str, error);
        if (!ok)
            return false;
    }
    return true;
}

/* --- values ------------------------------------------------------------------------------
 */

static bool
set_value(Scenario *scenario, const Key *key, const char *text, const char *where,
          GError **error)
{
    g_autofree char *expected = NULL;

    if (key_read(key, text, scenario, &expected))
        return true;
    return FAIL(error, "%s: %s.%s = '%s': expected %s", where, key->section, key->name,
                text, expected);
}

static void
set_defaults(Scenario *scenario)
{
    scenario->chain = chain_config_2024;
    scenario->service = service_config_2024;
    scenario->session = session_config_2024;
    scenario->net = net_config_default;
    for (size_t i = 0; i < scenario_n_keys; i++) {
        g_autofree char *expected = NULL;

        if (!key_read(&scenario_keys[i], scenario_keys[i].value, scenario, &expected))
            g_error("default of %s.%s: expected %s", scenario_keys[i].section,
                    scenario_keys[i].name, expected);
    }
}

/* The preset's defaults, over those of 2024. */
static void
set_preset(Scenario *scenario, Preset preset)
{
    for (size_t i = 0; i < n_preset_values; i++) {
        const PresetValue *value = &preset_values[i];
        const char *text = preset_value_in(value, preset);
        g_autofree char *expected = NULL;

        if (text != NULL &&
            !key_read(key_find(value->section, value->name), text, scenario, &expected))
            g_error("preset of %s.%s: expected %s", value->section, value->name, expected);
    }
}

static bool
set_from_file(Scenario *scenario, const Scan *scan, GError **error)
{
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        const Written *written = &scan->keys[i];
        g_autofree char *where = NULL;

        if (written->line == 0)
            continue;
        where = g_strdup_printf("%s:%u", scan->path, written->line);
        if (!set_value(scenario, key, written->value, where, error))
            return false;
    }
    return true;
}

static bool
set_override(Scenario *scenario, const char *override, GError **error)
{
    const char *dot = strchr(override, '.');
    const char *equals = strchr(override, '=');
    g_autofree char *section = NULL;
    g_autofree char *name = NULL;
    g_autofree char *value = NULL;
    const Key *key;

    if (dot == NULL || equals == NULL || dot > equals)
        return FAIL(error, "--set %s: expected section.key=value", override);
    section = g_strstrip(g_strndup(override, (size_t)(dot - override)));
    name = g_strstrip(g_strndup(dot + 1, (size_t)(equals - dot - 1)));
    key = key_find(section, name);
    if (key == NULL) {
        g_autofree char *where = g_strconcat("--set ", override, NULL);

        return fail_unknown_key(where, section, name, error);
    }
    value = g_strstrip(g_strdup(equals + 1));
    return set_value(scenario, key, value, "--set", error);
}

static char *
name_of(const char *path)
{
    const char *base = g_strrstr(path, "scenarios/");
    char *name = g_strdup(base != NULL ? base + strlen("scenarios/") : path);

    if (base == NULL) {
        g_free(name);
        name = g_path_get_basename(path);
    }
    if (g_str_has_suffix(name, ".ini"))
        name[strlen(name) - 4] = '\0';
    return name;
}

static char *
read_file(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    if (length > SCENARIO_BYTES_MAX) {
        g_set_error(error, scenario_error(), 1,
                    "%s: %zu bytes are too many for a scenario (at most %d)", path,
                    (size_t)length, SCENARIO_BYTES_MAX);
        return NULL;
    }
    if (memchr(text, '\0', length) != NULL ||
        !g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error, scenario_error(), 1, "%s: this is no text (UTF-8)", path);
        return NULL;
    }
    return g_steal_pointer(&text);
}

/* What the scenario's author wrote, file and --set. */
static bool
set_written(Scenario *scenario, const Scan *scan, char *const *overrides, GError **error)
{
    if (!set_from_file(scenario, scan, error))
        return false;
    for (int i = 0; overrides != NULL && overrides[i] != NULL; i++)
        if (!set_override(scenario, overrides[i], error))
            return false;
    return true;
}

/* What is written goes before the preset's defaults wherever it stands, and so does a
 * preset in --set before one in the file: the first pass finds out which preset it is. */
static bool
load_values(Scenario *scenario, Scan *scan, const char *text, char *const *overrides,
            GError **error)
{
    if (!scan_lines(scan, text, error) || !set_written(scenario, scan, overrides, error))
        return false;
    if (scenario->preset == PRESET_2024)
        return true; /* its values are the keys' own */
    set_preset(scenario, (Preset)scenario->preset);
    return set_written(scenario, scan, overrides, error);
}

/* What nodes and clients must agree on has one key. */
static void
share_protocol(Scenario *scenario)
{
    scenario->session.onion_version = scenario->service.onion_version;
    scenario->session.storage_rpc = scenario->service.storage_rpc;
    scenario->session.proof_of_work = scenario->service.proof_of_work;
}

Scenario *
scenario_load(const char *path, char *const *overrides, GError **error)
{
    g_autoptr(Scenario) scenario = g_new0(Scenario, 1);
    g_autofree char *text = read_file(path, error);
    Scan scan = { .path = path };
    bool ok;

    if (text == NULL)
        return NULL;
    scenario->path = g_strdup(path);
    scenario->name = name_of(path);
    scenario->folder = g_path_get_dirname(path);
    set_defaults(scenario);
    scan.keys = g_new0(Written, scenario_n_keys);
    scan.question = g_string_new(NULL);
    ok = load_values(scenario, &scan, text, overrides, error);
    share_protocol(scenario);
    ok = ok && scenario_check(scenario, error);
    for (size_t i = 0; i < scenario_n_keys; i++)
        g_free(scan.keys[i].value);
    g_free(scan.keys);
    scenario->question = g_string_free(scan.question, FALSE);
    return ok ? g_steal_pointer(&scenario) : NULL;
}

void
scenario_free(Scenario *scenario)
{
    if (scenario == NULL)
        return;
    g_free(scenario->path);
    g_free(scenario->name);
    g_free(scenario->question);
    g_free(scenario->folder);
    g_free(scenario->rtt);
    g_free(scenario->trace);
    g_free(scenario);
}
