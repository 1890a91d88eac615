/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests mostly come in the one form that libsession and storage servers write: keys
 * sorted, no spaces, no escapes, nothing else in them.  That form is read here by comparing
 * bytes; true means that the general way (control.h, bencode.h) would give the same.
 * Anything else goes the general way, which for one relay takes 0.6 us longer, as much as
 * all the rest of its work under `null`.  Private to nodes/onion. */
#pragma once

#include "nodes/onion/onion.h"

/* {"enc_type":...,"ephemeral_key":...} */
bool canonical_guard(Bytes json, OnionEnvelope *ret);
/* {"destination":...,"enc_type":...,"ephemeral_key":...} */
bool canonical_relay(Bytes json, uint8_t ret_next[KEY_BYTES], EncType *ret_enc,
                     uint8_t ret_ephemeral[KEY_BYTES]);
/* {"headers":""} */
bool canonical_final(Bytes json);
/* d4:data...8:enc_type...13:ephemeral_key...6:hop_noi...ee */
bool canonical_hop(Bytes dict, OnionEnvelope *ret);
