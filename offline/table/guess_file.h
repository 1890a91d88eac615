/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of guesses: what an attack found out, of pairs of a client's address and a target,
 * each with the row of a record that shows it.  Who scores joins the truth by these rows.
 *
 * A line without a score says that the attack looked at this address (without a target) or
 * at this target (without an address): pairs of those that are not in the file were found
 * to be less likely than every one that is. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum GuessColumn {
    GUESS_RELATION,
    GUESS_ADDRESS,
    GUESS_TARGET, /* an account in hex, or a node's address */
    GUESS_ADDRESS_ROW,
    GUESS_TARGET_ROW,
    GUESS_SCORE, /* more is more likely */
    GUESS_COLUMNS
} GuessColumn;

extern const char *const guess_columns[GUESS_COLUMNS + 1];

/* What is said of a pair. */
typedef enum Relation {
    RELATION_OWNS,   /* the address is that of the account's owner */
    RELATION_WRITES, /* who has the address writes to the account */
    RELATION_SAME,   /* both rows are of one request: the target is where it went next */
    RELATIONS
} Relation;

const char *relation_name(Relation relation);
/* False, with @ret untouched: there is none of this name. */
bool relation_named(const char *name, Relation *ret);

void guess_file_begin(FILE *file);

typedef struct Guess {
    Relation relation;
    uint32_t address;   /* IPv4; 0: none, a line about the target alone */
    const char *target; /* ""; a line about the address alone */
    uint64_t address_row, target_row;
    double score;
} Guess;

void guess_file_put(FILE *file, const Guess *guess);
