/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/server_auth.h"

#include "nodes/wire/base64.h"
#include "nodes/wire/json.h"

enum { HEADER_ID, HEADER_NONCE, HEADER_TIMESTAMP, HEADER_SIGNATURE, HEADERS };

static const char *const names[HEADERS] = { "X-SOGS-Pubkey", "X-SOGS-Nonce",
                                            "X-SOGS-Timestamp", "X-SOGS-Signature" };

bool
server_room_token_valid(Bytes token)
{
    for (size_t i = 0; i < token.n; i++) {
        uint8_t c = token.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return token.n > 0 && token.n <= SERVER_ROOM_TOKEN_MAX;
}

void
server_auth_text(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES],
                 const ServerAuth *auth, Bytes method, Bytes path, const Packet *body,
                 Buffer *out)
{
    Buffer bytes = BUFFER_EMPTY;
    uint8_t hash[64];
    Bytes part;

    buffer_append(out, server_pk, KEY_BYTES);
    buffer_append(out, auth->nonce, SERVER_NONCE_BYTES);
    buffer_append_i64_decimal(out, auth->timestamp);
    buffer_append_bytes(out, method);
    buffer_append_bytes(out, path);
    if (body == NULL || body->length == 0)
        return;
    packet_append(body, &bytes);
    part = buffer_bytes(&bytes);
    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, &part, 1, hash, sizeof hash);
    buffer_append(out, hash, sizeof hash);
    buffer_clear(&bytes);
}

static void
write_base64(const char *name, Bytes value, Buffer *out)
{
    json_write_key(out, name);
    buffer_append_literal(out, "\"");
    base64_encode(value, true, out);
    buffer_append_literal(out, "\"");
}

void
server_auth_write(const ServerAuth *auth, Buffer *out)
{
    buffer_append_literal(out, "{");
    json_write_key(out, names[HEADER_ID]);
    buffer_append_literal(out, "\"");
    buffer_append_hex(out, (Bytes){ auth->id, BLINDED_ID_BYTES });
    buffer_append_literal(out, "\"");
    json_write_key(out, names[HEADER_TIMESTAMP]);
    buffer_append_literal(out, "\"");
    buffer_append_i64_decimal(out, auth->timestamp);
    buffer_append_literal(out, "\"");
    write_base64(names[HEADER_NONCE], (Bytes){ auth->nonce, SERVER_NONCE_BYTES }, out);
    write_base64(names[HEADER_SIGNATURE], (Bytes){ auth->signature, SIGNATURE_BYTES }, out);
    buffer_append_literal(out, "}");
}

/* Names of headers have no case. */
static bool
is_name(Bytes key, const char *name)
{
    if (key.n != strlen(name))
        return false;
    for (size_t i = 0; i < key.n; i++) {
        uint8_t a = key.p[i], b = (uint8_t)name[i];

        if ((a >= 'A' && a <= 'Z' ? a + 32 : a) != (b >= 'A' && b <= 'Z' ? b + 32 : b))
            return false;
    }
    return true;
}

enum { TIMESTAMP_DIGITS_MAX = 15 };

static bool
read_timestamp(Bytes text, int64_t *ret)
{
    int64_t value = 0;

    if (text.n == 0 || text.n > TIMESTAMP_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        value = value * 10 + (text.p[i] - '0');
    }
    *ret = value;
    return true;
}

Status
server_auth_read(Bytes headers, ServerAuth *ret)
{
    Bytes found[HEADERS] = { { NULL, 0 } }, key, text;
    JsonValue object, value;
    ServerAuth auth;
    JsonIterator it;

    if (headers.n == 0)
        return ST_NOT_FOUND;
    if (json_parse(headers, &object) != ST_OK || object.type != JSON_TYPE_OBJECT)
        return ST_MALFORMED;
    it = json_iterate(object);
    while (json_next(&it, &key, &value))
        for (int i = 0; i < HEADERS; i++)
            if (is_name(key, names[i]) && json_string_plain(value, &text))
                found[i] = text;
    if (found[HEADER_ID].n == 0 && found[HEADER_NONCE].n == 0 &&
        found[HEADER_TIMESTAMP].n == 0 && found[HEADER_SIGNATURE].n == 0)
        return ST_NOT_FOUND;
    if (found[HEADER_ID].n != 2 * BLINDED_ID_BYTES ||
        !hex_decode(found[HEADER_ID], auth.id, BLINDED_ID_BYTES) ||
        base64_decode_exact(found[HEADER_NONCE], auth.nonce, SERVER_NONCE_BYTES) != ST_OK ||
        !read_timestamp(found[HEADER_TIMESTAMP], &auth.timestamp) ||
        base64_decode_exact(found[HEADER_SIGNATURE], auth.signature, SIGNATURE_BYTES) !=
            ST_OK)
        return ST_MALFORMED;
    *ret = auth;
    return ST_OK;
}
