/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the JSON files of this room only: whether a text is JSON (RFC 8259). */
#pragma once

#include "nodes/wire/json.h"

typedef struct JsonCheck {
    const uint8_t *text, *end;
    JsonToken *token; /* where the next one is written */
    JsonToken *last;  /* where all are that are beyond the index */
    uint32_t n;       /* tokens up to now, with those */
    bool too_deep;    /* why it failed */
} JsonCheck;

/* The value at @p, white space before it skipped, inside @depth containers: where it ends;
 * NULL when it is none.  Its tokens are written, its own the first. */
const uint8_t *json_check_value(JsonCheck *check, const uint8_t *p, int depth);

/* A member's key, white space before it skipped, and the colon behind it: where that ends;
 * NULL when it is none.  One token. */
const uint8_t *json_check_key(JsonCheck *check, const uint8_t *p);
