/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request whose bytes are made when somebody reads them.  Its layers travel by reference:
 * the node whose key a layer is sealed to, compared in full, peels it without opening
 * anything; any other key, or a changed byte, meets the real bytes.  Only the key of the
 * reply is computed, as a job, at least one latency before it is read.  Lengths and
 * metering are those of onion_wrap.  Without shortcuts (and for aes-cbc) the job makes
 * every byte. */
#pragma once

#include "nodes/onion/onion.h"

/* The key that opens the answer, which may still be in the making. */
typedef struct OnionReplyKey {
    ChannelKey key;
    Blob *later; /* NULL: `key` is there */
} OnionReplyKey;

/* As onion_wrap; shares @payload, whose bytes may not exist yet. */
Status onion_wrap_later(const Crypto *crypto, EncType enc, const OnionHop *hops,
                        size_t n_hops, const OnionDestination *destination,
                        const Packet *payload, const OnionRandom *random,
                        Packet *ret_request, OnionReplyKey *ret_reply) WARN_UNUSED;
/* The key itself, joined now if it was in the making. */
const ChannelKey *onion_reply_key(OnionReplyKey *reply);
void onion_reply_key_clear(OnionReplyKey *reply);
