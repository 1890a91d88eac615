/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the world's faults only. */
#pragma once

#include "scenarios/keys.h"
#include "scenarios/world_internal.h"
#include "sim/fault/choose.h"

/* One [fault NAME] in a run.  Its address is the context of its tasks. */
typedef struct WorldFault {
    World *world;
    const FaultSection *section;
    bool on;        /* of what lasts */
    uint32_t *whom; /* the nodes that it took, ascending */
    uint32_t n_whom;
    uint32_t *people; /* the same of people */
    uint32_t n_people;
    Snapshot *shown; /* what its nodes tell of (does = poison); or NULL */
    uint64_t events; /* what it did to single nodes and people */
    Time first, last;
} WorldFault;

struct WorldFaults {
    WorldFault fault[SECTIONS_MAX];
};

uint64_t fault_draw(const WorldFault *fault, FaultDraw draw, uint64_t whom, uint64_t index);
/* Call @task at @at, unless that is beyond the end of the run. */
void fault_schedule(WorldFault *fault, Time at, HostTask task, uint64_t argument);
/* Something befell @n nodes or people now, or what did ends. */
void fault_befell(WorldFault *fault, uint32_t n);
/* Choose among the nodes that have not left for good, into whom: the share or count of
 * those in the section's places, or all of them where it says neither.  @index: for which
 * of the fault's blows; each chooses anew. */
void fault_choose_nodes(WorldFault *fault, uint64_t index);

/* The same among people; those of a hoster are none. */
void fault_choose_people(WorldFault *fault);
/* So many members (0: all) of the section's swarm, as it is on the chain now. */
void fault_choose_members(WorldFault *fault, uint32_t members);
/* It is on, and took this one. */
bool fault_has_node(const WorldFault *fault, uint32_t node);
bool fault_has_person(const WorldFault *fault, uint32_t person);
/* Call @begin at the section's `from`, and @end at its `to`, if it has one. */
void fault_schedule_period(WorldFault *fault, HostTask begin, HostTask end);

/* world_faults_nodes.c: nodes that come, go and are down */
void fault_start_exit(WorldFault *fault);
void fault_start_join(WorldFault *fault);
void fault_start_crash(WorldFault *fault);
void fault_start_shocks(WorldFault *fault);
void fault_start_outage(WorldFault *fault);
void fault_start_upgrade(WorldFault *fault);
void fault_start_attack(WorldFault *fault);
/* world_faults_net.c: who reaches whom, and how */
void fault_start_partition(WorldFault *fault);
void fault_start_link(WorldFault *fault);
/* world_faults_pace.c: how fast, and at what time */
void fault_start_slow(WorldFault *fault);
void fault_start_skew(WorldFault *fault);
/* world_faults_actors.c: what nodes do wrong, and people who are away */
void fault_start_misbehave(WorldFault *fault);
void fault_start_offline(WorldFault *fault);
