/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Borrowed bytes, a cursor that reads them, and a growing buffer that writes them.  Every
 * reader checks the length before it touches a byte; hostile input goes through these. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "nodes/base/status.h"

/* Borrowed: valid only as long as its owner; never freed through this. */
typedef struct Bytes {
    const uint8_t *p; /* may be NULL when n is 0 */
    size_t n;
} Bytes;

#define BYTES_LITERAL(text) ((Bytes){ (const uint8_t *)(text), sizeof(text) - 1 })

static inline Bytes
bytes_of_text(const char *text)
{
    return (Bytes){ (const uint8_t *)text, strlen(text) };
}

static inline bool
bytes_equal(Bytes a, Bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
bytes_equal_text(Bytes a, const char *text)
{
    return bytes_equal(a, bytes_of_text(text));
}

/* A cursor over borrowed bytes.  Each function returns false, and moves nothing and writes
 * nothing, when fewer bytes are left than it needs. */
typedef struct Reader {
    const uint8_t *p; /* next byte */
    size_t left;      /* bytes that remain */
} Reader;

static inline Reader
reader_over(Bytes in)
{
    return (Reader){ in.p, in.n };
}

static inline bool
reader_bytes(Reader *r, size_t n, Bytes *ret)
{
    if (r->left < n)
        return false;
    *ret = (Bytes){ r->p, n };
    r->p += n;
    r->left -= n;
    return true;
}

bool reader_u8(Reader *r, uint8_t *ret);
bool reader_u32le(Reader *r, uint32_t *ret);
bool reader_u64le(Reader *r, uint64_t *ret);

static inline void
store_u32le(uint8_t p[4], uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline uint32_t
load_u32le(const uint8_t p[4])
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static inline uint64_t
load_u64be(const uint8_t p[8])
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

/* A growing buffer.  Owned by whoever initialised it; buffer_clear frees it.  Running out
 * of memory ends the process, as in GLib. */
typedef struct Buffer {
    uint8_t *p;
    size_t n;        /* bytes written */
    size_t capacity; /* bytes allocated */
} Buffer;

#define BUFFER_EMPTY ((Buffer){ NULL, 0, 0 })

void buffer_clear(Buffer *b);

/* What a buffer begins with: most texts between nodes are longer than half of this. */
#define BUFFER_FIRST_BYTES 256

/* Make the room for @n more bytes that is not there. */
void buffer_grow(Buffer *b, size_t n);

/* Make room for @n more bytes and return where they go; b->n does not move. */
static inline uint8_t *
buffer_reserve(Buffer *b, size_t n)
{
    if (b->capacity - b->n < n)
        buffer_grow(b, n);
    /* Room for nothing in an empty buffer is nowhere: NULL has no offsets, not even 0. */
    return b->p == NULL ? NULL : b->p + b->n;
}

static inline void
buffer_append(Buffer *b, const void *p, size_t n)
{
    uint8_t *to = buffer_reserve(b, n);

    if (n > 0)
        memcpy(to, p, n);
    b->n += n;
}

static inline void
buffer_append_bytes(Buffer *b, Bytes in)
{
    buffer_append(b, in.p, in.n);
}

#define buffer_append_literal(b, text) buffer_append((b), (text), sizeof(text) - 1)

void buffer_append_text(Buffer *b, const char *text);
void buffer_append_u64_decimal(Buffer *b, uint64_t v);
/* How many digits that appends. */
size_t decimal_digits(uint64_t v);
void buffer_append_i64_decimal(Buffer *b, int64_t v);
void buffer_append_hex(Buffer *b, Bytes in); /* lower case */
/* "32.0.1.5" */
void buffer_append_ip(Buffer *b, uint32_t ip);

static inline Bytes
buffer_bytes(const Buffer *b)
{
    return (Bytes){ b->p, b->n };
}

enum { IP_TEXT_BYTES = 16 };
/* The same as a string. */
void ip_text(uint32_t ip, char ret[IP_TEXT_BYTES]);

/* Lower-case hex of @in into @ret (2 * in.n characters, no terminator). */
void hex_encode(Bytes in, char *ret);
/* Exactly 2 * n hex digits (either case) into @ret; false, with @ret untouched, otherwise.
 */
bool hex_decode(Bytes text, uint8_t *ret, size_t n) WARN_UNUSED;
