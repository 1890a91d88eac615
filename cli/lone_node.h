/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A service node that is a whole network by itself: one swarm, one member, a SQLite store
 * in a folder, a clock that stands still.  What it would send to others goes nowhere. */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"

typedef struct LoneNode LoneNode;

/* @folder is made when it does not exist.  NULL with @error when its store cannot be
 * opened. */
LoneNode *lone_node_new(const char *folder, const uint8_t seed[32], UnixMs now,
                        GError **error);
void lone_node_free(LoneNode *node); /* takes NULL */
/* What a client's request of this kind (to /storage_rpc/v1, storage.*, monitor.messages)
 * with this body gives: @ret_body, owned by the caller, and the status; 0: no answer. */
int lone_node_ask(LoneNode *node, MessageKind kind, Bytes request, Packet *ret_body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoneNode, lone_node_free)
