/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text that holds signatures in base64, which are made as a job: they are read by another
 * node, at least one latency later.  Lengths and metering are those of signing at once. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/crypto/crypto.h"
#include "nodes/crypto/signature_memo.h"

enum { SIGN_LATER_MAX = 8 };

/* The gaps of a text in the making; `n` is 0 in the beginning. */
typedef struct SignLater {
    uint32_t n;
    struct {
        uint32_t at; /* in the text */
        uint8_t signed_text[SIGNATURE_MEMO_TEXT_MAX];
        uint8_t signed_n;
    } gap[SIGN_LATER_MAX];
} SignLater;

/* Append the signature over @signed_text, or a gap where it will stand.  Signed at once
 * where @crypto remembers no signatures (then nobody would gain by waiting), and what is
 * too long or too much. */
void sign_later_append(SignLater *later, const Crypto *crypto, const Ed25519Pair *key,
                       Bytes signed_text, Buffer *out);
/* The whole text, which is taken; @key as above. */
Packet sign_later_packet(const SignLater *later, const Crypto *crypto,
                         const Ed25519Pair *key, Buffer *text);
