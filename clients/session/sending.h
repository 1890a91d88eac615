/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outbox and what becomes of its messages, for the files of the client core only. */
#pragma once

#include "clients/session/session_internal.h"

/* --- outbox.c, send.c, text.c (5.5) ---------------------------------------------- */

void session_outbox_write(Session *s, const SessionOrder *order);
/* Put a message of the client's own there: its id is the next one, @content is taken.
 * NULL: there is no room for it. */
OutMessage *session_outbox_add_own(Session *s, SessionKind kind,
                                   const uint8_t to[ACCOUNT_BYTES], Buffer *content);
/* Put the message of an order there. */
void session_outbox_add_order(Session *s, const SessionOrder *order, OutWhere where);
/* The same without content, which is written when it is sent. */
OutMessage *session_outbox_add_bare(Session *s, SessionKind kind,
                                    const uint8_t to[ACCOUNT_BYTES]);
/* The id in notes: a copy for one's own devices is nobody's message, where there are none.
 */
static inline uint64_t
session_out_id(const OutMessage *message)
{
    return message->kind == SESSION_SYNC ? message->copy : message->message;
}
/* Do what is due: give up, start, set the timer. */
void session_outbox_run(Session *s);
void session_outbox_online(Session *s);
void session_outbox_offline(Session *s);
void session_outbox_swarm(Session *s, const uint8_t key[KEY_BYTES]);
void session_outbox_clear(Session *s);
OutMessage *session_outbox_find(const Session *s, uint64_t serial);
/* It will not be sent: no attempt would end otherwise. */
void session_outbox_refused(Session *s, OutMessage *message, SendFailure failure);
/* An attempt ended. */
void session_outbox_accepted(Session *s, OutMessage *message);
void session_outbox_failed(Session *s, OutMessage *message, SendFailure failure);

/* --- spread.c: an attempt at several nodes at a time -------------------------------- */

/* Do attempts go to several? */
bool session_spreads(const SessionConfig *config);
/* Begin, with @n nodes to choose among; the payload is taken. */
void session_spread_start(Session *s, OutMessage *message, uint32_t n, Packet *payload);
/* The attempt is over, however; nothing to do where there is none. */
void session_spread_end(Session *s, OutMessage *message);
/* The requests of this owner are the message's. */
bool session_spread_has(const OutMessage *message, uint64_t owner);
/* A node has it.  True when as many have it as must; the attempt fails when that cannot be.
 */
bool session_spread_stored(Session *s, OutMessage *message);
/* A node has not. */
void session_spread_failed(Session *s, OutMessage *message, const OnionRequest *request,
                           const RequestResult *result);

/* What a message says, appended. */
void session_write_content(const Session *s, const OutMessage *message, Buffer *out);
/* The time of sending of one more message. */
UnixMs session_sent_time(Session *s);
/* That of its first attempt, which all others keep. */
void session_set_sent_time(Session *s, OutMessage *message);
/* Begin an attempt, or go on with it now that the swarm is known. */
void session_send_attempt(Session *s, OutMessage *message);
/* session_request_start for a store of this message. */
bool session_store_start(Session *s, const OutMessage *message, const RequestOrder *order,
                         Packet *payload);
void session_send_done(Session *s, OnionRequest *request, RequestResult *result);

/* The logical id in a well-formed text. */
bool session_text_parse(Bytes text, uint64_t *ret_message);
uint64_t session_filler_next(uint64_t *state);
