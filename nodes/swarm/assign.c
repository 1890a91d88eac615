/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The assignment, step by step as in protocol 2.3. */
#include "nodes/swarm/assign.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/swarm/introsort.h"
#include "nodes/swarm/map_edit.h"
#include "nodes/swarm/mersenne.h"

#define ID_MAX (UINT64_MAX - 1) /* 2^64 - 1 means "in no swarm" */

const SwarmSizes swarm_sizes_real = {
    .min = SWARM_SIZE_MIN,
    .new_size = SWARM_SIZE_NEW,
    .excess_base = SWARM_EXCESS_BASE,
    .ideal_margin = SWARM_IDEAL_MARGIN,
};

/* One recomputation. */
typedef struct Assignment {
    SwarmMap *map;
    const SwarmSizes *sizes;
    Mersenne mersenne;
    SizedSwarm *sorted; /* all swarms by size, as of the last sort */
    uint32_t n_sorted, capacity;
} Assignment;

bool
swarm_sizes_valid(const SwarmSizes *sizes)
{
    return sizes->min > 0 && sizes->new_size >= sizes->min &&
           sizes->excess_base >= sizes->min;
}

static void
sort_by_size(Assignment *assignment)
{
    const SwarmMap *map = assignment->map;

    if (assignment->capacity < map->n) {
        assignment->capacity = map->n + 64;
        free(assignment->sorted);
        assignment->sorted = malloc(assignment->capacity * sizeof *assignment->sorted);
        if (assignment->sorted == NULL)
            abort();
    }
    for (uint32_t i = 0; i < map->n; i++)
        assignment->sorted[i] = (SizedSwarm){ map->swarms[i].n, i };
    assignment->n_sorted = map->n;
    introsort_by_size(assignment->sorted, map->n);
}

static uint32_t
percentile_index(const Assignment *assignment, uint32_t percent)
{
    assert(assignment->n_sorted > 0);
    return (uint32_t)((uint64_t)percent * (assignment->n_sorted - 1) / 100);
}

/* --- new swarms (step C) ---------------------------------------------------------------
 */

/* @id + @offset on the ring of ID_MAX + 1 ids. */
static uint64_t
id_plus(uint64_t id, uint64_t offset)
{
    uint64_t sum = id + offset;

    if (sum < id)
        return sum + 1;
    return sum > ID_MAX ? 0 : sum;
}

/* The middle of the largest gap between ids; the first of equal ones. */
static uint64_t
new_swarm_id(const SwarmMap *map)
{
    uint64_t gap_max = 0, before = 0, wrap;

    if (map->n == 0)
        return 0;
    for (uint32_t i = 0; i + 1 < map->n; i++) {
        uint64_t gap = map->swarms[i + 1].id - map->swarms[i].id;

        if (gap > gap_max) {
            gap_max = gap;
            before = map->swarms[i].id;
        }
    }
    wrap = ID_MAX - map->swarms[map->n - 1].id + map->swarms[0].id + 1;
    if (wrap > gap_max) {
        gap_max = wrap;
        before = map->swarms[map->n - 1].id;
    }
    return id_plus(before, gap_max / 2);
}

/* The nodes of all swarms larger than @threshold, in the order of the map: how many, and
 * how far these swarms are above @base together. */
typedef struct Pool {
    uint64_t nodes, excess;
} Pool;

static Pool
pool_above(const Assignment *assignment, uint32_t threshold, uint32_t base)
{
    const SwarmMap *map = assignment->map;
    Pool pool = { 0, 0 };

    assert(threshold >= base);
    for (uint32_t i = 0; i < map->n; i++) {
        if (map->swarms[i].n <= threshold)
            continue;
        pool.nodes += map->swarms[i].n;
        pool.excess += map->swarms[i].n - base;
    }
    return pool;
}

/* Remove a random node of the pool from its swarm. */
static uint32_t
take_from_pool(Assignment *assignment, uint32_t threshold, uint64_t pool_nodes)
{
    uint64_t pick = mersenne_below(&assignment->mersenne, pool_nodes);
    SwarmMap *map = assignment->map;
    uint32_t i = 0;

    for (;; i++) {
        assert(i < map->n);
        if (map->swarms[i].n <= threshold)
            continue;
        if (pick < map->swarms[i].n)
            break;
        pick -= map->swarms[i].n;
    }
    return assigned_swarm_remove(&map->swarms[i], (uint32_t)pick);
}

static bool
some_swarm_is_small(const Assignment *assignment)
{
    const SwarmMap *map = assignment->map;

    for (uint32_t i = 0; i < map->n; i++)
        if (map->swarms[i].n < assignment->sizes->min)
            return true;
    return false;
}

static void
create_swarm(Assignment *assignment)
{
    const SwarmSizes *sizes = assignment->sizes;
    AssignedSwarm drafted = { 0 };
    uint32_t place;

    for (uint32_t i = 0; i < sizes->new_size; i++) {
        Pool pool = pool_above(assignment, sizes->excess_base, sizes->excess_base);

        assigned_swarm_append(&drafted,
                              take_from_pool(assignment, sizes->excess_base, pool.nodes));
    }
    drafted.id = new_swarm_id(assignment->map);
    place = swarm_map_place(assignment->map, drafted.id);
    assert(assignment->map->swarms[place].n == 0);
    assignment->map->swarms[place] = drafted;
}

static void
create_swarms_from_excess(Assignment *assignment)
{
    const SwarmSizes *sizes = assignment->sizes;

    if (some_swarm_is_small(assignment))
        return;
    for (;;) {
        Pool pool = pool_above(assignment, sizes->excess_base, sizes->excess_base);
        uint64_t margins = (uint64_t)sizes->ideal_margin * assignment->map->n;

        if (pool.excess < sizes->new_size + margins)
            return;
        create_swarm(assignment);
    }
}

/* --- placing nodes (step 1) ------------------------------------------------------------
 */

/* A random swarm among the smallest: those up to the size that stands at the percentile. */
static uint32_t
pick_small_swarm(Assignment *assignment, uint32_t percent)
{
    uint32_t upper, size;

    sort_by_size(assignment);
    upper = percentile_index(assignment, percent);
    size = assignment->sorted[upper].size;
    while (upper + 1 < assignment->n_sorted && assignment->sorted[upper + 1].size <= size)
        upper++;
    return assignment->sorted[mersenne_below(&assignment->mersenne, upper + 1)].index;
}

static void
place_nodes(Assignment *assignment, const uint32_t *nodes, size_t n, uint32_t percent)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t swarm = pick_small_swarm(assignment, percent);

        assigned_swarm_append(&assignment->map->swarms[swarm], nodes[i]);
        create_swarms_from_excess(assignment);
    }
}

/* --- stealing for the poor (step 2) ----------------------------------------------------
 */

/* Bring one swarm up to the minimum; false when the network has not enough to spare. */
static bool
fill_from_rich(Assignment *assignment, AssignedSwarm *poor)
{
    const SwarmSizes *sizes = assignment->sizes;
    /* The sizes as sorted before the first theft, as the chain's code has them. */
    uint32_t rich =
        assignment->sorted[percentile_index(assignment, SWARM_STEAL_PERCENTILE)].size;
    uint32_t threshold = rich > sizes->min ? rich - 1 : sizes->min;

    while (poor->n < sizes->min) {
        Pool pool = pool_above(assignment, threshold, sizes->min);

        if (pool.excess < sizes->min - poor->n)
            return false;
        assigned_swarm_append(poor, take_from_pool(assignment, threshold, pool.nodes));
    }
    return true;
}

static void
rob_rich_swarms(Assignment *assignment)
{
    sort_by_size(assignment);
    for (uint32_t i = 0; i < assignment->n_sorted; i++) {
        uint32_t swarm = assignment->sorted[i].index;

        if (!fill_from_rich(assignment, &assignment->map->swarms[swarm]))
            return;
    }
}

/* --- dissolving (step 4) ---------------------------------------------------------------
 */

static void
dissolve_small_swarms(Assignment *assignment)
{
    SwarmMap *map = assignment->map;
    uint32_t i = 0;

    /* The chain's code checks only once that there is more than one swarm, and fails when
     * the last one goes; here the last one stays. */
    while (map->n > 1 && i < map->n) {
        AssignedSwarm gone;

        if (map->swarms[i].n >= assignment->sizes->min) {
            i++;
            continue;
        }
        gone = swarm_map_take(map, i);
        place_nodes(assignment, gone.nodes, gone.n, 0);
        free(gone.nodes);
        i = 0;
    }
}

void
swarm_assign_sized(SwarmMap *map, const SwarmSizes *sizes, const uint32_t *unassigned,
                   size_t n_unassigned, uint64_t seed)
{
    Assignment assignment = { .map = map, .sizes = sizes };

    assert(swarm_sizes_valid(sizes));
    if (map->n == 0 && n_unassigned == 0)
        return;
    mersenne_seed(&assignment.mersenne, seed);
    if (map->n == 0)
        (void)swarm_map_place(map, 0);
    place_nodes(&assignment, unassigned, n_unassigned, SWARM_FILL_PERCENTILE);
    rob_rich_swarms(&assignment);
    create_swarms_from_excess(&assignment);
    dissolve_small_swarms(&assignment);
    free(assignment.sorted);
}

void
swarm_assign(SwarmMap *map, const uint32_t *unassigned, size_t n_unassigned, uint64_t seed)
{
    swarm_assign_sized(map, &swarm_sizes_real, unassigned, n_unassigned, seed);
}
