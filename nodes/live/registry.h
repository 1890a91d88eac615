/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain on a real socket: plain HTTP, /json_rpc for anybody (get_n_service_nodes,
 * get_service_nodes), and for nodes what their daemons do in the real network: /block (the
 * next block), /uptime_proof, /vote. */
#pragma once

#include <glib.h>

#include "nodes/registry/registry.h"

typedef struct LiveRegistrySpec {
    Address address;
    const ChainConfig *config; /* borrowed */
    const NodeRecord *records; /* the nodes of the genesis; borrowed during the call */
    size_t n;
    bool grown;
    uint64_t seed;
    const char *file; /* the chain is kept in it, and taken up from it; NULL: nowhere */
} LiveRegistrySpec;

typedef struct LiveRegistry LiveRegistry;

/* NULL with @error: the address is in use, or the file cannot be understood. */
LiveRegistry *live_registry_new(const LiveRegistrySpec *spec, GError **error);
void live_registry_free(LiveRegistry *registry); /* takes NULL */
/* Tell @watch of every note of the chain. */
void live_registry_watch(LiveRegistry *registry,
                         void (*watch)(void *context, const Note *note), void *context);
/* A ChainOrder, as the host tells the chain (nodes/registry/registry.h). */
void live_registry_tell(LiveRegistry *registry, Packet *order);
/* As of now; borrowed. */
Snapshot *live_registry_snapshot(const LiveRegistry *registry);
