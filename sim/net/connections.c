/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/connections.h"

#include <assert.h>
#include <stdlib.h>

enum { CAPACITY_MIN = 4 };

static uint32_t
home_of(const Connections *table, uint32_t key)
{
    /* Fibonacci hashing: the upper half of the product is the well-mixed one. */
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (table->capacity - 1);
}

static uint32_t
after(const Connections *table, uint32_t i)
{
    return (i + 1) & (table->capacity - 1);
}

/* The entry with @key, or the empty one where it belongs.  There is always an empty one. */
static Connection *
entry_of(const Connections *table, uint32_t key)
{
    uint32_t i = home_of(table, key);

    while (table->entries[i].key != 0 && table->entries[i].key != key)
        i = after(table, i);
    return &table->entries[i];
}

static Connection *
find(const Connections *table, uint32_t key)
{
    Connection *entry;

    if (table->capacity == 0)
        return NULL;
    entry = entry_of(table, key);
    return entry->key == 0 ? NULL : entry;
}

static bool
is_live(const Connection *entry, const ConnectionRules *rules, Time now)
{
    return entry->peer_epoch == rules->epochs[(entry->key - 1) >> 1] &&
           now - entry->last_used <= rules->idle_timeout;
}

Connection *
connections_use(Connections *table, const ConnectionRules *rules, uint32_t key, Time now,
                Time until)
{
    Connection *entry = find(table, key);

    if (entry == NULL || !is_live(entry, rules, now))
        return NULL;
    if (entry->last_used < until)
        entry->last_used = until;
    return entry;
}

/* Knuth's algorithm R (6.4): close the gap so that no search stops early. */
static void
remove_entry(Connections *table, Connection *entry)
{
    uint32_t gap = (uint32_t)(entry - table->entries);

    for (uint32_t i = after(table, gap); table->entries[i].key != 0; i = after(table, i)) {
        uint32_t distance = i - home_of(table, table->entries[i].key);

        if ((distance & (table->capacity - 1)) >= ((i - gap) & (table->capacity - 1))) {
            table->entries[gap] = table->entries[i];
            gap = i;
        }
    }
    table->entries[gap].key = 0;
    table->n--;
}

void
connections_prefetch(const Connections *table, uint32_t key)
{
    if (table->capacity > 0)
        __builtin_prefetch(&table->entries[home_of(table, key)], 1);
}

void
connections_close(Connections *table, uint32_t key)
{
    Connection *entry = find(table, key);

    if (entry != NULL)
        remove_entry(table, entry);
}

void
connections_clear(Connections *table)
{
    free(table->entries);
    *table = (Connections){ 0 };
}

/* Keep the live entries only, in a table that they fill at most half. */
static void
rebuild(Connections *table, const ConnectionRules *rules, Time now)
{
    Connections old = *table;
    uint32_t live = 0;

    for (uint32_t i = 0; i < old.capacity; i++)
        live += old.entries[i].key != 0 && is_live(&old.entries[i], rules, now);
    *table = (Connections){ .n = live, .capacity = CAPACITY_MIN };
    while (table->capacity < 2 * live)
        table->capacity *= 2;
    table->entries = calloc(table->capacity, sizeof *table->entries);
    if (table->entries == NULL)
        abort();
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.entries[i].key != 0 && is_live(&old.entries[i], rules, now))
            *entry_of(table, old.entries[i].key) = old.entries[i];
    free(old.entries);
}

static void
close_least_recent(Connections *table)
{
    Connection *best = NULL;

    for (Connection *c = table->entries; c < table->entries + table->capacity; c++)
        if (c->key != 0 && (best == NULL || c->last_used < best->last_used ||
                            (c->last_used == best->last_used && c->key < best->key)))
            best = c;
    if (best != NULL)
        remove_entry(table, best);
}

static void
make_room(Connections *table, const ConnectionRules *rules, Time now)
{
    if (table->n >= rules->max || table->n + 1 > table->capacity / 4 * 3)
        rebuild(table, rules, now);
    if (table->n >= rules->max)
        close_least_recent(table);
}

Connection *
connections_open(Connections *table, const ConnectionRules *rules, uint32_t key, Time now,
                 Time until)
{
    Connection *entry = find(table, key);

    assert(key != 0 && rules->max > 0);
    if (entry == NULL) { /* else it takes the place of the one that ended */
        make_room(table, rules, now);
        entry = entry_of(table, key);
        table->n++;
    }
    *entry = (Connection){
        .key = key,
        .peer_epoch = rules->epochs[(key - 1) >> 1],
        .last_used = until,
        .ready = now,
    };
    return entry;
}
