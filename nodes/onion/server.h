/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The far end of an onion request to a server beyond the network (protocol 4.1, 4.3): what
 * the last node posted is opened with the server's key, and the answer goes back raw (v4),
 * sealed with the same key.  As with requests to nodes, what was wrapped here (later.h) is
 * opened by reference when the key is the right one, compared in full. */
#pragma once

#include "nodes/onion/later.h"

/* Open what a node posted.  @posted is taken.  ST_MALFORMED: no container with a key;
 * ST_AUTH, ST_TRUNCATED: it does not open. */
Status onion_server_open(const Crypto *crypto, const X25519Pair *me, Packet *posted,
                         Packet *ret_payload, ChannelKey *ret_key) WARN_UNUSED;
/* Seal the answer's payload, which is taken; @nonce: CHANNEL_NONCE_MAX random bytes. */
Packet onion_server_seal(const Crypto *crypto, const ChannelKey *key,
                         const uint8_t nonce[CHANNEL_NONCE_MAX], Packet *payload);
/* The client's side of it.  @sealed is taken.  ST_AUTH, ST_TRUNCATED. */
Status onion_server_read(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                         Packet *ret_payload) WARN_UNUSED;
