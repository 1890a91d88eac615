/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11.  Threefry's key holds the stream's name, its counter the position. */
#include "sim/core/stream.h"

#include <endian.h>
#include <string.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <Random123/threefry.h>
#pragma GCC diagnostic pop

enum { WORDS = 4, WORD_BYTES = 8, BLOCK_BYTES = WORDS * WORD_BYTES };

static inline threefry4x64_ctr_t
block_at(const StreamKey *key, uint64_t block)
{
    threefry4x64_ctr_t counter = { { block, 0, 0, 0 } };
    threefry4x64_key_t words = { { key->seed, key->name,
                                   key->incarnation << 32 | key->purpose, 0 } };

    return threefry4x64_R(20, counter, words);
}

/* Little-endian on every machine. */
static void
store_block(const threefry4x64_ctr_t *block, uint8_t ret[BLOCK_BYTES])
{
    for (int i = 0; i < WORDS; i++) {
        uint64_t word = htole64(block->v[i]);

        memcpy(ret + WORD_BYTES * i, &word, WORD_BYTES);
    }
}

void
stream_bytes(const StreamKey *key, uint64_t position, void *ret, size_t n)
{
    uint8_t *out = ret;

    while (n > 0) {
        threefry4x64_ctr_t block = block_at(key, position / BLOCK_BYTES);
        size_t skip = position % BLOCK_BYTES;
        size_t part = BLOCK_BYTES - skip < n ? BLOCK_BYTES - skip : n;
        uint8_t bytes[BLOCK_BYTES];

        if (part == BLOCK_BYTES) {
            store_block(&block, out);
        } else {
            store_block(&block, bytes);
            memcpy(out, bytes + skip, part);
        }
        out += part;
        position += part;
        n -= part;
    }
}

uint64_t
stream_word(const StreamKey *key, uint64_t index)
{
    return block_at(key, index / WORDS).v[index % WORDS];
}

void
stream_pair(const StreamKey *key, uint64_t pair, uint64_t ret[2])
{
    threefry4x64_ctr_t block = block_at(key, pair / 2);

    ret[0] = pair % 2 == 0 ? block.v[0] : block.v[2];
    ret[1] = pair % 2 == 0 ? block.v[1] : block.v[3];
}

/* Each step is a bijection of the state, so that texts of one length collide only by
 * chance; multiplier and finish are those of Steele, Lea and Flood's SplitMix64. */
static uint64_t
mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint64_t
stream_name(const char *text, uint64_t number)
{
    uint64_t h = 0x9e3779b97f4a7c15u;

    for (const char *c = text; *c != '\0'; c++)
        h = mixed(h + (uint8_t)*c + 1);
    return mixed(mixed(h ^ number) + 0x9e3779b97f4a7c15u);
}
