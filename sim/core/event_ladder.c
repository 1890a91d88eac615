/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core/event_ladder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    SORT_MAX = 64, /* a list of up to this many events goes to Bottom and is sorted */
    /* A rung gets a bucket for so many events: few while the buckets fit into the nearest
     * caches, more beyond (measured: HOLD at 10^3 to 10^6 pending). */
    BUCKET_EVENTS = 2,
    BUCKET_EVENTS_LARGE = 16,
    LARGE = 1 << 16,
    BUCKETS_MIN = 64,
    BUCKETS_MAX = 1 << 20,
    LATE_MAX = 64,
    AHEAD = 24,   /* Bottom gets further buckets up to this: who pops looks ahead */
    LEFT_MAX = 64 /* Bottom is tidied when so many have left it */
};

void
event_ladder_init(EventLadder *ladder)
{
    *ladder = (EventLadder){ .top_after = INT64_MIN, .late_limit = LATE_MAX };
    event_pool_init(&ladder->pool);
}

void
event_ladder_clear(EventLadder *ladder)
{
    for (int i = 0; i < LADDER_RUNGS_MAX; i++)
        free(ladder->rungs[i].buckets);
    event_array_clear(&ladder->run);
    event_array_clear(&ladder->late);
    event_array_clear(&ladder->spare);
    event_pool_clear(&ladder->pool);
    event_ladder_init(ladder);
}

size_t
event_ladder_bytes(const EventLadder *ladder)
{
    size_t events = ladder->run.capacity + ladder->late.capacity + ladder->spare.capacity;
    size_t buckets = 0;

    for (int i = 0; i < LADDER_RUNGS_MAX; i++)
        buckets += ladder->rungs[i].capacity;
    return event_pool_bytes(&ladder->pool) + events * sizeof(Event) +
           buckets * sizeof(EventList);
}

/* a - b where a >= b, without overflow. */
static inline uint64_t
since(Time a, Time b)
{
    return (uint64_t)a - (uint64_t)b;
}

static void
rung_add(EventPool *pool, LadderRung *rung, const Event *event)
{
    uint64_t bucket = since(event->time, rung->start) >> rung->shift;

    if (bucket >= rung->n_buckets)
        bucket = rung->n_buckets - 1;
    event_list_append(pool, &rung->buckets[bucket], event);
}

/* A new innermost rung for @n events at times from @min to @max. */
static LadderRung *
rung_begin(EventLadder *ladder, size_t n, Time min, Time max)
{
    LadderRung *rung = &ladder->rungs[ladder->n_rungs++];
    size_t wanted = n / (n < LARGE ? BUCKET_EVENTS : BUCKET_EVENTS_LARGE);

    assert(ladder->n_rungs <= LADDER_RUNGS_MAX && min < max);
    if (wanted < BUCKETS_MIN)
        wanted = BUCKETS_MIN;
    if (wanted > BUCKETS_MAX)
        wanted = BUCKETS_MAX;
    rung->shift = 0;
    while (since(max, min) >> rung->shift >= wanted)
        rung->shift++;
    rung->n_buckets = (uint32_t)(since(max, min) >> rung->shift) + 1;
    rung->start = rung->next_start = min;
    rung->next = 0;
    if (rung->n_buckets > rung->capacity) {
        free(rung->buckets);
        rung->buckets = malloc(rung->n_buckets * sizeof *rung->buckets);
        if (rung->buckets == NULL)
            abort();
        rung->capacity = rung->n_buckets;
    }
    memset(rung->buckets, 0, rung->n_buckets * sizeof *rung->buckets);
    return rung;
}

/* Take the first bucket with events off the innermost rung; the rung goes with its last
 * bucket.  False when there was none. */
static bool
rung_take(EventLadder *ladder, EventList *ret)
{
    LadderRung *rung = &ladder->rungs[ladder->n_rungs - 1];
    uint32_t i = rung->next;

    while (i < rung->n_buckets && rung->buckets[i].count == 0)
        i++;
    if (i + 1 < rung->n_buckets) {
        rung->next = i + 1;
        rung->next_start =
            (Time)((uint64_t)rung->start + ((uint64_t)rung->next << rung->shift));
    } else {
        ladder->n_rungs--;
    }
    if (i == rung->n_buckets)
        return false;
    *ret = rung->buckets[i];
    return true;
}

/* The earliest and latest time in a list that is not empty. */
static void
list_range(const EventPool *pool, const EventList *list, Time *ret_min, Time *ret_max)
{
    uint32_t n = (list->count - 1) % EVENT_CHUNK_EVENTS + 1;
    Time min = INT64_MAX;
    Time max = INT64_MIN;

    for (uint32_t chunk = list->chunk; chunk != EVENT_CHUNK_NONE;
         chunk = pool->next[chunk]) {
        const Event *events = event_pool_chunk(pool, chunk);

        for (uint32_t i = 0; i < n; i++) {
            min = events[i].time < min ? events[i].time : min;
            max = events[i].time > max ? events[i].time : max;
        }
        n = EVENT_CHUNK_EVENTS;
    }
    *ret_min = min;
    *ret_max = max;
}

/* Behind what stands there, which is earlier. */
static void
sort_into_bottom(EventLadder *ladder, EventList *list)
{
    size_t sorted = ladder->run.n;
    uint32_t chunk;
    uint32_t n;

    event_array_reserve(&ladder->run, ladder->run.n + list->count);
    while ((n = event_list_take_chunk(&ladder->pool, list, &chunk)) > 0) {
        memcpy(ladder->run.p + ladder->run.n, event_pool_chunk(&ladder->pool, chunk),
               n * sizeof *ladder->run.p);
        ladder->run.n += n;
        event_pool_give(&ladder->pool, chunk);
    }
    event_array_sort(&ladder->run, sorted, &ladder->spare);
}

static void
spread(EventLadder *ladder, EventList *list, Time min, Time max)
{
    LadderRung *rung = rung_begin(ladder, list->count, min, max);
    uint32_t chunk;
    uint32_t n;

    while ((n = event_list_take_chunk(&ladder->pool, list, &chunk)) > 0) {
        const Event *events = event_pool_chunk(&ladder->pool, chunk);

        for (uint32_t i = 0; i < n; i++)
            rung_add(&ladder->pool, rung, &events[i]);
        event_pool_give(&ladder->pool, chunk);
    }
}

/* Few events, or events of one instant, are sorted; others spread over a finer rung. */
static void
lower(EventLadder *ladder, EventList *list, Time min, Time max)
{
    if (list->count <= SORT_MAX || min == max || ladder->n_rungs == LADDER_RUNGS_MAX)
        sort_into_bottom(ladder, list);
    else
        spread(ladder, list, min, max);
}

static void
lower_top(EventLadder *ladder)
{
    EventList list = ladder->top;

    ladder->top.count = 0;
    ladder->top_after = ladder->top_max;
    lower(ladder, &list, ladder->top_min, ladder->top_max);
}

static void
lower_bucket(EventLadder *ladder)
{
    EventList list;
    Time min = 0;
    Time max = 0;

    if (!rung_take(ladder, &list))
        return;
    if (list.count > SORT_MAX)
        list_range(&ladder->pool, &list, &min, &max);
    lower(ladder, &list, min, max);
}

void
event_ladder_refill(EventLadder *ladder)
{
    assert(ladder->run_head == ladder->run.n && ladder->late.n == 0);
    while (ladder->run_head == ladder->run.n &&
           (ladder->n_rungs > 0 || ladder->top.count > 0)) {
        if (ladder->n_rungs == 0)
            lower_top(ladder);
        event_ladder_top_up(ladder);
    }
}

/* Drop the events of Bottom that have left; after a burst, the room they took. */
static void
tidy_bottom(EventLadder *ladder)
{
    size_t left = ladder->run.n - ladder->run_head;

    memmove(ladder->run.p, ladder->run.p + ladder->run_head, left * sizeof *ladder->run.p);
    ladder->run.n = left;
    ladder->run_head = 0;
    event_array_trim(&ladder->run);
    event_array_trim(&ladder->spare);
    if (ladder->late.n == 0) {
        event_array_trim(&ladder->late);
        ladder->late_limit = LATE_MAX;
    }
}

void
event_ladder_top_up(EventLadder *ladder)
{
    if (ladder->run_head >= LEFT_MAX)
        tidy_bottom(ladder);
    while (ladder->run.n - ladder->run_head < AHEAD && ladder->n_rungs > 0)
        lower_bucket(ladder);
}

/* So many events were pushed into Bottom's range that it is worth a rung of its own.  Each
 * late event pays for at most two moves: Bottom moves only when half of it is late, and the
 * limit doubles when it cannot be divided. */
static void
raise_bottom(EventLadder *ladder)
{
    size_t run_left = ladder->run.n - ladder->run_head;
    const Event *run = ladder->run.p + ladder->run_head;
    const Event *late = ladder->late.p;
    Time min = INT64_MAX;
    Time max = INT64_MIN;
    LadderRung *rung;

    ladder->late_limit = ladder->late.n * 2;
    if (ladder->late.n < run_left || ladder->n_rungs == LADDER_RUNGS_MAX)
        return;
    min = run_left > 0 && run[0].time < late[0].time ? run[0].time : late[0].time;
    max = run_left > 0 ? run[run_left - 1].time : min;
    for (size_t i = 0; i < ladder->late.n; i++)
        max = late[i].time > max ? late[i].time : max;
    if (min == max)
        return;
    rung = rung_begin(ladder, run_left + ladder->late.n, min, max);
    for (size_t i = 0; i < run_left; i++)
        rung_add(&ladder->pool, rung, &run[i]);
    for (size_t i = 0; i < ladder->late.n; i++)
        rung_add(&ladder->pool, rung, &late[i]);
    ladder->run.n = ladder->run_head = ladder->late.n = 0;
    ladder->late_limit = LATE_MAX;
}

static void
push_top(EventLadder *ladder, const Event *event)
{
    if (ladder->top.count == 0)
        ladder->top_min = ladder->top_max = event->time;
    else if (event->time < ladder->top_min)
        ladder->top_min = event->time;
    else if (event->time > ladder->top_max)
        ladder->top_max = event->time;
    event_list_append(&ladder->pool, &ladder->top, event);
}

void
event_ladder_push(EventLadder *ladder, const Event *event)
{
    ladder->length++;
    if (event->time > ladder->top_after) {
        push_top(ladder, event);
        return;
    }
    for (uint32_t i = 0; i < ladder->n_rungs; i++) {
        if (event->time >= ladder->rungs[i].next_start) {
            rung_add(&ladder->pool, &ladder->rungs[i], event);
            return;
        }
    }
    event_heap_push(&ladder->late, event);
    if (ladder->late.n > ladder->late_limit)
        raise_bottom(ladder);
}
