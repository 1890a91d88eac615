/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Validation (RFC 8259): one pass, recursive up to the depth limit, no allocation; of all
 * of a text at once or value by value.  The functions that check take where something
 * begins and give where it ends, or NULL when it is none: that way the place stays in a
 * register. */
#include "nodes/wire/json_scan.h"
#include "nodes/wire/utf8.h"

#include <assert.h>

typedef struct Checker {
    const uint8_t *text, *end;
    JsonToken *token; /* where the next one is written */
    JsonToken *last;  /* where all are that are beyond the index */
    uint32_t n;       /* tokens up to now, with those */
    bool too_deep;
} Checker;

static const uint8_t *check_container(Checker *k, const uint8_t *start, uint8_t close,
                                      int depth);

/* What stopped the scan of a string, a closing quote excepted: an escape or a sequence. */
static const uint8_t *
check_special(const uint8_t *p, const uint8_t *end)
{
    uint32_t code_point;
    size_t n = *p == '\\'   ? json_read_escape(p, end, &code_point)
               : *p >= 0x80 ? utf8_sequence_bytes(p, (size_t)(end - p))
                            : 0;

    return n > 0 ? p + n : NULL;
}

static inline JsonToken *
token_new(Checker *k)
{
    JsonToken *token = k->token;

    k->token += token < k->last;
    k->n++;
    return token;
}

/* @token is what lies from @start to @end. */
static inline void
token_set(const Checker *k, JsonToken *token, const uint8_t *start, const uint8_t *end)
{
    token->start = (uint32_t)(start - k->text);
    token->bytes = (uint32_t)(end - start);
    token->next = k->n;
}

/* From the opening quote on. */
static inline const uint8_t *
check_string(const uint8_t *p, const uint8_t *end, bool *ret_escaped)
{
    *ret_escaped = false;
    for (p++;;) {
        p = json_plain_end(p, end);
        if (p == end)
            return NULL;
        if (*p == '"')
            return p + 1;
        *ret_escaped |= *p == '\\';
        p = check_special(p, end);
        if (p == NULL)
            return NULL;
    }
}

static inline const uint8_t *
check_digits(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *start = p;

    while (end - p >= 8) {
        uint64_t w = swar_load(p) ^ SWAR_ONES * '0';
        uint64_t others = (w | (w + SWAR_ONES * (128 - 10))) & SWAR_HIGH;

        /* (A carry out of a byte is seen in that byte before it is in the next.) */
        if (others != 0) {
            p += swar_first(others);
            return p > start ? p : NULL;
        }
        p += 8;
    }
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p > start ? p : NULL;
}

static const uint8_t *
check_exponent(const uint8_t *p, const uint8_t *end)
{
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    return check_digits(p, end);
}

static const uint8_t *
check_number(const uint8_t *p, const uint8_t *end)
{
    if (*p == '-')
        p++;
    if (p < end && *p == '0')
        p++;
    else
        p = check_digits(p, end);
    if (p != NULL && p < end && *p == '.')
        p = check_digits(p + 1, end);
    if (p != NULL && p < end && (*p == 'e' || *p == 'E'))
        p = check_exponent(p + 1, end);
    return p;
}

static const uint8_t *
check_word(const uint8_t *p, const uint8_t *end, const char *word, size_t n)
{
    if ((size_t)(end - p) < n || memcmp(p, word, n) != 0)
        return NULL;
    return p + n;
}

/* Up to the member's value. */
static inline const uint8_t *
check_key(Checker *k, const uint8_t *p)
{
    const uint8_t *start = json_skip_space(p, k->end);
    JsonToken *token = token_new(k);

    if (start == k->end || *start != '"')
        return NULL;
    p = check_string(start, k->end, &token->escaped);
    if (p == NULL)
        return NULL;
    token_set(k, token, start, p);
    p = json_skip_space(p, k->end);
    return p < k->end && *p == ':' ? p + 1 : NULL;
}

/* Of the type that its first byte says. */
static inline const uint8_t *
check_of_type(Checker *k, const uint8_t *p, int depth, JsonToken *token)
{
    switch (*p) {
    case '{':
        token->type = JSON_TYPE_OBJECT;
        return check_container(k, p, '}', depth + 1);
    case '[':
        token->type = JSON_TYPE_ARRAY;
        return check_container(k, p, ']', depth + 1);
    case '"':
        token->type = JSON_TYPE_STRING;
        return check_string(p, k->end, &token->escaped);
    case 't':
        token->type = JSON_TYPE_TRUE;
        return check_word(p, k->end, "true", 4);
    case 'f':
        token->type = JSON_TYPE_FALSE;
        return check_word(p, k->end, "false", 5);
    case 'n':
        token->type = JSON_TYPE_NULL;
        return check_word(p, k->end, "null", 4);
    default:
        token->type = JSON_TYPE_NUMBER;
        return check_number(p, k->end);
    }
}

/* (Inlined wherever a value stands: most are strings and numbers, and only containers are
 * worth a call.) */
__attribute__((always_inline)) static inline const uint8_t *
check_value(Checker *k, const uint8_t *p, int depth)
{
    const uint8_t *start = json_skip_space(p, k->end);
    JsonToken *token;

    if (start == k->end)
        return NULL;
    token = token_new(k);
    p = check_of_type(k, start, depth, token);
    if (p != NULL)
        token_set(k, token, start, p);
    return p;
}

/* Members or items from the opening bracket up to @close. */
static const uint8_t *
check_inside(Checker *k, const uint8_t *p, uint8_t close, int depth)
{
    p = json_skip_space(p + 1, k->end);
    if (p < k->end && *p == close)
        return p + 1;
    for (;;) {
        if (close == '}')
            p = check_key(k, p);
        if (p != NULL)
            p = check_value(k, p, depth);
        if (p == NULL)
            return NULL;
        p = json_skip_space(p, k->end);
        if (p == k->end || (*p != close && *p != ','))
            return NULL;
        if (*p++ == close)
            return p;
    }
}

static const uint8_t *
check_container(Checker *k, const uint8_t *start, uint8_t close, int depth)
{
    if (depth > JSON_DEPTH_MAX) {
        k->too_deep = true;
        return NULL;
    }
    return check_inside(k, start, close, depth);
}

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
    Checker k = { .text = text.p, .end = end, .token = &beyond, .last = &beyond };

    /* An index counts in 32 bits. */
    if (text.n > UINT32_MAX)
        index = NULL;
    if (index != NULL) {
        index->text = text.p;
        k.token = index->token;
        k.last = &index->token[JSON_INDEX_MAX];
    }
    p = check_value(&k, start, 0);
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
    Checker k = { pull->rest.p, end_of(pull), &token, &token, 0, false };
    const uint8_t *start = json_skip_space(pull->rest.p, k.end), *p;

    if (pull->status != ST_OK)
        return false;
    p = check_value(&k, start, pull->depth);
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
    Checker k = { pull->rest.p, end_of(pull), &token, &token, 0, false };
    const uint8_t *start = json_skip_space(pull->rest.p, k.end);
    const uint8_t *p = check_key(&k, start);

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
