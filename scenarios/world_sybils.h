/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An adversary's own nodes: which stakes it has, and what became of its targets. */
#pragma once

#include "scenarios/world_internal.h"

typedef enum StakeState {
    STAKE_FREE,
    STAKE_ORDERED, /* its node is not on the chain yet */
    STAKE_USED,    /* its node is */
    STAKE_LEAVING, /* its node was told to leave */
    STAKE_LOCKED   /* until free_at */
} StakeState;

typedef struct Stake {
    StakeState state;
    uint32_t node;
    Time free_at;
} Stake;

/* One target, and the swarms as they were when its turn came. */
typedef struct Camp {
    uint32_t person;
    Time began, ended; /* ended: -1 while it is on */
    bool reached;
    uint32_t registrations;
    double stake_days;
    double *chance; /* by members that are in already, as in exact_camped */
} Camp;

struct WorldSybils {
    World *world;
    const AdversarySection *section;
    Stake *stakes; /* section->stakes of them */
    Camp *camps;   /* section->targets of them */
    uint32_t n_camps;
    bool on; /* the last of camps is; else its nodes leave, or there is none yet */
    Time looked_at;
    uint32_t registrations, exits;
    double stake_days;
    uint32_t looks_after, looks_held; /* since the last target was reached */
};
