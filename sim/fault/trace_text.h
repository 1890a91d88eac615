/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading other people's records line by line: where the reader stands, fields, words and
 * numbers.  Nothing is copied: fields point into the text. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

/* The longest text of a record (1 GiB), and the latest time in one: 292 years. */
#define TRACE_TEXT_MAX ((size_t)1 << 30)
#define TRACE_TIME_MAX (INT64_MAX / MICROSECOND)

/* Why a text was refused. */
typedef struct TraceError {
    size_t line;      /* from 1 */
    const char *text; /* what was expected (static) */
} TraceError;

typedef struct TraceText {
    Reader rest;
    Bytes line; /* without its end */
    TraceError error;
} TraceText;

/* Before its first line. */
TraceText trace_text_over(Bytes text);
/* The next line; false after the last one. */
bool trace_text_next(TraceText *text);
/* Sets what was expected in this line; returns @status. */
Status trace_text_fail(TraceText *text, Status status, const char *expected);
/* ST_OK, or ST_TOO_LARGE for a text longer than TRACE_TEXT_MAX. */
Status trace_text_bounded(TraceText *text);

/* Without blanks around. */
Bytes trace_trimmed(Bytes text);
/* The field up to the next @separator or the line's end; false when none is left. */
bool trace_take_field(Bytes *line, char separator, Bytes *ret);
/* Exactly @n fields. */
bool trace_split(Bytes line, char separator, Bytes *fields, size_t n);
/* The next word between blanks; false when there is none. */
bool trace_take_word(Bytes *line, Bytes *ret);

/* Digits alone, at most @max. */
bool trace_read_whole(Bytes field, int64_t max, int64_t *ret);
/* Seconds, not negative, with or without a fraction (cut to microseconds); at most
 * TRACE_TIME_MAX. */
bool trace_read_seconds(Bytes field, int64_t *ret_us);
/* Nothing, or two capital letters. */
bool trace_read_country(Bytes field, char ret[3]);
/* The first half of a dotted IPv4 address. */
bool trace_read_network(Bytes ip, uint32_t *ret);

/* Room for one more item: doubles when it is used up. */
void *trace_with_room(void *items, uint32_t n, size_t size);
