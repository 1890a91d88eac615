/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/json_shapes.h"

#include "nodes/base/memory.h"

#include <stdlib.h>

enum {
    TEXT_BYTES_MIN = 64,
    TEXT_BYTES_MAX = 4096,
    BLOCK_BYTES = 64,
    SETS = 64, /* by a text's length */
    WAYS = 2
};

/* Byte i of a text lies between low[i] and high[i]. */
typedef struct Shape {
    uint32_t bytes;    /* 0: none */
    uint32_t n_tokens; /* of the index */
    uint8_t *low, *high;
    JsonToken *token;
    void *memory; /* of all */
} Shape;

typedef struct Set {
    Shape way[WAYS];
    uint32_t next;   /* the way that goes next */
    uint32_t missed; /* the length of the last text that fitted nothing */
} Set;

struct JsonShapes {
    Set set[SETS];
    uint64_t found;
};

JsonShapes *
json_shapes_new(void)
{
    return memory_zeroed(1, sizeof(JsonShapes));
}

void
json_shapes_free(JsonShapes *shapes)
{
    if (shapes == NULL)
        return;
    for (int i = 0; i < SETS; i++)
        for (int way = 0; way < WAYS; way++)
            free(shapes->set[i].way[way].memory);
    free(shapes);
}

uint64_t
json_shapes_found(const JsonShapes *shapes)
{
    return shapes->found;
}

/* --- fitting ---------------------------------------------------------------------- */

/* One block; written so that a compiler makes vectors of it.  (A backslash lies among the
 * letters.) */
static inline bool
block_fits(const uint8_t *p, const uint8_t *low, const uint8_t *high)
{
    uint8_t bad = 0;

    for (int i = 0; i < BLOCK_BYTES; i++)
        bad |= (uint8_t)((p[i] < low[i]) | (p[i] > high[i]) | (p[i] == '\\'));
    return bad == 0;
}

static bool
fits(const Shape *shape, const uint8_t *p)
{
    size_t last = shape->bytes - BLOCK_BYTES; /* (the last two may overlap) */

    for (size_t at = 0; at < last; at += BLOCK_BYTES)
        if (!block_fits(p + at, shape->low + at, shape->high + at))
            return false;
    return block_fits(p + last, shape->low + last, shape->high + last);
}

static const Shape *
find(const Set *set, Bytes text)
{
    for (int way = 0; way < WAYS; way++)
        if (set->way[way].bytes == text.n && fits(&set->way[way], text.p))
            return &set->way[way];
    return NULL;
}

/* --- learning --------------------------------------------------------------------- */

/* Any plain text of this length, and few that are none.  Control characters, what is not
 * ASCII, and the quote are outside. */
static void
allow_text(Shape *shape, const JsonToken *token)
{
    memset(shape->low + token->start + 1, '"' + 1, token->bytes - 2);
    memset(shape->high + token->start + 1, '~', token->bytes - 2);
}

/* Any number of as many digits; a longer one does not begin with 0. */
static void
allow_digits(Shape *shape, const uint8_t *text, const JsonToken *token)
{
    for (uint32_t i = 0; i < token->bytes; i++)
        if (text[token->start + i] < '0' || text[token->start + i] > '9')
            return;
    memset(shape->low + token->start, '0', token->bytes);
    memset(shape->high + token->start, '9', token->bytes);
    if (token->bytes > 1)
        shape->low[token->start] = '1';
}

static void
allow_value(Shape *shape, const uint8_t *text, const JsonToken *token)
{
    if (token->type == JSON_TYPE_STRING && !token->escaped)
        allow_text(shape, token);
    else if (token->type == JSON_TYPE_NUMBER)
        allow_digits(shape, text, token);
}

/* Its items, or its values without their keys; those of containers inside are allowed when
 * their turn comes. */
static void
allow_inside(Shape *shape, const uint8_t *text, uint32_t container)
{
    uint32_t is_member = shape->token[container].type == JSON_TYPE_OBJECT;
    uint32_t i = container + 1;

    while (i < shape->token[container].next) {
        allow_value(shape, text, &shape->token[i + is_member]);
        i = shape->token[i + is_member].next;
    }
}

static void
learn(Shape *shape, Bytes text, const JsonIndex *index)
{
    uint32_t n = index->token[0].next;
    size_t token_bytes = n * sizeof *shape->token;
    uint8_t *memory;

    memory = memory_resized(shape->memory, 1, token_bytes + 2 * text.n);
    *shape = (Shape){ .bytes = (uint32_t)text.n,
                      .n_tokens = n,
                      .low = memory + token_bytes,
                      .high = memory + token_bytes + text.n,
                      .token = (JsonToken *)(void *)memory,
                      .memory = memory };
    memcpy(shape->token, index->token, token_bytes);
    memcpy(shape->low, text.p, text.n);
    memcpy(shape->high, text.p, text.n);
    for (uint32_t i = 0; i < n; i++)
        if (index->token[i].type == JSON_TYPE_OBJECT ||
            index->token[i].type == JSON_TYPE_ARRAY)
            allow_inside(shape, text.p, i);
}

/* A length that comes twice in a row is worth it; all of the index must be there, and what
 * has a backslash would never fit. */
static void
consider(Set *set, Bytes text, const JsonIndex *index)
{
    if (set->missed != text.n || index->token[0].next > JSON_INDEX_MAX ||
        memchr(text.p, '\\', text.n) != NULL) {
        set->missed = (uint32_t)text.n;
        return;
    }
    learn(&set->way[set->next], text, index);
    set->next = (set->next + 1) % WAYS;
    set->missed = 0;
}

Status
json_parse_shaped(JsonShapes *shapes, Bytes text, JsonIndex *index, JsonValue *ret)
{
    Set *set = shapes == NULL || text.n < TEXT_BYTES_MIN || text.n > TEXT_BYTES_MAX
                   ? NULL
                   : &shapes->set[text.n % SETS];
    const Shape *shape = set == NULL ? NULL : find(set, text);
    Status status;

    if (shape == NULL) {
        status = json_parse_indexed(text, index, ret);
        if (set != NULL && status == ST_OK)
            consider(set, text, index);
        return status;
    }
    shapes->found++;
    memcpy(index->token, shape->token, shape->n_tokens * sizeof *shape->token);
    index->text = text.p;
    *ret = (JsonValue){ .type = (JsonType)shape->token[0].type,
                        .index = index,
                        .text = { text.p + shape->token[0].start, shape->token[0].bytes } };
    return ST_OK;
}
