/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hosts beyond the test network of nodes, found by their names. */
#pragma once

#include "tests/unit/service/network.h"

/* An actor that only answers. */
typedef struct Outsider {
    Port port;
    Network *network;
    const char *name; /* borrowed */
    uint32_t ip;
    const ActorOps *ops; /* `receive` is all that is called */
    void *self;
    Reach reach;
} Outsider;

/* A host with this name and address, for whoever looks it up. */
Outsider *network_add_outsider(Network *network, const char *name, uint32_t ip,
                               const ActorOps *ops, void *self);
uint32_t network_lookup(const Network *network, const char *name);
Outsider *network_outsider_at(const Network *network, Address address);
