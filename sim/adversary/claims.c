/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the system claims, held against the records of a run. */
#include <assert.h>
#include <stdio.h>

#include "nodes/base/port.h"
#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/adversary/knowledge_internal.h"

const char *
claim_text(Claim claim)
{
    static const char *const texts[CLAIMS] = {
        "nobody sees a client's address and an account in one request",
        "no node is first and last of one onion request",
        "no node but guards, and who is asked directly, sees a client's address",
        "no node is asked about an account that it need not keep",
        "no guard of a client keeps its mailbox",
        "no server beyond the network of nodes is told an account"
    };

    assert(claim < CLAIMS);
    return texts[claim];
}

typedef struct Check {
    const ObservationLog *log;
    const TruthLog *truth;
    ClientAddresses known;
    Map64 guards;  /* (person, request) -> place of the guard's record */
    Map64 keepers; /* (observer, person) -> place of a record of its mailbox */
    ClaimResult *results;
} Check;

static uint64_t
key_of(uint64_t a, uint64_t b)
{
    return (a + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (b + 1);
}

/* @breach: of the claim, shown by the record at @place and perhaps another. */
static void
hold(Check *check, Claim claim, bool breach, size_t place, size_t other)
{
    ClaimResult *result = &check->results[claim];

    result->tested++;
    if (!breach || result->breaches++ > 0)
        return;
    result->example[result->n_example++] = place;
    if (other == SIZE_MAX)
        return;
    result->example[1] = place;
    result->example[0] = other;
    if (place < other) {
        result->example[0] = place;
        result->example[1] = other;
    }
    result->n_example = 2;
}

/* The record belongs to an onion request: is its end where its beginning was? */
static void
check_ends(Check *check, size_t place, const Observation *o, const Truth *truth)
{
    uint64_t key = key_of(truth->request, truth->person);
    uint32_t guard;

    if (o->kind == KIND_ONION)
        map64_set(&check->guards, key, (uint32_t)place);
    if (o->layer == ONION_FINAL && map64_get(&check->guards, key, &guard))
        hold(check, CLAIM_ENDS_APART,
             observation_log_all(check->log)[guard].observer == o->observer, guard, place);
}

static bool
keeps(const Observation *o)
{
    return o->kind == KIND_STORAGE_CC || o->kind == KIND_DATA ||
           (o->layer == ONION_FINAL && o->status == 200 &&
            (o->method == RPC_STORE || o->method == RPC_RETRIEVE));
}

static void
check_record(Check *check, size_t place, const Observation *o, const Truth *truth)
{
    Part part = part_of(check->log, o);
    uint32_t address = client_address(&check->known, o);

    if (part != PART_GUARD && part != PART_ASKED && part != PART_SERVER &&
        part != PART_LINE && part != PART_WEB && part != PARTS)
        hold(check, CLAIM_GUARDS_ALONE, address != 0, place, SIZE_MAX);
    if (part == PART_SERVER || part == PART_FILES || part == PART_WEB || part == PART_PUSH)
        hold(check, CLAIM_SERVERS_APART, o->account != 0, place, SIZE_MAX);
    if (address != 0)
        hold(check, CLAIM_ADDRESS_APART, o->account != 0, place, SIZE_MAX);
    if (o->account != 0) {
        uint32_t person = truth_log_account(check->truth, o->account);

        if (part != PART_PUSH)
            hold(check, CLAIM_SWARM_ALONE, o->method == RPC_GET_SWARM, place, SIZE_MAX);
        if (person != TRUTH_NOBODY && keeps(o))
            map64_set(&check->keepers, key_of(o->observer, person), (uint32_t)place);
    }
    if (truth->person != TRUTH_NOBODY)
        check_ends(check, place, o, truth);
}

/* When all keepers are known: each request's guard. */
static void
check_guards(Check *check)
{
    const Observation *records = observation_log_all(check->log);
    const Truth *truths = truth_log_all(check->truth);

    for (size_t i = 0; i < observation_log_count(check->log); i++) {
        uint32_t kept = 0;
        bool breach;

        if (truths[i].person == TRUTH_NOBODY ||
            part_of(check->log, &records[i]) != PART_GUARD)
            continue;
        breach = map64_get(&check->keepers, key_of(records[i].observer, truths[i].person),
                           &kept);
        hold(check, CLAIM_GUARD_OUTSIDE, breach, i, kept);
    }
}

void
claims_of(const ObservationLog *log, const TruthLog *truth, ClaimResult ret[CLAIMS])
{
    const Observation *records = observation_log_all(log);
    Check check = { .log = log, .truth = truth, .results = ret };

    for (int c = 0; c < CLAIMS; c++)
        ret[c] = (ClaimResult){ 0 };
    client_addresses_init(&check.known, log);
    for (size_t i = 0; i < observation_log_count(log); i++)
        check_record(&check, i, &records[i], &truth_log_all(truth)[i]);
    check_guards(&check);
    client_addresses_clear(&check.known);
    map64_clear(&check.guards);
    map64_clear(&check.keepers);
}

/* --- in words ---------------------------------------------------------------------- */

void
observation_text(const ObservationLog *log, size_t place, char *text, size_t size)
{
    const Observation *o = &observation_log_all(log)[place];
    char own[16], neighbour[16], account[2 * 5 + 1] = "";
    uint32_t n;
    const Observer *observer = &observation_log_observers(log, &n)[o->observer];

    ip_text(observer->ip, own);
    ip_text(o->neighbour, neighbour);
    if (o->account != 0)
        hex_encode((Bytes){ observation_log_account_key(log, o->account), 5 }, account);
    account[sizeof account - 1] = '\0';
    snprintf(text, size, "%.3f s: %s %u (%s) had from %s: %s%s%s%s%s",
             (double)o->at / SECOND, observer->role == OBSERVER_SERVER ? "server" : "node",
             observer->number, own, neighbour,
             o->kind == KIND_COUNT ? "something" : message_kind_name((MessageKind)o->kind),
             o->method == RPC_UNKNOWN ? "" : ", ",
             o->method == RPC_UNKNOWN ? "" : rpc_method_name((RpcMethod)o->method),
             o->account == 0 ? "" : " of ", account);
}
