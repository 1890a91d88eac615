/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other engines on the same work: tests/bench/peers, built here and now where the engine is
 * installed. */
#pragma once

#include "bench/measure.h"

typedef struct Peers {
    char *folder;      /* where they were built; removed with them */
    bool ns3, simgrid; /* there, and built */
    GString *missing;  /* what is not, in words; "" when all is there */
} Peers;

/* @model: "hold" or "echo".  Never fails: what cannot be built is missing. */
Peers *peers_build(const char *model);
void peers_free(Peers *peers); /* takes NULL */

typedef struct PeerSpec {
    const Peers *peers;
    const char *program;  /* "ns3", "simgrid" */
    const char *argument; /* scheduler or mode */
    uint64_t size, amount;
} PeerSpec;

/* As BenchCase.measure of a PeerSpec: value[0] is the rate a second of CPU time, value[1]
 * bytes of memory for each unit of size, the check as the program's. */
bool peer_measure(const void *spec, Measured *ret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Peers, peers_free)
