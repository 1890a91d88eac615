/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Node lists: what is read can be written, and gives the same list again. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/node_list.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const uint8_t hash[32];
    NodeList *list, *again;
    Buffer json = BUFFER_EMPTY;

    if (node_list_from_json((Bytes){ data, n }, &list) != ST_OK)
        return 0;
    fuzz_check(list->n <= NODE_LIST_MAX);
    node_list_to_json(list, 1, hash, false, &json);
    fuzz_check(json.n == node_list_json_bytes(list, 1, false));
    fuzz_check(node_list_from_json(buffer_bytes(&json), &again) == ST_OK);
    fuzz_check(again->n == list->n);
    for (uint32_t i = 0; i < list->n; i++) {
        fuzz_check(memcmp(list->nodes[i].legacy, again->nodes[i].legacy, 32) == 0);
        fuzz_check(list->nodes[i].swarm_id == again->nodes[i].swarm_id);
        fuzz_check(list->nodes[i].ip == again->nodes[i].ip);
    }
    buffer_clear(&json);
    node_list_unref(again);
    node_list_unref(list);
    return 0;
}
