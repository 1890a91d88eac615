/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/compromise.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/adversary/map64.h"

/* What can be looked up by number: lists one after the other, from first[i] to first[i+1].
 */
typedef struct Lists {
    uint32_t *first, *items;
} Lists;

typedef struct Set {
    uint32_t first, n; /* in members */
} Set;

typedef struct Metric {
    uint32_t groups;
    uint32_t first_group; /* of all groups, one metric after the other */
    uint64_t hits;
} Metric;

struct Compromise {
    uint32_t parties, n_metrics;
    Metric *metrics;
    uint32_t *members;
    uint32_t n_members, members_capacity;
    Set *sets;
    uint32_t n_sets, sets_capacity;
    CompromiseEvent *events;
    uint32_t n_events, events_capacity;
    /* while counting */
    Lists sets_of_party, events_of_set;
    uint32_t *corrupted_in; /* by set */
    uint64_t *hit_at;       /* by group: 1 + the last draw that hit it */
};

Compromise *
compromise_new(uint32_t parties, uint32_t metrics)
{
    Compromise *c = memory_resized(NULL, 1, sizeof *c);

    *c = (Compromise){ .parties = parties, .n_metrics = metrics };
    c->metrics = memory_zeroed(metrics, sizeof *c->metrics);
    return c;
}

void
compromise_free(Compromise *c)
{
    if (c == NULL)
        return;
    free(c->metrics);
    free(c->members);
    free(c->sets);
    free(c->events);
    free(c);
}

uint32_t
compromise_add_set(Compromise *c, const uint32_t *parties, uint32_t n)
{
    if (c->n_members + n > c->members_capacity) {
        c->members_capacity = 2 * c->members_capacity + n + 256;
        c->members = memory_resized(c->members, c->members_capacity, sizeof *c->members);
    }
    if (c->n_sets == c->sets_capacity) {
        c->sets_capacity = 2 * c->sets_capacity + 64;
        c->sets = memory_resized(c->sets, c->sets_capacity, sizeof *c->sets);
    }
    c->sets[c->n_sets] = (Set){ c->n_members, 0 };
    for (uint32_t i = 0; i < n; i++) {
        if (parties[i] == COMPROMISE_NO_PARTY)
            continue;
        assert(parties[i] < c->parties);
        c->members[c->n_members++] = parties[i];
        c->sets[c->n_sets].n++;
    }
    return c->n_sets++;
}

void
compromise_add_event(Compromise *c, const CompromiseEvent *event)
{
    Metric *metric = &c->metrics[event->metric];

    assert(event->metric < c->n_metrics && event->set < c->n_sets && event->at_least > 0);
    if (c->n_events == c->events_capacity) {
        c->events_capacity = 2 * c->events_capacity + 64;
        c->events = memory_resized(c->events, c->events_capacity, sizeof *c->events);
    }
    c->events[c->n_events++] = *event;
    if (event->group >= metric->groups)
        metric->groups = event->group + 1;
}

uint32_t
compromise_groups(const Compromise *c, uint32_t metric)
{
    return c->metrics[metric].groups;
}

/* --- counting ------------------------------------------------------------------------- */

/* Lists of @n numbers from @m pairs (key, item). */
static Lists
lists_of(uint32_t n, const uint32_t *keys, const uint32_t *items, uint32_t m)
{
    Lists lists = { memory_zeroed(n + 2, sizeof *lists.first),
                    memory_resized(NULL, m + 1, sizeof *lists.items) };

    for (uint32_t i = 0; i < m; i++)
        lists.first[keys[i] + 2]++;
    for (uint32_t i = 2; i < n + 2; i++)
        lists.first[i] += lists.first[i - 1];
    for (uint32_t i = 0; i < m; i++)
        lists.items[lists.first[keys[i] + 1]++] = items[i];
    return lists;
}

static void
index_sets(Compromise *c)
{
    uint32_t *items = memory_resized(NULL, c->n_members + 1, sizeof *items);

    for (uint32_t s = 0; s < c->n_sets; s++)
        for (uint32_t i = 0; i < c->sets[s].n; i++)
            items[c->sets[s].first + i] = s;
    c->sets_of_party = lists_of(c->parties, c->members, items, c->n_members);
    free(items);
}

static void
index_events(Compromise *c)
{
    uint32_t *keys = memory_resized(NULL, c->n_events + 1, sizeof *keys);
    uint32_t *items = memory_resized(NULL, c->n_events + 1, sizeof *items);
    uint32_t groups = 0;

    for (uint32_t e = 0; e < c->n_events; e++) {
        keys[e] = c->events[e].set;
        items[e] = e;
    }
    c->events_of_set = lists_of(c->n_sets, keys, items, c->n_events);
    free(keys);
    free(items);
    for (uint32_t m = 0; m < c->n_metrics; m++) {
        c->metrics[m].first_group = groups;
        c->metrics[m].hits = 0;
        groups += c->metrics[m].groups;
    }
    c->hit_at = memory_zeroed(groups, sizeof *c->hit_at);
    c->corrupted_in = memory_zeroed(c->n_sets, sizeof *c->corrupted_in);
}

static void
look_at_set(Compromise *c, uint32_t set, uint64_t stamp)
{
    for (uint32_t i = c->events_of_set.first[set]; i < c->events_of_set.first[set + 1];
         i++) {
        const CompromiseEvent *event = &c->events[c->events_of_set.items[i]];
        Metric *metric = &c->metrics[event->metric];
        uint64_t *hit_at = &c->hit_at[metric->first_group + event->group];

        if (c->corrupted_in[set] < event->at_least ||
            (event->other != COMPROMISE_NO_SET &&
             c->corrupted_in[event->other] < event->other_at_least))
            continue;
        metric->hits += *hit_at != stamp;
        *hit_at = stamp;
    }
}

/* Count in each set, look at those that have any, and forget. */
static void
count_draw(Compromise *c, const uint32_t *corrupted, uint32_t n, uint64_t stamp)
{
    const Lists *of = &c->sets_of_party;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = of->first[corrupted[i]]; j < of->first[corrupted[i] + 1]; j++)
            c->corrupted_in[of->items[j]]++;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = of->first[corrupted[i]]; j < of->first[corrupted[i] + 1]; j++)
            look_at_set(c, of->items[j], stamp);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = of->first[corrupted[i]]; j < of->first[corrupted[i] + 1]; j++)
            c->corrupted_in[of->items[j]] = 0;
}

void
compromise_count(Compromise *c, const CorruptLaw *law, uint64_t seed, const char *name,
                 uint64_t draws, double *ret)
{
    uint32_t *corrupted = memory_resized(NULL, c->parties + 1, sizeof *corrupted);

    index_sets(c);
    index_events(c);
    for (uint64_t draw = 0; draw < draws; draw++) {
        uint32_t n = corrupt_draw(law, seed, name, draw, c->parties, corrupted);

        count_draw(c, corrupted, n, draw + 1);
    }
    for (uint32_t m = 0; m < c->n_metrics; m++)
        ret[m] = c->metrics[m].groups == 0
                     ? (double)NAN
                     : (double)c->metrics[m].hits / (double)draws / c->metrics[m].groups;
    free(corrupted);
    free(c->sets_of_party.first);
    free(c->sets_of_party.items);
    free(c->events_of_set.first);
    free(c->events_of_set.items);
    free(c->corrupted_in);
    free(c->hit_at);
}
