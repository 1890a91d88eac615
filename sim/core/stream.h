/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Randomness as a pure function (Random123's Threefry4x64-20): a stream is named by a key
 * and read at a position.  Nobody's draw moves anybody else's. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* (The last two are 32 bits, in words of their own: written as two halves and read as one
 * word, a key would wait for all stores before it.) */
typedef struct StreamKey {
    uint64_t seed;        /* of the run */
    uint64_t name;        /* stable name of the drawer (stream_name) */
    uint64_t purpose;     /* what for */
    uint64_t incarnation; /* which life of the drawer */
} StreamKey;

/* A 64-bit name from a text and a number, e.g. ("node", 17). */
uint64_t stream_name(const char *text, uint64_t number);
/* @n bytes of the stream from byte @position on (multiples of 8 are fastest). */
void stream_bytes(const StreamKey *key, uint64_t position, void *ret, size_t n);
/* The @index-th 64-bit word of the stream. */
uint64_t stream_word(const StreamKey *key, uint64_t index);
/* Two of them, which one computation gives: number 2 * @pair and the next. */
void stream_pair(const StreamKey *key, uint64_t pair, uint64_t ret[2]);
