/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Session's message encryption (protocol 5.6, steps 2 to 4): padding, the sender's
 * signature inside, a box sealed to the recipient outside. */
#pragma once

#include "nodes/crypto/crypto.h"

enum {
    SESSION_MESSAGE_SIGNED_OVERHEAD = 96, /* Ed25519 key and signature */
    SESSION_MESSAGE_OVERHEAD = 96 + 48    /* and the sealed box */
};

/* Append @message, 0x80 and zeros up to a length of 160 k - 1. */
void session_message_pad(Bytes message, Buffer *out);
/* Cut trailing zeros and the 0x80 before them.  As in Session's clients, a text that ends
 * with another byte has no padding and is given back whole.  ST_MALFORMED: nothing but
 * zeros. */
Status session_message_unpad(Bytes padded, Bytes *ret) WARN_UNUSED;

/* Sign @message as @sender, and seal it to @recipient_x25519; @ephemeral_random: 32 random
 * bytes.  Appends message.n + SESSION_MESSAGE_OVERHEAD bytes.  ST_AUTH, with nothing
 * appended, when the recipient's key is a point of small order. */
Status session_message_seal(const Crypto *crypto, const Ed25519Pair *sender,
                            const uint8_t recipient_x25519[KEY_BYTES],
                            const uint8_t ephemeral_random[KEY_BYTES], Bytes message,
                            Buffer *out) WARN_UNUSED;

/* The deterministic variant of libsession-util (the ephemeral key from a keyed hash of the
 * sender's seed, the recipient's key and the message). */
Status session_message_seal_deterministic(const Crypto *crypto, const Ed25519Pair *sender,
                                          const uint8_t recipient_x25519[KEY_BYTES],
                                          Bytes message, Buffer *out) WARN_UNUSED;

/* Open, check the signature, give the sender.  Appends the message to @out; the sender's
 * X25519 key goes to @ret_sender.  ST_TRUNCATED, ST_AUTH. */
Status session_message_open(const Crypto *crypto, const X25519Pair *recipient, Bytes sealed,
                            Buffer *out, uint8_t ret_sender[KEY_BYTES]) WARN_UNUSED;
