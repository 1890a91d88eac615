/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A service node on real sockets: the actor of nodes/service, its host, its doors, its
 * SQLite store. */
#pragma once

#include <glib.h>

#include "nodes/service/service.h"

typedef struct LiveNodeSpec {
    uint8_t seed[KEY_BYTES]; /* of its Ed25519 identity */
    uint32_t ip;
    uint16_t port_https, port_omq;
    Address registry;
    const char *folder;          /* made when it does not exist; storage.db is in it */
    const ServiceConfig *config; /* borrowed */
    uint64_t store_bytes;
    void (*ready)(void *context); /* it knows its swarm; NULL: nobody wants to know */
    /* What its store is given and what it notes, a line of news.h; NULL: nobody asks. */
    void (*tell)(void *context, const char *line);
    void *context;
    bool transcript; /* what it hears and says goes to transcript.log in its folder */
} LiveNodeSpec;

typedef struct LiveNode LiveNode;

/* A node's keys all come from one seed: the Ed25519 identity is the seed's; the on-chain
 * key, which is another one in the real network too, that of the seed's hash.  Fills the
 * three keys of @ret, nothing else. */
void live_node_keys(const uint8_t seed[KEY_BYTES], NodeRecord *ret);

/* NULL with @error: no store, no certificate, an address in use. */
LiveNode *live_node_new(const LiveNodeSpec *spec, GError **error);
void live_node_free(LiveNode *node); /* takes NULL */
/* A line from its supervisor (nodes/live/faults.h); false with what was expected. */
bool live_node_command(LiveNode *node, const char *line, const char **ret_why) WARN_UNUSED;
