/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/wire.h"

#include <string.h>
#include <sys/random.h>

#include "clients/session/mnemonic.h"

json_t *
wire_refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(WIRE_REFUSED, 0, format, arguments);
    va_end(arguments);
    return NULL;
}

const Crypto *
wire_crypto(void)
{
    static Meter meter;
    static const Crypto crypto = { .ops = &crypto_real, .meter = &meter };

    return &crypto;
}

void
wire_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
}

gboolean
wire_has(const json_t *in, const char *key)
{
    const json_t *value = json_object_get(in, key);

    return value != NULL && !json_is_null(value);
}

static const json_t *
required(const json_t *in, const char *key, GError **error)
{
    if (!wire_has(in, key)) {
        wire_refuse(error, "%s is missing", key);
        return NULL;
    }
    return json_object_get(in, key);
}

const char *
wire_text(const json_t *in, const char *key, GError **error)
{
    const json_t *value = required(in, key, error);

    if (value == NULL)
        return NULL;
    if (!json_is_string(value)) {
        wire_refuse(error, "%s is no text", key);
        return NULL;
    }
    return json_string_value(value);
}

static Bytes
text_bytes(const json_t *value)
{
    return (Bytes){ (const uint8_t *)json_string_value(value), json_string_length(value) };
}

GByteArray *
wire_hex(const json_t *in, const char *key, GError **error)
{
    const json_t *value = required(in, key, error);
    g_autoptr(GByteArray) array = g_byte_array_new();
    Bytes text;

    if (value == NULL)
        return NULL;
    if (!json_is_string(value)) {
        wire_refuse(error, "%s is no text", key);
        return NULL;
    }
    text = text_bytes(value);
    if (text.n > 2 * WIRE_HEX_MAX) {
        wire_refuse(error, "%s is longer than %d bytes", key, WIRE_HEX_MAX);
        return NULL;
    }
    g_byte_array_set_size(array, (guint)(text.n / 2));
    if (text.n % 2 != 0 || !hex_decode(text, array->data, array->len)) {
        wire_refuse(error, "%s is no hex", key);
        return NULL;
    }
    return g_steal_pointer(&array);
}

gboolean
wire_hex_value(const json_t *value, const char *name, uint8_t *ret, size_t n,
               GError **error)
{
    if (json_is_string(value) && hex_decode(text_bytes(value), ret, n))
        return TRUE;
    wire_refuse(error, "%s is not %zu hex digits", name, 2 * n);
    return FALSE;
}

gboolean
wire_hex_exact(const json_t *in, const char *key, uint8_t *ret, size_t n, GError **error)
{
    const json_t *value = required(in, key, error);

    return value != NULL && wire_hex_value(value, key, ret, n, error);
}

gboolean
wire_integer(const json_t *in, const char *key, gint64 min, gint64 max, gint64 *ret,
             GError **error)
{
    const json_t *value = required(in, key, error);

    if (value == NULL)
        return FALSE;
    if (!json_is_integer(value) || json_integer_value(value) < min ||
        json_integer_value(value) > max) {
        wire_refuse(error,
                    "%s is no integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, key,
                    min, max);
        return FALSE;
    }
    *ret = json_integer_value(value);
    return TRUE;
}

gboolean
wire_flag(const json_t *in, const char *key, gboolean *ret, GError **error)
{
    const json_t *value = json_object_get(in, key);

    *ret = FALSE;
    if (value == NULL || json_is_null(value))
        return TRUE;
    if (!json_is_boolean(value)) {
        wire_refuse(error, "%s is neither true nor false", key);
        return FALSE;
    }
    *ret = json_is_true(value);
    return TRUE;
}

const json_t *
wire_list(const json_t *in, const char *key, GError **error)
{
    const json_t *value = required(in, key, error);

    if (value == NULL)
        return NULL;
    if (!json_is_array(value)) {
        wire_refuse(error, "%s is no list", key);
        return NULL;
    }
    return value;
}

gboolean
wire_enc_type(const json_t *in, EncType *ret, GError **error)
{
    const char *name = wire_text(in, "enc_type", error);

    if (name == NULL)
        return FALSE;
    if (enc_type_parse(bytes_of_text(name), ret) == ST_OK)
        return TRUE;
    wire_refuse(error, "enc_type is none of aes-gcm, xchacha20, aes-cbc");
    return FALSE;
}

gboolean
wire_seed(const json_t *in, const char *key, uint8_t ret[KEY_BYTES], GError **error)
{
    const json_t *value = required(in, key, error);
    uint8_t half[MNEMONIC_SEED_BYTES];

    if (value == NULL)
        return FALSE;
    if (json_is_string(value) && hex_decode(text_bytes(value), ret, KEY_BYTES))
        return TRUE;
    if (json_is_string(value) && hex_decode(text_bytes(value), half, sizeof half)) {
        account_seed_extend(half, ret);
        return TRUE;
    }
    wire_refuse(error, "%s is neither 32 nor 64 hex digits", key);
    return FALSE;
}

gboolean
wire_account_key(const json_t *in, const char *key, uint8_t ret[ACCOUNT_HEX / 2],
                 GError **error)
{
    return wire_hex_exact(in, key, ret, ACCOUNT_HEX / 2, error);
}

gboolean
wire_x25519(const json_t *in, const char *key, X25519Pair *ret, GError **error)
{
    uint8_t sk[KEY_BYTES];

    if (!wire_hex_exact(in, key, sk, sizeof sk, error))
        return FALSE;
    crypto_keygen(wire_crypto(), sk, ret);
    return TRUE;
}

void
wire_set_hex(json_t *out, const char *key, Bytes value)
{
    g_autofree char *hex = g_malloc(2 * value.n + 1);

    hex_encode(value, hex);
    json_object_set_new(out, key, json_stringn(hex, 2 * value.n));
}

void
wire_set_text(json_t *out, const char *key, Bytes value)
{
    json_object_set_new(out, key, json_stringn((const char *)value.p, value.n));
}
