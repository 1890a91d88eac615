/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base64 (RFC 4648, standard alphabet) and base32z, as the protocol uses them. */
#pragma once

#include "nodes/base/bytes.h"

static inline size_t
base64_encoded_bytes(size_t n, bool padded)
{
    return padded ? (n + 2) / 3 * 4 : n / 3 * 4 + (n % 3 * 8 + 5) / 6;
}

/* At most so many bytes come out of @n characters. */
static inline size_t
base64_decoded_bytes_max(size_t n)
{
    return n / 4 * 3 + n % 4;
}

/* Appends. */
void base64_encode(Bytes in, bool padded, Buffer *out);
/* Appends the decoded bytes; padding may be there or not.  ST_MALFORMED: a foreign
 * character, an impossible length, or leftover bits that are not zero. */
Status base64_decode(Bytes text, Buffer *out) WARN_UNUSED;
/* Decode exactly @n bytes into @ret.  ST_MALFORMED as above, or another length. */
Status base64_decode_exact(Bytes text, uint8_t *ret, size_t n) WARN_UNUSED;
/* Appends z-base-32 of @in (node addresses: 52 characters for 32 bytes). */
void base32z_encode(Bytes in, Buffer *out);
