/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/base64.h"

#include "nodes/base/swar.h"

#include <assert.h>

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

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

/* Twelve bytes to sixteen characters at a time, and back, where the processor has a shuffle
 * of bytes.  W. Muła, D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2
 * Instructions", ACM Transactions on the Web 12 (2018), in their form for 128 bits. */
#if defined(__x86_64__)
#define SHUFFLES __attribute__((target("ssse3")))

static bool
has_shuffles(void)
{
    return __builtin_cpu_supports("ssse3") != 0;
}

/* As many of @n bytes as it can: how many.  It reads sixteen to use twelve. */
SHUFFLES static size_t
encode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    const __m128i spread = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    /* From a number of six bits to its character: what to add, by range. */
    const __m128i jumps = _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                        '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                        '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
    size_t done = 0;

    for (; n - done >= 16; done += 12, to += 16) {
        __m128i w = _mm_loadu_si128((const __m128i *)(p + done)), even, odd, range;

        w = _mm_shuffle_epi8(w, spread);
        /* Each word has three bytes; products shift their sixes to where they belong. */
        even = _mm_mulhi_epu16(_mm_and_si128(w, _mm_set1_epi32(0x0fc0fc00)),
                               _mm_set1_epi32(0x04000040));
        odd = _mm_mullo_epi16(_mm_and_si128(w, _mm_set1_epi32(0x003f03f0)),
                              _mm_set1_epi32(0x01000010));
        w = _mm_or_si128(even, odd);
        /* 0: a letter; 1 to 12: a digit or sign; 13: a capital */
        range = _mm_subs_epu8(w, _mm_set1_epi8(51));
        range = _mm_or_si128(
            range, _mm_and_si128(_mm_cmpgt_epi8(_mm_set1_epi8(26), w), _mm_set1_epi8(13)));
        w = _mm_add_epi8(w, _mm_shuffle_epi8(jumps, range));
        _mm_storeu_si128((__m128i *)to, w);
    }
    return done;
}

/* As many of @n characters as it can, all of the alphabet: how many.  It writes sixteen
 * bytes of which twelve count, and leaves eight characters, which make up for that. */
SHUFFLES static size_t
decode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    /* By its upper and by its lower four bits: ways in which a character may be none.  It
     * is none where both agree. */
    const __m128i upper_faults = _mm_setr_epi8(0x10, 0x10, 1, 2, 4, 8, 4, 8, 0x10, 0x10,
                                               0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    const __m128i lower_faults =
        _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13,
                      0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
    const __m128i jumps =
        _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i gather =
        _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    size_t done = 0;

    for (; n - done >= 16 + 8; done += 16, to += 12) {
        __m128i text = _mm_loadu_si128((const __m128i *)(p + done)), upper, lower, faults;

        upper = _mm_and_si128(_mm_srli_epi32(text, 4), _mm_set1_epi8(15));
        lower = _mm_and_si128(text, _mm_set1_epi8(15));
        faults = _mm_and_si128(_mm_shuffle_epi8(upper_faults, upper),
                               _mm_shuffle_epi8(lower_faults, lower));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(faults, _mm_setzero_si128())) != 0xffff)
            break;
        /* '/' is in the row of '+', and 3 away from where that would lead. */
        upper = _mm_add_epi8(upper, _mm_cmpeq_epi8(text, _mm_set1_epi8('/')));
        text = _mm_add_epi8(text, _mm_shuffle_epi8(jumps, upper));
        text = _mm_maddubs_epi16(text, _mm_set1_epi32(0x01400140));
        text = _mm_madd_epi16(text, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(text, gather));
    }
    return done;
}
#else
static bool
has_shuffles(void)
{
    return false;
}

static size_t
encode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    (void)p, (void)n, (void)to;
    return 0;
}

static size_t
decode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    (void)p, (void)n, (void)to;
    return 0;
}
#endif

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
    size_t many = has_shuffles() ? encode_many(in.p, in.n, to) : 0;
    const uint8_t *p = in.n > 0 ? in.p + many : in.p;
    size_t left = in.n - many;

    if (many > 0)
        to += many / 3 * 4;
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

/* The last characters, fewer than decode_many leaves at least, by it: with others behind
 * them that mean nothing. */
static bool
decode_few(const uint8_t *p, size_t n, uint8_t *to)
{
    enum { FEW = 24, TEXT = 2 * 16 + 8, BYTES = 12 + 16 };
    static const uint8_t left_over[4] = { 0, 0, 15, 3 };
    uint8_t text[TEXT], bytes[BYTES];

    assert(n < FEW);
    memset(text, 'A', sizeof text);
    memcpy(text, p, n);
    if (n % 4 == 1 || decode_many(text, sizeof text, bytes) != 2 * 16)
        return false;
    if (n > 0 && (meaning[p[n - 1]] & left_over[n % 4]) != 0)
        return false;
    memcpy(to, bytes, n / 4 * 3 + n % 4 * 6 / 8);
    return true;
}

/* The last eight characters write two bytes more than they mean. */
enum { DECODED_SLACK_BYTES = 2 };

static bool
decode_text(Bytes text, uint8_t *to)
{
    size_t many = has_shuffles() ? decode_many(text.p, text.n, to) : 0;
    const uint8_t *p = text.n > 0 ? text.p + many : text.p;
    size_t left = text.n - many;
    uint8_t all = 0;

    if (many > 0) {
        to += many / 4 * 3;
        return left < 24 && decode_few(p, left, to);
    }
    for (; left >= 8; left -= 8, p += 8, to += 6)
        all |= decode_eight(p, to);
    return all < 64 && decode_rest(p, left, to);
}

Status
base64_decode(Bytes text, Buffer *out)
{
    Bytes bare = without_padding(text);
    uint8_t *to =
        buffer_reserve(out, base64_decoded_bytes_max(bare.n) + DECODED_SLACK_BYTES);

    if (!decode_text(bare, to))
        return ST_MALFORMED;
    out->n += bare.n / 4 * 3 + bare.n % 4 * 6 / 8;
    return ST_OK;
}

/* Keys, signatures and tokens are shorter. */
enum { EXACT_BYTES_USUAL = 128 };

Status
base64_decode_exact(Bytes text, uint8_t *ret, size_t n)
{
    Bytes bare = without_padding(text);
    uint8_t room[EXACT_BYTES_USUAL + DECODED_SLACK_BYTES];
    Buffer longer = BUFFER_EMPTY;
    uint8_t *bytes = room;
    Status status = ST_MALFORMED;

    if (bare.n != base64_encoded_bytes(n, false))
        return ST_MALFORMED;
    if (n > EXACT_BYTES_USUAL)
        bytes = buffer_reserve(&longer, n + DECODED_SLACK_BYTES);
    if (decode_text(bare, bytes)) {
        status = ST_OK;
        if (n > 0)
            memcpy(ret, bytes, n);
    }
    buffer_clear(&longer);
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
