/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layers of a request whose bytes nobody has read (later.h).  A node peels its layer
 * without opening anything when its key is the one that the layer is sealed to, compared in
 * full; any other key meets the real bytes.  Lengths and metering are those of the real
 * thing.  Private to nodes/onion. */
#pragma once

#include "nodes/onion/onion.h"

/* Read what is outside the ciphertext, without the key; false for a packet of bytes, or one
 * of the other form (@guard: a container, else a relay's dict). */
bool onion_layer_envelope(const Packet *packet, bool guard, OnionEnvelope *ret);
/* Peel, when the packet is such a layer and @me its recipient; false otherwise, and nothing
 * is done.  @ret is initialised. */
bool onion_layer_peel(const Crypto *crypto, const X25519Pair *me, const Packet *packet,
                      OnionPeeled *ret);
/* Make such a layer a packet of bytes of its own, and read its envelope; false for any
 * other packet, which stays as it is. */
bool onion_layer_make(Packet *packet, OnionEnvelope *ret);
/* Open what a node posted to a server (peeled->server_body), when it is such a layer and
 * @me its server; false otherwise, and nothing is done. */
bool onion_layer_open(const Crypto *crypto, const X25519Pair *me, const Packet *packet,
                      Packet *ret_payload, ChannelKey *ret_key);
