/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of what failures cost: requests one at a time along a path that the test knows.
 */
#pragma once

#include "tests/unit/session/world.h"

/* A client with one path, which knows the swarm of an account none of whose nodes is on
 * that path.  Each message is one onion request. */
typedef struct Probe {
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n_swarm;
    uint64_t message;
} Probe;

/* One path, one attempt, no polls. */
SessionConfig probe_config(void);
/* @config may have more paths. */
Probe probe_new(const SessionConfig *config);
/* One request; how it failed, SEND_FAILURES when it did not. */
SendFailure probe_send(Probe *probe);
/* The client knows the account's swarm (again). */
void probe_learn_swarm(Probe *probe);
/* What a node's counter stands at. */
uint8_t probe_failures_of(const Session *s, guint node);
