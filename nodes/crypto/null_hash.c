/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/null_hash.h"

#include <assert.h>

__extension__ typedef unsigned __int128 Wide;

enum { BLOCK_BYTES = 16, END_WORDS_MAX = 8 };

/* Fraction digits of pi, 64 bits each, made odd. */
static const uint64_t PI[] = {
    0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1, 0x082efa98ec4e6c89,
    0x452821e638d01377, 0xbe5466cf34e90c6d, 0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
};

static uint64_t
load_word(const uint8_t p[8])
{
    uint64_t v;

    memcpy(&v, p, 8);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v : __builtin_bswap64(v);
}

static void
store_word(uint8_t p[8], uint64_t v)
{
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        v = __builtin_bswap64(v);
    memcpy(p, &v, 8);
}

static uint64_t
rotate(uint64_t v, int bits)
{
    return v << bits | v >> (64 - bits);
}

/* Both halves of the product, folded: each output bit hangs on all input bits. */
static uint64_t
fold(uint64_t x, uint64_t y)
{
    Wide product = (Wide)x * y;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The rotated old state is added, so that a factor of zero does not wipe the past. */
static inline void
take_block(NullHash *hash, uint64_t x, uint64_t y)
{
    hash->a = rotate(hash->a, 29) + fold(hash->a ^ x ^ PI[0], y ^ PI[1]);
    hash->b = rotate(hash->b, 31) + fold(hash->b ^ y ^ PI[2], x ^ PI[3]);
}

NullHash
null_hash_begin(uint64_t domain)
{
    return (NullHash){ domain * PI[4], domain ^ PI[5] };
}

void
null_hash_add(NullHash *hash, const uint8_t *p, size_t n)
{
    NullHash h = *hash;
    uint8_t tail[BLOCK_BYTES] = { 0 };
    size_t i = 0;

    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES)
        take_block(&h, load_word(p + i), load_word(p + i + 8));
    if (i < n) {
        memcpy(tail, p + i, n - i);
        take_block(&h, load_word(tail), load_word(tail + 8));
    }
    take_block(&h, n, PI[6]);
    *hash = h;
}

static void
end_words(const NullHash *hash, uint64_t *ret, size_t n)
{
    uint64_t a = hash->a ^ rotate(hash->b, 17), b = hash->b ^ rotate(hash->a, 41);

    assert(n <= END_WORDS_MAX);
    for (size_t i = 0; i < n; i++) {
        uint64_t x = fold(a ^ PI[i], b + PI[7 - i]);

        ret[i] = fold(x ^ a, x ^ PI[6]) + (i % 2 == 0 ? a : b);
    }
}

void
null_hash_end(const NullHash *hash, uint8_t *ret, size_t n)
{
    uint64_t words[END_WORDS_MAX];

    assert(n % 8 == 0);
    end_words(hash, words, n / 8);
    for (size_t i = 0; i < n / 8; i++)
        store_word(ret + 8 * i, words[i]);
}

/* The state of one sealing or opening. */
typedef struct Mask {
    uint64_t mask[2]; /* counters that make the mask, one step a block */
    uint64_t tag[2];  /* counters that key the tag, one step a block */
    uint64_t last[2]; /* finish the tag */
    Wide sum;         /* of keyed products of the masked words */
} Mask;

static Mask
mask_begin(const uint8_t key[32], const uint8_t *nonce, size_t nonce_n)
{
    NullHash hash = null_hash_begin(NULL_SEAL);
    uint64_t w[6];

    null_hash_add(&hash, key, 32);
    null_hash_add(&hash, nonce, nonce_n);
    end_words(&hash, w, 6);
    return (Mask){ { w[0], w[1] }, { w[2], w[3] }, { w[4], w[5] }, 0 };
}

/* The mask of the next block: two words of one product.  (Two products cost half as much
 * again for the whole.) */
static inline void
mask_next(Mask *m, uint64_t *ret_x, uint64_t *ret_y)
{
    Wide product = (Wide)m->mask[0] * m->mask[1];
    uint64_t low = (uint64_t)product, high = (uint64_t)(product >> 64);

    *ret_x = low ^ high;
    *ret_y = high ^ rotate(low, 21);
    m->mask[0] += PI[2];
    m->mask[1] += PI[3];
}

/* A changed word changes its product unless the other factor is 0 (1 in 2^64), and the
 * factors step from block to block, so that blocks cannot change places. */
static inline void
mask_authenticate(Mask *m, uint64_t x, uint64_t y)
{
    m->sum += (Wide)(x + m->tag[0]) * (y + m->tag[1]);
    m->tag[0] += PI[4];
    m->tag[1] += PI[5];
}

static void
mask_end(const Mask *m, size_t n, uint8_t ret_tag[16])
{
    NullHash hash = { m->last[0], m->last[1] };

    take_block(&hash, (uint64_t)m->sum, (uint64_t)(m->sum >> 64));
    take_block(&hash, n, PI[7]);
    null_hash_end(&hash, ret_tag, 16);
}

/* Mask or unmask one block; the tag is over what is masked. */
static inline void
mask_block(Mask *m, uint8_t *p, bool opening)
{
    uint64_t x = load_word(p), y = load_word(p + 8), mask_x, mask_y;

    mask_next(m, &mask_x, &mask_y);
    if (opening)
        mask_authenticate(m, x, y);
    x ^= mask_x;
    y ^= mask_y;
    if (!opening)
        mask_authenticate(m, x, y);
    store_word(p, x);
    store_word(p + 8, y);
}

/* The last piece, shorter than a block, is authenticated as if zeros followed it. */
static void
mask_tail(Mask *m, uint8_t *p, size_t n, bool opening)
{
    uint8_t block[BLOCK_BYTES] = { 0 }, mask[BLOCK_BYTES];
    uint64_t mask_x, mask_y;

    mask_next(m, &mask_x, &mask_y);
    store_word(mask, mask_x);
    store_word(mask + 8, mask_y);
    for (size_t i = 0; i < n; i++) {
        uint8_t masked = opening ? p[i] : p[i] ^ mask[i];

        block[i] = masked;
        p[i] ^= mask[i];
    }
    mask_authenticate(m, load_word(block), load_word(block + 8));
}

static inline void
mask_all(Mask *m, uint8_t *p, size_t n, bool opening)
{
    Mask local = *m;
    size_t i = 0;

    for (; n - i >= BLOCK_BYTES; i += BLOCK_BYTES)
        mask_block(&local, p + i, opening);
    if (i < n)
        mask_tail(&local, p + i, n - i, opening);
    *m = local;
}

void
null_seal(const uint8_t key[32], const uint8_t *nonce, size_t nonce_n, uint8_t *p, size_t n,
          uint8_t ret_tag[16])
{
    Mask m = mask_begin(key, nonce, nonce_n);

    mask_all(&m, p, n, false);
    mask_end(&m, n, ret_tag);
}

bool
null_open(const uint8_t key[32], const uint8_t *nonce, size_t nonce_n, uint8_t *p, size_t n,
          const uint8_t tag[16])
{
    Mask m = mask_begin(key, nonce, nonce_n);
    uint8_t expected[16];

    mask_all(&m, p, n, true);
    mask_end(&m, n, expected);
    return memcmp(expected, tag, 16) == 0;
}
