/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>

/* An empty slot holds an Ed25519 key of zeros, which is no valid one.  One cache line. */
typedef struct Slot {
    _Alignas(2 * KEY_BYTES) uint8_t ed_pk[KEY_BYTES];
    uint8_t x25519_pk[KEY_BYTES];
} Slot;

struct IdentityMemo {
    size_t n; /* a power of two */
    Slot slots[];
};

IdentityMemo *
identity_memo_new(size_t slots)
{
    IdentityMemo *memo;

    assert(slots > 0 && (slots & (slots - 1)) == 0 && slots <= SIZE_MAX / 2 / sizeof(Slot));
    memo = aligned_alloc(_Alignof(Slot), sizeof *memo + slots * sizeof *memo->slots);
    if (memo == NULL)
        abort();
    memo->n = slots;
    memset(memo->slots, 0, slots * sizeof *memo->slots);
    return memo;
}

void
identity_memo_free(IdentityMemo *memo)
{
    free(memo);
}

/* Keys are evenly spread: in a table that is half full, a key hardly ever finds all slots
 * of its window taken.  Whoever makes keys collide costs us time, as without a memo. */
enum { WINDOW = 8 };

static Slot *
slot_at(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES], size_t i)
{
    return &memo->slots[(load_u64be(ed_pk) + i) & (memo->n - 1)];
}

/* The slot that has the key, or where it goes: the first free one of its window, else the
 * first of all. */
static Slot *
slot_of(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES])
{
    static const uint8_t empty[KEY_BYTES];

    for (size_t i = 0; i < WINDOW; i++) {
        Slot *slot = slot_at(memo, ed_pk, i);

        if (memcmp(slot->ed_pk, ed_pk, KEY_BYTES) == 0 ||
            memcmp(slot->ed_pk, empty, KEY_BYTES) == 0)
            return slot;
    }
    return slot_at(memo, ed_pk, 0);
}

void
identity_memo_add(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES],
                  const uint8_t x25519_pk[KEY_BYTES])
{
    Slot *slot;

    if (memo == NULL)
        return;
    slot = slot_of(memo, ed_pk);
    memcpy(slot->ed_pk, ed_pk, KEY_BYTES);
    memcpy(slot->x25519_pk, x25519_pk, KEY_BYTES);
}

static bool
is_zero(const uint8_t pk[KEY_BYTES])
{
    static const uint8_t zero[KEY_BYTES];

    return memcmp(pk, zero, KEY_BYTES) == 0;
}

Status
identity_memo_x25519_pk(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES],
                        uint8_t ret[KEY_BYTES])
{
    Status status;

    if (memo != NULL) {
        const Slot *slot = slot_of(memo, ed_pk);

        if (memcmp(slot->ed_pk, ed_pk, KEY_BYTES) == 0 && !is_zero(ed_pk)) {
            memcpy(ret, slot->x25519_pk, KEY_BYTES);
            return ST_OK;
        }
    }
    status = identity_x25519_pk(ed_pk, ret);
    if (status == ST_OK)
        identity_memo_add(memo, ed_pk, ret);
    return status;
}
