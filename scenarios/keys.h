/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key table. */
#pragma once

#include "scenarios/scenario.h"

typedef enum KeyType {
    KEY_COUNT,    /* uint32_t */
    KEY_NUMBER64, /* uint64_t */
    KEY_REAL,     /* double */
    KEY_BOOL,     /* bool: yes | no */
    KEY_DURATION, /* Duration: 250ms, 2h, 14d */
    KEY_SIZE,     /* uint32_t: 76800B, 9MB, 64KiB */
    KEY_SIZE64,   /* uint64_t */
    KEY_RATE,     /* double, bits a second: 20Mbit/s, 1Gbit/s; 0: no limit */
    KEY_LAW,      /* Law */
    KEY_CHOICE,   /* int32_t: one of the names in `choices` */
    KEY_FILE,     /* FilePath; empty: none */
    KEY_DATE,     /* Duration since 1970: 2026-01-01T00:00:00Z */
    KEY_INT,      /* int32_t */
    KEY_WORDS     /* char[WORDS_BYTES]: words between commas, or nothing */
} KeyType;

typedef struct Key {
    const char *section; /* "network"; "fault NAME": of every [fault NAME] */
    const char *name;
    KeyType type;
    size_t offset;       /* in Scenario; "fault NAME": in FaultSection, and so on */
    double low, high;    /* of the number; durations in seconds */
    const char *value;   /* default, in the file's own syntax */
    const char *help;    /* one line */
    const char *choices; /* KEY_CHOICE: "real|null" */
    const char *only; /* "fault NAME": the kinds it belongs to, "exit|crash"; NULL: all */
} Key;

extern const Key scenario_keys[];
extern const size_t scenario_n_keys;

/* The key, or NULL. */
const Key *key_find(const char *section, const char *name);
/* The nearest known "section.name" (or section, when the section is unknown); NULL: the
 * text is longer than KEY_TYPO_MAX, and no typing error. */
enum { KEY_TYPO_MAX = 64 };
char *key_nearest(const char *section, const char *name);
/* Read @text into the field of @record: a Scenario, or what the key's section is kept in.
 * False with *ret_expected (to be freed) saying what was expected. */
bool key_read(const Key *key, const char *text, void *record, char **ret_expected);
/* The field in the file's syntax, so that key_read gives it back. */
char *key_write(const Key *key, const void *record);
/* What a value of this key looks like, as the end of "expected ...". */
char *key_type_text(const Key *key);

/* --- sections with names: [fault NAME] ----------------------------------------------- */

/* One form of them.  Their keys stand in the key table under "FORM NAME"; "kind" is one of
 * them, without a default, and says which others belong to a section. */
typedef struct SectionForm {
    const char *form;      /* "fault" */
    const char *keys;      /* "fault NAME" */
    size_t records, count; /* in Scenario: NamedSection-like [SECTIONS_MAX], uint32_t */
    size_t size;           /* of a record */
} SectionForm;

extern const SectionForm section_forms[];
extern const size_t n_section_forms;

/* The form of this name, or that of a key (NULL: the key is of a section without name). */
const SectionForm *section_form(const char *form);
const SectionForm *section_form_of(const Key *key);
/* A name may have letters, digits, - and _, up to SECTION_NAME_BYTES - 1 of them. */
bool section_name_valid(const char *name);
uint32_t section_count(const SectionForm *form, const Scenario *scenario);
NamedSection *section_at(const SectionForm *form, Scenario *scenario, uint32_t i);
const NamedSection *section_at_const(const SectionForm *form, const Scenario *scenario,
                                     uint32_t i);
/* The section of this name, or NULL. */
NamedSection *section_find(const SectionForm *form, Scenario *scenario, const char *name);
/* A new one with every default, kind -1; NULL: there are SECTIONS_MAX of them. */
NamedSection *section_add(const SectionForm *form, Scenario *scenario, const char *name);
/* Whether the key says something in a section of this kind (an index of "kind"'s choices).
 */
bool section_takes(const Key *key, int32_t kind);
/* The name of a kind (to be freed). */
char *section_kind_name(const SectionForm *form, int32_t kind);
/* "fault.storm.share", or "network.nodes" with @section NULL (to be freed). */
char *section_key_text(const Key *key, const NamedSection *section);

/* A key whose default hangs on protocol.preset (protocol 7); the value of 2024 is the key's
 * own.  NULL: as in 2024. */
typedef struct PresetValue {
    const char *section, *name;
    const char *in_2020, *in_2025;
} PresetValue;

extern const PresetValue preset_values[];
extern const size_t n_preset_values;

/* The default under @preset, or NULL: the key's own. */
const char *preset_value_in(const PresetValue *value, Preset preset);
/* What presets make of the key, or NULL: nothing. */
const PresetValue *preset_value_find(const Key *key);

/* Set one key from "section.key=value".  False with @error: "WHERE: ...", what was
 * expected.
 */
bool scenario_set(Scenario *scenario, const char *where, const char *override,
                  GError **error);
/* What must hold between keys, and that named files exist. */
bool scenario_check(const Scenario *scenario, GError **error);
bool scenario_check_faults(const Scenario *scenario, GError **error);
/* check_rounds.c */
bool scenario_check_rounds(const Scenario *scenario, GError **error);
bool scenario_check_adversaries(const Scenario *scenario, GError **error);
