/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hostile input for parsers: valid input with random changes.  The result is allocated to
 * the byte, so that a sanitizer sees each read beyond it. */
#pragma once

#include <glib.h>

#include "nodes/base/bytes.h"

/* One change: a byte set, a bit flipped, a piece removed, repeated or put in. @scratch
 * keeps the text. */
static inline void
mutate_once(GRand *random, GByteArray *text, Bytes alphabet)
{
    guint at = text->len > 0 ? g_rand_int_range(random, 0, (gint32)text->len) : 0;
    guint wanted = 1 + g_rand_int(random) % 8, n = MIN(wanted, text->len - at);
    uint8_t byte = g_rand_boolean(random) ? alphabet.p[g_rand_int(random) % alphabet.n]
                                          : (uint8_t)g_rand_int(random);

    switch (g_rand_int(random) % 5) {
    case 0:
        if (n > 0)
            text->data[at] = byte;
        break;
    case 1:
        if (n > 0)
            text->data[at] ^= (uint8_t)(1u << g_rand_int(random) % 8);
        break;
    case 2:
        if (n > 0)
            g_byte_array_remove_range(text, at, n);
        break;
    case 3: {
        g_autofree uint8_t *piece = g_memdup2(text->data + at, n);

        g_byte_array_append(text, piece, n);
        break;
    }
    default:
        g_byte_array_append(text, &byte, 1);
        if (n > 0) {
            memmove(text->data + at + 1, text->data + at, text->len - at - 1);
            text->data[at] = byte;
        }
        break;
    }
}

/* @in with one to four changes of seed @seed; bytes that are set come from @alphabet half
 * of the time.  Free @ret->p with g_free. */
static inline Bytes
mutate(uint32_t seed, Bytes in, Bytes alphabet)
{
    GRand *random = g_rand_new_with_seed(seed);
    GByteArray *text = g_byte_array_new();
    guint changes = 1 + g_rand_int(random) % 4;
    Bytes ret;

    g_byte_array_append(text, in.p, (guint)in.n);
    for (guint i = 0; i < changes; i++)
        mutate_once(random, text, alphabet);
    ret = (Bytes){ g_memdup2(text->data, text->len), text->len };
    g_byte_array_unref(text);
    g_rand_free(random);
    return ret;
}

/* The first @n bytes of @in, in memory of their own. */
static inline Bytes
truncated(Bytes in, size_t n)
{
    return (Bytes){ g_memdup2(in.p, n), n };
}

static inline void
bytes_free(Bytes b)
{
    g_free((void *)(uintptr_t)b.p);
}
