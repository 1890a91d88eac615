/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire: the protocol, one JSON object at a time.  What the verbs share. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "nodes/crypto/crypto.h"

enum {
    WIRE_INPUT_MAX = 64 * 1024 * 1024, /* bytes of one object */
    WIRE_HEX_MAX = 16 * 1024 * 1024,   /* bytes in one binary field */
    ACCOUNT_HEX = 66
};

/* Why an input is refused: one kind, its message is what the answer shows. */
#define WIRE_REFUSED (g_quark_from_static_string("wire-refused"))

/* A verb: the answer (a new object), or NULL with @error. */
typedef json_t *(*WireFunction)(const json_t *in, GError **error);
/* For the verb that must see the input's own text. */
typedef json_t *(*WireTextFunction)(Bytes text, GError **error);

json_t *wire_account(const json_t *in, GError **error);
json_t *wire_onion_wrap(const json_t *in, GError **error);
json_t *wire_onion_peel(const json_t *in, GError **error);
json_t *wire_reply_seal(const json_t *in, GError **error);
json_t *wire_reply_open(const json_t *in, GError **error);
json_t *wire_message_seal(const json_t *in, GError **error);
json_t *wire_message_open(const json_t *in, GError **error);
json_t *wire_message_hash(const json_t *in, GError **error);
json_t *wire_swarm_of(const json_t *in, GError **error);
json_t *wire_swarm_assign(const json_t *in, GError **error);
json_t *wire_rpc_sign(const json_t *in, GError **error);
json_t *wire_rpc(Bytes text, GError **error);

/* Real cryptography, for everything here. */
const Crypto *wire_crypto(void);
/* From the system's generator. */
void wire_random(void *out, size_t n);

/* Set @error to the formatted text; returns NULL. */
json_t *wire_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- reading fields.  All refuse a field of another type ------------------------------ */

/* It is there and not null. */
gboolean wire_has(const json_t *in, const char *key);
/* The text of a required field, or NULL. */
const char *wire_text(const json_t *in, const char *key, GError **error);
/* The bytes of a required hex field, at most WIRE_HEX_MAX, or NULL. */
GByteArray *wire_hex(const json_t *in, const char *key, GError **error);
gboolean wire_hex_exact(const json_t *in, const char *key, uint8_t *ret, size_t n,
                        GError **error);
/* The same of a value that is no field; @name is for the message. */
gboolean wire_hex_value(const json_t *value, const char *name, uint8_t *ret, size_t n,
                        GError **error);
gboolean wire_integer(const json_t *in, const char *key, gint64 min, gint64 max,
                      gint64 *ret, GError **error);
/* False when absent. */
gboolean wire_flag(const json_t *in, const char *key, gboolean *ret, GError **error);
/* A required list, or NULL. */
const json_t *wire_list(const json_t *in, const char *key, GError **error);
gboolean wire_enc_type(const json_t *in, EncType *ret, GError **error);
/* A seed of 16 bytes (and zeros) or 32. */
gboolean wire_seed(const json_t *in, const char *key, uint8_t ret[KEY_BYTES],
                   GError **error);
/* A public key with its prefix byte: 66 hex digits. */
gboolean wire_account_key(const json_t *in, const char *key, uint8_t ret[ACCOUNT_HEX / 2],
                          GError **error);
/* A pair from its secret half. */
gboolean wire_x25519(const json_t *in, const char *key, X25519Pair *ret, GError **error);

static inline Bytes
wire_bytes(const GByteArray *array)
{
    return (Bytes){ array->data, array->len };
}

/* --- writing fields ---------------------------------------------------------------------
 */

void wire_set_hex(json_t *out, const char *key, Bytes value);
void wire_set_text(json_t *out, const char *key, Bytes value);
