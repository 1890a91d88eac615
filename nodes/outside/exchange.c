/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/exchange.h"

bool
exchange_open(const Outside *server, const Incoming *in, Exchange *ret)
{
    Exchange exchange = { .token = in->token };
    Status status = onion_server_open(server->crypto, &server->key, in->packet,
                                      &exchange.payload, &exchange.key);

    if (status == ST_OK) {
        meter_add(server->port->meter, METER_PARSE, exchange.payload.length);
        status = server_request_open(&exchange.payload, &exchange.scratch,
                                     &exchange.request, &exchange.body);
    }
    if (status == ST_OK) {
        *ret = exchange;
        return true;
    }
    exchange_clear(&exchange);
    port_reply_text(server->port, in->token, 400, "Invalid request");
    return false;
}

void
exchange_reply(const Outside *server, const Exchange *exchange, int code,
               const char *content_type, Packet *body)
{
    uint8_t nonce[CHANNEL_NONCE_MAX];
    Buffer headers = BUFFER_EMPTY;
    Packet payload, sealed;

    buffer_append_literal(&headers, "{\"content-type\":\"");
    buffer_append_text(&headers, content_type);
    buffer_append_literal(&headers, "\"}");
    payload = server_reply_packet(code, buffer_bytes(&headers), body);
    buffer_clear(&headers);
    meter_add(server->port->meter, METER_WRITE, payload.length);
    port_random(server->port, RANDOM_NONCE, nonce, sizeof nonce);
    sealed = onion_server_seal(server->crypto, &exchange->key, nonce, &payload);
    port_reply(server->port, exchange->token, 200, &sealed);
}

void
exchange_reply_text(const Outside *server, const Exchange *exchange, int code,
                    const char *text)
{
    Packet body = packet_of_bytes(bytes_of_text(text));

    exchange_reply(server, exchange, code, code < 400 ? "application/json" : "text/plain",
                   &body);
}

void
exchange_clear(Exchange *exchange)
{
    packet_clear(&exchange->payload);
    packet_clear(&exchange->body);
    buffer_clear(&exchange->scratch);
    explicit_bzero(&exchange->key, sizeof exchange->key);
}

enum { NUMBER_DIGITS_MAX = 18 };

bool
exchange_number(Bytes endpoint, const char *prefix, uint64_t *ret, Bytes *ret_rest)
{
    size_t n = strlen(prefix), digits = 0;
    uint64_t number = 0;

    if (endpoint.n < n || memcmp(endpoint.p, prefix, n) != 0)
        return false;
    while (n + digits < endpoint.n && digits <= NUMBER_DIGITS_MAX &&
           endpoint.p[n + digits] >= '0' && endpoint.p[n + digits] <= '9')
        number = number * 10 + (uint64_t)(endpoint.p[n + digits++] - '0');
    if (digits == 0 || digits > NUMBER_DIGITS_MAX)
        return false;
    *ret = number;
    *ret_rest = (Bytes){ endpoint.p + n + digits, endpoint.n - n - digits };
    return true;
}
