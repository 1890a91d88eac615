/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the records of all parties say together when the truth joins them: which way each
 * onion request really went.  For scoring and for closed forms; no attack has it. */
#pragma once

#include "sim/adversary/observation.h"
#include "sim/adversary/truth.h"

enum { FLOW_HOPS_MAX = 14, FLOW_NO_OBSERVER = UINT32_MAX };

/* One try of one onion request. */
typedef struct Flow {
    uint32_t person;
    uint64_t request;
    uint8_t n_hops;              /* that were recorded */
    uint8_t method;              /* at the destination; RPC_UNKNOWN: it did not get there */
    uint32_t hop[FLOW_HOPS_MAX]; /* observers, guard first */
    uint32_t destination;        /* observer, or FLOW_NO_OBSERVER */
    uint32_t account;            /* that was named there, as in a record; 0: none */
    uint64_t content;
    Time sent, arrived; /* at the guard, at the destination (or the last hop recorded) */
    uint32_t bytes, bytes_answered; /* at the guard */
    int16_t status;                 /* that the guard answered; 0: none */
} Flow;

/* All of them, in the order in which they began; owned by the caller (free). */
Flow *flows_of(const ObservationLog *log, const TruthLog *truth, size_t *ret_n);
