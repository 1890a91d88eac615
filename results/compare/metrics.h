/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which way is better, and how much worse is still no matter: the one table of metrics that
 * compare knows, and margins as people write them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum Better {
    BETTER_LESS,
    BETTER_MORE,
    BETTER_NEITHER /* must stay what it is, within the margin on both sides */
} Better;

/* "0.1pp", "5%", "50ms", "2MB", "0.001" */
typedef struct Margin {
    double value; /* a share of the base's mean when relative; else in the metric's unit */
    bool relative;
    const char *unit; /* the only one that a metric may have: "1" (pp), "s", "bytes"; NULL:
                       * any */
    char text[24];
} Margin;

typedef struct KnownMetric {
    const char *name; /* one that ends in '.' stands for all that begin so */
    Better better;
    const char *margin; /* what is allowed when nobody says otherwise */
    bool usual;         /* compared when nobody asks for it */
    bool required;      /* of these: the verdict waits until it is decided */
} KnownMetric;

/* NULL: not in the table. */
const KnownMetric *known_metric_find(const char *name);
/* By number; NULL past the last. */
const KnownMetric *known_metric(gsize index);

/* False: no number of at least 0 with one of these units, or too long. */
bool margin_parse(const char *text, Margin *ret);
