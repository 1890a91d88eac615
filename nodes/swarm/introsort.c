/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/swarm/introsort.h"

#include <stdbool.h>

enum { SMALL = 16 };

static inline bool
less(SizedSwarm a, SizedSwarm b)
{
    return a.size < b.size;
}

static inline void
exchange(SizedSwarm *a, SizedSwarm *b)
{
    SizedSwarm t = *a;

    *a = *b;
    *b = t;
}

/* Exchange *to with the median of the three. */
static void
median_to(SizedSwarm *to, SizedSwarm *a, SizedSwarm *b, SizedSwarm *c)
{
    SizedSwarm *median;

    if (less(*a, *b))
        median = less(*b, *c) ? b : less(*a, *c) ? c : a;
    else
        median = less(*a, *c) ? a : less(*b, *c) ? c : b;
    exchange(to, median);
}

/* Split a[1..n) around a[0]; the index where the right part begins.  The median of three
 * has left an element on either side that stops the scans. */
static size_t
partition(SizedSwarm *a, size_t n)
{
    SizedSwarm pivot;
    size_t left = 1, right = n;

    median_to(&a[0], &a[1], &a[n / 2], &a[n - 1]);
    pivot = a[0];
    for (;;) {
        while (less(a[left], pivot))
            left++;
        right--;
        while (less(pivot, a[right]))
            right--;
        if (left >= right)
            return left;
        exchange(&a[left], &a[right]);
        left++;
    }
}

/* Put @value into the heap a[0..n), whose place @hole is free: the hole first sinks to a
 * leaf along the larger children, then the value rises from there. */
static void
heap_refill(SizedSwarm *a, size_t n, size_t hole, SizedSwarm value)
{
    const size_t top = hole;
    size_t child = hole;

    while (child < (n - 1) / 2) {
        child = 2 * (child + 1);
        if (less(a[child], a[child - 1]))
            child--;
        a[hole] = a[child];
        hole = child;
    }
    if (n % 2 == 0 && child == (n - 2) / 2) { /* the one parent with a single child */
        child = 2 * child + 1;
        a[hole] = a[child];
        hole = child;
    }
    while (hole > top && less(a[(hole - 1) / 2], value)) {
        a[hole] = a[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    a[hole] = value;
}

static void
heapsort_by_size(SizedSwarm *a, size_t n)
{
    for (size_t parent = n / 2; parent > 0; parent--)
        heap_refill(a, n, parent - 1, a[parent - 1]);
    for (size_t last = n - 1; last > 0; last--) {
        SizedSwarm value = a[last];

        a[last] = a[0];
        heap_refill(a, last, 0, value);
    }
}

static void
quicksort_loop(SizedSwarm *a, size_t n, uint32_t depth)
{
    while (n > SMALL) {
        size_t cut;

        if (depth-- == 0) {
            heapsort_by_size(a, n);
            return;
        }
        cut = partition(a, n);
        quicksort_loop(a + cut, n - cut, depth);
        n = cut;
    }
}

/* Insert a[i] among the sorted before it; one of them is not larger, so it stops. */
static void
insert_unguarded(SizedSwarm *a, size_t i)
{
    SizedSwarm value = a[i];

    for (; less(value, a[i - 1]); i--)
        a[i] = a[i - 1];
    a[i] = value;
}

static void
insert_guarded(SizedSwarm *a, size_t i)
{
    SizedSwarm value = a[i];

    if (!less(value, a[0])) {
        insert_unguarded(a, i);
        return;
    }
    for (; i > 0; i--)
        a[i] = a[i - 1];
    a[0] = value;
}

void
introsort_by_size(SizedSwarm *a, size_t n)
{
    uint32_t log2 = 0;

    if (n == 0)
        return;
    while (n >> 1 >> log2 != 0)
        log2++;
    quicksort_loop(a, n, 2 * log2);
    for (size_t i = 1; i < n && i < SMALL; i++)
        insert_guarded(a, i);
    for (size_t i = SMALL; i < n; i++)
        insert_unguarded(a, i);
}
