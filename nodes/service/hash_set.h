/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The messages that a deletion or a change of expiry reached: their hashes, which answers
 * list and sign in order. */
#pragma once

#include "nodes/service/request.h"

typedef struct HashEntry {
    int16_t name_space;
    uint8_t n;
    char hash[MESSAGE_HASH_MAX];
    UnixMs expiry; /* expire: the one it has now */
} HashEntry;

typedef struct HashSet {
    HashEntry *entries;
    size_t n, capacity;
} HashSet;

#define HASH_SET_EMPTY ((HashSet){ NULL, 0, 0 })

HashEntry *hash_set_add(HashSet *set, int16_t name_space, Bytes hash);
/* Into the order of the hashes. */
void hash_set_sort(HashSet *set);
/* Keep one of each; sorted before and after. */
void hash_set_unique(HashSet *set);
/* Of a sorted set. */
bool hash_set_has(const HashSet *set, Bytes hash);
void hash_set_append_all(const HashSet *set, Buffer *text);
/* [hash, hash, ..] */
void hash_set_write_list(const HashSet *set, EntryWriter *entry);
/* {"-10":[hash, ..], "0":[..]}; sorts the set by that. */
void hash_set_write_by_namespace(HashSet *set, EntryWriter *entry);
void hash_set_clear(HashSet *set);

static inline Bytes
hash_entry_text(const HashEntry *entry)
{
    return (Bytes){ (const uint8_t *)entry->hash, entry->n };
}
