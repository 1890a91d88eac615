/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the application has had (protocol 5.4): a sorted array to find a key, and a ring of
 * the same keys by age to forget the oldest.  Two words a key; an insertion moves at most
 * seen_max words, once for each new message. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { SEEN_FIRST_CAPACITY = 8 };

uint64_t
session_seen_hash(uint64_t h, Bytes in)
{
    for (size_t i = 0; i < in.n; i++)
        h = (h ^ in.p[i]) * 0x100000001b3u;
    return h;
}

/* Where @key is, or would go. */
static uint32_t
place_of(const SeenSet *seen, uint64_t key)
{
    uint32_t low = 0, high = seen->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (seen->sorted[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
forget_oldest(SeenSet *seen)
{
    uint32_t at = place_of(seen, seen->ring[seen->oldest]);

    assert(at < seen->n && seen->sorted[at] == seen->ring[seen->oldest]);
    memmove(seen->sorted + at, seen->sorted + at + 1,
            (seen->n - at - 1) * sizeof *seen->sorted);
    seen->oldest = (seen->oldest + 1) % seen->capacity;
    seen->n--;
}

static void
grow(SeenSet *seen, uint32_t max)
{
    uint32_t capacity = seen->capacity == 0 ? SEEN_FIRST_CAPACITY : 2 * seen->capacity;

    /* The ring never turns before it has its full size, so its keys stand in order. */
    assert(seen->oldest == 0);
    if (capacity > max)
        capacity = max;
    seen->sorted = memory_resized(seen->sorted, capacity, sizeof *seen->sorted);
    seen->ring = memory_resized(seen->ring, capacity, sizeof *seen->ring);
    seen->capacity = capacity;
}

bool
session_seen_has(const SeenSet *seen, uint64_t key)
{
    uint32_t at = place_of(seen, key);

    return at < seen->n && seen->sorted[at] == key;
}

bool
session_seen_add(SeenSet *seen, uint64_t key, uint32_t max)
{
    uint32_t at = place_of(seen, key);

    assert(max > 0);
    if (at < seen->n && seen->sorted[at] == key)
        return false;
    if (seen->n == max)
        forget_oldest(seen);
    else if (seen->n == seen->capacity)
        grow(seen, max);
    at = place_of(seen, key);
    memmove(seen->sorted + at + 1, seen->sorted + at,
            (seen->n - at) * sizeof *seen->sorted);
    seen->sorted[at] = key;
    seen->ring[(seen->oldest + seen->n) % seen->capacity] = key;
    seen->n++;
    return true;
}

void
session_seen_clear(SeenSet *seen)
{
    free(seen->sorted);
    free(seen->ring);
    *seen = (SeenSet){ 0 };
}
