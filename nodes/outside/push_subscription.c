/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/push_subscription.h"

#include <string.h>

#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"
#include "nodes/wire/json.h"

/* The names are those of the real service's own API. */
enum { PUBKEY, ED25519, NAMESPACES, DATA, SIG_TS, SIGNATURE, SERVICE_INFO, FIELDS };

static const char *const names[FIELDS] = { "pubkey",      "session_ed25519", "namespaces",
                                           "data",        "sig_ts",          "signature",
                                           "service_info" };

static bool
read_hex(JsonValue value, uint8_t *ret, size_t n)
{
    Bytes text;

    return json_string_plain(value, &text) && text.n == 2 * n && hex_decode(text, ret, n);
}

/* Ascending, each once, as nodes want them. */
static bool
read_name_spaces(JsonValue list, PushSubscription *ret)
{
    JsonIterator it = json_iterate(list);
    JsonValue value;
    Bytes key;
    int64_t n;

    if (list.type != JSON_TYPE_ARRAY)
        return false;
    while (json_next(&it, &key, &value)) {
        if (ret->n_name_spaces == PUSH_NAMESPACES_MAX || !json_i64(value, &n) ||
            n < INT16_MIN || n > INT16_MAX ||
            (ret->n_name_spaces > 0 && n <= ret->name_spaces[ret->n_name_spaces - 1]))
            return false;
        ret->name_spaces[ret->n_name_spaces++] = (int16_t)n;
    }
    return ret->n_name_spaces > 0;
}

static bool
read_token(const Crypto *crypto, JsonValue info, uint64_t *ret)
{
    static const uint8_t no_key[16] = { 0 };
    JsonValue token;
    Bytes text;

    if (info.type != JSON_TYPE_OBJECT || !json_get(info, "token", &token) ||
        !json_string_plain(token, &text) || text.n == 0 || text.n > PUSH_TOKEN_MAX)
        return false;
    *ret = crypto_short_hash(crypto, no_key, text);
    return true;
}

const char *
push_subscription_read(const Crypto *crypto, Bytes body, PushSubscription *ret)
{
    PushSubscription s = { 0 };
    JsonValue object, field[FIELDS];
    Bytes text;

    if (json_parse(body, &object) != ST_OK || object.type != JSON_TYPE_OBJECT)
        return "no object of JSON";
    if (json_get_each(object, names, FIELDS, field) != (1u << FIELDS) - 1)
        return "a field is missing";
    if (!read_hex(field[PUBKEY], s.account, sizeof s.account))
        return "pubkey: expected 66 hex digits";
    if (!read_hex(field[ED25519], s.ed25519, sizeof s.ed25519))
        return "session_ed25519: expected 64 hex digits";
    if (!read_name_spaces(field[NAMESPACES], &s))
        return "namespaces: expected numbers, ascending";
    if (!json_bool(field[DATA], &s.want_data))
        return "data: expected true or false";
    if (!json_i64(field[SIG_TS], &s.signed_at_s))
        return "sig_ts: expected seconds";
    if (!json_string_plain(field[SIGNATURE], &text) ||
        base64_decode_exact(text, s.signature, sizeof s.signature) != ST_OK)
        return "signature: expected 64 bytes of base64";
    if (!read_token(crypto, field[SERVICE_INFO], &s.token))
        return "service_info: expected a token";
    *ret = s;
    return NULL;
}

static bool
is_key_of_account(const Crypto *crypto, const PushSubscription *s)
{
    uint8_t key[KEY_BYTES];

    if (s->account[0] != 0x05)
        return memcmp(s->ed25519, s->account + 1, KEY_BYTES) == 0;
    return identity_memo_x25519_pk(crypto->memo, s->ed25519, key) == ST_OK &&
           memcmp(key, s->account + 1, KEY_BYTES) == 0;
}

bool
push_subscription_valid(const Crypto *crypto, const PushSubscription *s)
{
    Buffer text = BUFFER_EMPTY;
    bool valid;

    buffer_append_literal(&text, "MONITOR");
    buffer_append_hex(&text, (Bytes){ s->account, ACCOUNT_BYTES });
    buffer_append_i64_decimal(&text, s->signed_at_s);
    buffer_append_text(&text, s->want_data ? "1" : "0");
    for (uint8_t i = 0; i < s->n_name_spaces; i++) {
        if (i > 0)
            buffer_append_literal(&text, ",");
        buffer_append_i64_decimal(&text, s->name_spaces[i]);
    }
    valid = is_key_of_account(crypto, s) &&
            crypto_verify(crypto, s->ed25519, buffer_bytes(&text), s->signature);
    buffer_clear(&text);
    return valid;
}

void
push_subscription_write(const PushSubscription *s, Buffer *out)
{
    bool session_id = s->account[0] == 0x05;

    buffer_append_literal(out, "d");
    if (session_id) {
        bencode_write_text(out, "P");
        bencode_write_string(out, (Bytes){ s->ed25519, KEY_BYTES });
    }
    if (s->want_data) {
        bencode_write_text(out, "d");
        bencode_write_i64(out, 1);
    }
    bencode_write_text(out, "n");
    buffer_append_literal(out, "l");
    for (uint8_t i = 0; i < s->n_name_spaces; i++)
        bencode_write_i64(out, s->name_spaces[i]);
    buffer_append_literal(out, "e");
    if (!session_id) {
        bencode_write_text(out, "p");
        bencode_write_string(out, (Bytes){ s->account, ACCOUNT_BYTES });
    }
    bencode_write_text(out, "s");
    bencode_write_string(out, (Bytes){ s->signature, SIGNATURE_BYTES });
    bencode_write_text(out, "t");
    bencode_write_i64(out, s->signed_at_s);
    buffer_append_literal(out, "e");
}
