/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One onion request (protocol 4.1, 5.2): up to onion_tries attempts, onion_gap apart, each
 * wrapped anew and sent along a new random path that does not contain its target. */
#include "clients/session/groups.h"
#include "clients/session/rooms.h"
#include "nodes/base/memory.h"
#include "nodes/onion/onion_v1.h"

#include <assert.h>
#include <stdlib.h>

static void
request_free(OnionRequest *request)
{
    onion_reply_key_clear(&request->reply_key);
    packet_clear(&request->payload);
    free(request);
}

/* The request leaves its slot; the caller owns it. */
static OnionRequest *
slot_take(Session *s, uint32_t slot)
{
    OnionRequest *request = s->slot[slot].request;

    s->slot[slot] = (RequestSlot){ .due = TIME_NEVER };
    return request;
}

/* The lowest free slot, made where there is none; false when all are taken. */
static bool
slot_find(Session *s, uint32_t *ret)
{
    uint32_t slot = 0;

    while (slot < s->n_slots && s->slot[slot].request != NULL)
        slot++;
    if (slot == REQUESTS_MAX)
        return false;
    if (slot == s->n_slots) {
        s->slot = memory_resized(s->slot, slot + 1, sizeof *s->slot);
        s->slot[slot] = (RequestSlot){ .due = TIME_NEVER };
        s->n_slots = (uint8_t)(slot + 1);
    }
    *ret = slot;
    return true;
}

static void
request_end(Session *s, uint32_t slot, RequestResult *result)
{
    OnionRequest *request = slot_take(s, slot);

    switch (request->use) {
    case USE_POLL:
        session_poll_done(s, request, result);
        break;
    case USE_STORE:
        session_send_done(s, request, result);
        break;
    case USE_SWARM:
        session_swarm_done(s, request, result);
        break;
    case USE_REFRESH:
        session_refresh_done(s, request->owner, result);
        break;
    case USE_UPLOAD:
        session_upload_done(s, request, result);
        break;
    case USE_DOWNLOAD:
        session_download_done(s, request, result);
        break;
    case USE_POST:
        session_post_done(s, request, result);
        break;
    case USE_ROOM_POLL:
        session_room_poll_done(s, request, result);
        break;
    case USE_GROUP_POLL:
        session_group_poll_done(s, request, result);
        break;
    case USE_PUSH:
        session_push_done(s, request, result);
        break;
    case USE_COVER:
        break;
    }
    request_free(request);
}

static void
request_fail(Session *s, uint32_t slot, SendFailure failure)
{
    RequestResult result = { .failure = failure };

    request_end(s, slot, &result);
}

static Status
wrap(Session *s, OnionRequest *request, const OnionHop *hops, size_t n_hops,
     const OnionRandom *random, Packet *ret)
{
    OnionDestination destination = { .ed25519 = request->target.ed25519,
                                     .x25519 = request->target.x25519 };

    if (request->server != NULL)
        destination =
            (OnionDestination){ .is_server = true,
                                .x25519 = request->server->x25519,
                                .host = request->server->host,
                                .target = "/oxen/v4/lsrpc",
                                .protocol = request->server->https ? NULL : "http",
                                .port = request->server->port };
    onion_reply_key_clear(&request->reply_key);
    if (s->config->onion_version == 1)
        return onion_v1_wrap(s->crypto, hops, n_hops, &destination,
                             packet_bytes(&request->payload), random, ret,
                             &request->reply_key.key);
    return onion_wrap_later(s->crypto, s->config->enc, hops, n_hops, &destination,
                            &request->payload, random, ret, &request->reply_key);
}

/* Wrap and send.  ST_AUTH: a key on the way is none. */
static Status
request_send(Session *s, uint32_t slot, const Path *path)
{
    OnionRequest *request = s->slot[slot].request;
    OnionHop hops[PATH_HOPS_MAX];
    OnionRandom random;
    Packet packet;
    Status status;

    for (uint32_t i = 0; i < path->n; i++) {
        const NodeRecord *node = session_node(s, path->hop[i]);

        hops[i] = (OnionHop){ node->ed25519, node->x25519 };
    }
    port_random(s->port, RANDOM_KEY, random.key, (path->n + 1u) * sizeof random.key[0]);
    port_random(s->port, RANDOM_NONCE, random.nonce,
                (path->n + 1u) * sizeof random.nonce[0]);
    status = wrap(s, request, hops, path->n, &random, &packet);
    if (status != ST_OK)
        return status;
    s->slot[slot].id = session_serial(s);
    port_send(s->port, node_address_https(session_node(s, path->hop[0])), KIND_ONION,
              s->slot[slot].id, s->config->request_timeout, NULL, &packet);
    return ST_OK;
}

static Time
retry_at(Session *s, const OnionRequest *request)
{
    return s->now + session_retry_gap(s, s->config->onion_gap, request->tries);
}

/* Servers are asked three times (protocol 5.2). */
static uint32_t
tries_of(const Session *s, const OnionRequest *request)
{
    return request->server != NULL ? SERVER_TRIES : s->config->onion_tries;
}

/* An attempt failed: another one later, or the end. */
static void
request_retry(Session *s, uint32_t slot, RequestResult *result)
{
    if (s->slot[slot].request->tries >= tries_of(s, s->slot[slot].request))
        request_end(s, slot, result);
    else
        session_request_timer(s, slot, retry_at(s, s->slot[slot].request));
}

/* Draw the target where that was left open. */
static bool
request_has_target(Session *s, OnionRequest *request)
{
    NodeRef node;

    if (request->any_target) {
        if (!session_pool_draw(s, RANDOM_PATH, &node))
            return false;
        request->target = session_target_of(s, node);
        request->any_target = false;
    }
    return true;
}

/* One attempt.  What fails here fails later, by the timer, so that starting a request
 * never ends it. */
static void
request_try(Session *s, uint32_t slot)
{
    OnionRequest *request = s->slot[slot].request;
    const Path *path;

    session_rotate(s);
    if (s->n_paths == 0) {
        request->waits_for_path = true;
        session_build(s);
        return;
    }
    request->tries++;
    request->guard = NODE_NONE;
    path = request_has_target(s, request) ? session_path_pick(s, &request->target) : NULL;
    if (path != NULL) {
        request->guard = path->hop[0];
        if (request_send(s, slot, path) == ST_OK)
            return;
        session_blame_path(s, request->guard);
    }
    session_request_timer(s, slot, retry_at(s, request));
}

bool
session_request_start(Session *s, const RequestOrder *order, Packet *payload)
{
    OnionRequest *request;
    uint32_t slot;

    if (!slot_find(s, &slot)) {
        packet_clear(payload);
        return false;
    }
    if (order->server == NULL)
        session_fill_up(s, payload);
    request = memory_resized(NULL, 1, sizeof *request);
    *request = (OnionRequest){ .serial = session_serial(s),
                               .use = order->use,
                               .owner = order->owner,
                               .target = order->target,
                               .guard = NODE_NONE,
                               .same_node = order->same_node,
                               .other_node = order->other_node,
                               .any_target = order->any_target,
                               .server = order->server,
                               .payload = packet_steal(payload) };
    if (order->account != NULL) {
        request->has_account = true;
        memcpy(request->account, order->account, KEY_BYTES);
    }
    s->slot[slot].request = request;
    meter_add(s->port->meter, METER_WRITE, request->payload.length);
    if (order->delay > 0)
        session_request_timer(s, slot, s->now + order->delay);
    else
        request_try(s, slot);
    return true;
}

bool
session_request_outcome(Session *s, RequestId id, Outcome outcome, int status,
                        Packet *packet)
{
    RequestResult result = { .body = PACKET_EMPTY };
    OnionRequest *request;
    Verdict verdict;
    uint32_t slot = 0;

    while (slot < s->n_slots && s->slot[slot].id != id)
        slot++;
    if (slot == s->n_slots || id == 0)
        return false;
    request = s->slot[slot].request;
    s->slot[slot].id = 0;
    verdict = session_answer_judge(s, request, outcome, status, packet, &result);
    assert(s->slot[slot].request == request);
    if (verdict == VERDICT_RETRY)
        request_retry(s, slot, &result);
    else
        request_end(s, slot, &result);
    packet_clear(&result.body);
    return true;
}

void
session_request_expire(Session *s, uint32_t slot)
{
    OnionRequest *request = s->slot[slot].request;

    assert(request != NULL && s->slot[slot].id == 0);
    if (request->tries >= tries_of(s, request))
        request_fail(s, slot, SEND_NO_PATH);
    else
        request_try(s, slot);
}

bool
session_requests_wait_for_path(const Session *s)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL && s->slot[i].request->waits_for_path)
            return true;
    return false;
}

/* Paths stand, and so there is a node list. */
static void
request_go(Session *s, uint32_t slot)
{
    OnionRequest *request;

    if (s->config->swarm_lookup == SWARM_ASK || s->slot[slot].request->use != USE_SWARM) {
        request_try(s, slot);
        return;
    }
    request = slot_take(s, slot);
    if (!session_swarm_known(s, request)) {
        s->slot[slot].request = request;
        request_try(s, slot);
        return;
    }
    request_free(request);
}

void
session_requests_path_ready(Session *s)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL && s->slot[i].request->waits_for_path) {
            s->slot[i].request->waits_for_path = false;
            request_go(s, i);
        }
}

void
session_requests_no_path(Session *s, SendFailure failure)
{
    uint64_t last = s->serial;

    /* Those that begin meanwhile have a later serial, and wait for the next build. */
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL && s->slot[i].request->waits_for_path &&
            s->slot[i].request->serial <= last)
            request_fail(s, i, failure);
}

OnionRequest *
session_request_find(const Session *s, RequestUse use, uint64_t owner)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL && s->slot[i].request->use == use &&
            s->slot[i].request->owner == owner)
            return s->slot[i].request;
    return NULL;
}

void
session_request_cancel(Session *s, OnionRequest *request)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request == request)
            request_free(slot_take(s, i));
}

void
session_requests_cancel_waiting(Session *s, RequestUse use, uint64_t owner)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL && s->slot[i].request->use == use &&
            s->slot[i].request->owner == owner && s->slot[i].id == 0)
            request_free(slot_take(s, i));
}

void
session_requests_abandon(Session *s)
{
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL)
            request_free(slot_take(s, i));
}
