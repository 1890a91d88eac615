/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Navigation in validated text: nothing here can fail for the text's sake, so that it looks
 * only for what ends a value. */
#include "nodes/wire/json_scan.h"

#include <assert.h>

const uint8_t *
json_after_string(const uint8_t *p, const uint8_t *end)
{
    for (p++;;) {
        uint64_t marks = end - p >= JSON_BLOCK_BYTES ? json_string_marks(p) : 0;

        if (marks != 0) {
            p += json_first(marks);
        } else if (end - p >= JSON_BLOCK_BYTES) {
            p += JSON_BLOCK_BYTES;
            continue;
        }
        while (*p != '"' && *p != '\\')
            p++; /* only near the end of the text */
        if (*p == '"')
            return p + 1;
        p += 2;
    }
}

/* Outside of strings no byte but a bracket or brace is 0x7f with the bits of 0x26 set. */
static uint64_t
structural_bytes(uint64_t w)
{
    return swar_zero_bytes((w | SWAR_ONES * 0x26) ^ SWAR_ONES * 0x7f) |
           swar_zero_bytes(w ^ SWAR_ONES * '"');
}

static bool
is_structural(uint8_t c)
{
    return c == '"' || (c | 0x26) == 0x7f;
}

static const uint8_t *
next_structural(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 8) {
        uint64_t found = structural_bytes(swar_load(p));

        if (found != 0)
            return p + swar_first(found);
        p += 8;
    }
    while (p < end && !is_structural(*p))
        p++;
    return p;
}

static const uint8_t *
after_container(const uint8_t *p, const uint8_t *end)
{
    int depth = 0;

    for (;;) {
        p = next_structural(p, end);
        assert(p < end);
        if (*p == '"') {
            p = json_after_string(p, end);
            continue;
        }
        depth += *p == '{' || *p == '[' ? 1 : -1;
        p++;
        if (depth == 0)
            return p;
    }
}

/* A number, or one of the words. */
static const uint8_t *
after_atom(const uint8_t *p, const uint8_t *end)
{
    while (p < end && *p != ',' && *p != ']' && *p != '}' && !json_is_space(*p))
        p++;
    return p;
}

const uint8_t *
json_after_value(const uint8_t *p, const uint8_t *end)
{
    if (*p == '"')
        return json_after_string(p, end);
    if (*p == '{' || *p == '[')
        return after_container(p, end);
    return after_atom(p, end);
}

JsonIterator
json_iterate(JsonValue container)
{
    bool holds = container.type == JSON_TYPE_ARRAY || container.type == JSON_TYPE_OBJECT;
    JsonIterator it = { .type = container.type };

    if (!holds)
        return it;
    it.rest = (Reader){ container.text.p + 1, container.text.n - 2 };
    it.index = container.index;
    if (it.index != NULL) {
        it.place = container.place + 1;
        it.end_place = container.index->token[container.place].next;
    }
    return it;
}

static Bytes
token_text(const JsonIndex *index, const JsonToken *token)
{
    return (Bytes){ index->text + token->start, token->bytes };
}

/* The next member or item as the index has it.  *ret_any is false behind the last one; the
 * function is, where the index ends before the container does. */
static inline bool
next_indexed(JsonIterator *it, Bytes *ret_key, JsonValue *ret_value, bool *ret_any)
{
    uint32_t is_member = it->type == JSON_TYPE_OBJECT;
    const uint8_t *end = it->rest.p + it->rest.left, *after;
    const JsonToken *token;
    Bytes key = { NULL, 0 };

    *ret_any = it->place < it->end_place;
    if (!*ret_any)
        return true;
    if (it->place + is_member >= JSON_INDEX_MAX)
        return false;
    token = &it->index->token[it->place];
    if (is_member) {
        key = token_text(it->index, token++);
        key = (Bytes){ key.p + 1, key.n - 2 };
    }
    *ret_key = key;
    *ret_value = (JsonValue){ .type = (JsonType)token->type,
                              .place = it->place + is_member,
                              .index = it->index,
                              .text = token_text(it->index, token) };
    it->place = token->next;
    after = ret_value->text.p + ret_value->text.n;
    it->rest = (Reader){ after, (size_t)(end - after) };
    return true;
}

bool
json_next(JsonIterator *it, Bytes *ret_key, JsonValue *ret_value)
{
    const uint8_t *p = it->rest.p, *end, *after;
    Bytes key = { NULL, 0 };
    bool any;

    if (it->index != NULL && next_indexed(it, ret_key, ret_value, &any))
        return any;
    it->index = NULL;
    if (it->rest.left == 0)
        return false;
    end = p + it->rest.left;
    while (p < end && (json_is_space(*p) || *p == ','))
        p++;
    if (p == end)
        return false;
    if (it->type == JSON_TYPE_OBJECT) {
        after = json_after_string(p, end);
        key = (Bytes){ p + 1, (size_t)(after - p) - 2 };
        p = json_skip_space(after, end) + 1;
        p = json_skip_space(p, end);
    }
    after = json_after_value(p, end);
    *ret_key = key;
    *ret_value =
        (JsonValue){ .type = json_type_at(*p), .text = { p, (size_t)(after - p) } };
    it->rest = (Reader){ after, (size_t)(end - after) };
    return true;
}

size_t
json_length(JsonValue container)
{
    JsonIterator it = json_iterate(container);
    JsonValue value;
    size_t n = 0;
    Bytes key;

    while (json_next(&it, &key, &value))
        n++;
    return n;
}

/* An escape is longer than what it stands for, so that a raw key that means @key with any
 * is longer than it. */
bool
json_key_is(Bytes raw, Bytes key)
{
    if (raw.n <= key.n)
        return bytes_equal(raw, key) && memchr(key.p, '\\', key.n) == NULL;
    if (key.n > 0 && raw.p[0] != key.p[0] && raw.p[0] != '\\')
        return false;
    return memchr(raw.p, '\\', raw.n) != NULL && json_text_is(raw, key);
}

uint32_t
json_get_each(JsonValue object, const char *const *key, uint32_t n, JsonValue *ret)
{
    Bytes wanted[JSON_GET_MAX], name;
    JsonIterator it = json_iterate(object);
    uint32_t found = 0;
    JsonValue value;

    assert(n <= JSON_GET_MAX);
    if (object.type != JSON_TYPE_OBJECT)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        wanted[i] = bytes_of_text(key[i]);
    while (json_next(&it, &name, &value))
        for (uint32_t i = 0; i < n; i++)
            if (json_key_is(name, wanted[i])) {
                ret[i] = value;
                found |= UINT32_C(1) << i;
                break;
            }
    return found;
}

bool
json_get(JsonValue object, const char *key, JsonValue *ret)
{
    JsonIterator it = json_iterate(object);
    Bytes wanted = bytes_of_text(key), name;
    JsonValue value;
    bool found = false;

    if (object.type != JSON_TYPE_OBJECT)
        return false;
    while (json_next(&it, &name, &value))
        if (json_key_is(name, wanted)) {
            *ret = value;
            found = true;
        }
    return found;
}
