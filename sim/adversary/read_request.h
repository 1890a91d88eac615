/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node reads in a storage request (protocol 3): which method, whose account, which
 * message.  From bytes of anybody: whatever they are, it says what it can. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/store.h"
#include "nodes/crypto/crypto.h"

typedef struct SeenRequest {
    uint8_t method; /* RpcMethod; of a batch its first part's */
    bool batched;
    bool has_account;
    uint8_t account[ACCOUNT_BYTES];
    uint64_t content; /* of a store: observed_content() of the message's hash */
    uint32_t content_bytes;
} SeenRequest;

/* {"method":M,"params":{..}} in JSON. */
void seen_read_json(const Crypto *crypto, Bytes text, SeenRequest *ret);
/* The same in bencode, as OxenMQ clients write it: the method is the endpoint's, told
 * apart. */
void seen_read_forwarded(const Crypto *crypto, Bytes text, SeenRequest *ret);

/* What a client tells a push server of itself: {"pubkey":..}. */
void seen_read_subscription(Bytes text, SeenRequest *ret);
/* notify.message: whose message, which, and how large where it comes with its data. */
void seen_read_notice(Bytes text, SeenRequest *ret);

/* Each message of a push, version 1; false at once when it is none. */
typedef void (*SeenVisitor)(void *context, const SeenRequest *message);
bool seen_read_push(Bytes text, SeenVisitor visit, void *context);
