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
    KEY_INT       /* int32_t */
} KeyType;

typedef struct Key {
    const char *section, *name;
    KeyType type;
    size_t offset;       /* in Scenario */
    double low, high;    /* of the number; durations in seconds */
    const char *value;   /* default, in the file's own syntax */
    const char *help;    /* one line */
    const char *choices; /* KEY_CHOICE: "real|null" */
} Key;

extern const Key scenario_keys[];
extern const size_t scenario_n_keys;

/* The key, or NULL. */
const Key *key_find(const char *section, const char *name);
/* The nearest known "section.name" (or section, when the section is unknown); NULL: the
 * text is longer than KEY_TYPO_MAX, and no typing error. */
enum { KEY_TYPO_MAX = 64 };
char *key_nearest(const char *section, const char *name);
/* Read @text into the scenario's field.  False with *ret_expected (to be freed) saying what
 * was expected. */
bool key_read(const Key *key, const char *text, Scenario *scenario, char **ret_expected);
/* The field in the file's syntax, so that key_read gives it back. */
char *key_write(const Key *key, const Scenario *scenario);
/* What a value of this key looks like, as the end of "expected ...". */
char *key_type_text(const Key *key);

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

/* What must hold between keys, and that named files exist. */
bool scenario_check(const Scenario *scenario, GError **error);
