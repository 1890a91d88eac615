/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading test vectors: JSON files, gzipped, under tests/vectors. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "nodes/base/bytes.h"

/* The file tests/vectors/NAME.json.gz, parsed; ends the test program when it cannot.
 * Integers of 19 digits and more come as strings (jansson has 63 bits). */
json_t *vectors_load(const char *name);
/* The array of this name, borrowed; ends the test program unless it has @n cases. */
json_t *vectors_group(const json_t *file, const char *group, size_t n);
/* The text of a member; ends the test program when absent. */
const char *vector_text(const json_t *object, const char *key);
/* A hex member, decoded into a new array. */
GByteArray *vector_hex(const json_t *object, const char *key);
/* A hex member of exactly @n bytes. */
void vector_hex_exact(const json_t *object, const char *key, uint8_t *ret, size_t n);
static inline Bytes
bytes_of_array(const GByteArray *a)
{
    return (Bytes){ a->data, a->len };
}
