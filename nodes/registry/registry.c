/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The actor around the rule: it collects, makes blocks, and tells of them. */
#include "nodes/registry/registry.h"

#include <stdlib.h>

#include "nodes/registry/chain.h"
#include "nodes/registry/gap.h"
#include "nodes/registry/intake.h"
#include "nodes/registry/notify.h"
#include "nodes/registry/order.h"
#include "nodes/registry/seed.h"
#include "nodes/registry/votes.h"

struct Chain {
    const Crypto *crypto;
    Port *port;
    ChainState *state;
    VotePool *votes;
    Intake intake;
    Notification notification;
    SeedAnswers answers;
    Time next_block;
};

/* Takes the state. */
static Chain *
chain_over(const Crypto *crypto, Port *port, ChainState *state)
{
    Chain *chain = calloc(1, sizeof *chain);

    if (chain == NULL)
        abort();
    chain->crypto = crypto;
    chain->port = port;
    chain->state = state;
    chain->votes = vote_pool_new(state->config.votes_needed);
    vote_pool_add_quorum(chain->votes, chain->state->snapshot);
    chain->next_block = TIME_NEVER;
    return chain;
}

Chain *
chain_new(const Crypto *crypto, Port *port, const ChainConfig *config,
          const NodeRecord *records, size_t n, bool grown, UnixMs genesis_ms, uint64_t seed)
{
    return chain_over(crypto, port,
                      chain_state_new(config, records, n, grown, genesis_ms, seed));
}

void
chain_write(const Chain *chain, Buffer *out)
{
    chain_state_write(chain->state, out);
}

Status
chain_read(const Crypto *crypto, Port *port, const ChainConfig *config, Bytes text,
           Chain **ret)
{
    ChainState *state;
    Status status = chain_state_read(config, text, &state);

    if (status == ST_OK)
        *ret = chain_over(crypto, port, state);
    return status;
}

Snapshot *
chain_snapshot(const Chain *chain)
{
    return chain->state->snapshot;
}

static void
set_alarm(Chain *chain)
{
    Time due = notification_next(&chain->notification);

    port_alarm(chain->port, due < chain->next_block ? due : chain->next_block);
}

/* --- blocks ----------------------------------------------------------------------------
 */

static Duration
gap_to_next(Chain *chain)
{
    const ChainConfig *config = &chain->state->config;

    if (!config->block_exponential)
        return config->block_interval;
    return gap_exponential(chain->port, RANDOM_TIMER, config->block_interval);
}

/* The state changes that the validators' verdicts ask for.  Returns a new array. */
static StateChange *
changes_voted(Chain *chain, uint64_t height, size_t *ret_n)
{
    size_t n_verdicts;
    const Verdict *verdicts = vote_pool_take_verdicts(chain->votes, &n_verdicts);
    StateChange *changes = malloc((n_verdicts + 1) * sizeof *changes);

    if (changes == NULL)
        abort();
    *ret_n = 0;
    for (size_t i = 0; i < n_verdicts; i++)
        *ret_n += chain_judge(chain->state, &verdicts[i], height, &changes[*ret_n]);
    return changes;
}

static void
note_facts(Chain *chain, const ChainFacts *facts)
{
    for (uint32_t i = 0; i < facts->n; i++) {
        const ChainFact *fact = &facts->facts[i];
        bool of_swarm =
            fact->event == CHAIN_SWARM_BORN || fact->event == CHAIN_SWARM_DISSOLVED;
        Bytes text = { fact->legacy, of_swarm ? 0 : sizeof fact->legacy };

        port_note(chain->port, NOTE_CHAIN, fact->event, fact->subject, text);
    }
}

/* Tell everybody on the list, and once more those whom this block took off it: their own
 * daemon would show them so. */
static void
begin_notification(Chain *chain, const ChainFacts *facts, const Snapshot *before, Time now)
{
    NodeRecord *leaving = malloc((facts->n + 1) * sizeof *leaving);
    size_t n = 0;

    if (leaving == NULL)
        abort();
    for (uint32_t i = 0; i < facts->n; i++) {
        const ChainFact *fact = &facts->facts[i];

        if (fact->event == CHAIN_DEREGISTERED || fact->event == CHAIN_EXITED)
            leaving[n++] = before->nodes->nodes[fact->subject];
    }
    notification_begin(&chain->notification, chain->port, chain->state->snapshot, leaving,
                       n, now, chain->state->config.notify_delay_max);
    free(leaving);
}

static void
make_block(Chain *chain, Time now)
{
    Snapshot *before = snapshot_ref(chain->state->snapshot);
    const Intake *intake = &chain->intake;
    ChainFacts facts = { 0 };
    Block block = {
        .height = chain->state->height + 1,
        .time_ms = port_unix_ms(chain->port),
        .proofs = intake->proofs,
        .n_proofs = intake->n_proofs,
        .exits = (const uint8_t(*)[32])intake->exits,
        .n_exits = intake->n_exits,
        .registrations = intake->registrations,
        .n_registrations = intake->n_registrations,
    };
    StateChange *changes = changes_voted(chain, block.height, &block.n_changes);

    block.changes = changes;
    port_random(chain->port, RANDOM_CHAIN, block.hash, sizeof block.hash);
    chain_apply(chain->state, &block, &facts);
    free(changes);
    intake_empty(&chain->intake);
    vote_pool_add_quorum(chain->votes, chain->state->snapshot);
    note_facts(chain, &facts);
    begin_notification(chain, &facts, before, now);
    chain_facts_clear(&facts);
    snapshot_unref(before);
}

/* --- what comes in ---------------------------------------------------------------------
 */

/* What does not hold is passed over: nobody waits for an answer. */
static void
receive_vote(Chain *chain, Bytes in)
{
    uint8_t legacy[32];
    const ChainNode *validator;
    Vote vote;

    if (!chain->state->config.voting || vote_peek(in, legacy) != ST_OK)
        return;
    validator = chain_find(chain->state, legacy);
    if (validator == NULL)
        return;
    if (vote_read(chain->crypto, in, validator->record.ed25519, &vote) != ST_OK)
        return;
    if (vote_pool_add(chain->votes, &vote) != ST_OK)
        return;
}

static void
receive_order(Chain *chain, const Packet *packet)
{
    const ChainOrder *order = chain_order_of_packet(packet);

    if (order != NULL)
        intake_order(&chain->intake, order);
}

static void
receive_proof(Chain *chain, Bytes in)
{
    if (intake_proof(&chain->intake, chain->state, chain->crypto, port_unix_ms(chain->port),
                     in) != ST_OK)
        return;
}

static void
chain_receive(void *self, Time now, const Incoming *in)
{
    Chain *chain = self;

    (void)now;
    if (in->kind == KIND_TELL)
        receive_order(chain, in->packet);
    else if (in->kind == KIND_UPTIME_PROOF)
        receive_proof(chain, packet_bytes(in->packet));
    else if (in->kind == KIND_VOTE)
        receive_vote(chain, packet_bytes(in->packet));
    else if (in->kind == KIND_SEED_RPC && in->token != 0)
        seed_answer(&chain->answers, chain->port, chain->state->snapshot, in->token,
                    in->packet);
    else if (in->token != 0)
        port_reply_text(chain->port, in->token, 404, "Not Found");
}

/* --- the actor -------------------------------------------------------------------------
 */

static void
chain_start(void *self, Time now)
{
    Chain *chain = self;

    chain->next_block = now + gap_to_next(chain);
    set_alarm(chain);
}

static void
chain_expire(void *self, Time now)
{
    Chain *chain = self;

    notification_send_due(&chain->notification, chain->port, now);
    if (now >= chain->next_block) {
        make_block(chain, now);
        chain->next_block = now + gap_to_next(chain);
    }
    set_alarm(chain);
}

/* The chain asks nobody for anything. */
static void
chain_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
              Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)outcome;
    (void)status;
    (void)packet;
}

static void
chain_stop(void *self)
{
    Chain *chain = self;

    intake_clear(&chain->intake);
    notification_clear(&chain->notification);
    seed_answers_clear(&chain->answers);
    chain->next_block = TIME_NEVER;
}

static void
chain_free(void *self)
{
    Chain *chain = self;

    if (chain == NULL)
        return;
    chain_stop(chain);
    vote_pool_free(chain->votes);
    chain_state_free(chain->state);
    free(chain);
}

const ActorOps chain_ops = {
    .name = "chain",
    .start = chain_start,
    .receive = chain_receive,
    .outcome = chain_outcome,
    .expire = chain_expire,
    .stop = chain_stop,
    .free = chain_free,
};
