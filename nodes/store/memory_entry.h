/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One message in one memory store: its share in the record, and where it stands. */
#pragma once

#include <assert.h>

#include "nodes/store/memory_index.h"
#include "nodes/store/memory_record.h"

/* 24 bytes: there is one for every replica in a simulated network. */
typedef struct MemoryEntry {
    MemoryRecord *record; /* a share in it */
    uint32_t row;         /* up to MEMORY_ROW_MAX */
    uint32_t box;         /* index of its box; MEMORY_NONE: removed */
    uint32_t next;        /* the next entry of its box, or MEMORY_NONE */
    uint32_t hashed;      /* the hash's own hash in the index */
} MemoryEntry;

#define MEMORY_ROW_MAX UINT32_MAX

/* The capacity of an array that was full: an eighth more, because thousands of stores live
 * in one process. */
static inline uint32_t
memory_grown(uint32_t capacity)
{
    uint64_t next = (uint64_t)capacity + capacity / 8 + 8;

    assert(next < MEMORY_NONE);
    return (uint32_t)next;
}

static inline bool
memory_entry_lives(const MemoryEntry *entry)
{
    return entry->box != MEMORY_NONE;
}
