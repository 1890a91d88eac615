/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A push server is told, through the onion, to watch for this account's messages and wake
 * this device: it is given the account, a signature with which it may subscribe at the
 * account's swarm (protocol 3.2, monitor.messages), and the token by which the maker of the
 * device knows it.  The signature is good for 14 days, and renewed each day. */
#include "clients/session/more.h"

#include "nodes/wire/base64.h"
#include "nodes/wire/server_later.h"

#define RENEW_AFTER DAY
#define TRY_AGAIN_AFTER MINUTE

enum { PUSH_TOKEN_BYTES = 32 };

void
session_push_online(Session *s, Time poll_at)
{
    if (s->config->push_server == NULL)
        return;
    if (session_more(s)->push_renew > poll_at)
        s->more->push_due = s->more->push_renew;
    else
        s->more->push_due = poll_at;
}

/* "MONITOR", the account, the time in seconds, "1" (with data), and the namespace. */
static void
sign(Session *s, const uint8_t account[ACCOUNT_BYTES], int64_t signed_at_s,
     uint8_t ret[SIGNATURE_BYTES])
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "MONITOR");
    buffer_append_hex(&text, (Bytes){ account, ACCOUNT_BYTES });
    buffer_append_i64_decimal(&text, signed_at_s);
    buffer_append_literal(&text, "1");
    buffer_append_i64_decimal(&text, s->config->message_namespace);
    crypto_sign_message(s->crypto, &s->ed25519, buffer_bytes(&text), ret);
    buffer_clear(&text);
}

static Packet
write_subscription(Session *s)
{
    ServerRequest request = { .method = BYTES_LITERAL("POST"),
                              .endpoint = BYTES_LITERAL("/subscribe") };
    uint8_t account[ACCOUNT_BYTES], signature[SIGNATURE_BYTES], token[PUSH_TOKEN_BYTES];
    int64_t signed_at_s = session_network_ms(s) / 1000;
    Buffer json = BUFFER_EMPTY;
    Packet body;

    session_account(s, account);
    sign(s, account, signed_at_s, signature);
    port_random(s->port, RANDOM_KEY, token, sizeof token);
    buffer_append_literal(&json, "{\"pubkey\":\"");
    buffer_append_hex(&json, (Bytes){ account, ACCOUNT_BYTES });
    buffer_append_literal(&json, "\",\"session_ed25519\":\"");
    buffer_append_hex(&json, (Bytes){ s->ed25519.pk, KEY_BYTES });
    buffer_append_literal(&json, "\",\"namespaces\":[");
    buffer_append_i64_decimal(&json, s->config->message_namespace);
    buffer_append_literal(&json, "],\"data\":true,\"sig_ts\":");
    buffer_append_i64_decimal(&json, signed_at_s);
    buffer_append_literal(&json, ",\"signature\":\"");
    base64_encode((Bytes){ signature, sizeof signature }, true, &json);
    buffer_append_literal(&json,
                          "\",\"service\":\"firebase\",\"service_info\":{\"token\":\"");
    buffer_append_hex(&json, (Bytes){ token, sizeof token });
    buffer_append_literal(&json, "\"}}");
    body = packet_of_buffer(&json);
    return server_request_packet(&request, &body);
}

void
session_push_run(Session *s)
{
    RequestOrder order = { .use = USE_PUSH,
                           .target = { .node = NODE_NONE },
                           .server = s->config->push_server };
    Packet payload;

    if (s->more->push_due > s->now)
        return;
    s->more->push_due = s->now + TRY_AGAIN_AFTER;
    s->more->push_serial = order.owner = session_serial(s);
    payload = write_subscription(s);
    (void)session_request_start(s, &order, &payload); /* no path: again later */
}

void
session_push_done(Session *s, const OnionRequest *request, const RequestResult *result)
{
    if (s->more == NULL || s->more->push_serial != request->owner)
        return;
    s->more->push_serial = 0;
    if (result->answered && result->status == 200)
        s->more->push_due = s->more->push_renew = s->now + RENEW_AFTER;
    session_more_settle(s);
}
