/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One flat list of the ways in which other people's bytes, full tables or late answers
 * can be refused.  The same value is the reason that results show.  Functions that return
 * a Status write their outputs (ret_...) only on ST_OK. */
#pragma once

typedef enum Status {
    ST_OK = 0,
    ST_TRUNCATED,  /* the input ends before what it announces */
    ST_MALFORMED,  /* not of the expected form */
    ST_TOO_LARGE,  /* over a named limit */
    ST_RANGE,      /* a number outside what its field allows */
    ST_AUTH,       /* a tag, signature or key does not fit */
    ST_NOT_FOUND,  /* no such entry */
    ST_FULL,       /* a bounded table or store has no room */
    ST_DUPLICATE,  /* it is there already */
    ST_EXPIRED,    /* too old, or its time is out of the window */
    ST_REFUSED,    /* understood, not allowed */
    ST_UNAVAILABLE /* cannot be served now */
} Status;

#define STATUS_COUNT (ST_UNAVAILABLE + 1)

#define WARN_UNUSED __attribute__((warn_unused_result))

/* The constant's name in lower case without its prefix, for results and tests. */
const char *status_name(Status status);
