/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What failures cost (protocol 5.2): a counter for each path and for each node.  With no
 * way back but a refresh of the pool (8.13), or with one by what goes well, or by time
 * (2025). */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

static NodeFailures *
failures_of(Session *s, NodeRef node)
{
    for (uint32_t i = 0; i < s->n_failures; i++)
        if (s->failure[i].node == node)
            return &s->failure[i];
    return NULL;
}

static void
failures_forget(Session *s, NodeFailures *entry)
{
    size_t after = (size_t)(s->failure + s->n_failures - (entry + 1));

    memmove(entry, entry + 1, after * sizeof *entry);
    s->n_failures--;
}

static bool
is_forgotten(const Session *s, const NodeFailures *entry)
{
    return s->config->failure_life > 0 && s->now - entry->last >= s->config->failure_life;
}

/* The counter of @node, made where there is none. */
static NodeFailures *
failures_need(Session *s, NodeRef node)
{
    NodeFailures *entry = failures_of(s, node);

    if (entry != NULL && is_forgotten(s, entry))
        entry->failures = 0;
    if (entry != NULL)
        return entry;
    if (s->n_failures == FAILURES_MAX)
        failures_forget(s, &s->failure[0]);
    if (s->n_failures == s->failure_capacity) {
        s->failure_capacity = (uint16_t)(s->failure_capacity + 8);
        s->failure = memory_resized(s->failure, s->failure_capacity, sizeof *s->failure);
    }
    entry = &s->failure[s->n_failures++];
    *entry = (NodeFailures){ .node = node };
    return entry;
}

/* Drop a node from wherever it is. */
static void
node_leaves(Session *s, NodeRef node, const uint8_t *account)
{
    NodeFailures *entry = failures_of(s, node);

    /* Where counters live on, a node that left stays away as long as its counter does. */
    if (entry != NULL && s->config->failure_life == 0)
        failures_forget(s, entry);
    if (account != NULL)
        session_swarm_drop_node(s, account, node);
    session_pool_drop(s, node);
    session_path_replace_node(s, node);
}

void
session_blame_node(Session *s, NodeRef node, const uint8_t *account)
{
    NodeFailures *entry = failures_need(s, node);

    if (entry->failures < UINT8_MAX)
        entry->failures++;
    entry->last = s->now;
    if (entry->failures >= s->config->node_failures_max)
        node_leaves(s, node, account);
}

void
session_blame_path(Session *s, int guard)
{
    Path *path = guard == NODE_NONE ? NULL : session_path_with(s, (NodeRef)guard);
    Path before;

    if (path == NULL)
        return; /* replaced meanwhile */
    /* Its nodes are counted as they stood, even when one of them is replaced on the way. */
    before = *path;
    for (uint32_t i = 1; s->config->defect_blame_whole_path && i < before.n; i++)
        session_blame_node(s, before.hop[i], NULL);
    path = session_path_with(s, before.hop[0]);
    if (path == NULL || path->hop[0] != before.hop[0])
        return; /* no node was left to mend it with */
    if (++path->failures < s->config->path_failures_max)
        return;
    session_path_drop(s, path);
    session_pool_drop(s, before.hop[0]);
    session_guard_drop(s, before.hop[0]);
    session_build(s);
}

/* The node of the list whose key this is, or NODE_NONE. */
static int
named_node(const Session *s, Bytes hex)
{
    uint8_t ed25519[KEY_BYTES];

    if (s->pool.list == NULL || !hex_decode(hex, ed25519, KEY_BYTES))
        return NODE_NONE;
    return node_list_find_ed25519(s->pool.list, ed25519);
}

void
session_path_bad(Session *s, int guard)
{
    Path *path = guard == NODE_NONE ? NULL : session_path_with(s, (NodeRef)guard);

    if (path == NULL || path->hop[0] != guard)
        return; /* replaced meanwhile */
    session_path_drop(s, path);
    session_guard_drop(s, (NodeRef)guard);
    if (s->n_paths < s->config->paths_min)
        session_build(s);
}

void
session_node_not_found(Session *s, Bytes hex, const uint8_t *account)
{
    int node = named_node(s, hex);

    if (node != NODE_NONE)
        node_leaves(s, (NodeRef)node, account);
}

void
session_blame_named(Session *s, Bytes hex, const uint8_t *account, int guard)
{
    int node = named_node(s, hex);

    if (node != NODE_NONE)
        session_blame_node(s, (NodeRef)node, account);
    session_blame_path(s, guard);
}

/* --- the way back ---------------------------------------------------------------- */

static void
forgive(Session *s, NodeRef node)
{
    NodeFailures *entry = failures_of(s, node);

    if (entry != NULL)
        failures_forget(s, entry);
}

void
session_path_succeeded(Session *s, int guard, const Target *target)
{
    Path *path;

    if (s->config->defect_success_forgives_nothing || guard == NODE_NONE)
        return;
    path = session_path_with(s, (NodeRef)guard);
    if (path == NULL || path->hop[0] != guard)
        return; /* replaced meanwhile */
    path->failures = 0;
    for (uint32_t i = 1; s->n_failures > 0 && i < path->n; i++)
        forgive(s, path->hop[i]);
    if (s->n_failures > 0 && target != NULL && target->node != NODE_NONE)
        forgive(s, (NodeRef)target->node);
}

static void
failures_reset(Session *s)
{
    s->n_failures = 0;
    for (uint32_t i = 0; i < s->n_paths; i++)
        s->path[i].failures = 0;
}

/* Carry the counters over, and leave out of the pool who has failed too often. */
static void
failures_carry(Session *s, const int *map)
{
    uint16_t kept = 0;

    for (uint32_t i = 0; i < s->n_failures; i++) {
        NodeFailures entry = s->failure[i];
        int node = map == NULL ? entry.node : map[entry.node];

        if (node == NODE_NONE || is_forgotten(s, &entry))
            continue;
        entry.node = (NodeRef)node;
        s->failure[kept++] = entry;
    }
    s->n_failures = kept;
    for (uint32_t i = 0; i < s->n_failures; i++)
        if (s->failure[i].failures >= s->config->node_failures_max)
            session_pool_drop(s, s->failure[i].node);
}

void
session_failures_renew(Session *s, const int *map)
{
    if (s->config->failure_life == 0)
        failures_reset(s);
    else
        failures_carry(s, map);
}

void
session_failures_stop(Session *s)
{
    if (s->config->failure_life == 0)
        session_failures_clear(s);
}

void
session_failures_clear(Session *s)
{
    free(s->failure);
    s->failure = NULL;
    s->n_failures = s->failure_capacity = 0;
}
