/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parameters of many storage methods have in common (protocol 3.1): fields that
 * were taken are checked and put into the request; what is wrong fails @params. */
#pragma once

#include "nodes/service/rpc_params.h"

void load_account(Params *params, Request *r, OptionalBytes pubkey);
/* The account, the key that signs for it, and the signature. */
void load_signature(Params *params, Request *r, OptionalBytes pubkey, OptionalBytes ed25519,
                    OptionalBytes signature);
void load_subaccount(Params *params, Request *r, OptionalBytes token,
                     OptionalBytes signature);
/* A token of 36 bytes: raw in bencode, base64 or hex in JSON. */
bool decode_token(const Params *params, Bytes text, uint8_t ret[SUBACCOUNT_BYTES]);
/* The list of hashes, if they were there, is not empty; @checked: and all look like one. */
void load_hashes(Params *params, Request *r, bool have, bool checked);
bool is_base64_text(Bytes text);
int32_t namespace_or_default(OptionalNumber v);
