/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both: a version byte, fixed fields (little endian), a signature of all that. */
#include "nodes/wire/proof.h"

#include <assert.h>

enum {
    PROOF_VERSION = 1,
    VOTE_VERSION = 1,
    /* version, legacy key, timestamp, ip, ports */
    PROOF_SIGNED_BYTES = 1 + 32 + 8 + 4 + 2 + 2,
    /* version, height, validator, worker, verdict */
    VOTE_SIGNED_BYTES = 1 + 8 + 32 + 32 + 1,
    PROOF_KEY_OFFSET = 1,
    VOTE_KEY_OFFSET = 1 + 8
};

static void
append_little_endian(Buffer *out, uint64_t v, size_t n)
{
    uint8_t *to = buffer_reserve(out, n);

    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(v >> 8 * i);
    out->n += n;
}

static bool
read_u16le(Reader *r, uint16_t *ret)
{
    uint8_t low, high;

    if (!reader_u8(r, &low) || !reader_u8(r, &high))
        return false;
    *ret = (uint16_t)(low | high << 8);
    return true;
}

/* Sign what was appended since @start. */
static void
append_signature(const Crypto *crypto, const Ed25519Pair *key, Buffer *out, size_t start)
{
    uint8_t signature[SIGNATURE_BYTES];

    crypto_sign_message(crypto, key, (Bytes){ out->p + start, out->n - start }, signature);
    buffer_append(out, signature, sizeof signature);
}

/* Length and version, then the signer's field at @key_offset. */
static Status
peek(Bytes in, size_t signed_bytes, uint8_t version, size_t key_offset, uint8_t ret[32])
{
    if (in.n < signed_bytes + SIGNATURE_BYTES)
        return ST_TRUNCATED;
    if (in.n > signed_bytes + SIGNATURE_BYTES || in.p[0] != version)
        return ST_MALFORMED;
    memcpy(ret, in.p + key_offset, 32);
    return ST_OK;
}

static bool
is_signed(const Crypto *crypto, Bytes in, size_t signed_bytes, const uint8_t ed25519[32])
{
    return crypto_verify(crypto, ed25519, (Bytes){ in.p, signed_bytes },
                         in.p + signed_bytes);
}

void
uptime_proof_write(const Crypto *crypto, const Ed25519Pair *key, const UptimeProof *proof,
                   Buffer *out)
{
    size_t start = out->n;

    append_little_endian(out, PROOF_VERSION, 1);
    buffer_append(out, proof->legacy, sizeof proof->legacy);
    append_little_endian(out, (uint64_t)proof->timestamp, 8);
    append_little_endian(out, proof->ip, 4);
    append_little_endian(out, proof->port_https, 2);
    append_little_endian(out, proof->port_omq, 2);
    assert(out->n - start == PROOF_SIGNED_BYTES);
    append_signature(crypto, key, out, start);
}

Status
uptime_proof_peek(Bytes in, uint8_t ret_legacy[32])
{
    return peek(in, PROOF_SIGNED_BYTES, PROOF_VERSION, PROOF_KEY_OFFSET, ret_legacy);
}

Status
uptime_proof_read(const Crypto *crypto, Bytes in, const uint8_t ed25519[32],
                  UptimeProof *ret)
{
    UptimeProof proof;
    Status status = uptime_proof_peek(in, proof.legacy);
    uint64_t timestamp;
    bool complete;
    Reader r;

    if (status != ST_OK)
        return status;
    if (!is_signed(crypto, in, PROOF_SIGNED_BYTES, ed25519))
        return ST_AUTH;
    r = (Reader){ in.p + PROOF_KEY_OFFSET + 32,
                  PROOF_SIGNED_BYTES - PROOF_KEY_OFFSET - 32 };
    complete = reader_u64le(&r, &timestamp) && reader_u32le(&r, &proof.ip) &&
               read_u16le(&r, &proof.port_https) && read_u16le(&r, &proof.port_omq);
    assert(complete && r.left == 0);
    proof.timestamp = (UnixMs)timestamp;
    *ret = proof;
    return ST_OK;
}

void
vote_write(const Crypto *crypto, const Ed25519Pair *key, const Vote *vote, Buffer *out)
{
    size_t start = out->n;

    append_little_endian(out, VOTE_VERSION, 1);
    append_little_endian(out, vote->height, 8);
    buffer_append(out, vote->validator, sizeof vote->validator);
    buffer_append(out, vote->worker, sizeof vote->worker);
    append_little_endian(out, vote->good, 1);
    assert(out->n - start == VOTE_SIGNED_BYTES);
    append_signature(crypto, key, out, start);
}

Status
vote_peek(Bytes in, uint8_t ret_validator[32])
{
    return peek(in, VOTE_SIGNED_BYTES, VOTE_VERSION, VOTE_KEY_OFFSET, ret_validator);
}

Status
vote_read(const Crypto *crypto, Bytes in, const uint8_t ed25519[32], Vote *ret)
{
    Vote vote;
    Status status = vote_peek(in, vote.validator);
    uint8_t verdict;
    bool complete;
    Bytes worker;
    Reader r;

    if (status != ST_OK)
        return status;
    r = (Reader){ in.p + 1, VOTE_SIGNED_BYTES - 1 };
    complete = reader_u64le(&r, &vote.height) && reader_bytes(&r, 32, &worker) &&
               reader_bytes(&r, 32, &worker) && reader_u8(&r, &verdict);
    assert(complete && r.left == 0);
    if (verdict > 1)
        return ST_MALFORMED;
    if (!is_signed(crypto, in, VOTE_SIGNED_BYTES, ed25519))
        return ST_AUTH;
    memcpy(vote.worker, worker.p, sizeof vote.worker);
    vote.good = verdict == 1;
    *ret = vote;
    return ST_OK;
}
