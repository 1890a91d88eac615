/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/signature_memo.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/memory.h"

typedef struct Slot {
    uint8_t pk[KEY_BYTES], signature[SIGNATURE_BYTES];
    uint8_t text[SIGNATURE_MEMO_TEXT_MAX];
    uint8_t text_n; /* 0: empty */
} Slot;

struct SignatureMemo {
    size_t n; /* a power of two */
    Slot slots[];
};

SignatureMemo *
signature_memo_new(size_t slots)
{
    SignatureMemo *memo;

    assert(slots > 0 && (slots & (slots - 1)) == 0 && slots <= SIZE_MAX / 2 / sizeof(Slot));
    memo = memory_zeroed(1, sizeof *memo + slots * sizeof *memo->slots);
    memo->n = slots;
    return memo;
}

void
signature_memo_free(SignatureMemo *memo)
{
    free(memo);
}

static size_t
place_of(const SignatureMemo *memo, const uint8_t signature[SIGNATURE_BYTES])
{
    return load_u64be(signature) & (memo->n - 1);
}

void
signature_memo_add(SignatureMemo *memo, const uint8_t pk[KEY_BYTES], Bytes text,
                   const uint8_t signature[SIGNATURE_BYTES])
{
    Slot *slot = &memo->slots[place_of(memo, signature)];

    if (text.n == 0 || text.n > SIGNATURE_MEMO_TEXT_MAX)
        return;
    memcpy(slot->pk, pk, KEY_BYTES);
    memcpy(slot->signature, signature, SIGNATURE_BYTES);
    memcpy(slot->text, text.p, text.n);
    slot->text_n = (uint8_t)text.n;
}

bool
signature_memo_has(const SignatureMemo *memo, const uint8_t pk[KEY_BYTES], Bytes text,
                   const uint8_t signature[SIGNATURE_BYTES])
{
    const Slot *slot = &memo->slots[place_of(memo, signature)];

    return slot->text_n > 0 && bytes_equal((Bytes){ slot->text, slot->text_n }, text) &&
           memcmp(slot->pk, pk, KEY_BYTES) == 0 &&
           memcmp(slot->signature, signature, SIGNATURE_BYTES) == 0;
}
