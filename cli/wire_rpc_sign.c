/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire rpc-sign: fills in what a storage request needs beside its content.  With
 * account_seed_hex the seed is that of a subaccount, and the account signs its token. */
#include "cli/wire.h"

#include <string.h>

#include "clients/session/signed_text.h"
#include "nodes/base/store.h"
#include "nodes/wire/base64.h"

enum {
    SESSION_PREFIX = 0x05,
    ITEMS_MAX = 65536,
    ACCESS_DEFAULT = 3 /* read and write (protocol 3.5) */
};

/* What a SignedRequest borrows. */
typedef struct Signing {
    SignedRequest request;
    GArray *expiries;  /* UnixMs */
    GPtrArray *tokens; /* GByteArray */
    GArray *items;     /* Bytes */
} Signing;

static gboolean
integer_of(const json_t *value, const char *name, gint64 *ret, GError **error)
{
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return TRUE;
    }
    /* a store's timestamp may be a text */
    if (json_is_string(value) &&
        g_ascii_string_to_signed(json_string_value(value), 10, G_MININT64, G_MAXINT64, ret,
                                 NULL))
        return TRUE;
    wire_refuse(error, "params.%s is no integer", name);
    return FALSE;
}

/* Of one value or a list of them, the @i-th. */
static size_t
count_of(const json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : 1;
}

static const json_t *
item_of(const json_t *value, size_t i)
{
    return json_is_array(value) ? json_array_get(value, i) : value;
}

static gboolean
load_namespace(const json_t *params, SignedRequest *request, GError **error)
{
    const json_t *value = json_object_get(params, "namespace");
    gint64 name_space = 0;

    if (json_is_string(value) && strcmp(json_string_value(value), "all") == 0) {
        request->name_space = STORE_NAMESPACE_ALL;
        return TRUE;
    }
    if (wire_has(params, "namespace") &&
        !wire_integer(params, "namespace", INT16_MIN, INT16_MAX, &name_space, error))
        return FALSE;
    request->name_space = (int32_t)name_space;
    return TRUE;
}

/* The field whose time is signed. */
static const char *
time_field(SignedMethod method, const json_t *params)
{
    if (method == SIGNED_DELETE_BEFORE)
        return "before";
    if (method == SIGNED_EXPIRE_ALL)
        return "expiry";
    if (method == SIGNED_STORE && wire_has(params, "sig_timestamp"))
        return "sig_timestamp";
    return "timestamp";
}

static gboolean
load_time(const json_t *in, json_t *params, Signing *s, GError **error)
{
    const char *field = time_field(s->request.method, params);
    gint64 now = g_get_real_time() / 1000;

    if (wire_has(in, "now_ms") && !wire_integer(in, "now_ms", 0, G_MAXINT64, &now, error))
        return FALSE;
    /* A store has its own time even where another is signed. */
    if ((strcmp(field, "timestamp") == 0 || s->request.method == SIGNED_STORE) &&
        !wire_has(params, "timestamp"))
        json_object_set_new(params, "timestamp", json_integer(now));
    if (!wire_has(params, field)) {
        wire_refuse(error, "params.%s is missing", field);
        return FALSE;
    }
    return integer_of(json_object_get(params, field), field, &s->request.time, error);
}

static gboolean
load_expiries(const json_t *params, Signing *s, GError **error)
{
    const json_t *value = json_object_get(params, "expiry");
    gboolean shorten, extend;

    if (!wire_has(params, "expiry")) {
        wire_refuse(error, "params.expiry is missing");
        return FALSE;
    }
    for (size_t i = 0; i < count_of(value); i++) {
        gint64 expiry;

        if (!integer_of(item_of(value, i), "expiry", &expiry, error))
            return FALSE;
        g_array_append_val(s->expiries, expiry);
    }
    if (!wire_flag(params, "shorten", &shorten, error) ||
        !wire_flag(params, "extend", &extend, error))
        return FALSE;
    if (shorten && extend) {
        wire_refuse(error, "params.shorten and params.extend exclude each other");
        return FALSE;
    }
    s->request.modifier = shorten ? "shorten" : extend ? "extend" : NULL;
    return TRUE;
}

static const char *
items_field(SignedMethod method)
{
    if (method == SIGNED_REVOKE_SUBACCOUNT)
        return "revoke";
    return method == SIGNED_UNREVOKE_SUBACCOUNT ? "unrevoke" : "messages";
}

/* A subaccount token: hex or base64 of 36 bytes. */
static gboolean
append_token(Bytes text, Signing *s)
{
    uint8_t token[SUBACCOUNT_BYTES];
    GByteArray *copy;
    Bytes item;

    if (!hex_decode(text, token, sizeof token) &&
        base64_decode_exact(text, token, sizeof token) != ST_OK)
        return FALSE;
    copy = g_byte_array_append(g_byte_array_new(), token, sizeof token);
    item = wire_bytes(copy);
    g_ptr_array_add(s->tokens, copy);
    g_array_append_val(s->items, item);
    return TRUE;
}

static gboolean
load_items(const json_t *params, Signing *s, GError **error)
{
    const char *field = items_field(s->request.method);
    const json_t *value = json_object_get(params, field);
    gboolean tokens = strcmp(field, "messages") != 0;

    if (!wire_has(params, field) || (!tokens && !json_is_array(value)) ||
        count_of(value) > ITEMS_MAX) {
        wire_refuse(error, "params.%s is missing, no list or too long", field);
        return FALSE;
    }
    for (size_t i = 0; i < count_of(value); i++) {
        const json_t *item = item_of(value, i);
        Bytes text = { (const uint8_t *)json_string_value(item), json_string_length(item) };

        if (!json_is_string(item) || (tokens && !append_token(text, s))) {
            wire_refuse(error, "params.%s has something else than %s", field,
                        tokens ? "36 bytes in hex or base64" : "texts");
            return FALSE;
        }
        if (!tokens)
            g_array_append_val(s->items, text);
    }
    return TRUE;
}

static gboolean
load_parts(const json_t *in, json_t *params, Signing *s, GError **error)
{
    unsigned parts = signed_method_parts(s->request.method);

    return ((parts & SIGNED_PART_NAMESPACE) == 0 ||
            load_namespace(params, &s->request, error)) &&
           ((parts & SIGNED_PART_TIME) == 0 || load_time(in, params, s, error)) &&
           ((parts & SIGNED_PART_EXPIRIES) == 0 || load_expiries(params, s, error)) &&
           ((parts & SIGNED_PART_ITEMS) == 0 || load_items(params, s, error));
}

/* "pubkey": the seed's Session ID unless another is named, and for a Session ID the key
 * that signs. */
static gboolean
fill_keys(json_t *params, const Ed25519Pair *signer, GError **error)
{
    uint8_t account[ACCOUNT_BYTES] = { SESSION_PREFIX };
    X25519Pair x25519;

    identity_x25519(signer, &x25519);
    memcpy(account + 1, x25519.pk, KEY_BYTES);
    if (!wire_has(params, "pubkey") && wire_has(params, "pubKey")) {
        if (!wire_account_key(params, "pubKey", account, error))
            return FALSE;
    } else if (wire_has(params, "pubkey")) {
        if (!wire_account_key(params, "pubkey", account, error))
            return FALSE;
    } else {
        wire_set_hex(params, "pubkey", (Bytes){ account, sizeof account });
    }
    if (account[0] == SESSION_PREFIX && !wire_has(params, "pubkey_ed25519") &&
        !wire_has(params, "subaccount"))
        wire_set_hex(params, "pubkey_ed25519", (Bytes){ signer->pk, KEY_BYTES });
    return TRUE;
}

/* "subaccount" and "subaccount_sig": what @signer may do with @account's messages. */
static gboolean
fill_subaccount(const json_t *in, json_t *params, const Ed25519Pair *account,
                const Ed25519Pair *signer, GError **error)
{
    uint8_t token[SUBACCOUNT_BYTES] = { 0 }, prefixed[ACCOUNT_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
    Buffer encoded = BUFFER_EMPTY;
    gint64 access = ACCESS_DEFAULT;

    if ((wire_has(in, "access") &&
         !wire_integer(in, "access", 0, UINT8_MAX, &access, error)) ||
        !wire_account_key(params, wire_has(params, "pubkey") ? "pubkey" : "pubKey",
                          prefixed, error))
        return FALSE;
    token[0] = prefixed[0];
    token[1] = (uint8_t)access;
    memcpy(token + SUBACCOUNT_BYTES - KEY_BYTES, signer->pk, KEY_BYTES);
    crypto_sign_message(wire_crypto(), account, (Bytes){ token, sizeof token }, signature);
    base64_encode((Bytes){ token, sizeof token }, true, &encoded);
    wire_set_text(params, "subaccount", buffer_bytes(&encoded));
    encoded.n = 0;
    base64_encode((Bytes){ signature, sizeof signature }, true, &encoded);
    wire_set_text(params, "subaccount_sig", buffer_bytes(&encoded));
    buffer_clear(&encoded);
    return TRUE;
}

/* The keys of whoever signs, and of the account when that is another. */
static gboolean
fill_signer(const json_t *in, json_t *params, const Ed25519Pair *signer, GError **error)
{
    uint8_t seed[KEY_BYTES];
    Ed25519Pair account;

    if (!wire_has(in, "account_seed_hex"))
        return fill_keys(params, signer, error);
    if (!wire_seed(in, "account_seed_hex", seed, error))
        return FALSE;
    identity_ed25519(seed, &account);
    return fill_keys(params, &account, error) &&
           fill_subaccount(in, params, &account, signer, error);
}

static void
sign(json_t *params, const Ed25519Pair *signer, Signing *s)
{
    Buffer text = BUFFER_EMPTY, encoded = BUFFER_EMPTY;
    uint8_t signature[SIGNATURE_BYTES];

    s->request.expiries = (const UnixMs *)(const void *)s->expiries->data;
    s->request.n_expiries = s->expiries->len;
    s->request.items = (const Bytes *)(const void *)s->items->data;
    s->request.n_items = s->items->len;
    signed_text(&s->request, &text);
    crypto_sign_message(wire_crypto(), signer, buffer_bytes(&text), signature);
    base64_encode((Bytes){ signature, sizeof signature }, true, &encoded);
    wire_set_text(params, "signature", buffer_bytes(&encoded));
    buffer_clear(&text);
    buffer_clear(&encoded);
}

static void
free_token(gpointer token)
{
    g_byte_array_unref(token);
}

json_t *
wire_rpc_sign(const json_t *in, GError **error)
{
    uint8_t seed[KEY_BYTES];
    const char *method = wire_text(in, "method", error);
    Ed25519Pair signer;
    Signing s = { .request = { .method = SIGNED_METHODS } };
    json_t *params, *out = NULL;

    if (method == NULL || !wire_seed(in, "ed25519_seed_hex", seed, error))
        return NULL;
    if (signed_method_parse(bytes_of_text(method), &s.request.method) != ST_OK)
        return wire_refuse(error, "method is none that is signed");
    if (!json_is_object(json_object_get(in, "params")))
        return wire_refuse(error, "params is no object");
    identity_ed25519(seed, &signer);
    params = json_deep_copy(json_object_get(in, "params"));
    s.expiries = g_array_new(FALSE, FALSE, sizeof(UnixMs));
    s.items = g_array_new(FALSE, FALSE, sizeof(Bytes));
    s.tokens = g_ptr_array_new_with_free_func(free_token);
    if (fill_signer(in, params, &signer, error) && load_parts(in, params, &s, error)) {
        sign(params, &signer, &s);
        out = json_pack("{s:s, s:O}", "method", method, "params", params);
    }
    json_decref(params);
    g_array_unref(s.expiries);
    g_array_unref(s.items);
    g_ptr_array_unref(s.tokens);
    return out;
}
