/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node has to compare: ids and timestamps of its swarm's messages. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/anti_entropy.h"

enum { VIEW_FIRST_CAPACITY = 64 };

uint64_t
compare_id(const ServiceNode *node, const CompareScope *scope, Bytes hash)
{
    return crypto_short_hash(node->crypto, scope->salt, hash);
}

typedef struct Collection {
    const ServiceNode *node;
    const CompareScope *scope;
    CompareView *view;
} Collection;

static void
grow(CompareView *view, size_t capacity)
{
    view->capacity = capacity;
    view->items = realloc(view->items, capacity * sizeof *view->items);
    if (view->items == NULL)
        abort();
}

static bool
collect(void *context, int64_t row, const StoreMessage *message)
{
    Collection *c = context;
    CompareView *view = c->view;

    (void)row;
    if (message->expiry <= c->scope->alive_after ||
        message->timestamp >= c->scope->written_before ||
        !node_keeps(c->node, message->account))
        return true;
    if (view->n == view->capacity)
        grow(view, 2 * view->capacity);
    view->items[view->n++] =
        (CompareItem){ message->timestamp, compare_id(c->node, c->scope, message->hash) };
    return true;
}

void
compare_view(const ServiceNode *node, const CompareScope *scope, CompareView *ret)
{
    Collection c = { node, scope, ret };
    Store *store = node->port->store;

    *ret = (CompareView){ 0 };
    grow(ret, VIEW_FIRST_CAPACITY); /* an empty one points somewhere too */
    store->ops->each(store, collect, &c);
    meter_add(node->port->meter, METER_STORE_GET, ret->n * sizeof(CompareItem));
}

static int
compare_items(const void *a, const void *b)
{
    const CompareItem *left = a, *right = b;

    if (left->timestamp != right->timestamp)
        return left->timestamp < right->timestamp ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

void
compare_view_sort(CompareView *view)
{
    if (view->n > 1)
        qsort(view->items, view->n, sizeof *view->items, compare_items);
}

void
compare_view_clear(CompareView *view)
{
    free(view->items);
    *view = (CompareView){ 0 };
}

CompareDigest
compare_digest(const CompareItem *items, size_t n)
{
    CompareDigest digest = { .n = (uint32_t)n };

    assert(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        digest.ids ^= items[i].id;
    return digest;
}

size_t
compare_range(const CompareView *view, size_t first, UnixMs end)
{
    size_t low = first, high = view->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (view->items[middle].timestamp < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low - first;
}

/* --- lists of ids ------------------------------------------------------------------- */

void
id_list_add(IdList *list, uint64_t id)
{
    if (list->n == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        list->ids = realloc(list->ids, list->capacity * sizeof *list->ids);
        if (list->ids == NULL)
            abort();
    }
    list->ids[list->n++] = id;
}

static int
compare_ids(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

void
id_list_sort(IdList *list)
{
    if (list->n > 1)
        qsort(list->ids, list->n, sizeof *list->ids, compare_ids);
}

bool
id_list_find(const IdList *list, uint64_t id, size_t *ret_at)
{
    const uint64_t *found = NULL;

    if (list->n > 0)
        found = bsearch(&id, list->ids, list->n, sizeof *list->ids, compare_ids);
    if (found == NULL)
        return false;
    *ret_at = (size_t)(found - list->ids);
    return true;
}

void
id_list_clear(IdList *list)
{
    free(list->ids);
    *list = ID_LIST_EMPTY;
}
