/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths (protocol 5.2): a guard and random nodes behind it, no two of one subnet among
 * those, drawn without replacement over all paths. */
#include "clients/session/session_internal.h"

#include <assert.h>

static bool
path_contains(const Path *path, NodeRef node)
{
    for (uint32_t i = 0; i < path->n; i++)
        if (path->hop[i] == node)
            return true;
    return false;
}

Path *
session_path_with(Session *s, NodeRef node)
{
    for (uint32_t i = 0; i < s->n_paths; i++)
        if (path_contains(&s->path[i], node))
            return &s->path[i];
    return NULL;
}

const Path *
session_path_pick(Session *s, const Target *target)
{
    const Path *fit[PATHS_MAX];
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n_paths; i++)
        if (target->node == NODE_NONE || !path_contains(&s->path[i], (NodeRef)target->node))
            fit[n++] = &s->path[i];
    return n == 0 ? NULL : fit[port_random_below(s->port, RANDOM_PATH, n)];
}

/* --- drawing --------------------------------------------------------------------- */

/* Subnets that a draw may not use again. */
typedef struct Taken {
    uint64_t net[PATHS_MAX * PATH_HOPS_MAX + PATHS_MAX];
    uint32_t n;
} Taken;

static uint64_t
net_of(const Session *s, NodeRef node)
{
    uint32_t bits = s->config->path_subnet_bits;

    /* 0: nodes are told apart by themselves, not by where they are. */
    if (bits == 0)
        return (uint64_t)1 << 32 | node;
    return session_node(s, node)->ip >> (32 - bits);
}

static bool
taken_add(Taken *taken, uint64_t net)
{
    for (uint32_t i = 0; i < taken->n; i++)
        if (taken->net[i] == net)
            return false;
    assert(taken->n < sizeof taken->net / sizeof *taken->net);
    taken->net[taken->n++] = net;
    return true;
}

static bool
is_guard(const Session *s, NodeRef node)
{
    for (uint32_t i = 0; i < s->n_guards; i++)
        if (s->guard[i] == node)
            return true;
    return false;
}

/* Clients let each subnet be represented by one random node of its, repeated as often as it
 * has nodes, take the guards out, and sample; a drawn node leaves with all its repetitions.
 * Drawing a node uniformly, and closing its subnet, is the same: the first node drawn of a
 * subnet is its representative, and when that is a guard, the subnet is out. */
static bool
draw_hop(Session *s, Taken *taken, NodeRef *ret)
{
    uint32_t draws = PATH_DRAWS_PER_NODE * session_pool_count(s);

    while (draws-- > 0) {
        NodeRef node;

        if (!session_pool_draw(s, RANDOM_PATH, &node))
            return false;
        if (!taken_add(taken, net_of(s, node)) || is_guard(s, node))
            continue;
        *ret = node;
        return true;
    }
    return false;
}

static bool
draw_path(Session *s, NodeRef guard, Taken *taken, Path *ret)
{
    Path path = { .n = (uint8_t)s->config->hops };

    path.hop[0] = guard;
    for (uint32_t i = 1; i < path.n; i++)
        if (!draw_hop(s, taken, &path.hop[i]))
            return false;
    *ret = path;
    return true;
}

static bool
is_guard_of_path(const Session *s, NodeRef node)
{
    for (uint32_t i = 0; i < s->n_paths; i++)
        if (s->path[i].hop[0] == node)
            return true;
    return false;
}

/* What the paths that stay have taken. */
static void
take_standing(const Session *s, Taken *taken)
{
    for (uint32_t i = 0; i < s->n_paths; i++)
        for (uint32_t j = 1; j < s->path[i].n; j++)
            (void)taken_add(taken, net_of(s, s->path[i].hop[j]));
}

bool
session_paths_draw(Session *s)
{
    Taken taken = { .n = 0 };

    if (s->config->defect_rebuild_all_paths)
        s->n_paths = 0;
    take_standing(s, &taken);
    for (uint32_t i = 0; s->config->path_guard_apart && i < s->n_guards; i++)
        (void)taken_add(&taken, net_of(s, s->guard[i]));
    for (uint32_t i = 0; i < s->n_guards && s->n_paths < s->config->paths; i++) {
        if (is_guard_of_path(s, s->guard[i]))
            continue;
        if (!draw_path(s, s->guard[i], &taken, &s->path[s->n_paths]))
            break;
        s->n_paths++;
    }
    return s->n_paths > 0;
}

/* --- mending --------------------------------------------------------------------- */

/* A random node that is in no path; not tested, as that would show it who we are. */
static bool
draw_unused(Session *s, NodeRef *ret)
{
    uint32_t draws = PATH_DRAWS_PER_NODE * session_pool_count(s);

    while (draws-- > 0) {
        if (!session_pool_draw(s, RANDOM_PATH, ret))
            return false;
        if (session_path_with(s, *ret) == NULL)
            return true;
    }
    return false;
}

void
session_path_drop(Session *s, Path *path)
{
    size_t after = (size_t)(s->path + s->n_paths - (path + 1));

    memmove(path, path + 1, after * sizeof *path);
    s->n_paths--;
}

/* Append nodes until the path is whole.  False when the pool has none. */
static bool
path_fill(Session *s, Path *path)
{
    while (path->n < s->config->hops) {
        NodeRef node;

        if (!draw_unused(s, &node))
            return false;
        path->hop[path->n++] = node;
    }
    return true;
}

void
session_path_replace_node(Session *s, NodeRef node)
{
    Path *path = session_path_with(s, node);
    Path left = { .n = 0 };
    NodeRef fresh;

    if (path == NULL)
        return;
    /* The node that leaves still counts as used: it cannot come back by this draw. */
    if (!draw_unused(s, &fresh)) {
        session_path_drop(s, path);
        session_build(s);
        return;
    }
    for (uint32_t i = 0; i < path->n; i++)
        if (path->hop[i] != node)
            left.hop[left.n++] = path->hop[i];
    left.hop[left.n++] = fresh;
    /* The counter belongs to the guard: it starts again when the guard is another. */
    left.failures = left.hop[0] == path->hop[0] ? path->failures : 0;
    *path = left;
}

void
session_paths_mend(Session *s, bool lost)
{
    for (uint32_t i = 0; i < s->n_paths;) {
        if (path_fill(s, &s->path[i])) {
            i++;
            continue;
        }
        session_path_drop(s, &s->path[i]);
        lost = true;
    }
    if (lost)
        session_build(s);
}
