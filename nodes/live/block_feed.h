/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a node learns of blocks: it asks the registry for the next one, which answers when it
 * tells this node of it (block_desk.h).  In the real network that is a node's own daemon.
 */
#pragma once

#include "nodes/live/http_client.h"
#include "nodes/swarm/swarm.h"

typedef struct BlockFeed BlockFeed;

/* A snapshot (borrowed) that is newer than all before. */
typedef void (*BlockFeedTell)(void *context, Snapshot *snapshot);

/* @faults: whether the registry can be reached (borrowed). */
BlockFeed *block_feed_new(uint32_t local_ip, Address registry, const LiveFaults *faults,
                          BlockFeedTell tell, void *context);
void block_feed_free(BlockFeed *feed); /* takes NULL */
