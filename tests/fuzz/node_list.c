/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Node lists: what is read can be written, and gives the same list again. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/node_list.h"

/* A list that was read before comes out the same, whoever remembers it. */
static void
check_memo(Bytes in, const NodeList *list)
{
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;

    for (int i = 0; i < 2; i++) {
        NodeList *again;

        fuzz_check(node_list_from_json_memo(&memo, in, &again) == ST_OK);
        fuzz_check(again->n == list->n);
        fuzz_check(list->n == 0 ||
                   memcmp(again->nodes, list->nodes, list->n * sizeof *list->nodes) == 0);
        node_list_unref(again);
    }
    node_list_memo_clear(&memo);
}

static void
check_order(const NodeList *list)
{
    fuzz_check(list->n <= NODE_LIST_MAX);
    for (uint32_t i = 0; i < list->n; i++) {
        const NodeRecord *node = &list->nodes[i];

        fuzz_check(node->ip != 0);
        fuzz_check(i == 0 || memcmp(node[-1].legacy, node->legacy, 32) < 0);
        fuzz_check(node_list_find_legacy(list, node->legacy) == (int)i);
        fuzz_check(node_list_find_ed25519(list, node->ed25519) >= 0);
        fuzz_check(node_list_find_x25519(list, node->x25519) >= 0);
    }
}

static void
check_written(const NodeList *list)
{
    static const uint8_t hash[32];
    Buffer json = BUFFER_EMPTY;
    NodeList *again;

    node_list_to_json(list, 1, hash, false, &json);
    fuzz_check(json.n == node_list_json_bytes(list, 1, false));
    fuzz_check(node_list_from_json(buffer_bytes(&json), &again) == ST_OK);
    fuzz_check(again->n == list->n);
    for (uint32_t i = 0; i < list->n; i++) {
        const NodeRecord *a = &list->nodes[i], *b = &again->nodes[i];

        fuzz_check(memcmp(a->legacy, b->legacy, 32) == 0);
        fuzz_check(memcmp(a->ed25519, b->ed25519, 32) == 0);
        fuzz_check(memcmp(a->x25519, b->x25519, 32) == 0);
        fuzz_check(a->swarm_id == b->swarm_id && a->active == b->active);
        fuzz_check(a->ip == b->ip && a->port_https == b->port_https);
        fuzz_check(a->port_omq == b->port_omq);
    }
    buffer_clear(&json);
    node_list_unref(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    NodeList *list = NULL;

    if (node_list_from_json((Bytes){ data, n }, &list) != ST_OK) {
        fuzz_check(list == NULL);
        return 0;
    }
    check_order(list);
    check_written(list);
    check_memo((Bytes){ data, n }, list);
    node_list_unref(list);
    return 0;
}
