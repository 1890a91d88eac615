/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed attack`: attacks on a file of observations, where there is nothing else to work
 * on.  This room cannot open the truth: its file is read by offline/score alone, which this
 * room may not use, and tests/lint looks for the names of sim/adversary/truth.h here. */
#pragma once

#include <stdio.h>

#include "offline/attack/observation_file.h"

typedef enum AttackForm {
    ATTACK_CADENCE,      /* polls of an account come just after requests of an address */
    ATTACK_TIMING,       /* counts per interval go up and down together */
    ATTACK_INTERSECTION, /* who is not there when the account polls is not its owner */
    ATTACK_DISCLOSURE,   /* what accounts get when the address sends, less otherwise */
    ATTACK_PREDECESSOR,  /* first and last hop saw the same request */
    ATTACK_FORMS
} AttackForm;

const char *attack_form_name(AttackForm form);
/* False, with @ret untouched: there is none of this name. */
bool attack_form_named(const char *name, AttackForm *ret);

typedef struct AttackOptions {
    AttackForm form;
    Duration window;     /* cadence: polls come so long after; predecessor: hops do */
    Duration interval;   /* of windows: timing, intersection, disclosure */
    uint32_t after;      /* intersection: events that are used */
    bool stores;         /* timing: of stores, for who writes to whom; else of polls */
    int32_t corrupt;     /* so many of the nodes; -1: each with probability share */
    double share;        /* 1: all; lines and servers are always all there */
    uint64_t seed, draw; /* which of such sets */
    uint32_t top;        /* guesses for each target (disclosure: address); 0: all */
    uint64_t memory_max; /* bytes of scores of all pairs */
} AttackOptions;

typedef struct AttackFound {
    size_t observations; /* that the corrupted ones made */
    uint32_t corrupted;  /* observers */
    uint32_t addresses, targets;
    uint64_t guesses;
} AttackFound;

/* Attack, and write a file of guesses to @out.  False with @error set when the pairs are
 * too many for memory_max, or @out is in error. */
bool offline_attack(const ObservationFile *file, const AttackOptions *options, FILE *out,
                    AttackFound *ret, GError **error);
