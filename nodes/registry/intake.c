/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/intake.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

static void *
with_room(void *p, uint32_t n, uint32_t *capacity, size_t size)
{
    if (n < *capacity)
        return p;
    *capacity = *capacity < 16 ? 16 : *capacity * 2;
    return memory_resized(p, *capacity, size);
}

/* A node that leaves before its registration is in a block was never there. */
static void
cancel_registration(Intake *intake, const uint8_t legacy[32])
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < intake->n_registrations; i++)
        if (memcmp(intake->registrations[i].legacy, legacy, 32) != 0)
            intake->registrations[n++] = intake->registrations[i];
    intake->n_registrations = n;
}

void
intake_order(Intake *intake, const ChainOrder *order)
{
    if (order->exit) {
        cancel_registration(intake, order->record.legacy);
        intake->exits = with_room(intake->exits, intake->n_exits, &intake->exits_capacity,
                                  sizeof *intake->exits);
        memcpy(intake->exits[intake->n_exits++], order->record.legacy, 32);
        return;
    }
    intake->registrations =
        with_room(intake->registrations, intake->n_registrations,
                  &intake->registrations_capacity, sizeof *intake->registrations);
    intake->registrations[intake->n_registrations++] = order->record;
}

/* Where the node's proof goes: over its earlier one, or at the end. */
static UptimeProof *
proof_place(Intake *intake, const ChainState *state, uint32_t node)
{
    if (intake->proof_of_node == NULL) {
        intake->n_nodes = state->n;
        intake->proof_of_node = calloc(state->n + 1, sizeof *intake->proof_of_node);
        if (intake->proof_of_node == NULL)
            abort();
    }
    assert(intake->n_nodes == state->n && node < state->n);
    if (intake->proof_of_node[node] == 0) {
        intake->proofs = with_room(intake->proofs, intake->n_proofs,
                                   &intake->proofs_capacity, sizeof *intake->proofs);
        intake->proof_of_node[node] = ++intake->n_proofs;
        intake->proofs[intake->n_proofs - 1] = (UptimeProof){ 0 };
    }
    return &intake->proofs[intake->proof_of_node[node] - 1];
}

Status
intake_proof(Intake *intake, const ChainState *state, const Crypto *crypto, UnixMs now_ms,
             Bytes in)
{
    uint8_t legacy[32];
    Status status = uptime_proof_peek(in, legacy);
    const ChainNode *node;
    UptimeProof proof, *place;

    if (status != ST_OK)
        return status;
    node = chain_find(state, legacy);
    if (node == NULL)
        return ST_NOT_FOUND;
    status = uptime_proof_read(crypto, in, node->record.ed25519, &proof);
    if (status != ST_OK)
        return status;
    if (proof.ip == 0)
        return ST_RANGE;
    if (proof.timestamp < now_ms - PROOF_TOLERANCE_MS ||
        proof.timestamp > now_ms + PROOF_TOLERANCE_MS)
        return ST_EXPIRED;
    place = proof_place(intake, state, (uint32_t)(node - state->nodes));
    if (proof.timestamp <= node->last_proof_ms || proof.timestamp <= place->timestamp)
        return ST_DUPLICATE;
    *place = proof;
    return ST_OK;
}

void
intake_empty(Intake *intake)
{
    free(intake->proof_of_node);
    intake->proof_of_node = NULL;
    intake->n_proofs = intake->n_exits = intake->n_registrations = 0;
}

void
intake_clear(Intake *intake)
{
    intake_empty(intake);
    free(intake->proofs);
    free(intake->exits);
    free(intake->registrations);
    *intake = (Intake){ 0 };
}
