/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An onion request for a server beyond the network (protocol 4.1, 4.3): the last node posts
 * the whole opened layer to it, and what the server says goes back as it is.  What goes
 * wrong on the way is told in curl's words, or in 2020's one phrase. */
#include <stdlib.h>

#include "nodes/service/node_internal.h"

struct ServerPost {
    ReplyToken token;
    Time asked;
    uint16_t port;
    char host[sizeof(((OnionPeeled *)NULL)->host)];
};

static void
answer(ServiceNode *node, ReplyToken token, int status, Packet *packet)
{
    port_note(node->port, NOTE_ONION, ONION_SERVER, (uint64_t)status, (Bytes){ NULL, 0 });
    port_reply(node->port, token, status, packet);
}

/* Takes the text. */
static void
fail(ServiceNode *node, ReplyToken token, int status, Buffer *text)
{
    Packet packet;

    if (node->config->onion_version == 1) {
        buffer_clear(text);
        buffer_append_literal(text, "Loki Server error");
        status = 400;
    }
    packet = packet_of_buffer(text);
    answer(node, token, status, &packet);
}

static ServerPost *
post_new(Time now, ReplyToken token, const OnionPeeled *peeled)
{
    ServerPost *post = calloc(1, sizeof *post);

    if (post == NULL)
        abort();
    post->token = token;
    post->asked = now;
    post->port = peeled->port;
    memcpy(post->host, peeled->host, sizeof post->host);
    return post;
}

static void
say_no_host(const char *host, Buffer *text)
{
    buffer_append_literal(text, "Could not resolve host: ");
    buffer_append_text(text, host);
}

/* By the name, or to the address that the name has (@ip). */
static void
send_post(ServiceNode *node, const Pending *pending, uint32_t ip, OnionPeeled *peeled)
{
    const ServerUrl url = { peeled->host, peeled->target, peeled->port, peeled->https };
    Duration timeout = node->config->url_timeout;

    if (node->port->ops->post != NULL)
        node->port->ops->post(node->port, &url, pending->id, timeout, &peeled->server_body);
    else
        port_send(node->port, address_of(ip, peeled->port), KIND_SERVER, pending->id,
                  timeout, NULL, &peeled->server_body);
}

void
server_post(ServiceNode *node, Time now, ReplyToken token, OnionPeeled *peeled)
{
    uint32_t ip = port_lookup(node->port, peeled->host);
    Buffer text = BUFFER_EMPTY;
    Pending *pending;

    if (ip == 0 && node->port->ops->post == NULL) {
        say_no_host(peeled->host, &text);
        fail(node, token, 502, &text);
        return;
    }
    if (!pending_has_room(node, 1)) {
        buffer_append_literal(&text, "Server busy, try again later");
        fail(node, token, 503, &text);
        return;
    }
    pending = pending_open(node, PENDING_SERVER, now, node->config->url_timeout);
    pending->post = post_new(now, token, peeled);
    send_post(node, pending, ip, peeled);
}

static void
write_ms(Buffer *text, const ServerPost *post, Time now)
{
    buffer_append_i64_decimal(text, (now - post->asked) / MILLISECOND);
}

/* What curl says: 502, but 504 for a time-out. */
static int
describe(const ServerPost *post, Time now, Outcome outcome, Buffer *text)
{
    if (outcome == OUTCOME_TIMEOUT) {
        buffer_append_literal(text, "Operation timed out after ");
        write_ms(text, post, now);
        buffer_append_literal(text, " milliseconds with 0 bytes received");
        return 504;
    }
    if (outcome == OUTCOME_RESET) {
        buffer_append_literal(text, "Recv failure: Connection reset by peer");
        return 502;
    }
    if (outcome == OUTCOME_NO_HOST) {
        say_no_host(post->host, text);
        return 502;
    }
    buffer_append_literal(text, "Failed to connect to ");
    buffer_append_text(text, post->host);
    buffer_append_literal(text, " port ");
    buffer_append_u64_decimal(text, post->port);
    buffer_append_literal(text, " after ");
    write_ms(text, post, now);
    buffer_append_literal(text, " ms: Couldn't connect to server");
    return 502;
}

void
server_outcome(ServiceNode *node, Time now, ServerPost *post, Outcome outcome, int status,
               Packet *packet)
{
    Buffer text = BUFFER_EMPTY;

    if (outcome == OUTCOME_ANSWER)
        answer(node, post->token, status, packet);
    else
        fail(node, post->token, describe(post, now, outcome, &text), &text);
    free(post);
}

void
server_drop(ServerPost *post)
{
    free(post);
}
