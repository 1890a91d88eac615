/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/message.h"

#include <assert.h>

#include "nodes/wire/base64.h"

void
message_hash(const Crypto *crypto, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
             Bytes data, char ret[MESSAGE_HASH_BYTES])
{
    Buffer decimal = BUFFER_EMPTY, text = BUFFER_EMPTY;
    uint8_t hash[32];
    Bytes parts[3];

    if (name_space != 0)
        buffer_append_i64_decimal(&decimal, name_space);
    parts[0] = (Bytes){ account, ACCOUNT_BYTES };
    parts[1] = buffer_bytes(&decimal);
    parts[2] = data;
    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, parts, 3, hash, sizeof hash);
    base64_encode((Bytes){ hash, sizeof hash }, false, &text);
    assert(text.n == MESSAGE_HASH_BYTES);
    memcpy(ret, text.p, MESSAGE_HASH_BYTES);
    buffer_clear(&decimal);
    buffer_clear(&text);
}
