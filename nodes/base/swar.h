/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking at eight bytes at a time in one register.  Byte 0 of the memory is the lowest
 * byte of the word on every machine. */
#pragma once

#include <stdint.h>
#include <string.h>

#define SWAR_ONES UINT64_C(0x0101010101010101)
#define SWAR_HIGH UINT64_C(0x8080808080808080)

static inline uint64_t
swar_load(const uint8_t *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

static inline void
swar_store(uint8_t *p, uint64_t w)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    memcpy(p, &w, sizeof w);
}

/* The high bit of each byte that is at least @least (1 to 128), where all are below 128. */
static inline uint64_t
swar_at_least(uint64_t w, uint8_t least)
{
    return (w + SWAR_ONES * (128u - least)) & SWAR_HIGH;
}

/* The high bit of each zero byte, exact up to and including the lowest of them. */
static inline uint64_t
swar_zero_bytes(uint64_t w)
{
    return (w - SWAR_ONES) & ~w & SWAR_HIGH;
}

/* Index of the lowest byte whose high bit is set; @mask is not 0. */
static inline unsigned
swar_first(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask) / 8;
}
