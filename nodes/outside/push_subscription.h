/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a client tells a push server of itself, as text and as a request to nodes. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/base/store.h"
#include "nodes/crypto/crypto.h"
#include "nodes/outside/push_server.h"

typedef struct PushSubscription {
    uint8_t account[ACCOUNT_BYTES], ed25519[KEY_BYTES], signature[SIGNATURE_BYTES];
    int64_t signed_at_s;
    bool want_data;
    uint8_t n_name_spaces;
    int16_t name_spaces[PUSH_NAMESPACES_MAX]; /* ascending */
    uint64_t token;                           /* short hash of the device's token */
} PushSubscription;

/* Read the body of POST /subscribe, from untrusted bytes.  NULL, or what is wrong with it
 * (@ret is untouched then). */
const char *push_subscription_read(const Crypto *crypto, Bytes body, PushSubscription *ret);
/* Whether its owner signed it: the key is the account's, and signed what nodes will read.
 */
bool push_subscription_valid(const Crypto *crypto, const PushSubscription *subscription);
/* The request of monitor.messages for it, bencoded, appended. */
void push_subscription_write(const PushSubscription *subscription, Buffer *out);
