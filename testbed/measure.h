/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long requests take over this machine's loopback, to nodes that run: what the
 * simulator is given to be compared with them. */
#pragma once

#include "testbed/plan.h"

typedef struct LoopbackTimes {
    uint32_t requests;             /* of each kind below, kept ones */
    double kept_p50_s, kept_p95_s; /* an info request on a connection that is there */
    double new_p50_s, new_p95_s;   /* one that makes its connection first */
} LoopbackTimes;

/* Ask every node of @plan in turn, @each times on one connection, one request at a time
 * with @gap_ms between them: who is asked rarely takes longer.  False with @error: a node
 * does not answer. */
bool testbed_measure(const TestbedPlan *plan, uint32_t each, uint32_t gap_ms,
                     LoopbackTimes *ret, GError **error);
