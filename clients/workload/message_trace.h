/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people did, as a table of text: to be replayed instead of what the workload draws,
 * and written by every run that is asked for it (docs/traces.md).  Columns, named in the
 * first line, in any order, others are passed over; lines that begin with # are too:
 *   t      seconds since the beginning, with up to nine decimals, never falling
 *   from   a person, from 0
 *   to     a person, or group:N, or room:N; empty for online and offline
 *   kind   text image file voice | online offline | create member add remove (of a group)
 *          | join (of a room)
 *   bytes  of the text or file; empty or 0 for the others
 * `create` makes a closed group of its admin and those whom the `member` lines right behind
 * it name; the admin adds and removes whom `from` names. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

typedef enum DeedKind {
    DEED_TEXT, /* the first four as PersonContent */
    DEED_IMAGE,
    DEED_FILE,
    DEED_VOICE,
    DEED_ONLINE,
    DEED_OFFLINE,
    DEED_CREATE,
    DEED_MEMBER,
    DEED_ADD,
    DEED_REMOVE,
    DEED_JOIN,
    DEEDS
} DeedKind;

typedef struct Deed {
    Time at;
    uint32_t from, to; /* to: of a place of its kind */
    uint32_t bytes;
    uint8_t kind;  /* DeedKind */
    uint8_t place; /* PersonPlace */
} Deed;

enum { DEED_BYTES_MAX = 10000000, TRACE_GROUPS_MAX = 1 << 20, TRACE_ROOMS_MAX = 1000 };

typedef struct MessageTrace {
    Deed *deed; /* in time order */
    size_t n;
    uint32_t people;        /* the highest number and one */
    uint32_t groups, rooms; /* the same */
    bool has_presence;      /* it says who is online when */
} MessageTrace;

/* ST_MALFORMED, ST_RANGE, ST_TOO_LARGE, with *ret_line and *ret_why (one sentence). */
Status message_trace_parse(Bytes text, MessageTrace **ret, size_t *ret_line,
                           const char **ret_why) WARN_UNUSED;
void message_trace_free(MessageTrace *trace);

/* The same table: its first line, and one for each deed; appended. */
void message_trace_write_head(Buffer *out);
void message_trace_write(const Deed *deed, Buffer *out);
