/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Wrapping an onion request as a job: nobody reads its bytes before they reach the guard,
 * at least one latency later, so a worker can make them meanwhile.  With crypto->jobs NULL
 * it is onion_wrap at once. */
#pragma once

#include "nodes/onion/onion.h"

/* The key that opens the answer, which may still be in the making. */
typedef struct OnionReplyKey {
    ChannelKey key;
    Blob *later; /* NULL: `key` is there */
} OnionReplyKey;

/* As onion_wrap, but a bad key of a hop only shows as a request that nobody can open. */
Status onion_wrap_later(const Crypto *crypto, EncType enc, const OnionHop *hops,
                        size_t n_hops, const OnionDestination *destination, Bytes payload,
                        const OnionRandom *random, Packet *ret_request,
                        OnionReplyKey *ret_reply) WARN_UNUSED;
/* The key itself, joined now if it was in the making. */
const ChannelKey *onion_reply_key(OnionReplyKey *reply);
void onion_reply_key_clear(OnionReplyKey *reply);
