/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/base64.h"

#include "nodes/base/swar.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What each character stands for; X: nothing. */
#define X 255
/* clang-format off */
static const uint8_t meaning[256] = {
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
    X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, X,
    X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
};
/* clang-format on */
#undef X

/* 1 in each byte that is more than @limit, where all are below 64. */
static inline uint64_t
above(uint64_t w, uint8_t limit)
{
    return (w + SWAR_ONES * (127u - limit)) >> 7 & SWAR_ONES;
}

/* Eight numbers of six bits, each in its byte, to their characters: 'A' + n, and for each
 * later range of the alphabet the jump from the one before. */
static inline uint64_t
letters_of(uint64_t w)
{
    uint64_t lower = above(w, 25), digit = above(w, 51), plus = above(w, 61),
             slash = above(w, 62);

    return w + SWAR_ONES * 'A' + lower * ('a' - 'Z' - 1) + slash * ('/' - '+' - 1) -
           digit * ('z' + 1 - '0') - plus * ('9' + 1 - '+');
}

/* The first six bytes of @p, of which eight can be read, to eight characters. */
static inline void
encode_six(const uint8_t p[8], uint8_t ret[8])
{
    uint64_t w = __builtin_bswap64(swar_load(p)) >> 16;

    w = (w & 0xffffff) | (w & UINT64_C(0xffffff000000)) << 8;
    w = (w & UINT64_C(0x00000fff00000fff)) | (w & UINT64_C(0x00fff00000fff000)) << 4;
    w = (w & UINT64_C(0x003f003f003f003f)) | (w & UINT64_C(0x0fc00fc00fc00fc0)) << 2;
    swar_store(ret, __builtin_bswap64(letters_of(w)));
}

/* The last one or two bytes. */
static void
encode_rest(const uint8_t *p, size_t n, bool padded, uint8_t *to)
{
    uint32_t bits = (uint32_t)p[0] << 16 | (n == 2 ? (uint32_t)p[1] << 8 : 0);

    *to++ = (uint8_t)alphabet[bits >> 18];
    *to++ = (uint8_t)alphabet[bits >> 12 & 63];
    if (n == 2)
        *to++ = (uint8_t)alphabet[bits >> 6 & 63];
    for (size_t i = n; padded && i < 3; i++)
        *to++ = '=';
}

void
base64_encode(Bytes in, bool padded, Buffer *out)
{
    size_t n = base64_encoded_bytes(in.n, padded);
    uint8_t *to = buffer_reserve(out, n);
    const uint8_t *p = in.p;
    size_t left = in.n;

    for (; left >= 8; left -= 6, p += 6, to += 8)
        encode_six(p, to);
    for (; left >= 3; left -= 3, p += 3, to += 4) {
        uint32_t bits = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

        for (int i = 0; i < 4; i++)
            to[i] = (uint8_t)alphabet[bits >> (18 - 6 * i) & 63];
    }
    if (left > 0)
        encode_rest(p, left, padded, to);
    out->n += n;
}

/* Eight characters to six bytes, of eight that are written; a foreign one among them leaves
 * a bit of 128 or more. */
static uint8_t
decode_eight(const uint8_t *p, uint8_t *to)
{
    uint64_t bits = 0;
    uint8_t all = 0;

    for (int i = 0; i < 8; i++) {
        bits = bits << 6 | meaning[p[i]];
        all |= meaning[p[i]];
    }
    swar_store(to, __builtin_bswap64(bits << 16));
    return all;
}

/* The last one to seven characters, without padding. */
static bool
decode_rest(const uint8_t *p, size_t n, uint8_t *to)
{
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < n; i++) {
        if (meaning[p[i]] > 63)
            return false;
        bits = bits << 6 | meaning[p[i]];
        have += 6;
        if (have >= 8) {
            have -= 8;
            *to++ = (uint8_t)(bits >> have);
        }
    }
    /* Six left-over bits are a character of their own; any that is set would be lost. */
    return have < 6 && (bits & ((1u << have) - 1)) == 0;
}

/* The characters without padding, which must be complete where there is any. */
static Bytes
without_padding(Bytes text)
{
    if (text.n == 0 || text.n % 4 != 0)
        return text;
    for (int i = 0; i < 2 && text.p[text.n - 1] == '='; i++)
        text.n--;
    return text;
}

static bool
decode_text(Bytes text, uint8_t *to)
{
    const uint8_t *p = text.p;
    size_t left = text.n;
    uint8_t all = 0;

    for (; left >= 8; left -= 8, p += 8, to += 6)
        all |= decode_eight(p, to);
    return all < 64 && decode_rest(p, left, to);
}

Status
base64_decode(Bytes text, Buffer *out)
{
    Bytes bare = without_padding(text);
    /* The last eight characters write two bytes more than they mean. */
    uint8_t *to = buffer_reserve(out, base64_decoded_bytes_max(bare.n) + 2);

    if (!decode_text(bare, to))
        return ST_MALFORMED;
    out->n += bare.n / 4 * 3 + bare.n % 4 * 6 / 8;
    return ST_OK;
}

Status
base64_decode_exact(Bytes text, uint8_t *ret, size_t n)
{
    Bytes bare = without_padding(text);
    Buffer out = BUFFER_EMPTY;
    Status status;

    if (bare.n != base64_encoded_bytes(n, false))
        return ST_MALFORMED;
    status = base64_decode(text, &out);
    if (status == ST_OK && n > 0)
        memcpy(ret, out.p, n);
    buffer_clear(&out);
    return status;
}

void
base32z_encode(Bytes in, Buffer *out)
{
    static const char letters[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    uint8_t *to = buffer_reserve(out, (in.n * 8 + 4) / 5);
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < in.n; i++) {
        bits = (bits << 8 | in.p[i]) & 0xfff;
        for (have += 8; have >= 5; have -= 5)
            *to++ = (uint8_t)letters[bits >> (have - 5) & 31];
    }
    if (have > 0)
        *to++ = (uint8_t)letters[bits << (5 - have) & 31];
    out->n += (in.n * 8 + 4) / 5;
}
