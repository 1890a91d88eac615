/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which nodes keep whose messages, as far as this client knows (protocol 5.3): one's own
 * account always, and the contacts used last. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"
#include "nodes/swarm/swarm.h"

#include <assert.h>
#include <stdlib.h>

static bool
is_own(const Session *s, const uint8_t key[KEY_BYTES])
{
    return memcmp(s->x25519.pk, key, KEY_BYTES) == 0;
}

/* Where the entry of @key is kept, moved to the front of the contacts; NULL: nowhere. */
static SwarmEntry **
place_of(Session *s, const uint8_t key[KEY_BYTES])
{
    SwarmCache *cache = &s->swarms;

    if (is_own(s, key))
        return cache->own == NULL ? NULL : &cache->own;
    for (uint32_t i = 0; i < cache->n; i++) {
        SwarmEntry *entry = cache->contact[i];

        if (memcmp(entry->key, key, KEY_BYTES) != 0)
            continue;
        memmove(cache->contact + 1, cache->contact, i * sizeof(SwarmEntry *));
        cache->contact[0] = entry;
        return &cache->contact[0];
    }
    return NULL;
}

SwarmEntry *
session_swarm_find(Session *s, const uint8_t key[KEY_BYTES])
{
    SwarmEntry **place = place_of(s, key);

    return place == NULL ? NULL : *place;
}

/* A place for a new entry: one's own, or the front of the contacts, where the least
 * recently used one goes when the cache is full. */
static SwarmEntry **
place_make(Session *s, const uint8_t key[KEY_BYTES])
{
    SwarmCache *cache = &s->swarms;

    if (is_own(s, key))
        return &cache->own;
    if (cache->n == SWARM_CACHE_MAX)
        free(cache->contact[--cache->n]);
    if (cache->n == cache->capacity) {
        cache->capacity += 5;
        cache->contact =
            memory_resized(cache->contact, cache->capacity, sizeof(SwarmEntry *));
    }
    memmove(cache->contact + 1, cache->contact, cache->n * sizeof(SwarmEntry *));
    cache->n++;
    cache->contact[0] = NULL;
    return &cache->contact[0];
}

void
session_swarm_put(Session *s, const FreshSwarm *fresh)
{
    SwarmEntry **place = place_of(s, fresh->key);
    SwarmEntry *entry;
    uint32_t n = 0;

    for (uint32_t i = 0; i < fresh->n; i++)
        n += fresh->node[i].node != NODE_NONE;
    if (place == NULL)
        place = place_make(s, fresh->key);
    entry = memory_resized(*place, 1, sizeof *entry + n * sizeof entry->node[0]);
    memcpy(entry->key, fresh->key, KEY_BYTES);
    entry->n = 0;
    for (uint32_t i = 0; i < fresh->n; i++)
        if (fresh->node[i].node != NODE_NONE)
            entry->node[entry->n++] = (NodeRef)fresh->node[i].node;
    *place = entry;
}

bool
session_swarm_compute(Session *s, const uint8_t key[KEY_BYTES], FreshSwarm *ret)
{
    const NodeList *list = s->pool.list;
    uint64_t swarm;

    if (s->config->swarm_lookup != SWARM_COMPUTE || list == NULL)
        return false;
    swarm = swarm_nearest_in_list(list, swarm_space(key));
    if (swarm == SWARM_NONE)
        return false;
    memcpy(ret->key, key, KEY_BYTES);
    ret->n = 0;
    for (uint32_t i = 0; i < list->n && ret->n < SWARM_NODES_MAX; i++)
        if (list->nodes[i].swarm_id == swarm)
            ret->node[ret->n++] = session_target_of(s, (NodeRef)i);
    return true;
}

void
session_swarm_drop_node(Session *s, const uint8_t key[KEY_BYTES], NodeRef node)
{
    SwarmEntry *entry = session_swarm_find(s, key);
    uint8_t kept = 0;

    if (entry == NULL)
        return;
    for (uint32_t i = 0; i < entry->n; i++)
        if (entry->node[i] != node)
            entry->node[kept++] = entry->node[i];
    entry->n = kept;
}

static void
entry_remap(SwarmEntry *entry, const int *map)
{
    uint8_t kept = 0;

    for (uint32_t i = 0; i < entry->n; i++)
        if (map[entry->node[i]] != NODE_NONE)
            entry->node[kept++] = (NodeRef)map[entry->node[i]];
    entry->n = kept;
}

void
session_swarms_remap(Session *s, const int *map)
{
    if (s->swarms.own != NULL)
        entry_remap(s->swarms.own, map);
    for (uint32_t i = 0; i < s->swarms.n; i++)
        entry_remap(s->swarms.contact[i], map);
}

void
session_swarms_clear(Session *s)
{
    free(s->swarms.own);
    for (uint32_t i = 0; i < s->swarms.n; i++)
        free(s->swarms.contact[i]);
    free(s->swarms.contact);
    s->swarms = (SwarmCache){ 0 };
}
