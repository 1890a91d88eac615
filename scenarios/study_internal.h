/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files that read a study only. */
#pragma once

#include "results/record/quantity.h"
#include "scenarios/study.h"

/* A key that is swept. */
typedef struct SweptKey {
    char *key; /* section.key */
    unsigned line;
    GPtrArray *values;
} SweptKey;

typedef struct Reading {
    const Scenario *scenario;
    Study *study;
    GPtrArray *swept; /* SweptKey */
    GPtrArray *pairs; /* GPtrArray of keys */
    GArray *pair_lines;
    GError **error;
} Reading;

/* Set the error to "FILE:LINE: ..."; false. */
bool study_fail(const Reading *reading, unsigned line, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* The text for as long as the study lives. */
const char *study_keep(Study *study, const char *text);
/* "key = value": the key, new; *ret_value NULL when there is no '='. */
char *study_split(const StudyLine *line, const char **ret_value);
void study_variant_free(gpointer variant);
/* study_sweep.c: seeds, metric, stop and variants, from [sweep] and the grid. */
bool study_read_sweep(Reading *reading, const char *grid, char *const *overrides);
