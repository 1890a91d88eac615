/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/derived_box.h"

#include "nodes/crypto/crypto_ops.h"

#include <assert.h>
#include <sodium.h>

#define CONFIG_NONCE_PREFIX "libsessionutil-config-encrypted-"

_Static_assert((int)DERIVED_TAG_BYTES == TAG_BYTES, "tag");
_Static_assert(sizeof CONFIG_NONCE_PREFIX - 1 + CONFIG_DOMAIN_MAX <=
                   crypto_generichash_blake2b_KEYBYTES_MAX,
               "a key of BLAKE2b");

/* Append ciphertext and tag. */
static void
box_seal(const Crypto *crypto, const uint8_t key[KEY_BYTES],
         const uint8_t nonce[DERIVED_NONCE_BYTES], Bytes plain, Buffer *out)
{
    uint8_t *p = buffer_reserve(out, plain.n + TAG_BYTES);

    if (plain.n > 0)
        memcpy(p, plain.p, plain.n);
    meter_add(crypto->meter, METER_SEAL, plain.n);
    crypto->ops->aead_seal(AEAD_XCHACHA20, key, nonce, p, plain.n, p + plain.n);
    out->n += plain.n + TAG_BYTES;
}

/* Append the plaintext of ciphertext and tag. */
static Status
box_open(const Crypto *crypto, const uint8_t key[KEY_BYTES],
         const uint8_t nonce[DERIVED_NONCE_BYTES], Bytes sealed, Buffer *out)
{
    size_t n;
    uint8_t *p;

    if (sealed.n < TAG_BYTES)
        return ST_TRUNCATED;
    n = sealed.n - TAG_BYTES;
    p = buffer_reserve(out, sealed.n);
    if (n > 0)
        memcpy(p, sealed.p, n);
    meter_add(crypto->meter, METER_OPEN, n);
    if (!crypto->ops->aead_open(AEAD_XCHACHA20, key, nonce, p, n, sealed.p + n))
        return ST_AUTH;
    out->n += n;
    return ST_OK;
}

/* --- config messages -------------------------------------------------------------------
 */

size_t
config_padded_bytes(size_t n, size_t overhead)
{
    size_t whole = n + overhead;
    size_t step = whole < 5120 ? 256 : whole < 20480 ? 1024 : whole < 40960 ? 2048 : 5120;

    return (whole + step - 1) / step * step - overhead;
}

/* The key hangs on the message's size too. */
static void
config_key(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes domain, size_t n,
           uint8_t ret[KEY_BYTES])
{
    uint8_t size[8];
    const Bytes parts[] = { { key, KEY_BYTES }, { size, sizeof size }, domain };

    assert(domain.n >= 1 && domain.n <= CONFIG_DOMAIN_MAX);
    for (size_t i = 0; i < sizeof size; i++)
        size[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, parts, 3, ret, KEY_BYTES);
}

void
config_seal(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes domain, Bytes message,
            Buffer *out)
{
    uint8_t sealing[KEY_BYTES], nonce[DERIVED_NONCE_BYTES];
    uint8_t hash_key[sizeof CONFIG_NONCE_PREFIX - 1 + CONFIG_DOMAIN_MAX] =
        CONFIG_NONCE_PREFIX;
    size_t prefix = sizeof CONFIG_NONCE_PREFIX - 1;

    config_key(crypto, key, domain, message.n, sealing);
    memcpy(hash_key + prefix, domain.p, domain.n);
    crypto_blake2b(crypto, (Bytes){ hash_key, prefix + domain.n }, &message, 1, nonce,
                   sizeof nonce);
    box_seal(crypto, sealing, nonce, message, out);
    buffer_append(out, nonce, sizeof nonce);
    sodium_memzero(sealing, sizeof sealing);
}

Status
config_open(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes domain, Bytes sealed,
            Buffer *out)
{
    uint8_t opening[KEY_BYTES];
    size_t n;
    Status status;

    if (sealed.n < CONFIG_OVERHEAD)
        return ST_TRUNCATED;
    n = sealed.n - DERIVED_NONCE_BYTES;
    config_key(crypto, key, domain, n - TAG_BYTES, opening);
    status = box_open(crypto, opening, sealed.p + n, (Bytes){ sealed.p, n }, out);
    sodium_memzero(opening, sizeof opening);
    return status;
}

/* --- one text for several ---------------------------------------------------------------
 */

static Status
copy_key(const Crypto *crypto, const X25519Pair *mine, const uint8_t theirs[KEY_BYTES],
         bool sending, Bytes domain, uint8_t ret[KEY_BYTES])
{
    uint8_t secret[KEY_BYTES];
    const Bytes parts[] = { { secret, KEY_BYTES },
                            { sending ? mine->pk : theirs, KEY_BYTES },
                            { sending ? theirs : mine->pk, KEY_BYTES } };

    if (domain.n > crypto_generichash_blake2b_KEYBYTES_MAX)
        domain.n = crypto_generichash_blake2b_KEYBYTES_MAX;
    meter_add(crypto->meter, METER_X25519, 0);
    if (!crypto->ops->shared_secret(mine, theirs, secret))
        return ST_AUTH;
    crypto_blake2b(crypto, domain, parts, 3, ret, KEY_BYTES);
    sodium_memzero(secret, sizeof secret);
    return ST_OK;
}

Status
copy_seal(const Crypto *crypto, const X25519Pair *sender,
          const uint8_t recipient[KEY_BYTES], const uint8_t nonce[DERIVED_NONCE_BYTES],
          Bytes domain, Bytes message, Buffer *out)
{
    uint8_t key[KEY_BYTES];
    Status status = copy_key(crypto, sender, recipient, true, domain, key);

    if (status != ST_OK)
        return status;
    box_seal(crypto, key, nonce, message, out);
    sodium_memzero(key, sizeof key);
    return ST_OK;
}

Status
copy_open(const Crypto *crypto, const X25519Pair *recipient,
          const uint8_t sender[KEY_BYTES], const uint8_t nonce[DERIVED_NONCE_BYTES],
          Bytes domain, Bytes sealed, Buffer *out)
{
    uint8_t key[KEY_BYTES];
    Status status = copy_key(crypto, recipient, sender, false, domain, key);

    if (status != ST_OK)
        return status;
    status = box_open(crypto, key, nonce, sealed, out);
    sodium_memzero(key, sizeof key);
    return status;
}

/* --- names, notifications ----------------------------------------------------------------
 */

/* The key is a hash of the name, keyed with another. */
Status
name_open(const Crypto *crypto, Bytes name, const uint8_t nonce[DERIVED_NONCE_BYTES],
          Bytes sealed, uint8_t ret[NAME_VALUE_BYTES])
{
    uint8_t hash[KEY_BYTES], key[KEY_BYTES];
    Buffer value = BUFFER_EMPTY;
    Status status;

    if (sealed.n != NAME_VALUE_BYTES + TAG_BYTES)
        return ST_MALFORMED;
    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, &name, 1, hash, sizeof hash);
    crypto_blake2b(crypto, (Bytes){ hash, sizeof hash }, &name, 1, key, sizeof key);
    status = box_open(crypto, key, nonce, sealed, &value);
    if (status == ST_OK)
        memcpy(ret, value.p, NAME_VALUE_BYTES);
    buffer_clear(&value);
    return status;
}

Status
notification_open(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes sealed,
                  Buffer *out)
{
    size_t start = out->n;
    Status status;

    if (sealed.n < CONFIG_OVERHEAD)
        return ST_TRUNCATED;
    status = box_open(
        crypto, key, sealed.p,
        (Bytes){ sealed.p + DERIVED_NONCE_BYTES, sealed.n - DERIVED_NONCE_BYTES }, out);
    if (status != ST_OK)
        return status;
    while (out->n > start && out->p[out->n - 1] == 0)
        out->n--;
    return ST_OK;
}
