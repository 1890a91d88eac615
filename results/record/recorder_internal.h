/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A recorder from inside; for the recorder's files only. */
#pragma once

#include "results/record/record.h"
#include "results/record/schema.h"

/* What a run is written as. */
enum { METRIC, SERIES, BIN, TALLY, NODE_LOAD, MESSAGE, MESSAGE_EVENT, CLAIM, KINDS };

struct Recorder {
    sqlite3 *db;
    char *path;
    char *commit;
    uint32_t variant;
    char *label;
    GPtrArray *settings; /* key, value, key, value, ... */
    bool running;
    uint64_t seed;
    GStringChunk *words; /* every name of the run, once */
    GArray *rows[KINDS]; /* what the run wrote so far */
};

/* recorder_study.c */
bool recorder_execute(Recorder *recorder, const char *sql);
/* Write the variant of this run, unless it is there. */
bool recorder_write_variant(Recorder *recorder);
