/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * New pages of the heap are there before anybody has touched them; those below the limit
 * are not. */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scenarios/heap_ahead.h"

enum { MEGABYTE = 1024 * 1024, GROWN_BYTES = 16 * MEGABYTE, PATIENCE_MS = 30000 };

static size_t
resident_pages(char *start, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), n = bytes / page, resident = 0;
    g_autofree unsigned char *map = g_new0(unsigned char, n);

    g_assert_cmpint(mincore(start, bytes, map), ==, 0);
    for (size_t i = 0; i < n; i++)
        resident += map[i] & 1;
    return resident;
}

/* A huge page of what the heap has grown by, the second or third. */
static char *
grow(void)
{
    char *end = sbrk(GROWN_BYTES);

    g_assert_true((intptr_t)end != -1);
    return (char *)(((uintptr_t)end + 4 * MEGABYTE) / (2 * MEGABYTE) * (2 * MEGABYTE));
}

static bool
system_can(void)
{
#ifdef MADV_POPULATE_WRITE
    char *p =
        mmap(NULL, MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool can = madvise(p, MEGABYTE, MADV_POPULATE_WRITE) == 0;

    munmap(p, MEGABYTE);
    return can;
#else
    return false;
#endif
}

static void
test_touches(void)
{
    size_t looked_at = 8 * MEGABYTE, all = looked_at / (size_t)sysconf(_SC_PAGESIZE);
    HeapAhead *ahead;
    char *start;

    if (!system_can()) {
        g_test_skip("MADV_POPULATE_WRITE is missing");
        return;
    }
    ahead = heap_ahead_start(0);
    start = grow();
    for (int ms = 0; resident_pages(start, looked_at) < all; ms++) {
        g_assert_cmpint(ms, <, PATIENCE_MS);
        g_usleep(1000);
    }
    for (size_t i = 0; i < looked_at; i++)
        g_assert_cmpint(start[i], ==, 0);
    heap_ahead_stop(ahead);
}

static void
test_not_before(void)
{
    HeapAhead *ahead = heap_ahead_start(2 * (size_t)GROWN_BYTES);
    char *start = grow();

    g_usleep(50000); /* ten of its looks */
    g_assert_cmpuint(resident_pages(start, 8 * MEGABYTE), ==, 0);
    heap_ahead_stop(ahead);
    heap_ahead_stop(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/heap-ahead/touches", test_touches);
    g_test_add_func("/heap-ahead/not-before", test_not_before);
    return g_test_run();
}
