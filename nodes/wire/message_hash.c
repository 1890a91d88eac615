/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/message.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/crypto/message_hash_memo.h"
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

/* How many bytes that hashes. */
static size_t
hashed_bytes(int16_t name_space, size_t data_bytes)
{
    size_t sign = name_space < 0 ? 1 : 0;
    size_t digits = name_space == 0 ? 0 : decimal_digits((uint64_t)abs(name_space));

    return ACCOUNT_BYTES + sign + digits + data_bytes;
}

void
message_hash_of_packet(const Crypto *crypto, const uint8_t account[ACCOUNT_BYTES],
                       int16_t name_space, const Packet *data, char ret[MESSAGE_HASH_BYTES])
{
    MessageHashMemo *memo = crypto->message_hashes;

    if (memo != NULL && message_hash_memo_find(memo, account, name_space, data, ret)) {
        /* What was found costs the simulated node as much as what was computed. */
        meter_add(crypto->meter, METER_HASH, hashed_bytes(name_space, data->length));
        return;
    }
    message_hash(crypto, account, name_space, packet_bytes(data), ret);
    if (memo != NULL)
        message_hash_memo_add(memo, account, name_space, data, ret);
}
