/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "testbed/fleet.h"
#include "testbed/servers.h"

/* The testbed as one line of JSON, to be freed: {"seed_url", "nodes": [{pubkey_ed25519,
 * pubkey_x25519, service_node_pubkey, public_ip, storage_port, storage_lmq_port, swarm_id,
 * pid, dir, state}], "file_server": {url, pubkey_x25519, pid, dir, state},
 * "open_group_server": {the same, room_urls}, "height", "seed", "dir", "pid"}.  A node that
 * is in no swarm has the swarm_id 18446744073709551615, as the daemon says it.  Without
 * @servers (NULL) there are none in it. */
char *testbed_describe(const TestbedPlan *plan, const Fleet *fleet, const Servers *servers,
                       const Snapshot *snapshot);
