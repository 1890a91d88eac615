/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/canonical.h"

#include "nodes/onion/control.h"

static bool
take(Reader *r, Bytes expected)
{
    if (r->left < expected.n || memcmp(r->p, expected.p, expected.n) != 0)
        return false;
    r->p += expected.n;
    r->left -= expected.n;
    return true;
}

#define take_literal(r, text) take((r), BYTES_LITERAL(text))

static bool
take_hex(Reader *r, uint8_t ret[KEY_BYTES])
{
    Bytes hex;

    return reader_bytes(r, KEY_HEX_BYTES, &hex) && hex_decode(hex, ret, KEY_BYTES);
}

static bool
take_enc(Reader *r, EncType *ret)
{
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        if (take(r, bytes_of_text(enc_type_name(enc)))) {
            *ret = enc;
            return true;
        }
    return false;
}

/* A number without leading zeros, below 10^9. */
static bool
take_number(Reader *r, uint32_t *ret)
{
    const uint8_t *start = r->p;
    uint32_t v = 0;

    while (r->left > 0 && r->p - start < 9 && *r->p >= '0' && *r->p <= '9') {
        v = v * 10 + (*r->p - '0');
        r->p++;
        r->left--;
    }
    *ret = v;
    return r->p > start && (*start != '0' || r->p == start + 1);
}

/* "enc_type":"...","ephemeral_key":"..."} */
static bool
take_cipher_members(Reader *r, EncType *ret_enc, uint8_t ret_key[KEY_BYTES])
{
    return take_literal(r, "\"enc_type\":\"") && take_enc(r, ret_enc) &&
           take_literal(r, "\",\"ephemeral_key\":\"") && take_hex(r, ret_key) &&
           take_literal(r, "\"}") && r->left == 0;
}

bool
canonical_guard(Bytes json, OnionEnvelope *ret)
{
    Reader r = reader_over(json);

    ret->hop_no = 0;
    return take_literal(&r, "{") && take_cipher_members(&r, &ret->enc, ret->ephemeral_pk);
}

bool
canonical_relay(Bytes json, uint8_t ret_next[KEY_BYTES], EncType *ret_enc,
                uint8_t ret_ephemeral[KEY_BYTES])
{
    Reader r = reader_over(json);

    return take_literal(&r, "{\"destination\":\"") && take_hex(&r, ret_next) &&
           take_literal(&r, "\",") && take_cipher_members(&r, ret_enc, ret_ephemeral);
}

bool
canonical_final(Bytes json)
{
    return bytes_equal(json, BYTES_LITERAL("{\"headers\":\"\"}"));
}

/* 7:aes-gcm */
static bool
take_enc_string(Reader *r, EncType *ret)
{
    uint32_t n;

    return take_number(r, &n) && take_literal(r, ":") && take_enc(r, ret) &&
           n == strlen(enc_type_name(*ret));
}

bool
canonical_hop(Bytes dict, OnionEnvelope *ret)
{
    Reader r = reader_over(dict);
    uint32_t data_n, hop_no;
    Bytes data, key;

    if (!take_literal(&r, "d4:data") || !take_number(&r, &data_n) ||
        !take_literal(&r, ":") || !reader_bytes(&r, data_n, &data) ||
        !take_literal(&r, "8:enc_type") || !take_enc_string(&r, &ret->enc) ||
        !take_literal(&r, "13:ephemeral_key32:") || !reader_bytes(&r, KEY_BYTES, &key) ||
        !take_literal(&r, "6:hop_noi") || !take_number(&r, &hop_no) ||
        !take_literal(&r, "ee") || r.left != 0)
        return false;
    if (hop_no < 1 || hop_no > ONION_HOPS_MAX)
        return false;
    memcpy(ret->ephemeral_pk, key.p, KEY_BYTES);
    ret->hop_no = (int)hop_no;
    ret->cipher_offset = (size_t)(data.p - dict.p);
    ret->cipher_length = data.n;
    return true;
}
