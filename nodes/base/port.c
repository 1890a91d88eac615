/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/port.h"

#include <assert.h>

static const char *const kind_names[KIND_COUNT] = {
    [KIND_STORAGE_RPC] = "storage_rpc",
    [KIND_ONION] = "onion",
    [KIND_PING_HTTPS] = "ping_https",
    [KIND_PING_OMQ] = "ping_omq",
    [KIND_ONION_HOP] = "onion_hop",
    [KIND_STORAGE_CC] = "storage_cc",
    [KIND_DATA] = "data",
    [KIND_SEED_RPC] = "seed_rpc",
    [KIND_SERVER] = "server",
    [KIND_BLOCK] = "block",
    [KIND_UPTIME_PROOF] = "uptime_proof",
    [KIND_VOTE] = "vote",
    [KIND_TELL] = "tell",
    [KIND_STORAGE_OMQ] = "storage_omq",
    [KIND_MONITOR] = "monitor",
    [KIND_NOTIFY] = "notify",
    [KIND_ANTI_ENTROPY] = "anti_entropy",
    [KIND_WEB] = "web",
};

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_ANSWER] = "answer",   [OUTCOME_REFUSED] = "refused", [OUTCOME_RESET] = "reset",
    [OUTCOME_TIMEOUT] = "timeout", [OUTCOME_NO_HOST] = "no_host",
};

static const char *const note_names[NOTE_KINDS] = {
    [NOTE_SEALED] = "sealed",
    [NOTE_ATTEMPT] = "attempt",
    [NOTE_ATTEMPT_FAILED] = "attempt_failed",
    [NOTE_ACCEPTED] = "accepted",
    [NOTE_GIVEN_UP] = "given_up",
    [NOTE_OPENED] = "opened",
    [NOTE_UNREADABLE] = "unreadable",
    [NOTE_POLL] = "poll",
    [NOTE_PATHS_BUILT] = "paths_built",
    [NOTE_POOL] = "pool",
    [NOTE_REQUEST] = "request",
    [NOTE_ONION] = "onion",
    [NOTE_PUSH] = "push",
    [NOTE_PUSHED] = "pushed",
    [NOTE_REPLICA] = "replica",
    [NOTE_SWARM] = "swarm",
    [NOTE_TESTED] = "tested",
    [NOTE_CHAIN] = "chain",
    [NOTE_ANTI_ENTROPY] = "anti_entropy",
    [NOTE_RECONCILED] = "reconciled",
    [NOTE_WRITTEN] = "written",
    [NOTE_POINTER] = "pointer",
    [NOTE_FILE_LOST] = "file_lost",
    [NOTE_RETRY] = "retry",
    [NOTE_RELAY] = "relay",
    [NOTE_AGAIN] = "again",
    [NOTE_CONTENT] = "content",
    [NOTE_BYTES] = "bytes",
    [NOTE_TEXT] = "text",
    [NOTE_FILE] = "file",
    [NOTE_POLLED] = "polled",
    [NOTE_GROUP] = "group",
    [NOTE_MAILBOX] = "mailbox",
};

const char *
message_kind_name(MessageKind kind)
{
    return (unsigned)kind < KIND_COUNT ? kind_names[kind] : "unknown";
}

const char *
outcome_name(Outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT ? outcome_names[outcome] : "unknown";
}

const char *
note_kind_name(NoteKind kind)
{
    return (unsigned)kind < NOTE_KINDS ? note_names[kind] : "unknown";
}

uint32_t
port_random_below(Port *port, Purpose purpose, uint32_t n)
{
    uint64_t draw;

    /* Lemire's method: the high half of a product, refusing the few low halves that would
     * make some results likelier. */
    assert(n > 0);
    for (;;) {
        uint32_t r;

        port_random(port, purpose, &r, sizeof r);
        draw = (uint64_t)r * n;
        if ((uint32_t)draw >= (uint32_t)-n % n)
            return (uint32_t)(draw >> 32);
    }
}

/* An exponential deviate of mean 1 as whole and 2^-32 parts. */
static void
draw_exponential(Port *port, Purpose purpose, uint32_t *ret_whole, uint32_t *ret_part)
{
    *ret_whole = 0;
    for (;;) {
        uint32_t first, last, next, length = 1;

        port_random(port, purpose, &first, sizeof first);
        next = first;
        do {
            last = next;
            port_random(port, purpose, &next, sizeof next);
            length++;
        } while (next < last);
        *ret_part = first;
        if (length % 2 == 0)
            return;
        ++*ret_whole;
    }
}

Duration
port_random_exponential(Port *port, Purpose purpose, Duration mean)
{
    uint32_t whole, part;

    draw_exponential(port, purpose, &whole, &part);
    return mean * whole + (mean >> 16) * (part >> 16);
}

void
port_reply_text(Port *port, ReplyToken token, int status, const char *text)
{
    Packet packet = packet_of_bytes(bytes_of_text(text));

    port_reply(port, token, status, &packet);
}
