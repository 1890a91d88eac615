/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading a scenario: what is written for each key (scan.c), then the values. */
#include "scenarios/scan.h"

#include <errno.h>

enum { SCENARIO_BYTES_MAX = 1 << 20 };

/* --- values ------------------------------------------------------------------------------
 */

/* @section: what the key is of, NULL: the scenario itself. */
static bool
set_value(Scenario *scenario, NamedSection *section, const Key *key, const char *text,
          const char *where, GError **error)
{
    void *record = section == NULL ? (void *)scenario : section;
    g_autofree char *expected = NULL;
    g_autofree char *full = NULL;

    if (key_read(key, text, record, &expected))
        return true;
    full = section_key_text(key, section);
    return FAIL(error, "%s: %s = '%s': expected %s", where, full, text, expected);
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

        if (section_form_of(&scenario_keys[i]) == NULL &&
            !key_read(&scenario_keys[i], scenario_keys[i].value, scenario, &expected))
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
set_part(Scenario *scenario, const Scan *scan, const Part *part, GError **error)
{
    NamedSection *section = NULL;

    if (part->form != NULL) {
        section = section_find(part->form, scenario, part->name);
        if (section == NULL)
            section = section_add(part->form, scenario, part->name);
        if (section == NULL)
            return FAIL(error, "%s:%u: more than %d sections [%s]", scan->path, part->line,
                        SECTIONS_MAX, part->form->keys);
    }
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Written *written = &part->keys[i];
        g_autofree char *where = NULL;

        if (written->line == 0)
            continue;
        where = g_strdup_printf("%s:%u", scan->path, written->line);
        if (!set_value(scenario, section, &scenario_keys[i], written->value, where, error))
            return false;
    }
    return true;
}

static bool
set_from_file(Scenario *scenario, const Scan *scan, GError **error)
{
    for (guint i = 0; i < scan->parts->len; i++)
        if (!set_part(scenario, scan, g_ptr_array_index(scan->parts, i), error))
            return false;
    return true;
}

/* What one --set says. */
typedef struct Override {
    const Key *key;
    NamedSection *section; /* NULL: the key is the scenario's */
    char *value;
} Override;

/* The section with a name that a --set is about; its kind brings it into being. */
static NamedSection *
override_section(Scenario *scenario, const SectionForm *form, const char *name,
                 const char *key, const char *where, GError **error)
{
    NamedSection *section = section_find(form, scenario, name);

    if (section != NULL)
        return section;
    if (name[0] != '\0' && !section_name_valid(name))
        (void)FAIL(error, "%s: '%s' is no name of a section [%s]", where, name, form->keys);
    else if (strcmp(key, "kind") != 0)
        (void)FAIL(error, "%s: there is no section [%s%s%s] (%s%s%s.kind would make one)",
                   where, form->form, name[0] == '\0' ? "" : " ", name, form->form,
                   name[0] == '\0' ? "" : ".", name);
    else if ((section = section_add(form, scenario, name)) == NULL)
        (void)FAIL(error, "%s: more than %d sections [%s]", where, SECTIONS_MAX,
                   form->keys);
    return section;
}

/* section.key=value or, for a section with a name, form.name.key=value. */
static bool
read_override(Scenario *scenario, const char *where, const char *override, Override *ret,
              GError **error)
{
    const char *equals = strchr(override, '=');
    g_autofree char *left = g_strndup(override, equals == NULL ? 0 : equals - override);
    g_auto(GStrv) words = g_strsplit(left, ".", 4);
    guint n = g_strv_length(words);
    const SectionForm *form;
    const char *name = "";

    if (equals == NULL || n < 2 || n > 3)
        return FAIL(error, "%s: expected section.key=value", where);
    for (guint i = 0; i < n; i++)
        g_strstrip(words[i]);
    form = section_form(words[0]);
    ret->section = NULL;
    ret->key = n == 2 ? key_find(words[0], words[1]) : NULL;
    if (ret->key == NULL && form != NULL) {
        name = n == 3 ? words[1] : "";
        ret->key = key_find(form->keys, words[n - 1]);
        ret->section = ret->key == NULL ? NULL
                                        : override_section(scenario, form, name,
                                                           words[n - 1], where, error);
        if (ret->key != NULL && ret->section == NULL)
            return false;
    }
    if (ret->key == NULL)
        return fail_unknown_key(where, words[0], n == 3 ? words[1] : NULL, words[n - 1],
                                error);
    ret->value = g_strstrip(g_strdup(equals + 1));
    return true;
}

/* @where: of the whole; @where_value: of its value. */
static bool
set_one(Scenario *scenario, const char *where, const char *where_value,
        const char *override, GError **error)
{
    Override o;
    g_autofree char *value = NULL;

    if (!read_override(scenario, where, override, &o, error))
        return false;
    value = o.value;
    return set_value(scenario, o.section, o.key, value, where_value, error);
}

bool
scenario_set(Scenario *scenario, const char *where, const char *override, GError **error)
{
    return set_one(scenario, where, where, override, error);
}

static bool
set_override(Scenario *scenario, const char *override, GError **error)
{
    g_autofree char *where = g_strconcat("--set ", override, NULL);

    return set_one(scenario, where, "--set", override, error);
}

/* --- what belongs to a section with a name
 * ------------------------------------------------------ */

static char *
keys_of_kind(const SectionForm *form, int32_t kind)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];

        if (section_form_of(key) == form && section_takes(key, kind))
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", key->name);
    }
    return g_string_free(text, FALSE);
}

static bool
check_belongs(const NamedSection *section, const Key *key, const char *where,
              GError **error)
{
    const SectionForm *form = section_form_of(key);
    g_autofree char *kind = NULL;
    g_autofree char *full = NULL;
    g_autofree char *keys = NULL;

    if (section_takes(key, section->kind))
        return true;
    kind = section_kind_name(form, section->kind);
    full = section_key_text(key, section);
    keys = keys_of_kind(form, section->kind);
    return FAIL(error, "%s: %s says nothing where kind = %s; its keys are: %s", where, full,
                kind, keys);
}

static bool
check_part(Scenario *scenario, const Scan *scan, const Part *part, GError **error)
{
    const NamedSection *section = section_find(part->form, scenario, part->name);
    g_autofree char *expected = NULL;

    if (section->kind < 0) {
        expected = key_type_text(key_find(part->form->keys, "kind"));
        return FAIL(error, "%s:%u: [%s%s%s] has no kind: expected kind = %s", scan->path,
                    part->line, part->form->form, part->name[0] == '\0' ? "" : " ",
                    part->name, expected);
    }
    for (size_t i = 0; i < scenario_n_keys; i++) {
        g_autofree char *where = g_strdup_printf("%s:%u", scan->path, part->keys[i].line);

        if (part->keys[i].line != 0 &&
            !check_belongs(section, &scenario_keys[i], where, error))
            return false;
    }
    return true;
}

/* When all is set, so that the kind may stand anywhere in its section. */
static bool
check_sections(Scenario *scenario, const Scan *scan, char *const *overrides, GError **error)
{
    for (guint i = 0; i < scan->parts->len; i++) {
        const Part *part = g_ptr_array_index(scan->parts, i);

        if (part->form != NULL && !check_part(scenario, scan, part, error))
            return false;
    }
    for (int i = 0; overrides != NULL && overrides[i] != NULL; i++) {
        g_autofree char *where = g_strconcat("--set ", overrides[i], NULL);
        Override o;

        if (!read_override(scenario, where, overrides[i], &o, error))
            return false;
        g_free(o.value);
        if (o.section != NULL && !check_belongs(o.section, o.key, "--set", error))
            return false;
    }
    return true;
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
load_values(Scenario *scenario, const Scan *scan, char *const *overrides, GError **error)
{
    if (!set_written(scenario, scan, overrides, error))
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

/* Other sizes with the proportions of the real ones: 5 of 7 members are kept to, 2 of 7 are
 * margin; so swarms grow, shrink and dissolve at the same shares of their size. */
static void
aim_at_target(Scenario *scenario)
{
    uint32_t target = scenario->swarm_target;
    uint32_t least = (target * SWARM_SIZE_MIN + SWARM_SIZE_IDEAL / 2) / SWARM_SIZE_IDEAL;

    if (target == 0)
        return;
    least = MAX(least, 1);
    scenario->chain.sizes = (SwarmSizes){ .min = least,
                                          .new_size = target,
                                          .excess_base = least,
                                          .ideal_margin = target - least };
}

Scenario *
scenario_load(const char *path, char *const *overrides, GError **error)
{
    g_autoptr(Scenario) scenario = g_new0(Scenario, 1);
    g_autofree char *text = read_file(path, error);
    Scan scan;
    bool ok;

    if (text == NULL)
        return NULL;
    scenario->path = g_strdup(path);
    scenario->name = name_of(path);
    scenario->folder = g_path_get_dirname(path);
    set_defaults(scenario);
    ok = scan_text(&scan, path, text, error) &&
         load_values(scenario, &scan, overrides, error) &&
         check_sections(scenario, &scan, overrides, error);
    share_protocol(scenario);
    aim_at_target(scenario);
    ok = ok && scenario_check(scenario, error);
    scenario->study_lines = g_ptr_array_ref(scan.study);
    scenario->question = g_string_free(g_steal_pointer(&scan.question), FALSE);
    scan_clear(&scan);
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
    for (size_t i = 0; i < scenario_n_keys; i++)
        if (scenario_keys[i].type == KEY_FILE)
            g_free(*(FilePath *)((char *)scenario + scenario_keys[i].offset));
    if (scenario->study_lines != NULL)
        g_ptr_array_unref(scenario->study_lines);
    g_free(scenario);
}
