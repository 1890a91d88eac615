/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ladder queue: W. T. Tang, R. S. M. Goh, I. L.-J. Thng, "Ladder queue: an O(1)
 * priority queue structure for large-scale discrete event simulation", ACM TOMACS 15(3),
 * 2005.
 *
 * Far events lie unsorted in Top.  When they come near they are spread over the buckets of
 * a rung; a bucket with many events is spread again over a finer rung below, one with few
 * is sorted into Bottom, from which events leave.  Differences from the paper: buckets are
 * lists of pooled chunks; their width is a power of two; a rung spans the times that its
 * events really have, and its last bucket also takes what is pushed beyond them; Bottom is
 * a sorted run and a heap of what was pushed into its range since, so that any number of
 * events at one instant costs no more than in a heap. */
#pragma once

#include "sim/core/event_heap.h"
#include "sim/core/event_pool.h"

/* Each rung narrows by at least 64, so 63 bits are used up before this. */
#define LADDER_RUNGS_MAX 12

typedef struct LadderRung {
    Time start;         /* of bucket 0 */
    Time next_start;    /* of the first bucket that was not taken yet */
    uint32_t shift;     /* a bucket is 2^shift nanoseconds wide */
    uint32_t next;      /* the first bucket that was not taken yet: always < n_buckets */
    uint32_t n_buckets; /* in use */
    uint32_t capacity;  /* of `buckets` */
    EventList *buckets;
} LadderRung;

/* Every event in Bottom is before every event in the rungs, one in an inner rung before one
 * in an outer, and one in a rung before one in Top: their times differ. */
typedef struct EventLadder {
    EventPool pool;
    EventArray run; /* Bottom: ascending, those before run_head have left */
    size_t run_head;
    EventArray late;   /* Bottom: pushed into its range, a heap */
    size_t late_limit; /* more late events than this: try to make a rung of Bottom */
    EventArray spare;
    LadderRung rungs[LADDER_RUNGS_MAX]; /* outermost first */
    uint32_t n_rungs;
    EventList top; /* events after top_after */
    Time top_after;
    Time top_min, top_max; /* of the events in Top; set when it is not empty */
    size_t length;
} EventLadder;

void event_ladder_init(EventLadder *ladder);
void event_ladder_clear(EventLadder *ladder);
void event_ladder_push(EventLadder *ladder, const Event *event);
size_t event_ladder_bytes(const EventLadder *ladder);
/* Fill the empty Bottom from rungs and Top; nothing happens when all are empty. */
void event_ladder_refill(EventLadder *ladder);
/* Append what comes next to the sorted events of Bottom, some of which are left: who pops
 * can look ahead. */
void event_ladder_top_up(EventLadder *ladder);

/* True when the earliest event of Bottom is the first late one. */
static inline bool
event_ladder_late_is_first(const EventLadder *ladder)
{
    return ladder->late.n > 0 &&
           (ladder->run_head == ladder->run.n ||
            event_before(&ladder->late.p[0], &ladder->run.p[ladder->run_head]));
}

/* The earliest event, or NULL. */
static inline const Event *
event_ladder_peek(EventLadder *ladder)
{
    if (ladder->length == 0)
        return NULL;
    if (ladder->run_head == ladder->run.n && ladder->late.n == 0)
        event_ladder_refill(ladder);
    return event_ladder_late_is_first(ladder) ? &ladder->late.p[0]
                                              : &ladder->run.p[ladder->run_head];
}

static inline bool
event_ladder_pop(EventLadder *ladder, Event *ret)
{
    if (ladder->length == 0)
        return false;
    if (ladder->run_head == ladder->run.n && ladder->late.n == 0)
        event_ladder_refill(ladder);
    ladder->length--;
    if (event_ladder_late_is_first(ladder)) {
        *ret = ladder->late.p[0];
        event_heap_pop(&ladder->late);
    } else {
        *ret = ladder->run.p[ladder->run_head++];
        if (ladder->run.n - ladder->run_head < EVENT_QUEUE_AHEAD && ladder->n_rungs > 0)
            event_ladder_top_up(ladder);
    }
    return true;
}
