/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Disks of service nodes: what they are, what they lose, and when they are gone. */
#include "scenarios/world_internal.h"

static Store *
new_store(const World *w)
{
    char why[SQLITE_STORE_ERROR_BYTES];
    Store *store;

    if (w->scenario->store == STORE_MEMORY)
        return memory_store_new(w->scenario->store_bytes);
    store = sqlite_store_open(":memory:", w->scenario->store_bytes, SQLITE_STORE_SIMULATED,
                              why);
    if (store == NULL)
        g_error("cannot open a SQLite store: %s", why);
    return store;
}

static Time
clock_of_world(void *context)
{
    return host_now(((World *)context)->host);
}

static bool
loses_put(void *context, uint32_t index)
{
    World *w = context;
    const Scenario *s = w->scenario;
    StreamKey key = { w->options.seed, stream_name("disk", index), WORLD_PUT_LOST, 0 };
    uint32_t put = w->nodes[index].puts++;

    return (s->put_lost_every > 0 && (put + 1) % s->put_lost_every == 0) ||
           sample_uniform(stream_word(&key, put)) < s->put_lost;
}

void
world_disk_build(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    node->store = new_store(w);
    node->watched = g_new0(WatchedStore, 1);
    watched_store_init(node->watched, node->store, world_watch_put, world_watch_drop, w,
                       index);
    node->watched->now = clock_of_world;
    if (w->scenario->put_lost > 0 || w->scenario->put_lost_every > 0)
        node->watched->loses = loses_put;
}

void
world_disk_renew(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    node->store = new_store(w);
    node->watched->inner = node->store;
}

void
world_disk_lose(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];

    ledger_disk_gone(w->ledger, host_now(w->host), index, node->store);
    node->store->ops->close(node->store);
    node->store = NULL;
    w->totals.disks_lost++;
}
