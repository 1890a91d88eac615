/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the places of one node list to those of another.  With thousands of nodes it costs
 * milliseconds to work out, and every client of a world needs it once: it is kept. */
#include "nodes/base/memory.h"
#include "nodes/wire/node_list.h"

#include <stdlib.h>
#include <string.h>

static bool
same_place(const NodeRecord *a, const NodeRecord *b, bool with_swarms)
{
    return memcmp(a->ed25519, b->ed25519, sizeof a->ed25519) == 0 &&
           memcmp(a->x25519, b->x25519, sizeof a->x25519) == 0 && a->ip == b->ip &&
           a->port_https == b->port_https && (!with_swarms || a->swarm_id == b->swarm_id);
}

static bool
same_places(const NodeList *a, const NodeList *b, bool with_swarms)
{
    if (a == b)
        return true;
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!same_place(&a->nodes[i], &b->nodes[i], with_swarms))
            return false;
    return true;
}

static int *
places(const NodeList *from, const NodeList *to)
{
    int *place = memory_resized(NULL, from->n > 0 ? from->n : 1, sizeof *place);

    for (uint32_t i = 0; i < from->n; i++)
        place[i] = node_list_find_ed25519(to, from->nodes[i].ed25519);
    return place;
}

NodeListMap
node_list_map_new(NodeList *from, NodeList *to, bool with_swarms)
{
    return (NodeListMap){ .from = node_list_ref(from),
                          .to = node_list_ref(to),
                          .with_swarms = with_swarms,
                          .place = same_places(from, to, with_swarms) ? NULL
                                                                      : places(from, to) };
}

void
node_list_map_clear(NodeListMap *map)
{
    node_list_unref(map->from);
    node_list_unref(map->to);
    free(map->place);
    *map = (NodeListMap){ .from = NULL };
}

const NodeListMap *
node_list_map_memo(NodeListMemo *memo, NodeList *from, NodeList *to, bool with_swarms)
{
    NodeListMap *map;

    for (int i = 0; i < NODE_LIST_MEMO_MAPS; i++) {
        map = &memo->maps[i];
        if (map->from == from && map->to == to && map->with_swarms == with_swarms)
            return map;
    }
    map = &memo->maps[memo->next_map];
    memo->next_map = (memo->next_map + 1) % NODE_LIST_MEMO_MAPS;
    node_list_map_clear(map);
    *map = node_list_map_new(from, to, with_swarms);
    return map;
}
