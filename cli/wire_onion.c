/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire onion-wrap, onion-peel, reply-seal, reply-open. */
#include "cli/wire.h"

#include <string.h>

#include "nodes/onion/onion_v1.h"

/* Of onion requests: 2, or as the field says. */
static gboolean
load_version(const json_t *in, gint64 *ret, GError **error)
{
    *ret = 2;
    return !wire_has(in, "version") || wire_integer(in, "version", 1, 2, ret, error);
}

/* The same with the encryption, which version 1 has one of. */
static gboolean
load_form(const json_t *in, gint64 *ret_version, EncType *ret_enc, GError **error)
{
    if (!load_version(in, ret_version, error) || !wire_enc_type(in, ret_enc, error))
        return FALSE;
    if (*ret_version == 2 || *ret_enc == ENC_AES_GCM)
        return TRUE;
    wire_refuse(error, "version 1 knows no enc_type but aes-gcm");
    return FALSE;
}

/* --- onion-wrap -------------------------------------------------------------------------
 */

typedef struct WireHops {
    uint8_t keys[ONION_HOPS_MAX + 1][2][KEY_BYTES]; /* the last is the destination's */
    OnionHop hops[ONION_HOPS_MAX];
    size_t n;
    OnionDestination destination;
    OnionRandom random;
} WireHops;

static gboolean
load_hops(const json_t *in, WireHops *w, GError **error)
{
    const json_t *list = wire_list(in, "hops", error);

    if (list == NULL)
        return FALSE;
    w->n = json_array_size(list);
    if (w->n > ONION_HOPS_MAX) {
        wire_refuse(error, "hops has more than %d nodes", ONION_HOPS_MAX);
        return FALSE;
    }
    for (size_t i = 0; i < w->n; i++) {
        const json_t *hop = json_array_get(list, i);

        if (!json_is_object(hop)) {
            wire_refuse(error, "hops[%zu] is no object", i);
            return FALSE;
        }
        if (!wire_hex_exact(hop, "ed25519_pk_hex", w->keys[i][0], KEY_BYTES, error) ||
            !wire_hex_exact(hop, "x25519_pk_hex", w->keys[i][1], KEY_BYTES, error))
            return FALSE;
        w->hops[i] = (OnionHop){ w->keys[i][0], w->keys[i][1] };
    }
    return TRUE;
}

static gboolean
load_server(const json_t *in, OnionDestination *d, GError **error)
{
    gint64 port = 0;

    d->is_server = true;
    if ((d->host = wire_text(in, "host", error)) == NULL ||
        (d->target = wire_text(in, "target", error)) == NULL)
        return FALSE;
    if (wire_has(in, "protocol") &&
        (d->protocol = wire_text(in, "protocol", error)) == NULL)
        return FALSE;
    if (wire_has(in, "port") && !wire_integer(in, "port", 1, UINT16_MAX, &port, error))
        return FALSE;
    d->port = (uint16_t)port;
    return TRUE;
}

static gboolean
load_destination(const json_t *in, WireHops *w, GError **error)
{
    const json_t *value = json_object_get(in, "destination");
    uint8_t(*keys)[KEY_BYTES] = w->keys[ONION_HOPS_MAX];
    const char *type;

    if (!json_is_object(value)) {
        wire_refuse(error, "destination is %s", value == NULL ? "missing" : "no object");
        return FALSE;
    }
    type = wire_text(value, "type", error);
    if (type == NULL || !wire_hex_exact(value, "x25519_pk_hex", keys[1], KEY_BYTES, error))
        return FALSE;
    w->destination = (OnionDestination){ .x25519 = keys[1] };
    if (strcmp(type, "server") == 0)
        return load_server(value, &w->destination, error);
    if (strcmp(type, "snode") != 0) {
        wire_refuse(error, "destination.type is neither snode nor server");
        return FALSE;
    }
    w->destination.ed25519 = keys[0];
    return wire_hex_exact(value, "ed25519_pk_hex", keys[0], KEY_BYTES, error);
}

/* A list of one value for each layer, innermost first, over what is there. */
static gboolean
load_layers(const json_t *in, const char *key, uint8_t *first, size_t stride, size_t bytes,
            size_t n, GError **error)
{
    const json_t *list;

    if (!wire_has(in, key))
        return TRUE;
    list = wire_list(in, key, error);
    if (list == NULL)
        return FALSE;
    if (json_array_size(list) != n) {
        wire_refuse(error, "%s does not have one value for each of %zu layers", key, n);
        return FALSE;
    }
    for (size_t i = 0; i < n; i++)
        if (!wire_hex_value(json_array_get(list, i), key, first + i * stride, bytes, error))
            return FALSE;
    return TRUE;
}

static json_t *
wrapped(WireHops *w, Packet *request)
{
    json_t *out = json_object();
    X25519Pair innermost;

    crypto_keygen(wire_crypto(), w->random.key[0], &innermost);
    wire_set_hex(out, "request_hex", packet_bytes(request));
    wire_set_hex(out, "ephemeral_sk_hex", (Bytes){ innermost.sk, KEY_BYTES });
    wire_set_hex(out, "ephemeral_pk_hex", (Bytes){ innermost.pk, KEY_BYTES });
    return out;
}

json_t *
wire_onion_wrap(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) payload = NULL;
    WireHops w;
    gint64 version;
    EncType enc;
    Packet request;
    ChannelKey reply;
    Status status;
    json_t *out;

    wire_random(&w.random, sizeof w.random);
    if (!load_form(in, &version, &enc, error) || !load_hops(in, &w, error) ||
        !load_destination(in, &w, error) ||
        (payload = wire_hex(in, "payload_hex", error)) == NULL ||
        !load_layers(in, "ephemeral_sk_hex", w.random.key[0], KEY_BYTES, KEY_BYTES, w.n + 1,
                     error) ||
        !load_layers(in, "nonce_hex", w.random.nonce[0], CHANNEL_NONCE_MAX,
                     channel_nonce_bytes(enc), w.n + 1, error))
        return NULL;
    status = version == 1 ? onion_v1_wrap(wire_crypto(), w.hops, w.n, &w.destination,
                                          wire_bytes(payload), &w.random, &request, &reply)
                          : onion_wrap(wire_crypto(), enc, w.hops, w.n, &w.destination,
                                       wire_bytes(payload), &w.random, &request, &reply);
    if (status == ST_MALFORMED)
        return wire_refuse(error, "payload_hex is no UTF-8 text, as version 1 needs it");
    if (status == ST_RANGE)
        return wire_refuse(error, "a server cannot be reached without hops");
    if (status == ST_TOO_LARGE)
        return wire_refuse(error, "the request would be longer than %d bytes",
                           ONION_REQUEST_MAX);
    if (status != ST_OK)
        return wire_refuse(error, "an x25519_pk_hex is no usable key");
    out = wrapped(&w, &request);
    packet_clear(&request);
    return out;
}

/* --- onion-peel -------------------------------------------------------------------------
 */

/* A bare ciphertext, as it stands in a relay's request. */
static gboolean
load_ciphertext(const json_t *in, OnionEnvelope *envelope, Packet *ret, GError **error)
{
    g_autoptr(GByteArray) cipher = wire_hex(in, "ciphertext_hex", error);

    if (cipher == NULL || !wire_enc_type(in, &envelope->enc, error) ||
        !wire_hex_exact(in, "ephemeral_pk_hex", envelope->ephemeral_pk, KEY_BYTES, error))
        return FALSE;
    if (cipher->len > ONION_REQUEST_MAX) {
        wire_refuse(error, "ciphertext_hex is longer than %d bytes", ONION_REQUEST_MAX);
        return FALSE;
    }
    envelope->hop_no = 0;
    envelope->cipher_offset = 0;
    envelope->cipher_length = cipher->len;
    *ret = packet_of_bytes(wire_bytes(cipher));
    return TRUE;
}

static gboolean
load_request(const json_t *in, OnionEnvelope *envelope, Packet *ret, GError **error)
{
    g_autoptr(GByteArray) request = NULL;
    const char *why;

    if (!wire_has(in, "request_hex") && wire_has(in, "ciphertext_hex"))
        return load_ciphertext(in, envelope, ret, error);
    request = wire_hex(in, "request_hex", error);
    if (request == NULL)
        return FALSE;
    *ret = packet_of_bytes(wire_bytes(request));
    if (onion_parse_library(ret, envelope, &why) == ST_OK)
        return TRUE;
    packet_clear(ret);
    wire_refuse(error, "Error parsing onion request: %s", why);
    return FALSE;
}

/* Version 1: a whole request, or its ciphertext and key. */
static gboolean
load_v1(const json_t *in, OnionV1Layer *ret, GError **error)
{
    OnionEnvelope envelope;
    const char *why;
    Packet packet;

    if (!wire_has(in, "request_hex") && wire_has(in, "ciphertext_hex")) {
        if (!load_ciphertext(in, &envelope, &ret->cipher, error))
            return FALSE;
        memcpy(ret->ephemeral_pk, envelope.ephemeral_pk, KEY_BYTES);
        return TRUE;
    }
    {
        g_autoptr(GByteArray) request = wire_hex(in, "request_hex", error);

        if (request == NULL)
            return FALSE;
        packet = packet_of_bytes(wire_bytes(request));
    }
    if (onion_v1_parse(&packet, ret, &why) != ST_OK) {
        packet_clear(&packet);
        wire_refuse(error, "Error parsing onion request: %s", why);
        return FALSE;
    }
    packet_clear(&packet);
    return TRUE;
}

static gboolean
peel(const json_t *in, gint64 version, const X25519Pair *me, OnionPeeled *ret,
     GError **error)
{
    OnionEnvelope envelope;
    OnionV1Layer layer;
    Packet packet;

    if (version == 1) {
        if (!load_v1(in, &layer, error))
            return FALSE;
        onion_v1_peel(wire_crypto(), me, &layer, ret);
        return TRUE;
    }
    if (!load_request(in, &envelope, &packet, error))
        return FALSE;
    onion_peel(wire_crypto(), me, &envelope, &packet, ret);
    return TRUE;
}

static json_t *
show_relay_v1(const OnionPeeled *peeled)
{
    json_t *out = json_pack("{s:s}", "kind", "relay");
    OnionV1Layer next;
    const char *why;

    if (onion_v1_parse(&peeled->next, &next, &why) != ST_OK)
        g_error("a request that was written here cannot be read: %s", why);
    wire_set_hex(out, "destination_hex", (Bytes){ peeled->next_ed25519, KEY_BYTES });
    wire_set_hex(out, "ephemeral_pk_hex", (Bytes){ next.ephemeral_pk, KEY_BYTES });
    wire_set_text(out, "enc_type", BYTES_LITERAL("aes-gcm"));
    wire_set_hex(out, "ciphertext_hex", packet_bytes(&next.cipher));
    packet_clear(&next.cipher);
    return out;
}

static json_t *
show_relay(const OnionPeeled *peeled)
{
    json_t *out = json_pack("{s:s}", "kind", "relay");
    OnionEnvelope next;
    const char *why;
    Bytes text = packet_bytes(&peeled->next);

    if (onion_parse_hop(&peeled->next, &next, &why) != ST_OK)
        g_error("a request that was written here cannot be read: %s", why);
    wire_set_hex(out, "destination_hex", (Bytes){ peeled->next_ed25519, KEY_BYTES });
    wire_set_hex(out, "ephemeral_pk_hex", (Bytes){ next.ephemeral_pk, KEY_BYTES });
    wire_set_text(out, "enc_type", bytes_of_text(enc_type_name(next.enc)));
    wire_set_hex(out, "ciphertext_hex",
                 (Bytes){ text.p + next.cipher_offset, next.cipher_length });
    return out;
}

static json_t *
show_final(const OnionPeeled *peeled, gint64 version)
{
    json_t *out = json_pack("{s:s}", "kind", "final");
    json_t *object;
    Bytes control;

    wire_set_hex(out, "payload_hex", packet_bytes(&peeled->body));
    if (version == 1)
        return out;
    control = onion_peeled_control(peeled);
    object = json_loadb((const char *)control.p, control.n, JSON_ALLOW_NUL, NULL);
    /* A number beyond jansson's range is still an object for the node: shown as text. */
    if (object != NULL)
        json_object_set_new(out, "control", object);
    else
        wire_set_text(out, "control", control);
    return out;
}

static json_t *
show_server(const OnionPeeled *peeled)
{
    json_t *out =
        json_pack("{s:s, s:s, s:s, s:i, s:s}", "kind", "server", "host", peeled->host,
                  "target", peeled->target, "port", (int)peeled->port, "protocol",
                  peeled->https ? "https" : "http");

    wire_set_hex(out, "body_hex", packet_bytes(&peeled->server_body));
    return out;
}

json_t *
wire_onion_peel(const json_t *in, GError **error)
{
    X25519Pair me;
    OnionPeeled peeled;
    gint64 version;
    json_t *out = NULL;

    if (!load_version(in, &version, error) ||
        !wire_x25519(in, "x25519_sk_hex", &me, error) ||
        !peel(in, version, &me, &peeled, error))
        return NULL;
    switch (peeled.kind) {
    case ONION_RELAY:
        out = version == 1 ? show_relay_v1(&peeled) : show_relay(&peeled);
        break;
    case ONION_FINAL:
        out = show_final(&peeled, version);
        break;
    case ONION_SERVER:
        out = show_server(&peeled);
        break;
    case ONION_BAD_JSON:
        wire_refuse(error, "Invalid json");
        break;
    case ONION_BAD_URL:
        wire_refuse(error, "Invalid url");
        break;
    case ONION_UNREADABLE:
    case ONION_KINDS:
    default:
        wire_refuse(error, "Invalid ciphertext");
        break;
    }
    onion_peeled_clear(&peeled);
    return out;
}

/* --- replies ----------------------------------------------------------------------------
 */

json_t *
wire_reply_seal(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) plain = NULL;
    g_autofree uint8_t *sealed = NULL;
    uint8_t client[KEY_BYTES], nonce[CHANNEL_NONCE_MAX];
    X25519Pair me;
    ChannelKey key;
    gint64 version;
    EncType enc;
    size_t n;
    json_t *out;

    if (!wire_x25519(in, "x25519_sk_hex", &me, error) ||
        !wire_hex_exact(in, "ephemeral_pk_hex", client, KEY_BYTES, error) ||
        !load_form(in, &version, &enc, error) ||
        (plain = wire_hex(in, "plaintext_hex", error)) == NULL)
        return NULL;
    wire_random(nonce, sizeof nonce);
    if (wire_has(in, "nonce_hex") &&
        !wire_hex_exact(in, "nonce_hex", nonce, channel_nonce_bytes(enc), error))
        return NULL;
    if (channel_agree(wire_crypto(), enc, &me, client, false, &key) != ST_OK)
        return wire_refuse(error, "ephemeral_pk_hex is no usable key");
    n = channel_sealed_bytes(enc, plain->len);
    sealed = g_malloc(n);
    if (plain->len > 0)
        memcpy(sealed + channel_nonce_bytes(enc), plain->data, plain->len);
    channel_seal(wire_crypto(), &key, nonce, sealed, plain->len);
    out = json_object();
    wire_set_hex(out, "reply_hex", (Bytes){ sealed, n });
    return out;
}

json_t *
wire_reply_open(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) reply = NULL;
    uint8_t server[KEY_BYTES];
    X25519Pair ephemeral;
    ChannelKey key;
    gint64 version;
    EncType enc;
    Packet sealed, plain;
    json_t *out;

    if (!wire_x25519(in, "ephemeral_sk_hex", &ephemeral, error) ||
        !wire_hex_exact(in, "x25519_pk_hex", server, KEY_BYTES, error) ||
        !load_form(in, &version, &enc, error) ||
        (reply = wire_hex(in, "reply_hex", error)) == NULL)
        return NULL;
    if (channel_agree(wire_crypto(), enc, &ephemeral, server, true, &key) != ST_OK)
        return wire_refuse(error, "x25519_pk_hex is no usable key");
    sealed = packet_of_bytes(wire_bytes(reply));
    if (onion_reply_open(wire_crypto(), &key, &sealed, &plain) != ST_OK)
        return wire_refuse(error, "the reply does not open");
    out = json_object();
    wire_set_hex(out, "plaintext_hex", packet_bytes(&plain));
    packet_clear(&plain);
    return out;
}
