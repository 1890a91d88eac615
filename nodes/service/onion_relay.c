/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests (protocol 4): as guard (a container by HTTPS) or as a later hop (bencode
 * by OxenMQ), open one layer and do what it says. */
#include <assert.h>

#include "nodes/onion/onion_v1.h"
#include "nodes/service/node_internal.h"

static void
note(ServiceNode *node, OnionKind kind, int status)
{
    port_note(node->port, NOTE_ONION, kind, (uint64_t)status, (Bytes){ NULL, 0 });
}

/* Refuse or fail in plain text. */
static void
fail(ServiceNode *node, ReplyToken token, OnionKind kind, int status, const char *text)
{
    note(node, kind, status);
    port_reply_text(node->port, token, status, text);
}

static void
fail_with(ServiceNode *node, ReplyToken token, OnionKind kind, int status, Buffer *text)
{
    Packet packet = packet_of_buffer(text);

    note(node, kind, status);
    port_reply(node->port, token, status, &packet);
}

/* --- what a layer says ------------------------------------------------------------ */

/* An error of this layer that only its sender may read: sealed, in a 200. */
static void
fail_sealed(ServiceNode *node, ReplyToken token, const OnionPeeled *peeled,
            const char *text)
{
    uint8_t nonce[CHANNEL_NONCE_MAX];
    Packet sealed;

    port_random(node->port, RANDOM_NONCE, nonce, sizeof nonce);
    sealed = onion_reply_seal(node->crypto, &peeled->key, nonce, 400, bytes_of_text(text),
                              false, peeled->reply_base64);
    note(node, peeled->kind, 200);
    port_reply(node->port, token, 200, &sealed);
}

void
onion_relay_send(ServiceNode *node, Time now, Relay *relayed)
{
    Duration timeout = node->config->hop_timeout;
    Pending *pending;

    if (!pending_has_room(node, 1)) {
        packet_clear(&relayed->packet);
        fail(node, relayed->token, ONION_RELAY, 503, "Server busy, try again later");
        return;
    }
    pending = pending_open(node, PENDING_RELAY, now, timeout);
    pending->token = relayed->token;
    pending->part = relayed->from_client;
    port_send(node->port, relayed->to, KIND_ONION_HOP, pending->id, timeout,
              relayed->peer_key, &relayed->packet);
}

static void
relay(ServiceNode *node, Time now, const Incoming *in, OnionPeeled *peeled)
{
    ReplyToken token = in->token;
    int index = node_list_find_ed25519(node->snapshot->nodes, peeled->next_ed25519);
    const NodeRecord *next;
    Relay relayed;

    if (index == NODE_NONE || node->snapshot->nodes->nodes[index].ip == 0) {
        Buffer text = BUFFER_EMPTY;

        buffer_append_literal(&text, "Next node not found: ");
        buffer_append_hex(&text, (Bytes){ peeled->next_ed25519, KEY_BYTES });
        fail_with(node, token, ONION_RELAY, 502, &text);
        return;
    }
    next = &node->snapshot->nodes->nodes[index];
    relayed = (Relay){ .token = token,
                       .from_client = in->kind == KIND_ONION,
                       .to = node_address_omq(next),
                       .packet = packet_steal(&peeled->next) };
    memcpy(relayed.peer_key, next->x25519, sizeof relayed.peer_key);
    if (node->config->hop_delay > 0 && hop_delay_has_room(node))
        hop_delay_hold(node, now, &relayed);
    else
        onion_relay_send(node, now, &relayed);
}

static void
finish_here(ServiceNode *node, Time now, ReplyToken token, const OnionPeeled *peeled)
{
    ReplyTo to = { .form = REPLY_SEALED,
                   .embed_json = peeled->reply_json,
                   .base64 = peeled->reply_base64,
                   .token = token,
                   .key = peeled->key };

    rpc_handle(node, now, &peeled->body, &to);
}

/* Do what the layer says; clears it. */
static void
obey(ServiceNode *node, Time now, const Incoming *in, OnionPeeled *peeled)
{
    switch (peeled->kind) {
    case ONION_RELAY:
        relay(node, now, in, peeled);
        break;
    case ONION_FINAL:
        finish_here(node, now, in->token, peeled);
        break;
    case ONION_SERVER:
        server_post(node, now, in->token, peeled);
        break;
    case ONION_BAD_JSON:
        fail_sealed(node, in->token, peeled, "Invalid json");
        break;
    case ONION_BAD_URL:
        fail_sealed(node, in->token, peeled, "Invalid url");
        break;
    case ONION_UNREADABLE:
        fail(node, in->token, ONION_UNREADABLE, 400, "Invalid ciphertext");
        break;
    case ONION_KINDS:
        assert(!"a kind of layer");
    }
    onion_peeled_clear(peeled);
}

static void
peel(ServiceNode *node, Time now, const Incoming *in, const OnionEnvelope *envelope)
{
    OnionPeeled peeled;

    onion_peel(node->crypto, &node->x25519, envelope, in->packet, &peeled);
    obey(node, now, in, &peeled);
}

/* Version 1: guard and relay get the same object. */
static void
peel_v1(ServiceNode *node, Time now, const Incoming *in)
{
    Buffer text = BUFFER_EMPTY;
    OnionPeeled peeled;
    OnionV1Layer layer;
    const char *error;

    if (onion_v1_parse(in->packet, &layer, &error) == ST_OK) {
        onion_v1_peel(node->crypto, &node->x25519, &layer, &peeled);
        obey(node, now, in, &peeled);
        return;
    }
    buffer_append_literal(&text, "Error parsing onion request: ");
    buffer_append_text(&text, error);
    fail_with(node, in->token, ONION_UNREADABLE, 400, &text);
}

/* --- coming in -------------------------------------------------------------------- */

static void
guard_receive(ServiceNode *node, Time now, const Incoming *in)
{
    Buffer text = BUFFER_EMPTY;
    OnionEnvelope envelope;
    const char *error;

    if (!service_check_ready(node, in))
        return;
    if (node->config->onion_version == 1) {
        peel_v1(node, now, in);
        return;
    }
    if (onion_parse_guard(in->packet, &envelope, &error) == ST_OK) {
        peel(node, now, in, &envelope);
        return;
    }
    onion_guard_error(in->packet, &text);
    fail_with(node, in->token, ONION_UNREADABLE, 400, &text);
}

static void
hop_not_ready(ServiceNode *node, ReplyToken token)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "Snode not ready: ");
    buffer_append_hex(&text, (Bytes){ node->identity.pk, KEY_BYTES });
    fail_with(node, token, ONION_UNREADABLE, 503, &text);
}

static void
hop_receive(ServiceNode *node, Time now, const Incoming *in)
{
    OnionEnvelope envelope;
    const char *error;

    if (node_by_peer_key(node, in->peer_key) == NULL) {
        port_reply_text(node->port, in->token, STATUS_FORBIDDEN_SN, FORBIDDEN_SN);
        return;
    }
    if (node->config->onion_version == 1) {
        if (node_ready(node, NULL))
            peel_v1(node, now, in);
        else
            hop_not_ready(node, in->token);
        return;
    }
    if (onion_parse_hop(in->packet, &envelope, &error) != ST_OK) {
        Buffer text = BUFFER_EMPTY;

        buffer_append_literal(&text, "Invalid internal onion request: ");
        buffer_append_text(&text, error);
        fail_with(node, in->token, ONION_UNREADABLE, 400, &text);
    } else if (envelope.hop_no > ONION_HOPS_MAX) {
        fail(node, in->token, ONION_UNREADABLE, 400,
             "onion request max path length exceeded");
    } else if (!node_relays(node)) {
        hop_not_ready(node, in->token);
    } else {
        peel(node, now, in, &envelope);
    }
}

void
onion_receive(ServiceNode *node, Time now, const Incoming *in)
{
    if (in->kind == KIND_ONION)
        guard_receive(node, now, in);
    else
        hop_receive(node, now, in);
}

/* --- the answer on its way back --------------------------------------------------- */

/* Status codes that the server knows; others become 500 (protocol 4.4). */
static int
known_status(int status)
{
    static const int known[] = { 200, 400, 401, 403, 404, 406, 410,
                                 413, 421, 429, 502, 503, 504 };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == status)
            return status;
    return 500;
}

void
onion_relay_outcome(ServiceNode *node, ReplyToken token, bool from_client, Outcome outcome,
                    int status, Packet *packet)
{
    if (outcome != OUTCOME_ANSWER || answer_is_forbidden(outcome, status, packet)) {
        fail(node, token, ONION_RELAY, 504, "Request time out");
        return;
    }
    note(node, ONION_RELAY, known_status(status));
    if (from_client && status != 200 && node->config->defect_guard_hides_errors)
        packet_clear(packet);
    port_reply(node->port, token, known_status(status), packet);
}
