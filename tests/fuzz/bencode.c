/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bencode: what is accepted can be walked. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/bencode.h"

static void
walk(BencodeValue value, int depth)
{
    BencodeIterator it = bencode_iterate(value);
    BencodeValue member;
    Bytes key;
    int64_t i;
    uint64_t u;

    fuzz_check(depth < 1000);
    (void)bencode_string(value, &key);
    (void)bencode_i64(value, &i);
    (void)bencode_u64(value, &u);
    if (value.type == BENCODE_LIST || value.type == BENCODE_DICT)
        while (bencode_next(&it, &key, &member))
            walk(member, depth + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    BencodeValue value;

    if (bencode_parse((Bytes){ data, n }, &value) == ST_OK)
        walk(value, 0);
    return 0;
}
