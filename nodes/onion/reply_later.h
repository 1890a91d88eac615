/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer that is sealed when somebody reads its bytes.  Relays forward it unread, and
 * who holds its key takes the body out of it: compared in full, so that any other key meets
 * the real bytes, and fails as always.  Lengths and metering are those of the real thing.
 */
#pragma once

#include "nodes/onion/onion.h"

/* As onion_reply_seal; the body is taken. */
Packet onion_reply_later(const Crypto *crypto, const ChannelKey *key,
                         const uint8_t nonce[CHANNEL_NONCE_MAX], int status, Packet *body,
                         bool as_json, bool base64);

/* onion_reply_open and onion_reply_parse in one.  @sealed is taken.  Status as theirs. */
Status onion_reply_read(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                        int *ret_status, Packet *ret_body) WARN_UNUSED;
