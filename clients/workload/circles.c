/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/circles.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "clients/workload/contacts.h"
#include "nodes/base/memory.h"
#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { PURPOSE_SIZE, PURPOSE_ADMIN, PURPOSE_MEMBERS, PURPOSE_ROOM_COUNT, PURPOSE_ROOM };

typedef struct List {
    uint32_t *item;
    uint32_t n;
} List;

struct Circles {
    CirclesConfig config;
    uint32_t people;
    uint64_t seed;
    List *group; /* members */
    uint32_t n_groups;
    List *groups_of, *rooms_of; /* by person */
};

static uint64_t
draw(const Circles *c, const char *what, uint32_t who, uint32_t purpose, uint64_t index)
{
    StreamKey key = { c->seed, stream_name(what, who), purpose, 0 };

    return stream_word(&key, index);
}

static void
append(List *list, uint32_t value)
{
    if ((list->n & (list->n - 1)) == 0)
        list->item =
            memory_resized(list->item, list->n == 0 ? 1 : 2u * list->n, sizeof *list->item);
    list->item[list->n++] = value;
}

/* --- closed groups
 * -------------------------------------------------------------------------
 */

/* By inversion of the continuous law on [min, max + 1), rounded down. */
static uint32_t
group_size(const Circles *c, uint32_t group)
{
    double u = sample_uniform(draw(c, "closed group", group, PURPOSE_SIZE, 0));
    double low = c->config.group_min, high = c->config.group_max + 1.0;
    double power = 1 - c->config.group_exponent, size;
    uint32_t n;

    if (power > -1e-9 && power < 1e-9)
        size = low * portable_exp(u * portable_log(high / low));
    else
        size = portable_pow(portable_pow(low, power) +
                                u * (portable_pow(high, power) - portable_pow(low, power)),
                            1 / power);
    n = size < low ? c->config.group_min : (uint32_t)size;
    if (n > c->config.group_max)
        n = c->config.group_max;
    return n < c->people ? n : c->people;
}

static void
fill_group(Circles *c, uint32_t group)
{
    uint32_t size = group_size(c, group);
    uint32_t admin =
        (uint32_t)sample_below(draw(c, "closed group", group, PURPOSE_ADMIN, 0), c->people);
    uint64_t key = draw(c, "closed group", group, PURPOSE_MEMBERS, 0);

    append(&c->group[group], admin);
    append(&c->groups_of[admin], group);
    for (uint32_t i = 1; i < size; i++) {
        uint32_t other = (uint32_t)contacts_permuted(i - 1, c->people - 1, key);
        uint32_t person = other < admin ? other : other + 1;

        append(&c->group[group], person);
        append(&c->groups_of[person], group);
    }
}

/* Groups are made until everybody is in as many as asked for, on average. */
static void
fill_groups(Circles *c)
{
    double places = c->config.groups * c->people, filled = 0;

    while (filled + 0.5 <= places) {
        c->group = memory_resized(c->group, c->n_groups + 1, sizeof *c->group);
        c->group[c->n_groups] = (List){ NULL, 0 };
        fill_group(c, c->n_groups);
        filled += c->group[c->n_groups++].n;
    }
}

/* --- rooms
 * -----------------------------------------------------------------------------------
 */

static int
compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static bool
has(const List *list, uint32_t value)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->item[i] == value)
            return true;
    return false;
}

/* A room by weight 1 / rank that is not joined yet. */
static uint32_t
next_room(const Circles *c, uint32_t person, double all, uint32_t *index)
{
    const List *joined = &c->rooms_of[person];
    uint32_t room;

    do {
        double at =
            sample_uniform(draw(c, "person", person, PURPOSE_ROOM, (*index)++)) * all;

        room = 0;
        while (room + 1 < c->config.rooms && at >= 1.0 / (room + 1))
            at -= 1.0 / ++room;
    } while (has(joined, room));
    return room;
}

static void
join_rooms(Circles *c, uint32_t person, double all)
{
    double u = sample_uniform(draw(c, "person", person, PURPOSE_ROOM_COUNT, 0));
    double mean = c->config.rooms_joined;
    uint32_t n = mean >= c->config.rooms ? c->config.rooms : (uint32_t)(mean + u);
    List *joined = &c->rooms_of[person];
    uint32_t index = 0;

    if (n == c->config.rooms) {
        for (uint32_t i = 0; i < n; i++)
            append(joined, i);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        append(joined, next_room(c, person, all, &index));
    if (joined->n > 1)
        qsort(joined->item, joined->n, sizeof *joined->item, compare);
}

/* --- all of them
 * -------------------------------------------------------------------------------
 */

Circles *
circles_new(const CirclesConfig *config, uint32_t people, uint64_t seed)
{
    Circles *c = memory_zeroed(1, sizeof *c);
    double all = 0;

    assert(people >= 1);
    assert(config->groups <= 0 ||
           (config->group_min >= 1 && config->group_min <= config->group_max));
    *c = (Circles){ .config = *config, .people = people, .seed = seed };
    c->groups_of = memory_zeroed(people, sizeof *c->groups_of);
    c->rooms_of = memory_zeroed(people, sizeof *c->rooms_of);
    fill_groups(c);
    for (uint32_t i = 0; i < config->rooms; i++)
        all += 1.0 / (i + 1);
    for (uint32_t i = 0; i < people && config->rooms > 0; i++)
        join_rooms(c, i, all);
    return c;
}

void
circles_free(Circles *c)
{
    if (c == NULL)
        return;
    for (uint32_t i = 0; i < c->n_groups; i++)
        free(c->group[i].item);
    for (uint32_t i = 0; i < c->people; i++) {
        free(c->groups_of[i].item);
        free(c->rooms_of[i].item);
    }
    free(c->group);
    free(c->groups_of);
    free(c->rooms_of);
    free(c);
}

uint32_t
circles_groups(const Circles *c)
{
    return c->n_groups;
}

static uint32_t
give(const List *list, const uint32_t **ret)
{
    *ret = list->item;
    return list->n;
}

uint32_t
circles_members(const Circles *c, uint32_t group, const uint32_t **ret)
{
    assert(group < c->n_groups);
    return give(&c->group[group], ret);
}

uint32_t
circles_groups_of(const Circles *c, uint32_t person, const uint32_t **ret)
{
    assert(person < c->people);
    return give(&c->groups_of[person], ret);
}

uint32_t
circles_rooms_of(const Circles *c, uint32_t person, const uint32_t **ret)
{
    assert(person < c->people);
    return give(&c->rooms_of[person], ret);
}
