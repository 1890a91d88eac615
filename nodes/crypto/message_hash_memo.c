/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/message_hash_memo.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/memory.h"

typedef struct Slot {
    Packet data; /* no blob: empty */
    int16_t name_space;
    uint8_t account[ACCOUNT_BYTES];
    char hash[MESSAGE_HASH_BYTES];
} Slot;

struct MessageHashMemo {
    size_t n; /* a power of two */
    Slot slots[];
};

MessageHashMemo *
message_hash_memo_new(size_t slots)
{
    MessageHashMemo *memo;

    assert(slots > 0 && (slots & (slots - 1)) == 0 && slots <= SIZE_MAX / 2 / sizeof(Slot));
    memo = memory_zeroed(1, sizeof *memo + slots * sizeof *memo->slots);
    memo->n = slots;
    return memo;
}

void
message_hash_memo_free(MessageHashMemo *memo)
{
    if (memo == NULL)
        return;
    for (size_t i = 0; i < memo->n; i++)
        packet_clear(&memo->slots[i].data);
    free(memo);
}

/* By account and the last bytes, which were just read: what follows a body in its packet
 * was parsed.  (By the blob's address the run would be another each time.) */
static size_t
place_of(const MessageHashMemo *memo, const uint8_t account[ACCOUNT_BYTES],
         const Packet *data)
{
    Bytes body = packet_bytes(data);
    uint64_t key = load_u64be(account + 1);

    if (body.n >= 8)
        key ^= load_u64be(body.p + body.n - 8);
    return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (memo->n - 1);
}

void
message_hash_memo_add(MessageHashMemo *memo, const uint8_t account[ACCOUNT_BYTES],
                      int16_t name_space, const Packet *data,
                      const char hash[MESSAGE_HASH_BYTES])
{
    Slot *slot;

    if (data->length == 0)
        return;
    slot = &memo->slots[place_of(memo, account, data)];
    packet_clear(&slot->data);
    slot->data = packet_share(data);
    slot->name_space = name_space;
    memcpy(slot->account, account, ACCOUNT_BYTES);
    memcpy(slot->hash, hash, MESSAGE_HASH_BYTES);
}

bool
message_hash_memo_find(const MessageHashMemo *memo, const uint8_t account[ACCOUNT_BYTES],
                       int16_t name_space, const Packet *data, char ret[MESSAGE_HASH_BYTES])
{
    const Slot *slot = &memo->slots[place_of(memo, account, data)];

    if (data->length == 0 || slot->data.blob != data->blob ||
        slot->data.offset != data->offset || slot->data.length != data->length ||
        slot->name_space != name_space ||
        memcmp(slot->account, account, ACCOUNT_BYTES) != 0)
        return false;
    memcpy(ret, slot->hash, MESSAGE_HASH_BYTES);
    return true;
}
