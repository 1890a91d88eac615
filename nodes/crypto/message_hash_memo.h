/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hashes of messages that were computed here a moment ago (design 4).  In a simulated
 * network every member of a swarm gets a message in the same packet: who is to hash it
 * finds account, namespace and the very slice of the very blob, and need not compute.  The
 * blob is held, so that it is neither changed nor freed and its place names its bytes.  A
 * bounded table in which a newer message replaces an older one of the same slot.  It
 * changes no result.  Not for several threads. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/base/store.h"
#include "nodes/crypto/crypto.h"

/* @slots: a power of two. */
MessageHashMemo *message_hash_memo_new(size_t slots);
void message_hash_memo_free(MessageHashMemo *memo); /* takes NULL */
/* @hash is that of the message.  An empty body is not remembered. */
void message_hash_memo_add(MessageHashMemo *memo, const uint8_t account[ACCOUNT_BYTES],
                           int16_t name_space, const Packet *data,
                           const char hash[MESSAGE_HASH_BYTES]);
/* false, and @ret as it was, when this message is not remembered. */
bool message_hash_memo_find(const MessageHashMemo *memo,
                            const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
                            const Packet *data, char ret[MESSAGE_HASH_BYTES]) WARN_UNUSED;
