/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic modulo 2^255 - 19 for the one conversion that libsodium keeps to itself: from
 * an X25519 key back to the Edwards curve (XEdDSA).  Of public values only: it takes
 * different times for different inputs.  Private to nodes/crypto. */
#pragma once

#include "nodes/crypto/crypto.h"

/* Of the two Ed25519 keys that have this X25519 key, the one with sign bit 0: its encoding
 * is y = (u - 1) / (u + 1); 0 where u + 1 is 0.  (It need not be a point.) */
void edwards_of_x25519(const uint8_t x25519_pk[KEY_BYTES], uint8_t ret[KEY_BYTES]);
