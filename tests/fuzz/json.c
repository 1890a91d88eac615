/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: what is accepted can be walked, and is written back as it was. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/json.h"

static void
walk(JsonValue value, int depth)
{
    JsonIterator it = json_iterate(value);
    Buffer text = BUFFER_EMPTY;
    JsonValue member;
    Bytes key;
    int64_t i;
    uint64_t u;
    double d;

    fuzz_check(depth <= JSON_DEPTH_MAX);
    (void)json_i64(value, &i);
    (void)json_u64(value, &u);
    (void)json_double(value, &d);
    if (json_string_append(value, &text)) {
        Buffer again = BUFFER_EMPTY, back = BUFFER_EMPTY;
        JsonValue written;

        json_write_string(&again, buffer_bytes(&text));
        fuzz_check(json_parse(buffer_bytes(&again), &written) == ST_OK);
        fuzz_check(json_string_append(written, &back));
        fuzz_check(bytes_equal(buffer_bytes(&back), buffer_bytes(&text)));
        buffer_clear(&again);
        buffer_clear(&back);
    }
    buffer_clear(&text);
    if (value.type == JSON_TYPE_ARRAY || value.type == JSON_TYPE_OBJECT)
        while (json_next(&it, &key, &member))
            walk(member, depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes text = { data, n };
    JsonPull pull = json_pull(text);
    JsonValue value, pulled;
    Status status = json_parse(text, &value);

    /* Both ways of reading agree. */
    if (json_pull_value(&pull, &pulled))
        fuzz_check((json_pull_end(&pull) == ST_OK) == (status == ST_OK));
    else
        fuzz_check(status != ST_OK);
    if (status == ST_OK)
        walk(value, 0);
    return 0;
}
