/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of guesses (offline/table/guess_file.h), read again. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "offline/table/guess_file.h"

/* An address, or a target, that the attack looked at. */
typedef struct Looked {
    uint64_t row; /* of a record that shows it */
} Looked;

typedef struct GuessedPair {
    uint32_t address, target; /* places in the tables; SAME: of no use */
    uint64_t address_row, target_row;
    double score;
} GuessedPair;

typedef struct Guesses {
    Relation relation; /* of all of them */
    Looked *addresses, *targets;
    uint32_t n_addresses, n_targets;
    GuessedPair *pairs;
    uint64_t n;
} Guesses;

/* False with @error set, and @ret untouched.  To be cleared. */
bool guesses_read(const char *path, Guesses *ret, GError **error);
void guesses_clear(Guesses *guesses);
