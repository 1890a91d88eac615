/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows of the key table (keys.c): [rounds] and [validate]. */
#pragma once

/* clang-format off */
#define VALIDATE_KEYS \
    { "rounds", "kind", KEY_CHOICE, AT(rounds.kind), 0, 0, "none", \
      "people act in rounds, from 10m on, instead of as in [workload]: each is there or not; or a target writes among others; or pairs write", "none|presence|batches|pairs" }, \
    { "rounds", "interval", KEY_DURATION, AT(rounds.interval), 10, 1e7, "1m", \
      "length of a round", NULL }, \
    { "rounds", "online", KEY_REAL, AT(rounds.online), 0, 1, "0.5", \
      "presence: chance that somebody is online in a round, each time anew", NULL }, \
    { "rounds", "count", KEY_COUNT, AT(rounds.count), 1, 1e6, "100", \
      "batches: rounds of a target, then it is the next one's turn", NULL }, \
    { "rounds", "targets", KEY_COUNT, AT(rounds.targets), 1, 1e6, "1", \
      "batches: so many people are targets, from person 0 on", NULL }, \
    { "rounds", "friends", KEY_COUNT, AT(rounds.friends), 1, 1e6, "10", \
      "batches: a target writes one message a round, to one of so many, all alike", NULL }, \
    { "rounds", "batch", KEY_COUNT, AT(rounds.batch), 1, 1e6, "50", \
      "batches: messages a round, the target's included; the others go to anybody", NULL }, \
    { "rounds", "senders", KEY_COUNT, AT(rounds.senders), 1, 1e6, "100", \
      "batches: people who write the others; pairs: the far ends of what is not of a pair", NULL }, \
    { "rounds", "pairs", KEY_COUNT, AT(rounds.pairs), 1, 1e6, "50", \
      "pairs: person i writes to person pairs + i", NULL }, \
    { "rounds", "shared", KEY_REAL, AT(rounds.shared), 0, 1e6, "1", \
      "pairs: mean messages of a pair a round (Poisson)", NULL }, \
    { "rounds", "noise", KEY_REAL, AT(rounds.noise), 0, 1e6, "1", \
      "pairs: as many others that the one end sends, and that the other end gets", NULL }, \
    { "validate", "form", KEY_CHOICE, AT(validate.form), 0, 0, "none", \
      "the closed form that the main metric is held against", VALIDATE_FORMS }, \
    { "validate", "probes", KEY_COUNT, AT(validate.probes), 0, 100, "0", \
      "messages to each swarm in the first minutes, then everybody goes offline for good; 0: people as in [workload]", NULL }, \
    { "validate", "at_least", KEY_COUNT, AT(validate.at_least), 1, 64, "1", \
      "so many replicas must be left, or up", NULL }, \
    { "validate", "quantile", KEY_REAL, AT(validate.quantile), 0, 1, "0.5", \
      "of the time to loss, or of a sojourn", NULL }, \
    { "validate", "rate", KEY_REAL, AT(validate.rate), 1e-9, 1e6, "0.5", \
      "requests a second to node 0, at the moments of a Poisson process (form = queue)", NULL }, \
    { "validate", "rotations", KEY_COUNT, AT(validate.rotations), 1, 1000000, "24", \
      "paths that a client builds one after the other (form = guard-rotation)", NULL }, \
    { "validate", "moment", KEY_CHOICE, AT(validate.moment), 0, 0, "steady", \
      "availability at the end, or in the second half on average", "steady|end" }, \
    { "validate", "estimate", KEY_CHOICE, AT(validate.estimate), 0, 0, "auto", \
      "count what happened to the swarms, or to all swarms that the nodes could have formed; auto: the latter where the nodes are alike and independent; splitting: by multilevel splitting (form = repair)", "auto|counted|regrouped|splitting" }, \
    { "validate", "trajectories", KEY_COUNT, AT(validate.trajectories), 1, 1e7, "1000", \
      "swarms that are followed from each level to the next (estimate = splitting)", NULL }, \
    { "validate", "after", KEY_COUNT, AT(validate.after), 1, 1e6, "20", \
      "the set after so many events (intersection), or links seen after so many messages (entropy)", NULL }, \
    { "validate", "sightings", KEY_COUNT, AT(validate.sightings), 1, 1e4, "1", \
      "rounds until so many sightings of both ends (predecessor)", NULL }, \
    { "validate", "deviations", KEY_REAL, AT(validate.deviations), 0.01, 100, "2", \
      "rounds until friends stand out by so many standard deviations (disclosure)", NULL }, \
    { "validate", "window", KEY_DURATION, AT(validate.window), 0.001, 1e6, "10s", \
      "a request may come out so long after it was sent (entropy, cadence)", NULL }, \
    { "validate", "links", KEY_REAL, AT(validate.links), 0, 1, "1", \
      "chance that a link at either edge is seen (entropy)", NULL }, \
    { "validate", "draws", KEY_COUNT, AT(validate.draws), 1, 1e6, "20", \
      "sets of seen links that are drawn after the run (entropy)", NULL }, \
    { "validate", "base", KEY_REAL, AT(validate.base), 2, 1e12, "1000", \
      "one true pair among so many (timing, cadence)", NULL }, \
    { "validate", "sizes", KEY_BOOL, AT(validate.sizes), 0, 0, "no", \
      "requests are told apart by their lengths too (entropy)", NULL }, \
    { "validate", "exodus", KEY_REAL, AT(validate.exodus), 0, 1, "0.5", \
      "share of the nodes that would leave at once (frontier)", NULL }, \
    { "validate", "shuffled", KEY_BOOL, AT(validate.shuffled), 0, 0, "no", \
      "a control: people change places in the truth that attacks are scored with", NULL },
/* clang-format on */
