/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Uptime proofs and votes: what is signed reads as it was written, and one changed bit is
 * noticed. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/proof.h"

enum { PROOF_BYTES = 32 + 8 + 4 + 2 + 2, VOTE_BYTES = 8 + 32 + 32 + 1 };

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static Ed25519Pair key;

/* A fuzzer that watches comparisons forges null signatures: what passes is at least written
 * in the one way. */
static void
read_foreign(Bytes in)
{
    UptimeProof proof = { .port_omq = 99 };
    Vote vote = { .height = 99 };
    uint8_t peeked[32] = { 99 };
    Buffer again = BUFFER_EMPTY;

    if (uptime_proof_read(&crypto, in, key.pk, &proof) == ST_OK)
        uptime_proof_write(&crypto, &key, &proof, &again);
    else if (vote_read(&crypto, in, key.pk, &vote) == ST_OK)
        vote_write(&crypto, &key, &vote, &again);
    else
        fuzz_check(proof.port_omq == 99 && vote.height == 99);
    fuzz_check(again.n == 0 || bytes_equal(buffer_bytes(&again), in));
    if (uptime_proof_peek(in, peeked) != ST_OK && vote_peek(in, peeked) != ST_OK)
        fuzz_check(peeked[0] == 99);
    buffer_clear(&again);
}

/* The bit that the input names, in a copy that a sanitizer watches. */
static Bytes
with_bit(const Buffer *b, uint32_t bit, Buffer *ret)
{
    ret->n = 0;
    buffer_append(ret, b->p, b->n);
    ret->p[bit / 8 % b->n] ^= (uint8_t)(1u << bit % 8);
    return buffer_bytes(ret);
}

static void
write_proof(const uint8_t *p, uint32_t bit)
{
    UptimeProof proof = { .timestamp = (UnixMs)load_u64be(p + 32),
                          .ip = (uint32_t)load_u64be(p + 36),
                          .port_https = (uint16_t)(p[44] | p[45] << 8),
                          .port_omq = (uint16_t)(p[46] | p[47] << 8) };
    Buffer out = BUFFER_EMPTY, changed = BUFFER_EMPTY;
    UptimeProof again;

    memcpy(proof.legacy, p, 32);
    uptime_proof_write(&crypto, &key, &proof, &out);
    fuzz_check(uptime_proof_read(&crypto, buffer_bytes(&out), key.pk, &again) == ST_OK);
    fuzz_check(again.timestamp == proof.timestamp && again.ip == proof.ip);
    fuzz_check(again.port_https == proof.port_https && again.port_omq == proof.port_omq);
    fuzz_check(memcmp(again.legacy, proof.legacy, 32) == 0);
    fuzz_check(uptime_proof_read(&crypto, with_bit(&out, bit, &changed), key.pk, &again) !=
               ST_OK);
    buffer_clear(&out);
    buffer_clear(&changed);
}

static void
write_vote(const uint8_t *p, uint32_t bit)
{
    Vote vote = { .height = load_u64be(p), .good = p[72] & 1 };
    Buffer out = BUFFER_EMPTY, changed = BUFFER_EMPTY;
    Vote again;

    memcpy(vote.validator, p + 8, 32);
    memcpy(vote.worker, p + 40, 32);
    vote_write(&crypto, &key, &vote, &out);
    fuzz_check(vote_read(&crypto, buffer_bytes(&out), key.pk, &again) == ST_OK);
    fuzz_check(again.height == vote.height && again.good == vote.good);
    fuzz_check(memcmp(again.validator, vote.validator, 32) == 0);
    fuzz_check(memcmp(again.worker, vote.worker, 32) == 0);
    fuzz_check(vote_read(&crypto, with_bit(&out, bit, &changed), key.pk, &again) != ST_OK);
    buffer_clear(&out);
    buffer_clear(&changed);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    identity_ed25519((const uint8_t[KEY_BYTES]){ 1 }, &key);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    read_foreign((Bytes){ data, n });
    if (n >= 4 + PROOF_BYTES)
        write_proof(data + 4, (uint32_t)(load_u64be(data) >> 32));
    if (n >= 4 + VOTE_BYTES)
        write_vote(data + 4, (uint32_t)(load_u64be(data) >> 32));
    return 0;
}
