/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The texts that synthetic people write: the message's logical id in hex, then filler that
 * follows from the id, so that a recipient can check every byte of what it opened. */
#include "clients/session/sending.h"

enum { ID_BYTES = 8, ID_TEXT_BYTES = 2 * ID_BYTES };

static uint32_t
text_length(uint32_t bytes)
{
    if (bytes < ID_TEXT_BYTES)
        return ID_TEXT_BYTES;
    return bytes > SESSION_TEXT_MAX ? SESSION_TEXT_MAX : bytes;
}

/* SplitMix64, for filler that looks different in each message. */
uint64_t
session_filler_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void
session_text_of(uint64_t message, uint32_t bytes, Buffer *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz .,-?!";
    uint32_t n = text_length(bytes);
    uint8_t *p = buffer_reserve(out, n);
    uint8_t id[ID_BYTES];
    uint64_t state = message, word = 0;

    _Static_assert(sizeof letters == 33, "five bits choose a letter");
    for (int i = 0; i < ID_BYTES; i++)
        id[i] = (uint8_t)(message >> (56 - 8 * i));
    hex_encode((Bytes){ id, ID_BYTES }, (char *)p);
    for (uint32_t i = ID_TEXT_BYTES; i < n; i++) {
        if (i % 8 == 0)
            word = session_filler_next(&state);
        p[i] = (uint8_t)letters[word >> (8 * (i % 8)) & 31];
    }
    out->n += n;
}

bool
session_text_parse(Bytes text, uint64_t *ret_message)
{
    uint8_t id[ID_BYTES];
    Buffer expected = BUFFER_EMPTY;
    bool same;

    if (text.n < ID_TEXT_BYTES || text.n > SESSION_TEXT_MAX)
        return false;
    if (!hex_decode((Bytes){ text.p, ID_TEXT_BYTES }, id, ID_BYTES))
        return false;
    session_text_of(load_u64be(id), (uint32_t)text.n, &expected);
    same = bytes_equal(buffer_bytes(&expected), text);
    buffer_clear(&expected);
    if (same)
        *ret_message = load_u64be(id);
    return same;
}
