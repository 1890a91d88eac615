/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core/trace_hash.h"

/* A bijection of the state for each word, and of the word for each state: two traces that
 * differ in one field of one event never meet because of it. */
static inline uint64_t
fold(uint64_t state, uint64_t word)
{
    state = (state ^ word) * 0x9fb21c651e98df25u;
    return state ^ state >> 32;
}

uint64_t
trace_fold(uint64_t state, int64_t time, uint64_t source, uint64_t kind, uint64_t length,
           uint64_t status, uint64_t message)
{
    state = fold(state + 0x9e3779b97f4a7c15u, (uint64_t)time);
    state = fold(state, source);
    state = fold(state, kind);
    state = fold(state, length);
    state = fold(state, status);
    return fold(state, message);
}
