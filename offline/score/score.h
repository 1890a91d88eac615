/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed score`: what guesses are worth, by the truth, which the attack did not have
 * (science 2.2).  Pairs of what the attack looked at that its file leaves out count as
 * found to be the least likely, all alike. */
#pragma once

#include "offline/score/guesses.h"
#include "offline/score/truth_file.h"
#include "results/stats/detection.h"

typedef struct ScoreOptions {
    double base;      /* one true pair among so many */
    double threshold; /* pairs that score at least this are called true */
} ScoreOptions;

typedef struct Score {
    uint64_t addresses, targets, guesses;
    uint64_t pairs, true_pairs; /* among those that were looked at; SAME: among guesses */
    double auc;                 /* NAN without true pairs, or without others */
    double right;  /* OWNS: of targets with an owner among the addresses, the share whose
                    * best guess is the owner (ties: the chance of it); WRITES: of pairs of
                    * writer and friend, those in front of her list; SAME: of guesses, those
                    * that are right.  NAN: there was none */
    double chance; /* what right is for who guesses; SAME: NAN */
    StatsDetection detection; /* at the threshold; empty for SAME */
} Score;

/* False with @error set: a row that the truth does not have, or a pair twice. */
bool score_guesses(const Guesses *guesses, const TruthFile *truth,
                   const ScoreOptions *options, Score *ret, GError **error);
