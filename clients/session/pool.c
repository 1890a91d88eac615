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

/* Whatever holds an index into the list before holds one into the new list now. */
static void
remap(Session *s, const int *map)
{
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
}

/* Of two lists of the same nodes (@list is taken) hold that which others hold: the next
 * refresh brings it again, and nothing has to be looked up then.  One of our own would cost
 * memory. */
static void
keep_one(Session *s, NodeList *list, bool is_shared)
{
    NodeList *other = list;

    if (is_shared) {
        other = s->pool.list;
        s->pool.list = list;
    }
    node_list_unref(other);
    session_failures_renew(s, NULL);
}

/* @list is taken. */
static void
move_to(Session *s, NodeList *list, const int *map)
{
    node_list_unref(s->pool.list);
    s->pool.list = list;
    remap(s, map);
}

void
session_pool_replace(Session *s, NodeList *list)
{
    bool with_swarms = s->config->swarm_lookup == SWARM_COMPUTE;
    bool is_shared = list->refs > 1;
    NodeList *old = s->pool.list;
    NodeListMap own = { .from = NULL };
    const NodeListMap *map = &own;

    assert(list->n <= NODE_LIST_MAX);
    s->pool.n_excluded = 0;
    if (old == NULL) {
        s->pool.list = list;
        return;
    }
    /* Lists that nobody else holds will not come again. */
    if (s->memo != NULL && is_shared && old->refs > 1)
        map = node_list_map_memo(s->memo, old, list, with_swarms);
    else
        own = node_list_map_new(old, list, with_swarms);
    if (map->place == NULL)
        keep_one(s, list, is_shared);
    else
        move_to(s, list, map->place);
    node_list_map_clear(&own);
}

void
session_pool_clear(Session *s)
{
    session_pool_abandon(s);
    node_list_unref(s->pool.list);
    free(s->pool.excluded);
    s->pool = (Pool){ .refresh_at = TIME_NEVER };
}
