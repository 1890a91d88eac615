/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/heap_ahead.h"

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    STEP_BYTES = 2 * 1024 * 1024, /* a huge page; longer steps would keep brk(2) waiting */
    PAUSE_NS = 5 * 1000 * 1000    /* in which the heap grows by less than a step */
};

struct HeapAhead {
    pthread_t thread;
    uintptr_t next; /* the first byte that was not touched */
    atomic_bool ending;
};

static uintptr_t
heap_end(void)
{
    return (uintptr_t)sbrk(0) / STEP_BYTES * STEP_BYTES;
}

static bool
touch(uintptr_t at)
{
#ifdef MADV_POPULATE_WRITE
    return madvise((void *)at, STEP_BYTES, MADV_POPULATE_WRITE) == 0;
#else
    (void)at;
    errno = EINVAL;
    return false;
#endif
}

static void *
run(void *argument)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };
    HeapAhead *ahead = argument;

    while (!atomic_load(&ahead->ending)) {
        uintptr_t end = heap_end();

        if (ahead->next < end && touch(ahead->next)) {
            ahead->next += STEP_BYTES;
            continue;
        }
        if (ahead->next < end && errno == EINVAL)
            break; /* an older system */
        /* Nothing new, or it was just given back. */
        nanosleep(&pause, NULL);
    }
    return NULL;
}

HeapAhead *
heap_ahead_start(size_t from_bytes)
{
    HeapAhead *ahead = g_new(HeapAhead, 1);

    /* (Up, as what lies before the heap's first byte is not there.) */
    ahead->next = heap_end() + STEP_BYTES + from_bytes / STEP_BYTES * STEP_BYTES;
    atomic_init(&ahead->ending, false);
    if (pthread_create(&ahead->thread, NULL, run, ahead) != 0) {
        g_free(ahead);
        return NULL;
    }
    return ahead;
}

void
heap_ahead_stop(HeapAhead *ahead)
{
    if (ahead == NULL)
        return;
    atomic_store(&ahead->ending, true);
    pthread_join(ahead->thread, NULL);
    g_free(ahead);
}
