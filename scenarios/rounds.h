/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * [rounds]: people who act as the closed forms of long-term attacks suppose (science 2.4),
 * in rounds of one length, instead of as in [workload]. */
#pragma once

#include <stdint.h>

#include "nodes/base/time.h"

/* As in the choices of rounds.kind. */
typedef enum RoundsKind {
    ROUNDS_NONE,
    ROUNDS_PRESENCE, /* each round everybody is online, and polls once, or is not */
    ROUNDS_BATCHES,  /* each round a target writes to a friend, others to anybody */
    ROUNDS_PAIRS     /* people write to a partner, and both ends have other traffic */
} RoundsKind;

typedef struct RoundsConfig {
    int32_t kind;
    Duration interval;
    double online;    /* PRESENCE: chance to be there, each round anew */
    uint32_t count;   /* BATCHES: rounds of one target */
    uint32_t targets; /* BATCHES: people from 0 on take turns, count rounds each */
    uint32_t friends, batch;
    uint32_t
        senders;    /* BATCHES: who writes the others; PAIRS: the other ends of the rest */
    uint32_t pairs; /* PAIRS: person i writes to person pairs + i */
    double shared;  /* PAIRS: mean messages of a pair a round */
    double noise;   /* PAIRS: and others that each of its ends sends, or gets */
} RoundsConfig;

/* The first round begins then: clients have paths. */
#define ROUNDS_BEGIN (10 * MINUTE)
