/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bencode: what is accepted can be walked, and written again gives the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/bencode.h"

static void
write_again(BencodeValue value, Buffer *out, int depth)
{
    BencodeIterator it = bencode_iterate(value);
    BencodeValue member;
    Bytes key, text;
    int64_t i;
    uint64_t u;

    fuzz_check(depth <= BENCODE_DEPTH_MAX);
    if (value.type == BENCODE_STRING) {
        fuzz_check(bencode_string(value, &text));
        bencode_write_string(out, text);
    } else if (value.type == BENCODE_INTEGER) {
        if (bencode_i64(value, &i)) {
            bencode_write_i64(out, i);
            fuzz_check(bencode_u64(value, &u) == (i >= 0));
        } else {
            fuzz_check(bencode_u64(value, &u));
            bencode_write_u64(out, u);
        }
    } else {
        buffer_append(out, value.type == BENCODE_LIST ? "l" : "d", 1);
        while (bencode_next(&it, &key, &member)) {
            if (value.type == BENCODE_DICT)
                bencode_write_string(out, key);
            write_again(member, out, depth + 1);
        }
        buffer_append_literal(out, "e");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Buffer again = BUFFER_EMPTY;
    BencodeValue value;

    if (bencode_parse((Bytes){ data, n }, &value) != ST_OK)
        return 0;
    write_again(value, &again, 0);
    fuzz_check(bytes_equal(buffer_bytes(&again), (Bytes){ data, n }));
    buffer_clear(&again);
    return 0;
}
