/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files that hold a world against closed forms only. */
#pragma once

#include "scenarios/world_internal.h"
#include "sim/measure/regroup.h"

/* A node went (away) or came. */
typedef struct Spell {
    Time at;
    uint32_t node;
    bool away;
} Spell;

/* One member of a probed swarm, as one message sees it. */
typedef struct ProbeSlot {
    Time put;   /* -1: never */
    Time until; /* TIME_NEVER: it is there at the end */
} ProbeSlot;

/* One message, of those that were acknowledged. */
typedef struct Probe {
    size_t message; /* of the ledger */
    uint32_t group;
    uint32_t number;  /* of those of its swarm, from 0 */
    uint32_t primary; /* slot that had it first */
    Time lost_at;     /* none left for the first time; TIME_NEVER */
    ProbeSlot *slots; /* swarm.size of them */
} Probe;

/* What a client said of its list of nodes. */
typedef struct ClientPool {
    uint32_t nodes;     /* in it now */
    uint32_t refreshes; /* by asking nodes */
} ClientPool;

/* Summed over shocks. */
typedef struct OutageSums {
    uint32_t shocks, any;
    double share, swarms;
} OutageSums;

/* Curves of losses: a first third of the run in steps, and its end. */
enum { WORLD_CURVE_STEPS = 100 };

typedef struct SplittingResult {
    double lost[WORLD_CURVE_STEPS + 1];
    uint32_t differ; /* histories that did not repeat themselves: none should */
} SplittingResult;

struct WorldValidate {
    Spell *spells;
    uint32_t n_spells, spells_capacity;
    Probe *probes;
    uint32_t n_probes;
    uint32_t *shocks;      /* by group of nodes */
    ClientPool *pools;     /* by person */
    GByteArray *to_absent; /* by message of the ledger: its recipient was offline when it
                              was written */
    uint32_t numbers;      /* most probes of one swarm */
    double up_share_sum;
    uint32_t up_looks;
    OutageSums outages;
    SplittingResult splitting;
};

uint32_t world_swarm_size(const World *world);
/* As validate.estimate says; auto: where it @may. */
bool world_regroups(const World *world, bool may);
/* world_validate_nodes.c */
void world_validate_outage(World *world); /* a shock has struck */
void world_validate_outages(const World *world, Recorder *recorder);
void world_validate_growth(const World *world, Recorder *recorder);
void world_validate_credit(const World *world, Recorder *recorder);
/* The scenario's first fault of this kind, or NULL. */
const FaultSection *world_first_fault(const World *world, FaultSort kind);
/* world_validate_chain.c */
void world_validate_all_down(const World *world, Recorder *recorder);
void world_validate_repair(const World *world, Recorder *recorder);
/* The @q quantile of values that are sorted here; NAN: there are none. */
double world_quantile(double *values, size_t n, double q);
/* world_validate_people.c */
void world_validate_ttl_loss(const World *world, Recorder *recorder);
void world_validate_polling(const World *world, Recorder *recorder);
/* Since churn.begins_at. */
Time world_curve_moment(Duration whole, int step);

/* world_exact.c: NAME.exact, unless it is not finite */
void world_record_exact(Recorder *recorder, const char *metric, double value,
                        const char *unit);
/* world_exact_adversary.c, world_rotation.c */
void world_exact_rotation(const World *world, Recorder *recorder);
/* world_exposure.c */
void world_exact_exposure(const World *world, Recorder *recorder);
/* world_eclipse.c */
void world_validate_eclipse(const World *world, Recorder *recorder);
void world_exact_eclipse(const World *world, Recorder *recorder);
/* world_sybils_record.c */
void world_validate_sybils(const World *world, Recorder *recorder);
void world_exact_sybils(const World *world, Recorder *recorder);
/* world_denial.c */
void world_exact_denial(const World *world, Recorder *recorder);
void world_exact_path_compromise(const World *world, Recorder *recorder);
/* world_attack_*.c: attacks on what was observed, scored; and their closed forms */
void world_attack_intersection(const World *world, Recorder *recorder);
void world_attack_predecessor(const World *world, Recorder *recorder);
void world_attack_disclosure(const World *world, Recorder *recorder);
void world_attack_entropy(const World *world, Recorder *recorder);
void world_attack_timing(const World *world, Recorder *recorder);
void world_attack_cadence(const World *world, Recorder *recorder);
void world_exact_intersection(const World *world, Recorder *recorder);
void world_exact_predecessor(const World *world, Recorder *recorder);
void world_exact_disclosure(const World *world, Recorder *recorder);
void world_exact_entropy(const World *world, Recorder *recorder);
void world_exact_timing(const World *world, Recorder *recorder);
