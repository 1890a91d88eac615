/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host's orders as they come in packets. */
#pragma once

#include "nodes/registry/registry.h"

/* The order that a packet carries (borrowed), or NULL: bytes alone never are one. */
const ChainOrder *chain_order_of_packet(const Packet *packet);
