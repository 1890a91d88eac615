/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The connections that one endpoint opened: a small open-addressing table that grows from
 * nothing.  A connection that went idle, or whose other side was reset, is dead from that
 * moment on, but its entry stays until the room is needed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodes/base/time.h"

typedef struct Connection {
    uint32_t key;        /* connection_key, or 0 for an empty entry */
    uint32_t peer_epoch; /* of the peer when it was opened */
    Time last_used;
    Time ready; /* its set-up is over */
} Connection;

typedef struct Connections {
    Connection *entries;
    uint32_t n;        /* entries in use, dead ones included */
    uint32_t capacity; /* a power of two, or 0 */
} Connections;

/* What decides which connections live; the same for all endpoints. */
typedef struct ConnectionRules {
    const uint32_t *epochs; /* by peer: how often it was reset */
    Duration idle_timeout;  /* unused for longer: closed */
    uint32_t max;           /* of one endpoint; at least 1 */
} ConnectionRules;

#define CONNECTION_PEERS_MAX ((uint32_t)1 << 31)

/* @kind: 0 or 1, connections of different kinds to one peer are different. */
static inline uint32_t
connection_key(uint32_t peer, uint32_t kind)
{
    return (peer << 1 | kind) + 1;
}

/* The live connection, its use until @until noted; NULL when there is none.  Valid until
 * the table changes. */
Connection *connections_use(Connections *table, const ConnectionRules *rules, uint32_t key,
                            Time now, Time until);
/* A new connection (ready at once), in use until @until.  With rules->max live ones, the
 * one that was used least recently closes (of several, the one with the smallest key). */
Connection *connections_open(Connections *table, const ConnectionRules *rules, uint32_t key,
                             Time now, Time until);
/* Nothing happens when there is none. */
void connections_close(Connections *table, uint32_t key);
void connections_clear(Connections *table);

/* Fetch what the next use will look at. */
void connections_prefetch(const Connections *table, uint32_t key);

static inline size_t
connections_bytes(const Connections *table)
{
    return table->capacity * sizeof *table->entries;
}
