/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which entries of a pool expire next: a heap of entries by the second in which they do.
 * The expiry itself is in the record, which the replicas of a message share, so that one
 * costs 8 bytes here.  Nothing is taken out of the middle: who was removed or got another
 * expiry stays, out of date, until it comes up or the pool is rebuilt. */
#pragma once

#include "nodes/store/memory_entry.h"

typedef struct MemoryExpiry {
    uint32_t second; /* Unix time; 0 and UINT32_MAX: and all before and after */
    uint32_t entry;
} MemoryExpiry;

typedef struct MemoryExpiries {
    MemoryExpiry *heap;
    uint32_t n, capacity; /* those out of date included */
} MemoryExpiries;

/* Entry @index of @entries has come, or its expiry has changed.  One that never expires
 * (INT64_MAX) is not remembered. */
void memory_expiries_add(MemoryExpiries *expiries, const MemoryEntry *entries,
                         uint32_t index);
/* The earliest expiry of live entries, or INT64_MAX.  Time: what is out of date before it,
 * and how many share its second. */
UnixMs memory_expiries_first(MemoryExpiries *expiries, const MemoryEntry *entries);
/* Take all live entries with expiry <= @now, and hand each to @expired, which removes it.
 */
void memory_expiries_take(MemoryExpiries *expiries, const MemoryEntry *entries, UnixMs now,
                          void (*expired)(void *context, uint32_t index), void *context);
void memory_expiries_clear(MemoryExpiries *expiries);

/* Fetch where the next one goes. */
void memory_expiries_prefetch(const MemoryExpiries *expiries);

static inline size_t
memory_expiries_bytes(const MemoryExpiries *expiries)
{
    return expiries->capacity * sizeof *expiries->heap;
}
