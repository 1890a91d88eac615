/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a text: all of it at once, or value by value. */
#include "nodes/wire/json_check.h"
#include "nodes/wire/json_scan.h"

#include <assert.h>

Status
json_parse(Bytes text, JsonValue *ret)
{
    return json_parse_indexed(text, NULL, ret);
}

Status
json_parse_indexed(Bytes text, JsonIndex *index, JsonValue *ret)
{
    const uint8_t *end = text.n > 0 ? text.p + text.n : text.p;
    const uint8_t *start = json_skip_space(text.p, end), *p;
    JsonToken beyond;
    JsonCheck k = { .text = text.p, .end = end, .token = &beyond, .last = &beyond };

    /* An index counts in 32 bits. */
    if (text.n > UINT32_MAX)
        index = NULL;
    if (index != NULL) {
        index->text = text.p;
        k.token = index->token;
        k.last = &index->token[JSON_INDEX_MAX];
    }
    p = json_check_value(&k, start, 0);
    if (p == NULL || json_skip_space(p, end) != end)
        return k.too_deep ? ST_TOO_LARGE : ST_MALFORMED;
    *ret = (JsonValue){ .type = json_type_at(*start),
                        .index = index,
                        .text = { start, (size_t)(p - start) } };
    return ST_OK;
}

/* --- pulling -----------------------------------------------------------------------------
 */

JsonPull
json_pull(Bytes text)
{
    return (JsonPull){ .rest = reader_over(text) };
}

static const uint8_t *
end_of(const JsonPull *pull)
{
    return pull->rest.left > 0 ? pull->rest.p + pull->rest.left : pull->rest.p;
}

/* Go on from @p. */
static void
move_to(JsonPull *pull, const uint8_t *p)
{
    pull->rest = (Reader){ p, (size_t)(end_of(pull) - p) };
}

static bool
in_object(const JsonPull *pull)
{
    return (pull->objects >> (pull->depth - 1) & 1) != 0;
}

JsonType
json_pull_type(JsonPull *pull)
{
    move_to(pull, json_skip_space(pull->rest.p, end_of(pull)));
    return pull->rest.left > 0 ? json_type_at(*pull->rest.p) : JSON_TYPE_NULL;
}

bool
json_pull_value(JsonPull *pull, JsonValue *ret)
{
    JsonToken token;
    JsonCheck k = { pull->rest.p, end_of(pull), &token, &token, 0, false };
    const uint8_t *start = json_skip_space(pull->rest.p, k.end), *p;

    if (pull->status != ST_OK)
        return false;
    p = json_check_value(&k, start, pull->depth);
    if (p == NULL) {
        pull->status = k.too_deep ? ST_TOO_LARGE : ST_MALFORMED;
        return false;
    }
    move_to(pull, p);
    *ret =
        (JsonValue){ .type = json_type_at(*start), .text = { start, (size_t)(p - start) } };
    return true;
}

void
json_pull_enter(JsonPull *pull)
{
    JsonType type = json_pull_type(pull);

    assert(type == JSON_TYPE_OBJECT || type == JSON_TYPE_ARRAY);
    if (pull->depth == JSON_DEPTH_MAX)
        pull->status = ST_TOO_LARGE;
    if (pull->status != ST_OK)
        return;
    pull->objects &= ~(UINT64_C(1) << pull->depth);
    pull->objects |= (uint64_t)(type == JSON_TYPE_OBJECT) << pull->depth;
    pull->depth++;
    pull->rest.p++;
    pull->rest.left--;
    pull->at_first = true;
}

/* A member's key and the colon behind it. */
static bool
pull_key(JsonPull *pull, Bytes *ret_key)
{
    JsonToken token;
    JsonCheck k = { pull->rest.p, end_of(pull), &token, &token, 0, false };
    const uint8_t *start = json_skip_space(pull->rest.p, k.end);
    const uint8_t *p = json_check_key(&k, start);

    if (p == NULL)
        return false;
    move_to(pull, p);
    *ret_key = (Bytes){ start + 1, token.bytes - 2 };
    return true;
}

bool
json_pull_next(JsonPull *pull, Bytes *ret_key)
{
    bool first = pull->at_first;
    Bytes key = { NULL, 0 };

    assert(pull->depth > 0 || pull->status != ST_OK);
    if (pull->status != ST_OK)
        return false;
    pull->at_first = false;
    (void)json_pull_type(pull); /* which skips the space */
    if (pull->rest.left > 0 && *pull->rest.p == (in_object(pull) ? '}' : ']')) {
        move_to(pull, pull->rest.p + 1);
        pull->depth--;
        return false;
    }
    if (!first && (pull->rest.left == 0 || *pull->rest.p != ','))
        pull->status = ST_MALFORMED;
    else if (!first)
        move_to(pull, pull->rest.p + 1);
    if (pull->status == ST_OK && in_object(pull) && !pull_key(pull, &key))
        pull->status = ST_MALFORMED;
    if (pull->status == ST_OK)
        *ret_key = key;
    return pull->status == ST_OK;
}

Status
json_pull_end(JsonPull *pull)
{
    (void)json_pull_type(pull);
    if (pull->status == ST_OK && (pull->depth > 0 || pull->rest.left > 0))
        pull->status = ST_MALFORMED;
    return pull->status;
}
