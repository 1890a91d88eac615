/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests, version 1 (spring 2020, protocol 4.5): every layer is a JSON object that
 * holds the next one in base64, so that a request grows by a third a layer.  AES-GCM alone;
 * no hop count.  A guard and a later hop read the same object, {"ciphertext":base64,
 * "ephemeral_key":hex} (between nodes OxenMQ carried its two members as two parts, and
 * HTTPS the object itself).  The answer is version 2's: onion_reply_seal in base64. */
#pragma once

#include "nodes/onion/onion.h"

/* Build the guard's request body.  Only the keys and the first 12 bytes of the nonces of
 * @random are used; a destination's @protocol and @port are not told.  Status as
 * onion_wrap's, and ST_MALFORMED: the payload for a service node is no UTF-8 text. */
Status onion_v1_wrap(const Crypto *crypto, const OnionHop *hops, size_t n_hops,
                     const OnionDestination *destination, Bytes payload,
                     const OnionRandom *random, Packet *ret_request,
                     ChannelKey *ret_reply) WARN_UNUSED;

/* One layer, still sealed.  What is no base64 or no key opens for nobody, and is empty or
 * zero here. */
typedef struct OnionV1Layer {
    uint8_t ephemeral_pk[KEY_BYTES];
    Packet cipher; /* owned */
} OnionV1Layer;

/* Read a request, a guard's or a relay's.  On failure (ST_MALFORMED, ST_TOO_LARGE)
 * @ret_error is the text that follows "Error parsing onion request: " (400). */
Status onion_v1_parse(const Packet *packet, OnionV1Layer *ret,
                      const char **ret_error) WARN_UNUSED;

/* Open the layer (taken) with the node's key and say what is to be done, as onion_peel
 * does; FINAL has no control object. */
void onion_v1_peel(const Crypto *crypto, const X25519Pair *me, OnionV1Layer *layer,
                   OnionPeeled *ret);
