/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain's actor: a sequence of messages (kind, length, body), raw or signed here by one
 * of its nodes, and the block after them. */
#include "tests/fuzz/fuzz.h"

#include "nodes/registry/registry.h"
#include "nodes/wire/proof.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/registry/people.h"

enum { NODES = 8, MESSAGES_MAX = 8 };

static RecordingPort *recording;
static Crypto crypto;
static ChainConfig config;
static NodeRecord records[NODES];
static Chain *chain;

/* Under `null` a signature hangs on the public key alone. */
static Ed25519Pair
signer(uint8_t number)
{
    Ed25519Pair pair = { { 0 }, { 0 } };

    memcpy(pair.pk, records[number % NODES].ed25519, KEY_BYTES);
    return pair;
}

static void
write_proof(Bytes body, Buffer *out)
{
    const NodeRecord *record = &records[body.p[0] % NODES];
    Ed25519Pair pair = signer(body.p[0]);
    UptimeProof proof = { .timestamp = GENESIS_MS + (int8_t)body.p[1] * 10000,
                          .ip = body.p[2],
                          .port_https = body.p[3],
                          .port_omq = body.p[3] };

    memcpy(proof.legacy, record->legacy, 32);
    uptime_proof_write(&crypto, &pair, &proof, out);
}

static void
write_vote(Bytes body, Buffer *out)
{
    Ed25519Pair pair = signer(body.p[0]);
    Vote vote = { .height = chain_snapshot(chain)->height + (uint64_t)(int8_t)body.p[1],
                  .good = body.p[3] & 1 };

    memcpy(vote.validator, records[body.p[0] % NODES].legacy, 32);
    memcpy(vote.worker, records[body.p[2] % NODES].legacy, 32);
    vote_write(&crypto, &pair, &vote, out);
}

static void
give(MessageKind kind, Bytes body)
{
    guint replies = recording->replies->len;
    Packet packet = packet_of_bytes(body);

    recording_port_deliver(recording, &chain_ops, chain, address_of(1, 1), NULL, kind,
                           kind == KIND_SEED_RPC ? 7 : 0, &packet);
    fuzz_check(recording->replies->len == replies + (kind == KIND_SEED_RPC));
}

/* Returns whether the chain may have taken something in. */
static bool
give_one(uint8_t way, Bytes body)
{
    static const MessageKind kinds[] = { KIND_SEED_RPC, KIND_UPTIME_PROOF, KIND_VOTE,
                                         KIND_TELL };
    Buffer made = BUFFER_EMPTY;

    if (way % 6 < 4 || body.n < 4) {
        give(kinds[way % 4], body);
        return false;
    }
    if (way % 6 == 4)
        write_proof(body, &made);
    else
        write_vote(body, &made);
    give(way % 6 == 4 ? KIND_UPTIME_PROOF : KIND_VOTE, buffer_bytes(&made));
    buffer_clear(&made);
    return true;
}

static void
start_anew(void)
{
    if (chain != NULL)
        chain_ops.free(chain);
    recording->now = 0;
    recording->alarm = TIME_NEVER;
    chain = chain_new(&crypto, &recording->port, &config, records, NODES, false, GENESIS_MS,
                      42);
    chain_ops.start(chain, 0);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    config = chain_config_2024;
    recording = recording_port_new(1, GENESIS_MS);
    crypto = (Crypto){ .ops = &crypto_null, .meter = &recording->meter };
    for (uint32_t i = 0; i < NODES; i++)
        records[i] = person_record(i);
    start_anew();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    uint64_t height = chain_snapshot(chain)->height;
    Reader r = { data, n };
    bool taken = false;
    uint8_t way, length;
    Bytes body;

    for (int i = 0; i < MESSAGES_MAX && reader_u8(&r, &way) && reader_u8(&r, &length); i++)
        if (reader_bytes(&r, length < r.left ? length : r.left, &body) &&
            give_one(way, body))
            taken = true;
    if (taken) { /* make the block, and forget it all: making a chain takes long */
        recording_port_run(recording, &chain_ops, chain, config.block_interval);
        fuzz_check(chain_snapshot(chain)->height == height + 1);
        start_anew();
    }
    recording_port_forget(recording);
    return 0;
}
