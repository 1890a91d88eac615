/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts of one shape: the same but for what stands in strings and digits.  Polls and their
 * answers are such, and a text that has the shape of one that was checked a moment ago is
 * checked by comparing, some bytes at once, with a third of the instructions; its index is
 * that one's.  What a shape allows is narrower than JSON, so that whatever fits is right;
 * what does not is parsed.  A bounded table.  It changes no result.  Not for several
 * threads. */
#pragma once

#include "nodes/wire/json.h"

typedef struct JsonShapes JsonShapes;

JsonShapes *json_shapes_new(void);
void json_shapes_free(JsonShapes *shapes); /* takes NULL */

/* Texts up to now that had a shape that was known. */
uint64_t json_shapes_found(const JsonShapes *shapes);

/* json_parse_indexed through @shapes, which may be NULL. */
Status json_parse_shaped(JsonShapes *shapes, Bytes text, JsonIndex *index,
                         JsonValue *ret) WARN_UNUSED;
