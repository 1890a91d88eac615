/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The message store in memory, for simulated nodes by the thousand: an empty one takes a
 * few hundred bytes, and what replicas in one process hold of a body is one shared blob.
 * Its tables are hashed without a secret: a node that strangers can reach uses the SQLite
 * one. */
#pragma once

#include "nodes/base/store.h"

/* An empty store that takes messages up to @bytes_max of fullness (store_message_bytes).
 * Owned by the caller; ends with ops->close. */
Store *memory_store_new(uint64_t bytes_max);
/* Bytes held by the store itself, without the bodies, for forecasts and benchmarks. */
size_t memory_store_footprint(const Store *store);
