/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reached the chain since the last block and goes into the next one. */
#pragma once

#include "nodes/registry/chain.h"

/* A proof's clock may be this far from the chain's (protocol 6.3). */
enum { PROOF_TOLERANCE_MS = 5 * 60 * 1000 };

/* Zero: empty. */
typedef struct Intake {
    UptimeProof *proofs; /* at most one per node */
    uint32_t n_proofs, proofs_capacity;
    uint32_t *proof_of_node; /* by index in the state: place in proofs, plus one */
    uint32_t n_nodes;
    uint8_t (*exits)[32];
    uint32_t n_exits, exits_capacity;
    NodeRecord *registrations;
    uint32_t n_registrations, registrations_capacity;
} Intake;

void intake_order(Intake *intake, const ChainOrder *order);
/* An uptime proof from the network.  ST_NOT_FOUND: of no registered node; ST_AUTH: signed
 * with another key than the registered one; ST_EXPIRED: its clock is off; ST_RANGE: without
 * an address; ST_DUPLICATE: not newer than the last one; ST_TRUNCATED, ST_MALFORMED. */
Status intake_proof(Intake *intake, const ChainState *state, const Crypto *crypto,
                    UnixMs now_ms, Bytes in) WARN_UNUSED;
/* The block was made: nothing waits any more. */
void intake_empty(Intake *intake);
void intake_clear(Intake *intake);
