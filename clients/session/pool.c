/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pool (protocol 5.1): a reference to a node list that many clients share, less the
 * nodes that this client dropped. */
#include "clients/session/groups.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

uint32_t
session_pool_count(const Session *s)
{
    if (s->pool.list == NULL || s->pool.n_excluded == EXCLUDED_MAX)
        return 0;
    assert(s->pool.n_excluded <= s->pool.list->n);
    return s->pool.list->n - s->pool.n_excluded;
}

/* Where @node stands among the dropped ones, or would. */
static uint32_t
excluded_place(const Pool *pool, NodeRef node)
{
    uint32_t i = 0;

    while (i < pool->n_excluded && pool->excluded[i] < node)
        i++;
    return i;
}

bool
session_pool_has(const Session *s, NodeRef node)
{
    uint32_t at = excluded_place(&s->pool, node);

    assert(s->pool.list != NULL && node < s->pool.list->n);
    return at == s->pool.n_excluded || s->pool.excluded[at] != node;
}

bool
session_pool_draw(Session *s, Purpose purpose, NodeRef *ret)
{
    uint32_t count = session_pool_count(s);
    uint32_t node;

    if (count == 0)
        return false;
    /* The k-th node that is not excluded. */
    node = port_random_below(s->port, purpose, count);
    for (uint32_t i = 0; i < s->pool.n_excluded && s->pool.excluded[i] <= node; i++)
        node++;
    assert(node < s->pool.list->n);
    *ret = (NodeRef)node;
    return true;
}

void
session_pool_drop(Session *s, NodeRef node)
{
    Pool *pool = &s->pool;
    uint32_t at = excluded_place(pool, node);

    if (!session_pool_has(s, node) || pool->n_excluded == EXCLUDED_MAX)
        return;
    if (pool->n_excluded == pool->excluded_capacity) {
        pool->excluded_capacity = (uint16_t)(pool->excluded_capacity + 8);
        pool->excluded =
            memory_resized(pool->excluded, pool->excluded_capacity, sizeof *pool->excluded);
    }
    memmove(pool->excluded + at + 1, pool->excluded + at,
            (pool->n_excluded - at) * sizeof *pool->excluded);
    pool->excluded[at] = node;
    pool->n_excluded++;
    if (session_pool_count(s) <= s->config->pool_min)
        session_seed_fetch(s);
}

Target
session_target_of(const Session *s, NodeRef node)
{
    Target target = { .node = node };

    memcpy(target.ed25519, session_node(s, node)->ed25519, KEY_BYTES);
    memcpy(target.x25519, session_node(s, node)->x25519, KEY_BYTES);
    return target;
}

/* The same nodes at the same places: then indices into one are good for the other. */
static bool
same_nodes(const Session *s, const NodeList *a, const NodeList *b)
{
    if (a == b)
        return true;
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const NodeRecord *x = &a->nodes[i], *y = &b->nodes[i];

        if (memcmp(x->ed25519, y->ed25519, KEY_BYTES) != 0 ||
            memcmp(x->x25519, y->x25519, KEY_BYTES) != 0 || x->ip != y->ip ||
            x->port_https != y->port_https)
            return false;
        if (s->config->swarm_lookup == SWARM_COMPUTE && x->swarm_id != y->swarm_id)
            return false;
    }
    return true;
}

/* Of two lists of the same nodes hold that which others hold: the next refresh brings it
 * again, and needs no comparison then.  One of our own would cost memory. */
static void
keep_one(Session *s, NodeList *list)
{
    NodeList *other = list;

    if (list->refs > 1) {
        other = s->pool.list;
        s->pool.list = list;
    }
    node_list_unref(other);
}

static void
requests_remap(Session *s, const int *map)
{
    for (uint32_t i = 0; i < s->n_slots; i++) {
        OnionRequest *request = s->slot[i].request;

        if (request == NULL)
            continue;
        if (!request->any_target && request->target.node != NODE_NONE)
            request->target.node = map[request->target.node];
        if (request->guard != NODE_NONE)
            request->guard = map[request->guard];
    }
}

/* A path whose guard vanished goes; another node that vanished is replaced as if a relay
 * had not found it. */
static void
paths_remap(Session *s, const int *map)
{
    uint8_t kept = 0;
    bool lost;

    for (uint32_t i = 0; i < s->n_paths; i++) {
        Path path = s->path[i];
        uint8_t n = 0;

        if (map[path.hop[0]] == NODE_NONE)
            continue;
        for (uint32_t j = 0; j < path.n; j++)
            if (map[path.hop[j]] != NODE_NONE)
                path.hop[n++] = (NodeRef)map[path.hop[j]];
        path.n = n;
        s->path[kept++] = path;
    }
    lost = kept < s->n_paths;
    s->n_paths = kept;
    session_paths_mend(s, lost);
}

static int *
map_make(const NodeList *from, const NodeList *to)
{
    int *map = memory_resized(NULL, from->n > 0 ? from->n : 1, sizeof *map);

    for (uint32_t i = 0; i < from->n; i++)
        map[i] = node_list_find_ed25519(to, from->nodes[i].ed25519);
    return map;
}

void
session_pool_replace(Session *s, NodeList *list)
{
    NodeList *old = s->pool.list;
    int *map;

    assert(list->n <= NODE_LIST_MAX);
    s->pool.n_excluded = 0;
    if (old != NULL && same_nodes(s, old, list)) {
        session_failures_renew(s, NULL);
        keep_one(s, list);
        return;
    }
    s->pool.list = list;
    if (old == NULL)
        return;
    map = map_make(old, list);
    session_failures_renew(s, map);
    requests_remap(s, map);
    /* Swarms that were worked out are worked out anew. */
    if (s->config->swarm_lookup == SWARM_COMPUTE)
        session_swarms_clear(s);
    else
        session_swarms_remap(s, map);
    session_cursors_remap(s, map);
    session_groups_remap(s, map);
    session_guards_remap(s, map);
    paths_remap(s, map);
    free(map);
    node_list_unref(old);
}

void
session_pool_clear(Session *s)
{
    session_pool_abandon(s);
    node_list_unref(s->pool.list);
    free(s->pool.excluded);
    s->pool = (Pool){ .refresh_at = TIME_NEVER };
}
