/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire account, message-seal, message-open, message-hash. */
#include "cli/wire.h"

#include <string.h>

#include "clients/session/mnemonic.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/message.h"

enum { SESSION_PREFIX = 0x05 };

_Static_assert(ACCOUNT_HEX == 2 * ACCOUNT_BYTES, "account");

typedef struct Account {
    uint8_t seed[KEY_BYTES];
    Ed25519Pair ed25519;
    X25519Pair x25519;
} Account;

static gboolean
account_load(const json_t *in, const char *key, Account *ret, GError **error)
{
    if (!wire_seed(in, key, ret->seed, error))
        return FALSE;
    identity_ed25519(ret->seed, &ret->ed25519);
    identity_x25519(&ret->ed25519, &ret->x25519);
    return TRUE;
}

static void
set_session_id(json_t *out, const char *key, const uint8_t x25519[KEY_BYTES])
{
    uint8_t account[ACCOUNT_BYTES] = { SESSION_PREFIX };

    memcpy(account + 1, x25519, KEY_BYTES);
    wire_set_hex(out, key, (Bytes){ account, sizeof account });
}

static const char *
mnemonic_fault(Status status)
{
    if (status == ST_TRUNCATED)
        return "mnemonic has fewer than 13 words";
    if (status == ST_TOO_LARGE)
        return "mnemonic has more than 13 words";
    if (status == ST_NOT_FOUND)
        return "mnemonic has a word that is not in the list";
    return "the last word of mnemonic does not check the others";
}

static gboolean
load_mnemonic(const json_t *in, uint8_t ret[KEY_BYTES], GError **error)
{
    const char *phrase = wire_text(in, "mnemonic", error);
    uint8_t seed[MNEMONIC_SEED_BYTES];
    Status status;

    if (phrase == NULL)
        return FALSE;
    status = mnemonic_decode(bytes_of_text(phrase), seed);
    if (status == ST_OK)
        account_seed_extend(seed, ret);
    else
        wire_refuse(error, "%s", mnemonic_fault(status));
    return status == ST_OK;
}

json_t *
wire_account(const json_t *in, GError **error)
{
    Account a;
    json_t *out;

    if (wire_has(in, "seed_hex") && wire_has(in, "mnemonic"))
        return wire_refuse(error, "seed_hex and mnemonic exclude each other");
    if (!wire_has(in, "mnemonic")) {
        if (!account_load(in, "seed_hex", &a, error))
            return NULL;
    } else {
        if (!load_mnemonic(in, a.seed, error))
            return NULL;
        identity_ed25519(a.seed, &a.ed25519);
        identity_x25519(&a.ed25519, &a.x25519);
    }
    out = json_object();
    set_session_id(out, "session_id", a.x25519.pk);
    wire_set_hex(out, "ed25519_pk_hex", (Bytes){ a.ed25519.pk, KEY_BYTES });
    wire_set_hex(out, "x25519_pk_hex", (Bytes){ a.x25519.pk, KEY_BYTES });
    wire_set_hex(out, "x25519_sk_hex", (Bytes){ a.x25519.sk, KEY_BYTES });
    if (account_seed_has_mnemonic(a.seed)) {
        Buffer phrase = BUFFER_EMPTY;

        mnemonic_encode(a.seed, &phrase);
        wire_set_text(out, "mnemonic", buffer_bytes(&phrase));
        buffer_clear(&phrase);
    } else {
        json_object_set_new(out, "mnemonic", json_null());
    }
    return out;
}

/* A Session ID's X25519 key. */
static gboolean
load_recipient(const json_t *in, uint8_t ret[KEY_BYTES], GError **error)
{
    uint8_t account[ACCOUNT_BYTES];

    if (!wire_account_key(in, "recipient", account, error))
        return FALSE;
    if (account[0] != SESSION_PREFIX) {
        wire_refuse(error, "recipient does not begin with 05");
        return FALSE;
    }
    memcpy(ret, account + 1, KEY_BYTES);
    return TRUE;
}

json_t *
wire_message_seal(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) message = NULL;
    uint8_t recipient[KEY_BYTES], ephemeral[KEY_BYTES];
    Buffer sealed = BUFFER_EMPTY;
    gboolean deterministic;
    Account sender;
    Status status;
    json_t *out;

    if (!account_load(in, "ed25519_seed_hex", &sender, error) ||
        !load_recipient(in, recipient, error) ||
        (message = wire_hex(in, "message_hex", error)) == NULL ||
        !wire_flag(in, "deterministic", &deterministic, error))
        return NULL;
    if (!wire_has(in, "ephemeral_sk_hex"))
        wire_random(ephemeral, sizeof ephemeral);
    else if (deterministic)
        return wire_refuse(error, "ephemeral_sk_hex and deterministic exclude each other");
    else if (!wire_hex_exact(in, "ephemeral_sk_hex", ephemeral, sizeof ephemeral, error))
        return NULL;
    if (deterministic)
        status = session_message_seal_deterministic(
            wire_crypto(), &sender.ed25519, recipient, wire_bytes(message), &sealed);
    else
        status = session_message_seal(wire_crypto(), &sender.ed25519, recipient, ephemeral,
                                      wire_bytes(message), &sealed);
    if (status == ST_OK) {
        out = json_object();
        wire_set_hex(out, "ciphertext_hex", buffer_bytes(&sealed));
    } else {
        out = wire_refuse(error, "recipient is no usable key");
    }
    buffer_clear(&sealed);
    return out;
}

json_t *
wire_message_open(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) sealed = NULL;
    uint8_t sender[KEY_BYTES];
    Buffer message = BUFFER_EMPTY;
    Account recipient;
    Status status;
    json_t *out;

    if (!account_load(in, "ed25519_seed_hex", &recipient, error) ||
        (sealed = wire_hex(in, "ciphertext_hex", error)) == NULL)
        return NULL;
    status = session_message_open(wire_crypto(), &recipient.x25519, wire_bytes(sealed),
                                  &message, sender);
    if (status == ST_OK) {
        out = json_object();
        wire_set_hex(out, "message_hex", buffer_bytes(&message));
        set_session_id(out, "sender", sender);
    } else {
        out = wire_refuse(error, status == ST_TRUNCATED
                                     ? "ciphertext is too short"
                                     : "ciphertext does not open, or its signature is bad");
    }
    buffer_clear(&message);
    return out;
}

json_t *
wire_message_hash(const json_t *in, GError **error)
{
    g_autoptr(GByteArray) data = NULL;
    uint8_t account[ACCOUNT_BYTES];
    char hash[MESSAGE_HASH_BYTES];
    gint64 name_space;
    json_t *out;

    if (!wire_account_key(in, "pubkey", account, error) ||
        !wire_integer(in, "namespace", INT16_MIN, INT16_MAX, &name_space, error) ||
        (data = wire_hex(in, "data_hex", error)) == NULL)
        return NULL;
    message_hash(wire_crypto(), account, (int16_t)name_space, wire_bytes(data), hash);
    out = json_object();
    wire_set_text(out, "hash", (Bytes){ (const uint8_t *)hash, sizeof hash });
    return out;
}
