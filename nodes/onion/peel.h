/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What peeling has in common in both versions.  Private to nodes/onion. */
#pragma once

#include "nodes/onion/onion.h"
#include "nodes/wire/json.h"

/* Nothing is known yet: UNREADABLE. */
void onion_peeled_init(OnionPeeled *ret);
/* The members for a server: SERVER, BAD_JSON or BAD_URL. */
OnionKind onion_read_server(JsonValue control, OnionPeeled *ret);
