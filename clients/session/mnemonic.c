/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four bytes of the seed, read as a little-endian number, are three digits to the base of
 * the list's length; each digit after the first is counted from the one before. */
#include "clients/session/mnemonic.h"

#include <assert.h>

#include "clients/session/mnemonic_words.h"

enum { GROUP_BYTES = 4, GROUP_WORDS = 3, DATA_WORDS = MNEMONIC_WORDS - 1 };

_Static_assert(MNEMONIC_SEED_BYTES / GROUP_BYTES * GROUP_WORDS == DATA_WORDS, "groups");

/* CRC-32 as in zip files. */
static uint32_t
crc32_add(uint32_t crc, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint8_t)p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
    }
    return crc;
}

/* Which of the words is said once more at the end. */
static uint32_t
checksum_index(const uint32_t words[DATA_WORDS])
{
    uint32_t crc = UINT32_MAX;

    for (int i = 0; i < DATA_WORDS; i++)
        crc = crc32_add(crc, mnemonic_words[words[i]], MNEMONIC_PREFIX);
    return ~crc % DATA_WORDS;
}

static void
append_word(uint32_t word, Buffer *out)
{
    assert(word < MNEMONIC_LIST);
    buffer_append_text(out, mnemonic_words[word]);
}

void
mnemonic_encode(const uint8_t seed[MNEMONIC_SEED_BYTES], Buffer *out)
{
    uint32_t words[DATA_WORDS];
    Reader r = reader_over((Bytes){ seed, MNEMONIC_SEED_BYTES });
    uint32_t x;

    for (int i = 0; reader_u32le(&r, &x); i += GROUP_WORDS) {
        words[i] = x % MNEMONIC_LIST;
        words[i + 1] = (x / MNEMONIC_LIST + words[i]) % MNEMONIC_LIST;
        words[i + 2] = (x / MNEMONIC_LIST / MNEMONIC_LIST + words[i + 1]) % MNEMONIC_LIST;
    }
    for (int i = 0; i < DATA_WORDS; i++) {
        append_word(words[i], out);
        buffer_append_literal(out, " ");
    }
    append_word(words[checksum_index(words)], out);
}

static bool
is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word of @r; false when there is none. */
static bool
next_word(Reader *r, Bytes *ret)
{
    size_t n = 0;

    while (r->left > 0 && is_space(*r->p)) {
        r->p++;
        r->left--;
    }
    while (n < r->left && !is_space(r->p[n]))
        n++;
    return n > 0 && reader_bytes(r, n, ret);
}

static bool
find_word(Bytes text, uint32_t *ret)
{
    uint32_t low = 0, high = MNEMONIC_LIST;
    char prefix[MNEMONIC_PREFIX];

    if (text.n < MNEMONIC_PREFIX)
        return false;
    for (int i = 0; i < MNEMONIC_PREFIX; i++)
        prefix[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 'a' - 'A'
                                                                : text.p[i]);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(mnemonic_words[middle], prefix, MNEMONIC_PREFIX);

        if (order == 0) {
            *ret = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static Status
read_words(Bytes phrase, uint32_t words[MNEMONIC_WORDS])
{
    Reader r = reader_over(phrase);
    Bytes text;
    int n = 0;

    while (next_word(&r, &text)) {
        if (n == MNEMONIC_WORDS)
            return ST_TOO_LARGE;
        if (!find_word(text, &words[n++]))
            return ST_NOT_FOUND;
    }
    return n == MNEMONIC_WORDS ? ST_OK : ST_TRUNCATED;
}

/* @word counted from @previous. */
static uint64_t
digit(uint32_t word, uint32_t previous)
{
    return (MNEMONIC_LIST - previous + word) % MNEMONIC_LIST;
}

Status
mnemonic_decode(Bytes phrase, uint8_t ret[MNEMONIC_SEED_BYTES])
{
    uint32_t words[MNEMONIC_WORDS];
    Status status = read_words(phrase, words);

    if (status != ST_OK)
        return status;
    if (words[DATA_WORDS] != words[checksum_index(words)])
        return ST_AUTH;
    for (int i = 0; i < DATA_WORDS; i += GROUP_WORDS) {
        const uint32_t *w = words + i;
        uint64_t x =
            w[0] + MNEMONIC_LIST * (digit(w[1], w[0]) + MNEMONIC_LIST * digit(w[2], w[1]));

        /* Three words can say a little more than 32 bits; what is over is cut off, as in
         * Session's applications. */
        store_u32le(ret + i / GROUP_WORDS * GROUP_BYTES, (uint32_t)x);
    }
    return ST_OK;
}

void
account_seed_extend(const uint8_t seed[MNEMONIC_SEED_BYTES],
                    uint8_t ret[ACCOUNT_SEED_BYTES])
{
    memcpy(ret, seed, MNEMONIC_SEED_BYTES);
    memset(ret + MNEMONIC_SEED_BYTES, 0, ACCOUNT_SEED_BYTES - MNEMONIC_SEED_BYTES);
}

bool
account_seed_has_mnemonic(const uint8_t seed[ACCOUNT_SEED_BYTES])
{
    uint8_t any = 0;

    for (int i = MNEMONIC_SEED_BYTES; i < ACCOUNT_SEED_BYTES; i++)
        any |= seed[i];
    return any == 0;
}
