/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_expiries.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/memory.h"

enum {
    ARITY = 4, /* the children of place i begin at ARITY * i + 1 */
    SECOND_MS = 1000
};

static uint32_t
second_of(UnixMs expiry)
{
    UnixMs second = expiry / SECOND_MS;

    return second <= 0 ? 0 : second >= UINT32_MAX ? UINT32_MAX : (uint32_t)second;
}

/* Whether it still says when its entry expires. */
static bool
holds(const MemoryExpiry *expiry, const MemoryEntry *entries)
{
    const MemoryEntry *entry = &entries[expiry->entry];

    return memory_entry_lives(entry) && entry->record->expiry != INT64_MAX &&
           second_of(entry->record->expiry) == expiry->second;
}

static void
sift_down(MemoryExpiries *expiries, MemoryExpiry expiry)
{
    MemoryExpiry *heap = expiries->heap;
    uint32_t at = 0, first;

    while ((first = at * ARITY + 1) < expiries->n) {
        uint32_t best = first;

        for (uint32_t i = first + 1; i < expiries->n && i < first + ARITY; i++)
            if (heap[i].second < heap[best].second)
                best = i;
        if (heap[best].second >= expiry.second)
            break;
        heap[at] = heap[best];
        at = best;
    }
    heap[at] = expiry;
}

static void
push(MemoryExpiries *expiries, MemoryExpiry expiry)
{
    uint32_t at = expiries->n++;

    while (at > 0 && expiry.second < expiries->heap[(at - 1) / ARITY].second) {
        expiries->heap[at] = expiries->heap[(at - 1) / ARITY];
        at = (at - 1) / ARITY;
    }
    expiries->heap[at] = expiry;
}

void
memory_expiries_prefetch(const MemoryExpiries *expiries)
{
    uint32_t n = expiries->n;

    __builtin_prefetch(&expiries->heap[n], 1);
    if (n > 0)
        __builtin_prefetch(&expiries->heap[(n - 1) / ARITY]);
}

static MemoryExpiry
pop(MemoryExpiries *expiries)
{
    MemoryExpiry first = expiries->heap[0];

    expiries->n--;
    if (expiries->n > 0)
        sift_down(expiries, expiries->heap[expiries->n]);
    return first;
}

void
memory_expiries_add(MemoryExpiries *expiries, const MemoryEntry *entries, uint32_t index)
{
    UnixMs expiry = entries[index].record->expiry;

    if (expiry == INT64_MAX)
        return;
    if (expiries->n == expiries->capacity) {
        assert(expiries->capacity < UINT32_MAX / ARITY);
        expiries->capacity = memory_grown(expiries->capacity);
        expiries->heap =
            memory_resized(expiries->heap, expiries->capacity, sizeof *expiries->heap);
    }
    push(expiries, (MemoryExpiry){ second_of(expiry), index });
}

/* The earliest expiry at or under place @at of the heap, of those in its first second. */
static UnixMs
first_under(const MemoryExpiries *expiries, const MemoryEntry *entries, uint32_t at)
{
    const MemoryExpiry *expiry = &expiries->heap[at];
    UnixMs first = INT64_MAX;

    if (expiry->second != expiries->heap[0].second)
        return first;
    if (holds(expiry, entries))
        first = entries[expiry->entry].record->expiry;
    for (uint32_t i = at * ARITY + 1; i < expiries->n && i <= at * ARITY + ARITY; i++) {
        UnixMs other = first_under(expiries, entries, i);

        first = other < first ? other : first;
    }
    return first;
}

UnixMs
memory_expiries_first(MemoryExpiries *expiries, const MemoryEntry *entries)
{
    while (expiries->n > 0 && !holds(&expiries->heap[0], entries))
        pop(expiries);
    return expiries->n == 0 ? INT64_MAX : first_under(expiries, entries, 0);
}

void
memory_expiries_take(MemoryExpiries *expiries, const MemoryEntry *entries, UnixMs now,
                     void (*expired)(void *context, uint32_t index), void *context)
{
    uint32_t second = second_of(now), end = expiries->n, taken = end;

    /* Those of this very second may have to go back: they gather behind the heap. */
    while (expiries->n > 0 && expiries->heap[0].second <= second) {
        MemoryExpiry expiry = pop(expiries);

        if (expiry.second == second)
            expiries->heap[--taken] = expiry;
        else if (holds(&expiry, entries))
            expired(context, expiry.entry);
    }
    for (; taken < end; taken++) {
        MemoryExpiry expiry = expiries->heap[taken];

        if (!holds(&expiry, entries))
            continue;
        if (entries[expiry.entry].record->expiry <= now)
            expired(context, expiry.entry);
        else
            push(expiries, expiry);
    }
}

void
memory_expiries_clear(MemoryExpiries *expiries)
{
    free(expiries->heap);
    *expiries = (MemoryExpiries){ 0 };
}
