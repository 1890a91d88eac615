/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass, no recursion (what is open stands in a stack as high as the depth limit), no
 * allocation.  The functions that check take where something begins and give where it ends,
 * or NULL when it is none; the state is a local copy whose fields live in registers. */
#include "nodes/wire/json_check.h"
#include "nodes/wire/json_scan.h"
#include "nodes/wire/utf8.h"

/* A container whose end has not come. */
typedef struct Open {
    JsonToken *token;
    uint8_t close;
} Open;

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

/* A string from somewhere in it on.  (Cold: few have escapes, and a text seldom ends soon
 * behind one.) */
__attribute__((cold, noinline)) static const uint8_t *
check_string_rest(const uint8_t *p, const uint8_t *end, bool *escaped)
{
    for (;;) {
        p = json_plain_end(p, end);
        if (p == end)
            return NULL;
        if (*p == '"')
            return p + 1;
        *escaped |= *p == '\\';
        p = check_special(p, end);
        if (p == NULL)
            return NULL;
    }
}

/* From the opening quote on. */
__attribute__((always_inline)) static inline const uint8_t *
check_string(const uint8_t *p, const uint8_t *end, bool *ret_escaped)
{
    *ret_escaped = false;
    for (p++; end - p >= JSON_BLOCK_BYTES; p += JSON_BLOCK_BYTES) {
        uint64_t special = json_special_marks(p);

        if (special == 0)
            continue;
        p += json_first(special);
        if (*p == '"')
            return p + 1;
        break;
    }
    return check_string_rest(p, end, ret_escaped);
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

/* Skip white space: the first byte behind it, or NUL, which is never in place, at the end.
 */
static inline uint8_t
peek(const uint8_t **p, const uint8_t *end)
{
    if (*p<end &&* * p> ' ') /* nearly always */
        return **p;
    *p = json_skip_space(*p, end);
    return *p < end ? **p : '\0';
}

static inline JsonToken *
token_new(JsonCheck *k, const uint8_t *start, JsonType type)
{
    JsonToken *token = k->token;

    k->token += token < k->last;
    k->n++;
    token->start = (uint32_t)(start - k->text);
    token->type = (uint8_t)type;
    return token;
}

/* It ends before @end, and what comes next is the next token. */
static inline void
token_end(const JsonCheck *k, JsonToken *token, const uint8_t *end)
{
    token->bytes = (uint32_t)(end - k->text) - token->start;
    token->next = k->n;
}

__attribute__((always_inline)) static inline const uint8_t *
check_key(JsonCheck *k, const uint8_t *p)
{
    JsonToken *token;

    if (peek(&p, k->end) != '"')
        return NULL;
    token = token_new(k, p, JSON_TYPE_STRING);
    p = check_string(p, k->end, &token->escaped);
    if (p == NULL)
        return NULL;
    token_end(k, token, p);
    return peek(&p, k->end) == ':' ? p + 1 : NULL;
}

/* A value that is no container and begins with @first. */
__attribute__((always_inline)) static inline const uint8_t *
check_scalar(JsonCheck *k, const uint8_t *p, uint8_t first)
{
    JsonToken *token = token_new(k, p, JSON_TYPE_NUMBER);

    switch (first) {
    case '"':
        token->type = JSON_TYPE_STRING;
        p = check_string(p, k->end, &token->escaped);
        break;
    case 't':
        token->type = JSON_TYPE_TRUE;
        p = check_word(p, k->end, "true", 4);
        break;
    case 'f':
        token->type = JSON_TYPE_FALSE;
        p = check_word(p, k->end, "false", 5);
        break;
    case 'n':
        token->type = JSON_TYPE_NULL;
        p = check_word(p, k->end, "null", 4);
        break;
    case '\0': /* (peek) */
        return NULL;
    default:
        p = check_number(p, k->end);
        break;
    }
    if (p != NULL)
        token_end(k, token, p);
    return p;
}

/* Behind a value: past the ends of what ends there, and past a comma where more comes.
 * *n_open says how many containers are open then. */
__attribute__((always_inline)) static inline const uint8_t *
check_behind(JsonCheck *k, const uint8_t *p, const Open *open, int *n_open)
{
    while (*n_open > 0) {
        uint8_t c = peek(&p, k->end);

        if (c == ',')
            return p + 1;
        if (c != open[*n_open - 1].close)
            return NULL;
        p++;
        token_end(k, open[--*n_open].token, p);
    }
    return p;
}

const uint8_t *
json_check_value(JsonCheck *check, const uint8_t *p, int depth)
{
    JsonCheck k = *check;
    Open open[JSON_DEPTH_MAX];
    int n_open = 0;

    do {
        uint8_t c;

        if (n_open > 0 && open[n_open - 1].close == '}') {
            p = check_key(&k, p);
            if (p == NULL)
                return NULL;
        }
        c = peek(&p, k.end);
        if (c == '{' || c == '[') {
            uint8_t close = c + 2; /* (in ASCII) */

            if (n_open == JSON_DEPTH_MAX - depth) {
                check->too_deep = true;
                return NULL;
            }
            open[n_open].token =
                token_new(&k, p, c == '{' ? JSON_TYPE_OBJECT : JSON_TYPE_ARRAY);
            open[n_open++].close = close;
            p++;
            if (peek(&p, k.end) != close)
                continue;
        } else {
            p = check_scalar(&k, p, c);
            if (p == NULL)
                return NULL;
        }
        p = check_behind(&k, p, open, &n_open);
    } while (p != NULL && n_open > 0);
    *check = k;
    return p;
}

const uint8_t *
json_check_key(JsonCheck *check, const uint8_t *p)
{
    JsonCheck k = *check;

    p = check_key(&k, p);
    *check = k;
    return p;
}
