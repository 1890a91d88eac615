/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A snapshot as text: what a node's own daemon tells it of a block, where the two do not
 * share memory.  It is the daemon's answer to get_service_nodes (nodes/wire/node_list.h)
 * with one member beside `result`, `snapshot`: what else a block decides (protocol 6.3). */
#pragma once

#include "nodes/swarm/swarm.h"

/* Appends. */
void snapshot_to_json(const Snapshot *snapshot, Buffer *out);
/* The reverse.  ST_MALFORMED: no JSON, a member is missing or of another form, or numbers
 * that do not fit the list of nodes; ST_TOO_LARGE: more than NODE_LIST_MAX nodes. */
Status snapshot_from_json(Bytes json, Snapshot **ret) WARN_UNUSED;
