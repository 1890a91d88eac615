/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node posts to a server beyond the onion: a client's payload, sealed to the server
 * along a path of that node alone. */
#pragma once

#include "nodes/onion/later.h"
#include "nodes/onion/server.h"

Packet posted(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES], Bytes payload);
/* The same by reference, for whoever reads the answer with *ret_reply; @payload is taken.
 */
Packet posted_later(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES],
                    Packet *payload, OnionReplyKey *ret_reply);
