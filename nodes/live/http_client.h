/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an actor sends, over HTTP: each message is a POST whose answer, or failure, is its
 * outcome.  Between nodes both sides prove their node keys.  Kept connections are used
 * again. */
#pragma once

#include <gio/gio.h>

#include "nodes/live/endpoint.h"
#include "nodes/live/faults.h"

enum {
    ANSWER_BODY_MAX = 11 << 20,          /* bytes of an answer's body: more is no answer */
    REQUESTS_OPEN_MAX = 8192,            /* more are refused at once */
    SERVER_ANSWERS_BYTES_MAX = 256 << 20 /* of answers of servers beyond the network that
                                          * are under way: the next one is not read */
};

typedef struct HttpClient HttpClient;

/* As ActorOps.outcome; the packet may be taken.  Never called from inside
 * http_client_send. */
typedef void (*HttpOutcome)(void *context, RequestId id, Outcome outcome, int status,
                            Packet *packet);

/* @local_ip: the address that requests come from.  @certificate (NULL: none, a client's) is
 * shown to nodes; @faults may be NULL; all are borrowed. */
HttpClient *http_client_new(uint32_t local_ip, GTlsCertificate *certificate,
                            const LiveFaults *faults, HttpOutcome outcome, void *context);
/* What is open ends without an outcome. */
void http_client_free(HttpClient *client); /* takes NULL */

/* As PortOps.send. */
void http_client_send(HttpClient *client, Address to, MessageKind kind, RequestId id,
                      Duration timeout, const uint8_t *peer_key, Packet *packet);
/* As PortOps.post: nobody's certificate is asked for, as what is posted opens with the
 * server's key alone (protocol 4.1); no redirection is followed; an answer's length may be
 * left open, and counts as ANSWER_BODY_MAX then. */
void http_client_post(HttpClient *client, const ServerUrl *url, RequestId id,
                      Duration timeout, Packet *packet);
