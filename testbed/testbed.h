/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole network on this machine: a registry in this process, each node in a process of
 * its own, and a socket at which faults are asked for. */
#pragma once

#include <gio/gio.h>

#include "nodes/live/registry.h"
#include "testbed/fleet.h"
#include "testbed/servers.h"

typedef struct TestbedSpec {
    const char *folder;       /* made when it does not exist; taken up when it does */
    uint32_t nodes;           /* 0: as kept, or 32 */
    const uint64_t *seed;     /* of all keys; NULL: as kept, or random */
    const char *scenario;     /* for the nodes' [protocol], or NULL; borrowed */
    char *const *set;         /* keys of it that are overridden, or NULL; borrowed */
    const ChainConfig *chain; /* borrowed */
    bool grown;
    bool outside;     /* a file server and an open-group server too */
    bool transcripts; /* each node writes down what it hears and says, in its folder */
    /* A line for people: first the JSON line, when all nodes are ready, then status. */
    void (*say)(void *context, const char *line);
    /* All nodes are ready; NULL: nobody asks. */
    void (*ready)(void *context);
    /* As FleetSpec's (testbed/fleet.h); NULL: nobody asks. */
    void (*news)(void *context, uint32_t node, const char *line);
    void *context;
} TestbedSpec;

typedef struct Testbed Testbed;

/* Nothing runs yet but the registry.  NULL with @error. */
Testbed *testbed_new(const TestbedSpec *spec, GError **error);
/* Start the nodes, and go on until testbed_quit; then end them.  False with @error: a node
 * did not become ready. */
bool testbed_run(Testbed *testbed, GError **error);
void testbed_quit(Testbed *testbed);
void testbed_free(Testbed *testbed); /* takes NULL */

/* The open-group server has these rooms (copied; NULL at the end), and no lobby.  Before
 * testbed_run, with `outside`. */
void testbed_set_rooms(Testbed *testbed, const char *const *rooms);

/* What it is made of; borrowed. */
const TestbedPlan *testbed_plan(const Testbed *testbed);
Fleet *testbed_fleet(Testbed *testbed);
LiveRegistry *testbed_registry(Testbed *testbed);

/* Say a command to the testbed that runs in @folder (testbed.c, `commands`); its answer, to
 * be freed, or NULL with @error: no testbed runs there, or it refused. */
char *testbed_control(const char *folder, char *const *words, GError **error);
