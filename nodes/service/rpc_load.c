/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/rpc_load.h"

#include "nodes/wire/base64.h"

void
load_account(Params *params, Request *r, OptionalBytes pubkey)
{
    require(params, pubkey.given, "pubkey");
    if (params->failed)
        return;
    if (pubkey.bytes.n == ACCOUNT_BYTES)
        memcpy(r->account, pubkey.bytes.p, ACCOUNT_BYTES);
    else if (!hex_decode(pubkey.bytes, r->account, ACCOUNT_BYTES))
        params_fail(params, "Pubkey must be 66 hex digits (33 bytes) long");
}

static void
load_ed25519(Params *params, Request *r, OptionalBytes key)
{
    if (!key.given || params->failed)
        return;
    if (r->account[0] != 0x05) {
        params_fail(params, "pubkey_ed25519 is only permitted for 05[...] pubkeys");
    } else if (key.bytes.n == 2 * KEY_BYTES) {
        if (!hex_decode(key.bytes, r->ed25519, KEY_BYTES))
            params_fail(params, "invalid pubkey_ed25519: value is not hex");
    } else if (key.bytes.n == KEY_BYTES) {
        memcpy(r->ed25519, key.bytes.p, KEY_BYTES);
    } else {
        params_fail(params,
                    "Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey");
    }
    r->has_ed25519 = true;
}

/* 64 bytes: raw in bencode, base64 with or without its padding in JSON. */
static bool
decode_signature(const Params *params, Bytes text, uint8_t ret[SIGNATURE_BYTES])
{
    if (params->bencoded) {
        if (text.n != SIGNATURE_BYTES)
            return false;
        memcpy(ret, text.p, SIGNATURE_BYTES);
        return true;
    }
    return (text.n == 86 || text.n == 88) &&
           base64_decode_exact(text, ret, SIGNATURE_BYTES) == ST_OK;
}

void
load_signature(Params *params, Request *r, OptionalBytes pubkey, OptionalBytes ed25519,
               OptionalBytes signature)
{
    load_account(params, r, pubkey);
    require(params, signature.given, "signature");
    load_ed25519(params, r, ed25519);
    if (params->failed)
        return;
    if (!decode_signature(params, signature.bytes, r->signature))
        params_fail(params, params->bencoded
                                ? "invalid signature: expected 64-byte Ed25519 signature"
                                : "invalid signature: expected base64 encoded Ed25519 "
                                  "signature");
    r->signed_ = true;
}

bool
decode_token(const Params *params, Bytes text, uint8_t ret[SUBACCOUNT_BYTES])
{
    if (params->bencoded) {
        if (text.n != SUBACCOUNT_BYTES)
            return false;
        memcpy(ret, text.p, SUBACCOUNT_BYTES);
        return true;
    }
    if (text.n == SUBACCOUNT_BYTES * 4 / 3)
        return base64_decode_exact(text, ret, SUBACCOUNT_BYTES) == ST_OK;
    return hex_decode(text, ret, SUBACCOUNT_BYTES);
}

void
load_subaccount(Params *params, Request *r, OptionalBytes token, OptionalBytes signature)
{
    if (params->failed || !token.given || token.bytes.n == 0)
        return;
    if (!signature.given)
        params_fail(params,
                    "invalid subaccount: subaccount_sig is required when using subaccount");
    else if (!decode_token(params, token.bytes, r->subaccount))
        params_fail(params,
                    params->bencoded
                        ? "invalid subaccount token: invalid token length"
                        : "invalid subaccount: expected base64 or hex-encoded subaccount "
                          "token");
    else if (!decode_signature(params, signature.bytes, r->subaccount_signature))
        params_fail(params,
                    params->bencoded
                        ? "invalid signature: expected 64-byte Ed25519 signature"
                        : "invalid subaccount signature: expected base64 encoded Ed25519 "
                          "signature");
    r->has_subaccount = true;
}

bool
is_base64_text(Bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/'))
            return false;
    }
    return true;
}

void
load_hashes(Params *params, Request *r, bool have, bool checked)
{
    require(params, have, "messages");
    if (params->failed)
        return;
    if (r->n_hashes == 0)
        params_fail(params, "messages does not contain any message hashes");
    for (uint32_t i = 0; checked && i < r->n_hashes && !params->failed; i++)
        if (r->hashes[i].n != MESSAGE_HASH_BYTES || !is_base64_text(r->hashes[i]))
            params_fail_named(params, "invalid message hash: %", r->hashes[i]);
}

int32_t
namespace_or_default(OptionalNumber v)
{
    return v.given ? (int32_t)v.value : 0;
}
