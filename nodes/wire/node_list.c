/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/node_list_build.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/swar.h"

/* --- order -------------------------------------------------------------------------------
 */

/* What is sorted instead of the records: the first bytes of the key and where it is. */
typedef struct SortKey {
    uint64_t prefix;
    const NodeRecord *node;
} SortKey;

/* By key, then in the order given. */
static int
compare_sort_keys(const void *a, const void *b)
{
    const SortKey *x = a, *y = b;
    int order;

    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    order = memcmp(x->node->legacy, y->node->legacy, sizeof x->node->legacy);
    return order != 0 ? order : (x->node > y->node) - (x->node < y->node);
}

static bool
is_ascending(const NodeRecord *nodes, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (memcmp(nodes[i - 1].legacy, nodes[i].legacy, sizeof nodes[i].legacy) >= 0)
            return false;
    return true;
}

/* Copy @nodes in order; of several with one key the first stays.  Returns how many. */
static size_t
copy_sorted(const NodeRecord *nodes, size_t n, NodeRecord *ret)
{
    SortKey *keys = memory_zeroed(n, sizeof *keys);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        keys[i] = (SortKey){ load_u64be(nodes[i].legacy), &nodes[i] };
    qsort(keys, n, sizeof *keys, compare_sort_keys);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || memcmp(ret[kept - 1].legacy, keys[i].node->legacy,
                                sizeof keys[i].node->legacy) != 0)
            ret[kept++] = *keys[i].node;
    free(keys);
    return kept;
}

/* --- indexes ----------------------------------------------------------------------------
 */

/* Table entries are an index and one; 0 is free.  Keys are uniform, so that their first
 * bytes are a hash. */
static uint32_t
first_place(const uint8_t key[32], uint32_t mask)
{
    return (uint32_t)swar_load(key) & mask;
}

static bool
index_add(uint32_t *table, uint32_t mask, const uint8_t key[32], uint32_t entry,
          uint32_t probes_max)
{
    uint32_t place = first_place(key, mask);

    for (uint32_t i = 0; i < probes_max; i++, place = (place + 1) & mask)
        if (table[place] == 0) {
            table[place] = entry;
            return true;
        }
    return false;
}

static bool
index_all(NodeList *list, uint32_t probes_max)
{
    uint32_t places = 4;

    while (places < 2 * list->n)
        places *= 2;
    list->index_mask = places - 1;
    list->by_ed25519 = memory_zeroed(places, sizeof *list->by_ed25519);
    list->by_x25519 = memory_zeroed(places, sizeof *list->by_x25519);
    for (uint32_t i = 0; i < list->n; i++) {
        const NodeRecord *node = &list->nodes[i];

        if (!index_add(list->by_ed25519, list->index_mask, node->ed25519, i + 1,
                       probes_max) ||
            !index_add(list->by_x25519, list->index_mask, node->x25519, i + 1, probes_max))
            return false;
    }
    return true;
}

/* --- the list ---------------------------------------------------------------------------
 */

NodeList *
node_list_build(const NodeRecord *nodes, size_t n, uint32_t probes_max)
{
    NodeList *list = memory_zeroed(1, sizeof *list);

    assert(n <= NODE_LIST_MAX);
    list->refs = 1;
    list->nodes = memory_zeroed(n, sizeof *list->nodes);
    if (is_ascending(nodes, n)) {
        if (n > 0)
            memcpy(list->nodes, nodes, n * sizeof *nodes);
        list->n = (uint32_t)n;
    } else {
        list->n = (uint32_t)copy_sorted(nodes, n, list->nodes);
    }
    if (!index_all(list, probes_max)) {
        node_list_unref(list);
        return NULL;
    }
    return list;
}

NodeList *
node_list_new(const NodeRecord *nodes, size_t n)
{
    return node_list_build(nodes, n, UINT32_MAX);
}

NodeList *
node_list_ref(NodeList *list)
{
    assert(list->refs > 0 && list->refs < UINT32_MAX);
    list->refs++;
    return list;
}

void
node_list_unref(NodeList *list)
{
    if (list == NULL)
        return;
    assert(list->refs > 0);
    if (--list->refs > 0)
        return;
    free(list->by_ed25519);
    free(list->by_x25519);
    free(list->nodes);
    free(list);
}

int
node_list_find_ed25519(const NodeList *list, const uint8_t key[32])
{
    uint32_t place = first_place(key, list->index_mask), entry;

    for (; (entry = list->by_ed25519[place]) != 0; place = (place + 1) & list->index_mask)
        if (memcmp(list->nodes[entry - 1].ed25519, key, 32) == 0)
            return (int)entry - 1;
    return NODE_NONE;
}

int
node_list_find_x25519(const NodeList *list, const uint8_t key[32])
{
    uint32_t place = first_place(key, list->index_mask), entry;

    for (; (entry = list->by_x25519[place]) != 0; place = (place + 1) & list->index_mask)
        if (memcmp(list->nodes[entry - 1].x25519, key, 32) == 0)
            return (int)entry - 1;
    return NODE_NONE;
}

int
node_list_find_legacy(const NodeList *list, const uint8_t key[32])
{
    uint32_t low = 0, high = list->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(list->nodes[middle].legacy, key, 32);

        if (order == 0)
            return (int)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NODE_NONE;
}
