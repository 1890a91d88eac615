/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader from inside; for the reader's files only. */
#pragma once

#include "results/record/reader.h"
#include "results/record/schema.h"

struct RecordReader {
    sqlite3 *db;
    char *path;
    char *scenario_name;
    char *scenario_text;
    char *metric;
    GStringChunk *words; /* every string that was given out */
    GArray *variants;    /* RecordVariant */
    GArray *numbers;     /* int64_t: the variants' numbers in the database */
    guint chosen;        /* place of the variant that is looked at */
    GArray *runs;        /* RecordRun */
    GArray *run_numbers; /* int64_t: the runs' numbers in the database */
    GHashTable *places;  /* run's number in the database -> its place in runs + 1 */
    GError *problem;     /* the first one */
};

/* A question with one text parameter, NULL for none; where it has :variant, that is the one
 * that is looked at. */
sqlite3_stmt *reader_ask(RecordReader *reader, const char *sql, const char *parameter);
/* The next row; at the end (or in trouble) the question is finished and *statement NULL. */
bool reader_next(RecordReader *reader, sqlite3_stmt **statement);
/* A column's text, kept by the reader: the same text is the same pointer. */
const char *reader_word(RecordReader *reader, sqlite3_stmt *statement, int column);
/* A column's number; NAN for NULL. */
double reader_number(sqlite3_stmt *statement, int column);
/* The place of the run in @column; false for one that was finished after opening. */
bool reader_place(RecordReader *reader, sqlite3_stmt *statement, int column,
                  uint32_t *ret_run);
