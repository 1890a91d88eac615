/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fault draws: every word hangs on (seed, the fault's name, what it is for, whom it
 * befalls, which of them), so that one fault more, or one node more, moves no other's luck.
 * Pure; knows no actor. */
#pragma once

#include "nodes/base/time.h"

/* What a fault draws for. */
typedef enum FaultDraw {
    FAULT_DRAW_WHOM,   /* ranks; the lowest are taken */
    FAULT_DRAW_MOMENT, /* when, within a period */
    FAULT_DRAW_GAP,    /* between events at random moments */
    FAULT_DRAW_CHANCE, /* whether it befalls somebody */
    FAULT_DRAW_DOWN,   /* for how long */
    FAULT_DRAW_DISK,   /* whether the disk is lost */
    FAULT_DRAW_GROUP,  /* rank of a group in an order */
    FAULT_DRAW_PERSON, /* ranks of people */
    FAULT_DRAW_CLOCK,  /* how wrong a clock is */
    FAULT_DRAW_HARM    /* which bytes are changed */
} FaultDraw;

/* The word number @index that the fault @name of a run draws for @whom. */
uint64_t fault_word(uint64_t seed, const char *name, FaultDraw draw, uint64_t whom,
                    uint64_t index);

/* The share of @n, to the nearest whole number. */
uint32_t share_of(double share, uint32_t n);
/* The @k of the @n candidates (different numbers) that the fault takes at its blow number
 * @index, in ascending order, to @ret (room for k); k > n takes all.  Returns how many. Who
 * is taken hangs on the candidates' own ranks: taking more takes the same ones and others.
 */
uint32_t choose(uint64_t seed, const char *name, FaultDraw draw, uint64_t index,
                const uint32_t *candidates, uint32_t n, uint32_t k, uint32_t *ret);
/* The order in which a fault goes over @n nodes: groups (@group by node; NULL: no groups)
 * one after the other in random order, and their nodes in random order.  @ret: a
 * permutation of 0 .. n - 1. */
void rolling_order(uint64_t seed, const char *name, const uint64_t *group, uint32_t n,
                   uint32_t *ret);
/* The i-th of n even distances through @over, from 0 on. */
Duration moment_of(Duration over, uint32_t i, uint32_t n);
/* A moment of [at, at + over) by @word; @at when over is 0. */
Time moment_within(Time at, Duration over, uint64_t word);
/* The event after @now of those that come @per_day a day at random (Poisson); TIME_NEVER
 * when per_day is 0, or beyond the range of time. */
Time moment_after(Time now, double per_day, uint64_t word);
