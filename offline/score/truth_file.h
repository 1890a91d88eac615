/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of the truth (`swarmbed run --observations` writes it beside that of the
 * observations): what each of their rows really was.  Only scoring opens it. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

enum { TRUTH_FILE_NOBODY = UINT32_MAX };

typedef struct TruthRow {
    uint64_t request;    /* with person: which request it belongs to */
    uint32_t person;     /* who began it */
    uint32_t account_of; /* whose account was named */
} TruthRow;

typedef struct TruthFile {
    TruthRow *rows;
    uint64_t n;
    GHashTable *writes; /* author << 32 | recipient: she wrote to him */
    uint32_t people;    /* numbers are below this */
} TruthFile;

/* People are numbered; a higher number is refused. */
enum { TRUTH_FILE_PEOPLE_MAX = 16 * 1000 * 1000 };

/* False with @error set, and @ret untouched.  To be cleared. */
bool truth_file_read(const char *path, TruthFile *ret, GError **error);
void truth_file_clear(TruthFile *truth);
bool truth_file_writes(const TruthFile *truth, uint32_t author, uint32_t recipient);
