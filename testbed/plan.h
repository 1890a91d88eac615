/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a testbed consists of: how many nodes, at which addresses, with which keys.  All of
 * it follows from a few numbers, which its folder keeps. */
#pragma once

#include <gio/gio.h>

#include "nodes/live/node.h"

enum {
    TESTBED_NODES_MAX = 2000,
    TESTBED_NETWORK_FIRST = 16, /* 127.16.0.0 */
    TESTBED_NETWORK_LAST = 250,
    TESTBED_PORT_HTTPS = 22021,
    TESTBED_PORT_OMQ = 22020,
    TESTBED_PORT_REGISTRY = 22023
};

typedef struct TestbedPlan {
    char *folder;
    uint64_t seed;
    uint32_t nodes;
    uint32_t network; /* N of 127.N.0.0; 0: not chosen yet */
} TestbedPlan;

/* Read what @folder keeps, if it is a testbed's; else it is a new one, with @nodes and
 * @seed (NULL: a random one).  What is given must agree with what is kept (@nodes 0: not
 * given).  False with @error. */
bool testbed_plan_open(const char *folder, uint32_t nodes, const uint64_t *seed,
                       TestbedPlan *ret, GError **error);
/* Keep it. */
bool testbed_plan_save(const TestbedPlan *plan, GError **error);
void testbed_plan_clear(TestbedPlan *plan);

/* How many of 127.N it takes. */
uint32_t testbed_plan_networks(const TestbedPlan *plan);
Address testbed_plan_registry(const TestbedPlan *plan);
void testbed_plan_node_seed(const TestbedPlan *plan, uint32_t i, uint8_t ret[KEY_BYTES]);
void testbed_plan_server_seed(const TestbedPlan *plan, uint32_t i, uint8_t ret[KEY_BYTES]);
/* Its own /24, its keys; in no swarm. */
void testbed_plan_record(const TestbedPlan *plan, uint32_t i, NodeRecord *ret);
/* To be freed: the node's folder, and files of the testbed's. */
char *testbed_plan_node_folder(const TestbedPlan *plan, uint32_t i);
char *testbed_plan_file(const TestbedPlan *plan, const char *name);
