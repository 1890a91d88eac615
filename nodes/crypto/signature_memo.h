/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signatures that were made here a moment ago (design 4): who is to verify one finds key,
 * text and signature, compared in full, and need not compute.  A bounded table in which a
 * newer signature replaces an older one of the same slot.  It changes no result.  Not for
 * several threads. */
#pragma once

#include "nodes/crypto/crypto.h"

enum { SIGNATURE_MEMO_TEXT_MAX = 48 }; /* longer texts are not remembered */

/* @slots: a power of two. */
SignatureMemo *signature_memo_new(size_t slots);
void signature_memo_free(SignatureMemo *memo); /* takes NULL */
/* @signature was made with the key of @pk over @text. */
void signature_memo_add(SignatureMemo *memo, const uint8_t pk[KEY_BYTES], Bytes text,
                        const uint8_t signature[SIGNATURE_BYTES]);
bool signature_memo_has(const SignatureMemo *memo, const uint8_t pk[KEY_BYTES], Bytes text,
                        const uint8_t signature[SIGNATURE_BYTES]) WARN_UNUSED;
