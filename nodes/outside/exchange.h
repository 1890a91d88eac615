/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request to a server beyond the onion and its answer (protocol 4.1, 4.3, v4): opened
 * with the server's key, and answered raw. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/onion/server.h"
#include "nodes/wire/server_later.h"

/* What every such server has. */
typedef struct Outside {
    const Crypto *crypto;
    Port *port;
    X25519Pair key;
} Outside;

typedef struct Exchange {
    ReplyToken token;
    ChannelKey key;
    Packet payload;
    ServerRequest request; /* without its body */
    Packet body;
    Buffer scratch;
} Exchange;

/* Open a KIND_SERVER message.  False when it does not open or read: it is answered with 400
 * then, and @ret is untouched. */
bool exchange_open(const Outside *server, const Incoming *in, Exchange *ret);
/* Answer with a code and a body, which is taken. */
void exchange_reply(const Outside *server, const Exchange *exchange, int code,
                    const char *content_type, Packet *body);
/* The same with a text, of JSON or (codes from 400 on) of a reason. */
void exchange_reply_text(const Outside *server, const Exchange *exchange, int code,
                         const char *text);
void exchange_clear(Exchange *exchange);

/* "/file/17/info" behind "/file/": the number, and what follows it.  False: no number. */
bool exchange_number(Bytes endpoint, const char *prefix, uint64_t *ret, Bytes *ret_rest);
