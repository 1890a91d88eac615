/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/measure/regroup.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { GROUP_MAX = 64 };

struct Regroup {
    Absence *by_slot; /* by slot, then by beginning */
    uint32_t *first;  /* by slot: its first in by_slot; one more at the end */
    Absence *by_time;
    size_t count;
    uint32_t slots, n;
    uint64_t seed;
};

/* x (x - 1) ... (x - n + 1) over y (y - 1) ... (y - n + 1). */
static double
falling_share(double x, double y, uint32_t n)
{
    double share = 1;

    for (uint32_t i = 0; i < n; i++)
        share *= x - i <= 0 ? 0 : (x - i) / (y - i);
    return share;
}

static double
choose(uint32_t n, uint32_t k)
{
    double c = 1;

    for (uint32_t i = 1; i <= k; i++)
        c = c * (n - k + i) / i;
    return c;
}

double
regroup_share_below(uint64_t total, uint64_t gone, uint32_t n, uint32_t k)
{
    double share = 0;
    double there = (double)(total - gone);

    assert(gone <= total && n <= total);
    for (uint32_t i = 0; i < k && i <= n; i++)
        share += choose(n, i) * falling_share(there, (double)total, i) *
                 falling_share((double)gone, (double)(total - i), n - i);
    return share;
}

static int
compare_by_slot(const void *a, const void *b)
{
    const Absence *x = a, *y = b;

    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static int
compare_by_time(const void *a, const void *b)
{
    const Absence *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

Regroup *
regroup_new(const Absence *absences, size_t count, uint32_t slots, uint32_t n,
            uint64_t seed)
{
    Regroup *r = memory_zeroed(1, sizeof *r);

    assert(n >= 1 && n <= GROUP_MAX && n <= slots);
    *r = (Regroup){ .count = count, .slots = slots, .n = n, .seed = seed };
    r->by_slot = memory_zeroed(count, sizeof *r->by_slot);
    r->by_time = memory_zeroed(count, sizeof *r->by_time);
    r->first = memory_zeroed((size_t)slots + 1, sizeof *r->first);
    if (count > 0) {
        memcpy(r->by_slot, absences, count * sizeof *absences);
        memcpy(r->by_time, absences, count * sizeof *absences);
    }
    qsort(r->by_slot, count, sizeof *r->by_slot, compare_by_slot);
    qsort(r->by_time, count, sizeof *r->by_time, compare_by_time);
    for (uint32_t slot = 0, i = 0; slot <= slots; slot++) {
        while (i < count && r->by_slot[i].slot < slot)
            i++;
        r->first[slot] = i;
    }
    return r;
}

void
regroup_free(Regroup *r)
{
    if (r == NULL)
        return;
    free(r->by_slot);
    free(r->by_time);
    free(r->first);
    free(r);
}

/* --- who is absent now
 * ---------------------------------------------------------------------- */

/* Slots that are absent, in the order in which they went; those back are taken out when
 * time comes to them. */
typedef struct Away {
    Absence *list;
    uint32_t n;
} Away;

static void
forget_returned(Away *away, Time now)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < away->n; i++)
        if (away->list[i].until > now)
            away->list[kept++] = away->list[i];
    away->n = kept;
}

/* --- had this group been all absent before?
 * ------------------------------------------------ */

typedef struct Span {
    Time from, until;
} Span;

/* Those parts of @spans in which @slot is absent too, before @now. */
static uint32_t
intersect(const Regroup *r, uint32_t slot, Time now, Span *spans, uint32_t n, Span *out,
          uint32_t capacity)
{
    uint32_t made = 0, i = 0;

    for (uint32_t a = r->first[slot]; a < r->first[slot + 1] && i < n;) {
        const Absence *absence = &r->by_slot[a];
        Time from, until;

        if (absence->from >= now)
            break;
        from = absence->from > spans[i].from ? absence->from : spans[i].from;
        until = absence->until < spans[i].until ? absence->until : spans[i].until;
        if (from < until && made < capacity)
            out[made++] = (Span){ from, until };
        if (absence->until < spans[i].until)
            a++;
        else
            i++;
    }
    return made;
}

enum { SPANS_MAX = 1024 };

/* Before @now, at which the group of @slot and @others is all absent. */
static bool
all_absent_before(const Regroup *r, uint32_t slot, const uint32_t *others, Time now)
{
    Span spans[2][SPANS_MAX];
    uint32_t n = 0;
    int at = 0;

    for (uint32_t a = r->first[slot]; a < r->first[slot + 1] && n < SPANS_MAX; a++) {
        if (r->by_slot[a].from >= now)
            break;
        spans[0][n++] = (Span){ r->by_slot[a].from, r->by_slot[a].until };
    }
    for (uint32_t i = 0; i + 1 < r->n && n > 0; i++, at = 1 - at)
        n = intersect(r, others[i], now, spans[at], n, spans[1 - at], SPANS_MAX);
    return n > 0;
}

/* @n of those away but for @slot itself (it stands last), each once. */
static void
draw_others(const Regroup *r, const Away *away, uint32_t n, uint64_t *word, uint32_t *ret)
{
    StreamKey key = { r->seed, stream_name("regroup", 0), 0, 0 };
    uint32_t taken[GROUP_MAX];

    /* Floyd's sampling: as likely each set, whatever the order. */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t top = away->n - n + i;
        uint32_t pick = (uint32_t)sample_below(stream_word(&key, (*word)++), top + 1ull);

        for (uint32_t j = 0; j < i; j++)
            if (taken[j] == pick) {
                pick = top;
                break;
            }
        taken[i] = pick;
        ret[i] = away->list[pick].slot;
    }
}

/* Of the groups that @slot completes now, the share for which it is the first time. */
static double
first_times(const Regroup *r, const Away *away, uint32_t slot, Time now, uint64_t *word)
{
    uint32_t others[GROUP_MAX];
    uint32_t first = 0;
    /* There is only one to draw. */
    uint32_t draws = away->n == r->n - 1 || r->n == 1 ? 1 : REGROUP_DRAWS;

    for (uint32_t i = 0; i < draws; i++) {
        draw_others(r, away, r->n - 1, word, others);
        first += !all_absent_before(r, slot, others, now);
    }
    return (double)first / draws;
}

/* The share of all groups that a slot completes while @away others are absent. */
static double
completed(const Regroup *r, uint32_t away)
{
    if (away + 1 < r->n)
        return 0;
    return falling_share(away, r->slots - 1.0, r->n - 1) * r->n / r->slots;
}

void
regroup_all_absent_curve(const Regroup *r, const Time *untils, size_t n, double *ret)
{
    Away away = { memory_zeroed(r->slots, sizeof(Absence)), 0 };
    double share = 0;
    uint64_t word = 0;
    size_t at = 0;

    for (size_t i = 0; i < r->count && at < n; i++) {
        const Absence *a = &r->by_time[i];

        while (at < n && untils[at] <= a->from)
            ret[at++] = share;
        forget_returned(&away, a->from);
        if (completed(r, away.n) > 0)
            share += completed(r, away.n) * first_times(r, &away, a->slot, a->from, &word);
        away.list[away.n++] = *a;
    }
    while (at < n)
        ret[at++] = share;
    free(away.list);
}

double
regroup_all_absent_by(const Regroup *r, Time until)
{
    double share;

    regroup_all_absent_curve(r, &until, 1, &share);
    return share;
}

static double
overlap(Time a_from, Time a_until, Time from, Time until)
{
    Time low = a_from > from ? a_from : from;
    Time high = a_until < until ? a_until : until;

    return low < high ? (double)(high - low) : 0;
}

static int
time_compare(const void *a, const void *b)
{
    Time x = *(const Time *)a, y = *(const Time *)b;

    return (x > y) - (x < y);
}

/* Each absence that begins or ends changes how many are away; between, the share of groups
 * with none there stands. */
void
regroup_all_absent(const Regroup *r, Time from, Time until, double *ret_times,
                   double *ret_share)
{
    Time *ends = memory_zeroed(r->count, sizeof *ends);
    size_t begun = 0, ended = 0;
    Time last = 0;
    double times = 0, time = 0;

    for (size_t i = 0; i < r->count; i++)
        ends[i] = r->by_time[i].until;
    qsort(ends, r->count, sizeof *ends, time_compare);
    while (begun < r->count || ended < r->count) {
        bool begins =
            begun < r->count && (ended == r->count || r->by_time[begun].from < ends[ended]);
        Time now = begins ? r->by_time[begun].from : ends[ended];
        uint32_t away = (uint32_t)(begun - ended);

        time += overlap(last, now < until ? now : until, from, until) *
                falling_share(away, r->slots, r->n);
        if (now >= until)
            break;
        if (begins && now >= from)
            times += completed(r, away);
        begun += begins;
        ended += !begins;
        last = now;
    }
    if (begun == r->count && ended == r->count)
        time += overlap(last, until, from, until) *
                falling_share((double)(begun - ended), r->slots, r->n);
    free(ends);
    *ret_times = times;
    *ret_share = until > from ? time / (double)(until - from) : 0;
}
