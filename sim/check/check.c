/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/check/check.h"

#include "nodes/onion/onion.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECRETS_MAX = 64, SECRET_BYTES = 24, TEXT_BYTES = 800 };

struct Check {
    Host *host;
    CheckRoleOf role_of;
    void *role_context;
    uint64_t breaches[INVARIANTS], suspended[INVARIANTS];
    /* The latest secrets: the beginning of each. */
    uint8_t secrets[SECRETS_MAX][SECRET_BYTES];
    uint32_t n_secrets, next_secret;
    char text[TEXT_BYTES];
};

const char *
invariant_name(Invariant invariant)
{
    static const char *const names[INVARIANTS] = {
        [INVARIANT_NO_PLAINTEXT] = "no plaintext on the wire",
        [INVARIANT_ADDRESS_OR_TARGET] = "no node sees address and target together",
        [INVARIANT_CLIENT_SERVES_NOBODY] = "a client serves nobody",
        [INVARIANT_BYTES] = "bytes sent = received + lost + in flight",
        [INVARIANT_OUTCOMES] = "every request has one outcome",
        [INVARIANT_ACKNOWLEDGED_ON_DISK] = "an acknowledged message was on a disk",
        [INVARIANT_COMPLETE_REPLICAS] = "a member that is up holds what its swarm holds",
    };

    return (unsigned)invariant < INVARIANTS ? names[invariant] : "unknown";
}

const char *
invariant_word(Invariant invariant)
{
    static const char *const words[INVARIANTS] = {
        [INVARIANT_NO_PLAINTEXT] = "no_plaintext",
        [INVARIANT_ADDRESS_OR_TARGET] = "address_or_target",
        [INVARIANT_CLIENT_SERVES_NOBODY] = "client_serves_nobody",
        [INVARIANT_BYTES] = "bytes",
        [INVARIANT_OUTCOMES] = "outcomes",
        [INVARIANT_ACKNOWLEDGED_ON_DISK] = "acknowledged_on_disk",
        [INVARIANT_COMPLETE_REPLICAS] = "complete_replicas",
    };

    return (unsigned)invariant < INVARIANTS ? words[invariant] : "unknown";
}

const char *
invariant_suspended_by(Invariant invariant)
{
    if (invariant == INVARIANT_COMPLETE_REPLICAS)
        return "defect_no_replica_retry defect_no_fill_after_outage "
               "defect_push_without_handshake";
    return "";
}

void
check_report(Check *c, Time now, Invariant invariant, bool suspended, uint64_t count)
{
    size_t used = strlen(c->text);
    char line[128];

    if (count == 0)
        return;
    if (suspended) {
        c->suspended[invariant] += count;
        return;
    }
    c->breaches[invariant] += count;
    snprintf(line, sizeof line, "at %.6f s: broken: %s\n", (double)now / SECOND,
             invariant_name(invariant));
    if (used + strlen(line) < sizeof c->text)
        memcpy(c->text + used, line, strlen(line) + 1);
}

static void
breach(Check *c, Time now, Invariant invariant)
{
    check_report(c, now, invariant, false, 1);
}

void
check_secret(Check *c, Bytes text)
{
    if (text.n < SECRET_BYTES)
        return;
    memcpy(c->secrets[c->next_secret], text.p, SECRET_BYTES);
    c->next_secret = (c->next_secret + 1) % SECRETS_MAX;
    if (c->n_secrets < SECRETS_MAX)
        c->n_secrets++;
}

static bool
holds_secret(const Check *c, Bytes bytes)
{
    for (uint32_t i = 0; i < c->n_secrets; i++)
        if (memmem(bytes.p, bytes.n, c->secrets[i], SECRET_BYTES) != NULL)
            return true;
    return false;
}

static bool
names_account(Bytes bytes)
{
    static const char mark[] = "\"pubkey\":\"05";

    return memmem(bytes.p, bytes.n, mark, sizeof mark - 1) != NULL;
}

static void
see_delivered(void *context, Time now, ActorId from, ActorId to, MessageKind kind,
              bool is_reply, int status, const Packet *packet)
{
    Check *c = context;
    bool to_client = c->role_of(c->role_context, to) == CHECK_CLIENT;
    Bytes bytes;

    (void)status;
    if (kind == KIND_TELL || kind == KIND_BLOCK)
        return; /* not on the wire between peers */
    if (to_client && !is_reply && kind != KIND_NOTIFY)
        breach(c, now, INVARIANT_CLIENT_SERVES_NOBODY);
    bytes = packet_bytes(packet);
    if (bytes.n == 0)
        return;
    if (holds_secret(c, bytes))
        breach(c, now, INVARIANT_NO_PLAINTEXT);
    if (kind == KIND_ONION && !is_reply && from != 0 && names_account(bytes))
        breach(c, now, INVARIANT_ADDRESS_OR_TARGET);
}

static void
see_note(void *context, Time now, ActorId actor, const Note *note)
{
    Check *c = context;
    ActorId requester, server;

    if (note->kind == NOTE_ONION && note->a == ONION_FINAL &&
        host_chain_root(c->host, &requester, &server) && server == actor &&
        c->role_of(c->role_context, requester) == CHECK_CLIENT)
        breach(c, now, INVARIANT_ADDRESS_OR_TARGET);
}

static bool
is_one_way(int kind)
{
    return kind == KIND_BLOCK || kind == KIND_UPTIME_PROOF || kind == KIND_VOTE ||
           kind == KIND_TELL || kind == KIND_NOTIFY;
}

static void
see_after_event(void *context, Time now)
{
    Check *c = context;
    const HostTotals *t = host_totals(c->host);

    if (t->bytes_sent != t->bytes_received + t->bytes_lost + t->bytes_in_flight)
        breach(c, now, INVARIANT_BYTES);
    for (int k = 0; k < KIND_COUNT; k++) {
        uint64_t ended = t->abandoned[k] + t->open[k];

        for (int o = 0; o < OUTCOME_COUNT; o++)
            ended += t->outcomes[k][o];
        if (!is_one_way(k) && ended != t->sent[k])
            breach(c, now, INVARIANT_OUTCOMES);
    }
}

Check *
check_new(Host *host, CheckRoleOf role_of, void *context)
{
    Check *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    c->host = host;
    c->role_of = role_of;
    c->role_context = context;
    host_observe(host, &(HostObserver){ .context = c,
                                        .note = see_note,
                                        .delivered = see_delivered,
                                        .after_event = see_after_event });
    return c;
}

void
check_free(Check *c)
{
    free(c);
}

uint64_t
check_breaches(const Check *c, Invariant invariant)
{
    return c->breaches[invariant];
}

uint64_t
check_suspended(const Check *c, Invariant invariant)
{
    return c->suspended[invariant];
}

const char *
check_text(const Check *c)
{
    return c->text;
}
