/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold between the keys of a [fault NAME]. */
#include "scenarios/check_places.h"
#include "scenarios/keys.h"

#include <string.h>

enum { NODES_MAX = 60000 }; /* as network.nodes */

static bool
fail(const Scenario *s, const FaultSection *f, const char *key, const char *text,
     GError **error)
{
    return section_fail(s, "fault", &f->head, key, text, error);
}

static bool
names_a_place(const FaultSection *f)
{
    return f->country[0] != '\0' || f->region[0] != '\0' || f->hoster[0] != '\0' ||
           f->largest_hosters > 0;
}

static bool
check_places(const Scenario *s, const FaultSection *f, GError **error)
{
    const PlaceWords places = { f->country, f->region, f->hoster, f->largest_hosters };

    return section_check_places(s, "fault", &f->head, &places, error);
}

static bool
check_whom(const Scenario *s, const FaultSection *f, bool all_by_default, GError **error)
{
    if (f->share > 0 && f->count > 0)
        return fail(s, f, "count", "expected share or count, not both", error);
    if (!all_by_default && f->share == 0 && f->count == 0 && !names_a_place(f))
        return fail(s, f, "", "whom? expected a share, a count or a place", error);
    return check_places(s, f, error);
}

static bool
check_period(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->to > 0 && f->to <= f->from)
        return fail(s, f, "to", "not after from", error);
    return true;
}

static bool
is_link(const char *word)
{
    g_auto(GStrv) ends = g_strsplit(word, "-", 2);

    return ends[0] != NULL && ends[1] != NULL && section_is_number(ends[0]) &&
           section_is_number(ends[1]) && strcmp(ends[0], ends[1]) != 0;
}

static bool
check_link(const Scenario *s, const FaultSection *f, GError **error)
{
    if ((f->share > 0) == (f->links[0] != '\0'))
        return fail(s, f, "", "which links? expected a share of them, or links", error);
    if (!section_words_are(f->links, is_link))
        return fail(s, f, "links", "expected pairs of different nodes: 3-17, 0-4", error);
    if (f->loss == 0 && f->delay == 0)
        return fail(s, f, "", "expected a loss or a delay", error);
    return true;
}

static bool
check_skew(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->sigma == 0 && f->offset == 0 && f->drift_ppm == 0)
        return fail(s, f, "", "expected sigma, offset or drift_ppm", error);
    return check_whom(s, f, true, error);
}

static bool
check_upgrade(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->down.kind == LAW_NEVER)
        return fail(s, f, "down", "expected how long a restart takes", error);
    return check_whom(s, f, true, error);
}

static bool
check_swarm_of(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->swarm_of >= 0 && (uint32_t)f->swarm_of >= s->clients)
        return fail(s, f, "swarm_of",
                    "there is no such person; expected less than "
                    "client.clients",
                    error);
    return true;
}

static bool
check_misbehave(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->swarm_of < 0 && f->members > 0)
        return fail(s, f, "members", "of which swarm? expected swarm_of", error);
    if (f->swarm_of < 0)
        return check_whom(s, f, false, error);
    if (f->share > 0 || f->count > 0 || names_a_place(f))
        return fail(s, f, "swarm_of", "expected it, or a share, a count or a place", error);
    return check_swarm_of(s, f, error);
}

static bool
check_attack(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->swarm_of < 0)
        return fail(s, f, "swarm_of", "expected whose swarm", error);
    return check_swarm_of(s, f, error);
}

static bool
check_shocks(const Scenario *s, const FaultSection *f, GError **error)
{
    if (f->each_swarm && s->chain.fixed_swarm_size == 0)
        return fail(s, f, "each_swarm", "expected a swarm.size then", error);
    if (f->per_day > 0 && f->every > 0)
        return fail(s, f, "every", "expected it or per_day, not both", error);
    if (f->count > 0 && (f->each_swarm || f->chance < 1 || f->correlation > 0))
        return fail(s, f, "count", "expected it, or each_swarm, a chance or a correlation",
                    error);
    if (f->correlation > 0 && f->site == 0 && s->chain.fixed_swarm_size == 0)
        return fail(s, f, "site", "expected so many nodes, or a swarm.size", error);
    return true;
}

static bool
check_fault(const Scenario *s, const FaultSection *f, GError **error)
{
    if (!check_period(s, f, error))
        return false;
    switch ((FaultSort)f->head.kind) {
    case FAULT_SORT_EXIT:
    case FAULT_SORT_OUTAGE:
    case FAULT_SORT_PARTITION:
        return check_whom(s, f, false, error);
    case FAULT_SORT_LINK:
        return check_link(s, f, error);
    case FAULT_SORT_SLOW:
        if (s->node_speed == 0)
            return fail(s, f, "", "nothing is slow where network.node_speed = 0", error);
        return check_whom(s, f, false, error);
    case FAULT_SORT_SKEW:
        return check_skew(s, f, error);
    case FAULT_SORT_OFFLINE:
        return check_whom(s, f, false, error);
    case FAULT_SORT_MISBEHAVE:
        return check_misbehave(s, f, error);
    case FAULT_SORT_ATTACK:
        return check_attack(s, f, error);
    case FAULT_SORT_UPGRADE:
        return check_upgrade(s, f, error);
    case FAULT_SORT_CRASH:
        return check_whom(s, f, true, error);
    case FAULT_SORT_JOIN:
        if ((f->count > 0) == (f->per_day > 0))
            return fail(s, f, "", "expected a count or per_day", error);
        if (f->count > NODES_MAX)
            return fail(s, f, "count", "more nodes than a network may have", error);
        return true;
    case FAULT_SORT_SHOCKS:
        return check_shocks(s, f, error);
    case FAULT_SORTS:
        break;
    }
    return true;
}

bool
scenario_check_faults(const Scenario *s, GError **error)
{
    for (uint32_t i = 0; i < s->n_faults; i++)
        if (!check_fault(s, &s->faults[i], error))
            return false;
    return true;
}
