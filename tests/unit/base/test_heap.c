/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/base/heap.h"

enum { SLOTS = 50 };

/* The earliest slot by looking at all of them: the oracle. */
static uint32_t
first_by_looking(const Time *time)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < SLOTS; i++)
        if (time[i] < time[best])
            best = i;
    return best;
}

static void
test_agrees_with_a_plain_search(void)
{
    Heap heap;
    Time time[SLOTS];

    heap_init(&heap, 10);
    heap_grow(&heap, SLOTS);
    for (uint32_t i = 0; i < SLOTS; i++)
        time[i] = TIME_NEVER;
    for (int step = 0; step < 20000; step++) {
        uint32_t slot = (uint32_t)g_test_rand_int_range(0, SLOTS);
        uint32_t best;

        time[slot] = g_test_rand_bit() ? TIME_NEVER : g_test_rand_int_range(0, 40);
        heap_set(&heap, slot, time[slot]);
        g_assert_cmpint(heap_get(&heap, slot), ==, time[slot]);
        best = first_by_looking(time);
        g_assert_cmpint(heap_first_time(&heap), ==, time[best]);
        if (time[best] != TIME_NEVER)
            g_assert_cmpuint(heap_first_slot(&heap), ==, best);
    }
    heap_clear(&heap);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/heap-agrees-with-a-plain-search",
                    test_agrees_with_a_plain_search);
    return g_test_run();
}
