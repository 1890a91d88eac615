/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: the first half of the input is a text whose shape is learnt; the second, as long,
 * is read with that as it is without. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/json_shapes.h"
#include "tests/unit/wire/json_same.h"

static void
check(JsonShapes *shapes, Bytes text)
{
    JsonValue shaped, plain;
    JsonIndex index;
    Status expected = json_parse(text, &plain);

    fuzz_check(json_parse_shaped(shapes, text, &index, &shaped) == expected);
    if (expected == ST_OK)
        assert_same(shaped, plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes first = { data, n / 2 }, second = { data + n / 2, n / 2 };
    JsonShapes *shapes = json_shapes_new();

    check(shapes, first);
    check(shapes, first);
    check(shapes, second);
    json_shapes_free(shapes);
    return 0;
}
