/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sending to several nodes: an attempt goes to so many of the swarm at a time, walking its
 * list; the same bytes everywhere, so that copies have one hash.  In 2020 (protocol 5.5) a
 * node that fails is tried again n times send_node_step later, then the next one; the first
 * success wins, and those under way then end unheard.  With store_to, which is no real
 * client's, so many successes win. */
#include "clients/session/sending.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

struct Spread {
    uint64_t serial; /* owner of its requests */
    Packet payload;
    uint32_t n, next, open; /* nodes, the next one to begin with, requests without an end */
    uint32_t need, stored;  /* nodes that must have it, that have it */
    uint8_t failure;        /* SendFailure: the last one */
    Target node[];
};

/* Ask one node; @tries: made there before. */
static bool
ask(Session *s, const OutMessage *message, const Target *node, uint8_t tries)
{
    Spread *spread = message->spread;
    RequestOrder order = { .use = USE_STORE,
                           .owner = spread->serial,
                           .account = message->to + 1,
                           .target = *node,
                           .delay = tries * s->config->send_node_step,
                           .same_node = (uint8_t)(tries + 1) };
    Packet payload = packet_share(&spread->payload);

    if (!session_store_start(s, message, &order, &payload))
        return false;
    spread->open++;
    return true;
}

/* Begin with the next node of the list; false when there is none. */
static bool
ask_next(Session *s, const OutMessage *message)
{
    Spread *spread = message->spread;

    return spread->next < spread->n && ask(s, message, &spread->node[spread->next++], 0);
}

/* The swarm's nodes in random order. */
static Spread *
spread_new(Session *s, const OutMessage *message, uint32_t n)
{
    Spread *spread = memory_resized(NULL, 1, sizeof *spread + n * sizeof(Target));

    *spread = (Spread){ .serial = session_serial(s),
                        .n = n,
                        .need = s->config->store_to < n ? s->config->store_to : n };
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = port_random_below(s->port, RANDOM_SEND, i + 1);

        spread->node[i] = spread->node[j];
        spread->node[j] = session_swarm_node(s, message->to + 1, i);
    }
    return spread;
}

bool
session_spreads(const SessionConfig *config)
{
    return config->send_parallel > 1 || config->store_to > 1;
}

void
session_spread_start(Session *s, OutMessage *message, uint32_t n, Packet *payload)
{
    uint32_t at_a_time = s->config->send_parallel > s->config->store_to
                             ? s->config->send_parallel
                             : s->config->store_to;

    assert(message->spread == NULL && n > 0);
    message->spread = spread_new(s, message, n);
    message->spread->payload = packet_steal(payload);
    for (uint32_t i = 0; i < at_a_time; i++)
        (void)ask_next(s, message);
    if (message->spread->open == 0)
        session_outbox_failed(s, message, SEND_NO_PATH);
}

void
session_spread_end(Session *s, OutMessage *message)
{
    Spread *spread = message->spread;

    if (spread == NULL)
        return;
    session_requests_cancel_waiting(s, USE_STORE, spread->serial);
    packet_clear(&spread->payload);
    free(spread);
    message->spread = NULL;
}

bool
session_spread_has(const OutMessage *message, uint64_t owner)
{
    return message->spread != NULL && message->spread->serial == owner;
}

/* What another node would say too: the message must be sealed anew, or the swarm learnt. */
static bool
is_final(const RequestResult *result)
{
    return result->failure == SEND_WRONG_SWARM || result->failure == SEND_CLOCK ||
           result->status == 432;
}

bool
session_spread_stored(Session *s, OutMessage *message)
{
    Spread *spread = message->spread;

    spread->open--;
    if (++spread->stored >= spread->need)
        return true;
    /* The others have failed, all of them. */
    if (spread->open == 0)
        session_outbox_failed(s, message, (SendFailure)spread->failure);
    return false;
}

/* Tries at one node. */
static uint32_t
node_tries(const Session *s)
{
    return s->config->send_parallel > 1 ? s->config->send_node_tries : 1;
}

void
session_spread_failed(Session *s, OutMessage *message, const OnionRequest *request,
                      const RequestResult *result)
{
    Spread *spread = message->spread;

    spread->open--;
    spread->failure = (uint8_t)result->failure;
    if (is_final(result)) {
        session_outbox_failed(s, message, result->failure);
        return;
    }
    if (request->same_node < node_tries(s))
        (void)ask(s, message, &request->target, request->same_node);
    else
        (void)ask_next(s, message);
    if (spread->open == 0)
        session_outbox_failed(s, message, result->failure);
}
