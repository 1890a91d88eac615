/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How often a client may ask (protocol 6.4): a bucket of tokens for each address. */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"

enum {
    RATE_BUCKET = 600,       /* tokens that a bucket holds; a request takes one */
    RATE_PER_S = 300,        /* that come in a second */
    RATE_CLIENTS_MAX = 10000 /* addresses whose buckets are not full; others are refused */
};

typedef struct RateLimit {
    GHashTable *buckets; /* ip to Bucket: those that were not full when last looked at */
    Time cleaned;        /* of full ones, then */
} RateLimit;

void rate_limit_init(RateLimit *limit);
void rate_limit_clear(RateLimit *limit);
/* Whether a request from there is within the limit now; takes its token. */
bool rate_limit_take(RateLimit *limit, uint32_t ip, Time now);
