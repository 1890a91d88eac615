/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What service nodes tell the chain: uptime proofs and quorum votes (protocol 6.3). */
#pragma once

#include "nodes/base/time.h"
#include "nodes/crypto/crypto.h"

/* KIND_UPTIME_PROOF and KIND_VOTE bodies (fixed layouts of our own: the daemons' p2p
 * network is not modelled to the byte).  A proof is signed by the node; a vote by the
 * validator. */
typedef struct UptimeProof {
    uint8_t legacy[32];
    UnixMs timestamp;
    uint32_t ip;
    uint16_t port_https, port_omq;
} UptimeProof;
typedef struct Vote {
    uint64_t height;       /* of the quorum's block */
    uint8_t validator[32]; /* legacy keys */
    uint8_t worker[32];
    bool good; /* what the validator found */
} Vote;
/* Append the signed encoding; parse and check it against the signer's Ed25519 key (which
 * the caller looks up by the legacy key that *_peek gives, unchecked).  ST_TRUNCATED,
 * ST_MALFORMED (length, version, verdict), ST_AUTH. */
void uptime_proof_write(const Crypto *crypto, const Ed25519Pair *key,
                        const UptimeProof *proof, Buffer *out);
Status uptime_proof_read(const Crypto *crypto, Bytes in, const uint8_t ed25519[32],
                         UptimeProof *ret) WARN_UNUSED;
Status uptime_proof_peek(Bytes in, uint8_t ret_legacy[32]) WARN_UNUSED;
void vote_write(const Crypto *crypto, const Ed25519Pair *key, const Vote *vote,
                Buffer *out);
Status vote_read(const Crypto *crypto, Bytes in, const uint8_t ed25519[32],
                 Vote *ret) WARN_UNUSED;
Status vote_peek(Bytes in, uint8_t ret_validator[32]) WARN_UNUSED;
