/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the registry's nodes wait for blocks: each asks for one higher than it knows, and
 * is answered when the chain tells it of one, after the delay that the chain draws for it.
 */
#pragma once

#include "nodes/live/door.h"
#include "nodes/swarm/swarm.h"

typedef struct BlockDesk BlockDesk;

BlockDesk *block_desk_new(void);
void block_desk_free(BlockDesk *desk); /* takes NULL */

/* The chain tells the node at this address of a block: @packet (borrowed) carries a
 * snapshot. */
void block_desk_tell(BlockDesk *desk, uint32_t ip, const Packet *packet);
/* A node asks; the body is the height that it knows, in decimal, 0: none, which gets
 * @latest. */
void block_desk_ask(BlockDesk *desk, Door *door, const DoorRequest *request,
                    Snapshot *latest);
/* Who asked with this message is gone. */
void block_desk_gone(BlockDesk *desk, SoupServerMessage *message);
