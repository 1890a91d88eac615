/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of observations (`swarmbed run --observations`), read again: the log that it was
 * written of, without anything that only the simulator knew. */
#pragma once

#include <gio/gio.h>

#include "sim/adversary/observation.h"

typedef struct ObservationFile {
    ObservationLog *log; /* observers by the numbers that the file has for them */
    uint64_t *rows;      /* of each record: the file's number of it, for who scores */
    bool *watched;       /* by observer: it has a record */
} ObservationFile;

/* Observers are numbered; a file that names a higher number is refused. */
enum { OBSERVATION_FILE_OBSERVERS_MAX = 8 * 1000 * 1000 };

/* Read it whole.  False with @error set (file, line, column, what was expected), and @ret
 * untouched.  To be cleared. */
bool observation_file_read(const char *path, ObservationFile *ret, GError **error);
void observation_file_clear(ObservationFile *file);
