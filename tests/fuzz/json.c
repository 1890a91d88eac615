/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: the ways of reading agree; what is accepted can be walked, and strings are written
 * back as they were. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/json.h"

static void
check_string(JsonValue value)
{
    Buffer text = BUFFER_EMPTY, again = BUFFER_EMPTY, back = BUFFER_EMPTY;
    JsonValue written;
    Bytes plain;

    fuzz_check(json_string_append(value, &text));
    if (json_string_plain(value, &plain))
        fuzz_check(bytes_equal(plain, buffer_bytes(&text)));
    json_write_string(&again, buffer_bytes(&text));
    fuzz_check(json_parse(buffer_bytes(&again), &written) == ST_OK);
    fuzz_check(json_string_append(written, &back));
    fuzz_check(bytes_equal(buffer_bytes(&back), buffer_bytes(&text)));
    buffer_clear(&text);
    buffer_clear(&again);
    buffer_clear(&back);
}

static void
check_number(JsonValue value)
{
    int64_t i;
    uint64_t u;
    double d;

    if (json_i64(value, &i)) {
        fuzz_check(json_u64(value, &u) == (i >= 0));
        fuzz_check(json_double(value, &d) && d == (double)i);
    } else if (json_u64(value, &u)) {
        fuzz_check(u > INT64_MAX && json_double(value, &d) && d == (double)u);
    } else {
        (void)json_double(value, &d);
    }
}

static void
walk(JsonValue value, int depth)
{
    JsonIterator it = json_iterate(value);
    JsonValue member;
    Bytes key;
    size_t n = 0;

    fuzz_check(depth <= JSON_DEPTH_MAX);
    if (value.type == JSON_TYPE_STRING)
        check_string(value);
    else if (value.type == JSON_TYPE_NUMBER)
        check_number(value);
    else if (value.type == JSON_TYPE_ARRAY || value.type == JSON_TYPE_OBJECT)
        while (json_next(&it, &key, &member)) {
            fuzz_check(key.n == 0 || json_key_is(key, key) || memchr(key.p, '\\', key.n));
            walk(member, depth + 1);
            n++;
        }
    fuzz_check(json_length(value) == n);
}

/* Going into every container says the same as taking the value whole. */
static void
pull_all(JsonPull *pull)
{
    JsonType type = json_pull_type(pull);
    JsonValue value;
    Bytes key;

    if (type == JSON_TYPE_ARRAY || type == JSON_TYPE_OBJECT) {
        json_pull_enter(pull);
        while (json_pull_next(pull, &key))
            pull_all(pull);
    } else {
        (void)json_pull_value(pull, &value);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes text = { data, n };
    JsonPull whole = json_pull(text), parts = json_pull(text);
    JsonValue value = { .text = text }, pulled;
    Status status = json_parse(text, &value);

    if (json_pull_value(&whole, &pulled))
        fuzz_check(json_pull_end(&whole) == status);
    else
        fuzz_check(status != ST_OK);
    pull_all(&parts);
    fuzz_check((json_pull_end(&parts) == ST_OK) == (status == ST_OK));
    if (status == ST_OK)
        walk(value, 0);
    else
        fuzz_check(value.text.p == data && value.text.n == n);
    return 0;
}
