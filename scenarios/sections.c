/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections with names: which forms there are, and the records that they are kept in. */
#include "scenarios/keys.h"

#include <string.h>

const SectionForm section_forms[] = {
    { "fault", "fault NAME", offsetof(Scenario, faults), offsetof(Scenario, n_faults),
      sizeof(FaultSection) },
    { "adversary", "adversary NAME", offsetof(Scenario, adversaries),
      offsetof(Scenario, n_adversaries), sizeof(AdversarySection) },
};
const size_t n_section_forms = G_N_ELEMENTS(section_forms);

const SectionForm *
section_form(const char *form)
{
    for (size_t i = 0; i < n_section_forms; i++)
        if (strcmp(section_forms[i].form, form) == 0)
            return &section_forms[i];
    return NULL;
}

const SectionForm *
section_form_of(const Key *key)
{
    for (size_t i = 0; i < n_section_forms; i++)
        if (strcmp(section_forms[i].keys, key->section) == 0)
            return &section_forms[i];
    return NULL;
}

bool
section_name_valid(const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(name[i]) && name[i] != '-' && name[i] != '_')
            return false;
    return n > 0 && n < SECTION_NAME_BYTES;
}

static uint32_t *
count_of(const SectionForm *form, Scenario *scenario)
{
    return (uint32_t *)(void *)((char *)scenario + form->count);
}

uint32_t
section_count(const SectionForm *form, const Scenario *scenario)
{
    return *count_of(form, (Scenario *)scenario);
}

NamedSection *
section_at(const SectionForm *form, Scenario *scenario, uint32_t i)
{
    return (NamedSection *)(void *)((char *)scenario + form->records + i * form->size);
}

const NamedSection *
section_at_const(const SectionForm *form, const Scenario *scenario, uint32_t i)
{
    return section_at(form, (Scenario *)scenario, i);
}

NamedSection *
section_find(const SectionForm *form, Scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < section_count(form, scenario); i++)
        if (strcmp(section_at(form, scenario, i)->name, name) == 0)
            return section_at(form, scenario, i);
    return NULL;
}

NamedSection *
section_add(const SectionForm *form, Scenario *scenario, const char *name)
{
    uint32_t *count = count_of(form, scenario);
    NamedSection *section;

    if (*count == SECTIONS_MAX)
        return NULL;
    section = section_at(form, scenario, (*count)++);
    g_strlcpy(section->name, name, sizeof section->name);
    for (size_t i = 0; i < scenario_n_keys; i++) {
        const Key *key = &scenario_keys[i];
        g_autofree char *expected = NULL;

        if (strcmp(key->section, form->keys) == 0 && strcmp(key->name, "kind") != 0 &&
            !key_read(key, key->value, section, &expected))
            g_error("default of %s.%s: expected %s", key->section, key->name, expected);
    }
    section->kind = -1;
    return section;
}

char *
section_kind_name(const SectionForm *form, int32_t kind)
{
    g_auto(GStrv) names = g_strsplit(key_find(form->keys, "kind")->choices, "|", -1);

    return g_strdup(names[kind]);
}

bool
section_takes(const Key *key, int32_t kind)
{
    g_autofree char *name = section_kind_name(section_form_of(key), kind);
    g_auto(GStrv) kinds = NULL;

    if (key->only == NULL)
        return true;
    kinds = g_strsplit(key->only, "|", -1);
    return g_strv_contains((const char *const *)kinds, name);
}

char *
section_key_text(const Key *key, const NamedSection *section)
{
    const SectionForm *form = section_form_of(key);

    if (form == NULL || section == NULL)
        return g_strdup_printf("%s.%s", key->section, key->name);
    if (section->name[0] == '\0')
        return g_strdup_printf("%s.%s", form->form, key->name);
    return g_strdup_printf("%s.%s.%s", form->form, section->name, key->name);
}
