/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One UTF-8 sequence (RFC 3629). */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { UTF8_BYTES_MAX = 4 };

/* Bytes of the well-formed sequence at the start of @p, 0 when there is none within the
 * @left bytes (overlong forms, surrogates and what is above U+10FFFF are not well-formed).
 */
size_t utf8_sequence_bytes(const uint8_t *p, size_t left);
/* Write the sequence of a code point (not a surrogate, at most U+10FFFF). */
size_t utf8_encode(uint32_t code_point, uint8_t ret[UTF8_BYTES_MAX]);
