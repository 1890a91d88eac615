/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Uptime proofs (protocol 6.3): the first one half a minute after the start, then one an
 * hour. */
#include "nodes/service/node_internal.h"
#include "nodes/wire/proof.h"

/* The daemon waits so long after its start, and looks so often whether one is due. */
#define PROOF_CHECK (30 * SECOND)

void
proof_start(ServiceNode *node, Time now)
{
    if (node->chain != 0 && node->config->proof_interval > 0)
        timer_set(node, TIMER_PROOF, now + PROOF_CHECK);
}

void
proof_due(ServiceNode *node, Time now)
{
    UptimeProof proof = { .timestamp = port_unix_ms(node->port) };
    Buffer out = BUFFER_EMPTY;
    Packet packet;

    /* Its own address is what the list says; without a list there is nothing to prove. */
    if (node->self == NULL) {
        timer_set(node, TIMER_PROOF, now + PROOF_CHECK);
        return;
    }
    memcpy(proof.legacy, node->legacy, sizeof proof.legacy);
    proof.ip = node->self->ip;
    proof.port_https = node->self->port_https;
    proof.port_omq = node->self->port_omq;
    uptime_proof_write(node->crypto, &node->identity, &proof, &out);
    packet = packet_of_buffer(&out);
    port_send(node->port, node->chain, KIND_UPTIME_PROOF, 0, 0, NULL, &packet);
    timer_set(node, TIMER_PROOF, now + node->config->proof_interval);
}
