/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's side of protocol 4.5. */
#include "nodes/onion/onion_v1.h"

#include "nodes/onion/control.h"
#include "nodes/onion/peel.h"
#include "nodes/wire/base64.h"

#include <assert.h>

/* --- the object around a layer ----------------------------------------------------- */

static void
read_cipher(Bytes text, OnionV1Layer *ret)
{
    Buffer cipher = BUFFER_EMPTY;

    if (base64_decode(text, &cipher) == ST_OK && cipher.n > 0)
        ret->cipher = packet_of_buffer(&cipher);
    else
        buffer_clear(&cipher);
}

/* NULL, or what is wrong. */
static const char *
read_layer(JsonValue object, OnionV1Layer *ret)
{
    Buffer scratch = BUFFER_EMPTY;
    JsonValue cipher, key;
    Bytes text;

    if (object.type != JSON_TYPE_OBJECT)
        return "[json.exception.type_error.304] cannot use at()";
    if (!json_get(object, "ciphertext", &cipher))
        return "[json.exception.out_of_range.403] key 'ciphertext' not found";
    if (!json_get(object, "ephemeral_key", &key))
        return "[json.exception.out_of_range.403] key 'ephemeral_key' not found";
    if (key.type != JSON_TYPE_STRING || !control_text(cipher, &scratch, &text)) {
        buffer_clear(&scratch);
        return "[json.exception.type_error.303] incompatible ReferenceType for get_ref";
    }
    read_cipher(text, ret);
    buffer_clear(&scratch);
    if (control_key(object, "ephemeral_key", ret->ephemeral_pk) != FAULT_NONE)
        packet_clear(&ret->cipher);
    return NULL;
}

Status
onion_v1_parse(const Packet *packet, OnionV1Layer *ret, const char **ret_error)
{
    OnionV1Layer layer = { .cipher = PACKET_EMPTY };
    Bytes text = packet_bytes(packet);
    JsonValue object;
    const char *error;

    if (text.n > ONION_REQUEST_MAX) {
        *ret_error = "Request too large";
        return ST_TOO_LARGE;
    }
    if (json_parse(text, &object) != ST_OK)
        error = "[json.exception.parse_error.101] parse error";
    else
        error = read_layer(object, &layer);
    if (error != NULL) {
        *ret_error = error;
        return ST_MALFORMED;
    }
    *ret = layer;
    return ST_OK;
}

/* --- what an opened layer says ------------------------------------------------------ */

static OnionKind
read_final(JsonValue body, OnionPeeled *ret)
{
    Buffer text = BUFFER_EMPTY;

    if (!json_string_append(body, &text)) {
        buffer_clear(&text);
        return ONION_BAD_JSON;
    }
    ret->body = packet_of_buffer(&text);
    return ONION_FINAL;
}

/* The object for the next node, its two members as they stand here. */
static OnionKind
read_relay(const Crypto *crypto, JsonValue object, OnionPeeled *ret)
{
    Buffer next = BUFFER_EMPTY;
    JsonValue cipher, key;

    if (control_key(object, "destination", ret->next_ed25519) != FAULT_NONE ||
        !json_get(object, "ciphertext", &cipher) || cipher.type != JSON_TYPE_STRING ||
        !json_get(object, "ephemeral_key", &key) || key.type != JSON_TYPE_STRING)
        return ONION_BAD_JSON;
    buffer_reserve(&next, cipher.text.n + key.text.n + 64);
    buffer_append_literal(&next, "{\"ciphertext\":");
    buffer_append_bytes(&next, cipher.text);
    buffer_append_literal(&next, ",\"ephemeral_key\":");
    buffer_append_bytes(&next, key.text);
    buffer_append_literal(&next, "}");
    meter_add(crypto->meter, METER_WRITE, next.n);
    ret->next = packet_of_buffer(&next);
    return ONION_RELAY;
}

/* "body" is what marks the destination; then "host", a server; else another node. */
static OnionKind
read_plain(const Crypto *crypto, const Packet *plain, OnionPeeled *ret)
{
    JsonValue object, value;
    OnionKind kind;

    meter_add(crypto->meter, METER_PARSE, plain->length);
    if (json_parse(packet_bytes(plain), &object) != ST_OK ||
        object.type != JSON_TYPE_OBJECT)
        return ONION_BAD_JSON;
    if (json_get(object, "body", &value))
        return read_final(value, ret);
    if (!json_get(object, "host", &value))
        return read_relay(crypto, object, ret);
    kind = onion_read_server(object, ret);
    if (kind == ONION_SERVER)
        ret->server_body = packet_share(plain);
    return kind;
}

void
onion_v1_peel(const Crypto *crypto, const X25519Pair *me, OnionV1Layer *layer,
              OnionPeeled *ret)
{
    Packet plain = packet_steal(&layer->cipher);
    size_t n = 0;

    onion_peeled_init(ret);
    if (plain.length > 0 &&
        channel_agree(crypto, ENC_AES_GCM, me, layer->ephemeral_pk, false, &ret->key) ==
            ST_OK &&
        channel_open(crypto, &ret->key, packet_make_mutable(&plain), plain.length, &n) ==
            ST_OK) {
        plain.offset += (uint32_t)channel_nonce_bytes(ENC_AES_GCM);
        plain.length = (uint32_t)n;
        ret->kind = read_plain(crypto, &plain, ret);
    }
    packet_clear(&plain);
}
