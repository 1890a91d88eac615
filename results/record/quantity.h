/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers with units, as scenarios write them and results read them again. */
#pragma once

#include <stdbool.h>

typedef struct RecordUnit {
    const char *name; /* "ms" */
    const char *unit; /* what it is a multiple of: "1", "s", "bytes", "bit/s" */
    double factor;
} RecordUnit;

/* All of them, up to one without a name; of each unit the smallest first. */
extern const RecordUnit record_units[];

/* "0.1%", "20s", "14d", "9MB", "20Mbit/s", "7": in 1, seconds, bytes, bits a second.
 * *ret_unit (may be NULL): "1", "s", "bytes", "bit/s".  False: it is none. */
bool record_quantity(const char *text, double *ret, const char **ret_unit);
