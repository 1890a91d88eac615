/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each cryptographic operation costs, and the floor that follows: no run that computes
 * all of them can take less. */
#pragma once

#include "nodes/base/meter.h"

/* CPU time: so much a call, and so much a byte.  Zero for operations that are none of
 * cryptography. */
typedef struct OperationCosts {
    double ns_per_op[METER_OPS], ns_per_byte[METER_OPS];
} OperationCosts;

/* Measure them here and now, with real cryptography (about a second). */
void operation_costs(OperationCosts *ret);
/* Seconds of CPU time that the meter's counts take at these costs. */
double operation_floor(const OperationCosts *costs, const Meter *meter);
