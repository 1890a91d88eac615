/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files that load a scenario only: the scan of a file's lines, which finds
 * what is written for each key. */
#pragma once

#include "scenarios/keys.h"
#include "scenarios/study.h"

/* What a file says of a key. */
typedef struct Written {
    unsigned line; /* 0: nothing */
    char *value;
} Written;

/* What it says of the sections without names, or of one with a name. */
typedef struct Part {
    const SectionForm *form; /* NULL: of those without */
    char *name;
    unsigned line;
    Written *keys; /* as scenario_keys */
} Part;

typedef struct Scan {
    const char *path;
    GPtrArray *parts;   /* Part; the first is of the sections without names */
    Part *part;         /* where it is */
    unsigned *sections; /* by key: the line of its section, at the section's first key */
    GPtrArray *study;   /* StudyLine: of [sweep], [expect], [plot NAME] */
    bool in_study;      /* the line belongs to one of them */
    bool begun;         /* a section was there */
    GString *question;
} Scan;

GQuark scenario_error(void);
#define FAIL(error, ...) (g_set_error(error, scenario_error(), 1, __VA_ARGS__), false)

/* Of the text of the file @path (borrowed).  False with @error set when a line says what
 * cannot be; clear it in any case. */
bool scan_text(Scan *ret, const char *path, const char *text, GError **error);
void scan_clear(Scan *scan);
/* There is no such key; @name: of the section, NULL: it has none.  False. */
bool fail_unknown_key(const char *where, const char *section, const char *name,
                      const char *key, GError **error);
