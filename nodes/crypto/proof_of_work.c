/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/proof_of_work.h"

#include "nodes/crypto/crypto_ops.h"

#include <assert.h>

enum { TTL_UNIT = 65535 };

WorkText
work_text(const Crypto *crypto, const Bytes *parts, size_t n_parts, uint64_t ttl_s)
{
    Buffer text = BUFFER_EMPTY;
    WorkText ret;
    uint64_t n;

    assert(ttl_s <= WORK_TTL_MAX_S);
    for (size_t i = 0; i < n_parts; i++)
        buffer_append_bytes(&text, parts[i]);
    n = text.n + WORK_NONCE_BYTES;
    ret.unit = n + ttl_s * n / TTL_UNIT;
    crypto_sha512(crypto, buffer_bytes(&text), ret.hash);
    buffer_clear(&text);
    return ret;
}

uint64_t
work_target(const WorkText *text, uint32_t difficulty)
{
    assert(difficulty > 0 && difficulty <= WORK_DIFFICULTY_MAX);
    return UINT64_MAX / (difficulty * text->unit);
}

void
work_find(const Crypto *crypto, const WorkText *text, uint32_t difficulty,
          uint8_t ret_nonce[WORK_NONCE_BYTES])
{
    meter_add(crypto->meter, METER_WORK, difficulty * text->unit);
    crypto->ops->work_find(text->hash, work_target(text, difficulty), difficulty,
                           ret_nonce);
}

bool
work_is_done(const Crypto *crypto, const WorkText *text, uint32_t difficulty,
             const uint8_t nonce[WORK_NONCE_BYTES])
{
    meter_add(crypto->meter, METER_WORK, 1);
    return crypto->ops->work_is_done(text->hash, work_target(text, difficulty), difficulty,
                                     nonce);
}

void
work_message_hash(const Crypto *crypto, const WorkText *text,
                  const uint8_t nonce[WORK_NONCE_BYTES], uint8_t ret[WORK_HASH_BYTES])
{
    uint8_t both[WORK_NONCE_BYTES + WORK_HASH_BYTES];

    memcpy(both, nonce, WORK_NONCE_BYTES);
    memcpy(both + WORK_NONCE_BYTES, text->hash, WORK_HASH_BYTES);
    crypto_sha512(crypto, (Bytes){ both, sizeof both }, ret);
}
