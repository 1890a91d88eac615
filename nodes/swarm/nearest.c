/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an account's key to the id of its swarm. */
#include "nodes/swarm/swarm.h"

#define ID_MAX_2020 (UINT64_MAX - 1)

uint64_t
swarm_space(const uint8_t key[32])
{
    return load_u64be(key) ^ load_u64be(key + 8) ^ load_u64be(key + 16) ^
           load_u64be(key + 24);
}

size_t
swarm_first_from(const uint64_t *ids, size_t n, uint64_t id)
{
    size_t first = 0;

    for (; n > 1; n -= n / 2)
        first += (ids[first + n / 2 - 1] < id) * (n / 2);
    return first + (n == 1 && ids[first] < id);
}

size_t
swarm_nearest_place(const uint64_t *ids, size_t n, uint64_t space)
{
    size_t from = swarm_first_from(ids, n, space);
    size_t right = from < n ? from : 0, left = from > 0 ? from - 1 : n - 1;

    /* (Both distances wrap.) */
    return ids[right] - space < space - ids[left] ? right : left;
}

uint64_t
swarm_nearest(const uint64_t *ids, size_t n, uint64_t space)
{
    return n == 0 ? SWARM_NONE : ids[swarm_nearest_place(ids, n, space)];
}

uint64_t
swarm_nearest_in_list(const NodeList *list, uint64_t space)
{
    uint64_t left = SWARM_NONE, right = SWARM_NONE;

    for (uint32_t i = 0; i < list->n; i++) {
        uint64_t id = list->nodes[i].swarm_id;

        if (id == SWARM_NONE)
            continue;
        if (right == SWARM_NONE || id - space < right - space)
            right = id;
        /* Of @space itself, the way around is left of it. */
        if (left == SWARM_NONE || space - id - 1 < space - left - 1)
            left = id;
    }
    return right - space < space - left ? right : left;
}

static uint64_t
distance_2020(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

uint64_t
swarm_nearest_2020(const uint64_t *ids, size_t n, uint64_t space)
{
    uint64_t best = UINT64_MAX, chosen, around;

    if (n == 0)
        return SWARM_NONE;
    chosen = ids[0];
    for (size_t i = 0; i < n; i++) {
        if (distance_2020(ids[i], space) >= best)
            continue;
        best = distance_2020(ids[i], space);
        chosen = ids[i];
    }
    /* The way around is measured two too short, and wraps for the highest key. */
    if (space > ids[n - 1]) {
        around = ID_MAX_2020 - space + ids[0];
        return around < best ? ids[0] : chosen;
    }
    if (space < ids[0]) {
        around = space + (ID_MAX_2020 - ids[n - 1]);
        return around < best ? ids[n - 1] : chosen;
    }
    return chosen;
}
