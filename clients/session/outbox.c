/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The outbox (protocol 5.5): messages wait here until they are acknowledged.  To one
 * recipient they go one after the other; a message has send_tries attempts, send_gap apart,
 * then it is parked and lets the next one pass.
 *
 * Everything here only marks the outbox as dirty; session_outbox_run, once at the end of
 * each call of the actor, does what is due. */
#include "clients/session/said.h"

#include "nodes/base/memory.h"
#include "nodes/wire/content.h"

#include <assert.h>
#include <stdlib.h>

static bool
is_under_way(const OutMessage *message)
{
    return message->state == OUT_SWARM || message->state == OUT_SENT ||
           message->state == OUT_GAP;
}

static bool
same_recipient(const OutMessage *a, const OutMessage *b)
{
    return memcmp(a->to, b->to, ACCOUNT_BYTES) == 0;
}

static OutMessage *
outbox_append(Session *s, SessionKind kind)
{
    Outbox *outbox = &s->outbox;
    OutMessage *message = memory_resized(NULL, 1, sizeof *message);

    if (outbox->n == outbox->capacity) {
        outbox->capacity = outbox->capacity == 0 ? 4 : 2 * outbox->capacity;
        outbox->item = memory_resized(outbox->item, outbox->capacity, sizeof(OutMessage *));
    }
    *message = (OutMessage){ .serial = session_serial(s),
                             .written = s->now,
                             .due = TIME_NEVER,
                             .kind = (uint8_t)kind,
                             .file_kind = (uint8_t)kind,
                             .state = OUT_READY,
                             .failure = SEND_NO_PATH };
    outbox->item[outbox->n++] = message;
    outbox->dirty = true;
    return message;
}

static void
message_free(OutMessage *message)
{
    free(message->seal_to);
    free(message->content);
    if (message->file != NULL)
        session_given_free(message->file->given);
    free(message->file);
    free(message);
}

static void
outbox_remove(Session *s, uint32_t index)
{
    Outbox *outbox = &s->outbox;

    if (is_under_way(outbox->item[index]))
        outbox->under_way--;
    session_spread_end(s, outbox->item[index]);
    message_free(outbox->item[index]);
    outbox->n--;
    memmove(outbox->item + index, outbox->item + index + 1,
            (outbox->n - index) * sizeof(OutMessage *));
    outbox->dirty = true;
    if (outbox->n > 0)
        return;
    free(outbox->item);
    outbox->item = NULL;
    outbox->capacity = 0;
}

/* Room for one more, or the end of it. */
static OutMessage *
outbox_add(Session *s, SessionKind kind, uint64_t id)
{
    if (s->outbox.n < s->config->outbox_max)
        return outbox_append(s, kind);
    port_note(s->port, NOTE_GIVEN_UP, id, SEND_OUTBOX_FULL, (Bytes){ NULL, 0 });
    return NULL;
}

void
session_outbox_add_order(Session *s, const SessionOrder *order, OutWhere where)
{
    OutMessage *message = outbox_add(s, order->content, order->message);

    if (message == NULL)
        return;
    message->message = order->message;
    message->bytes = order->bytes;
    message->where = (uint8_t)where;
    memcpy(message->to, order->to, ACCOUNT_BYTES);
    if (session_kind_has_file(order->content)) {
        message->file = memory_resized(NULL, 1, sizeof *message->file);
        *message->file = (OutFile){ .number = 0 };
    }
}

void
session_outbox_write(Session *s, const SessionOrder *order)
{
    bool tells = s->config->typing_notices;

    if (session_kind_is_group(order->content)) {
        session_group_write(s, order);
        return;
    }
    if (session_kind_is_room(order->content)) {
        session_outbox_add_order(s, order, OUT_TO_ROOM);
        return;
    }
    if (tells)
        session_notice_typing(s, order->to, CONTENT_TYPING_STARTED);
    session_outbox_add_order(s, order, OUT_TO_ACCOUNT);
    if (tells)
        session_notice_typing(s, order->to, CONTENT_TYPING_STOPPED);
}

OutMessage *
session_outbox_add_bare(Session *s, SessionKind kind, const uint8_t to[ACCOUNT_BYTES])
{
    uint64_t id = SESSION_OWN_MESSAGE | ++session_more(s)->own_messages;
    OutMessage *message;

    port_note(s->port, NOTE_WRITTEN, id, (uint64_t)kind, (Bytes){ to, ACCOUNT_BYTES });
    message = outbox_add(s, kind, id);
    if (message == NULL)
        return NULL;
    message->message = message->copy = id;
    memcpy(message->to, to, ACCOUNT_BYTES);
    return message;
}

OutMessage *
session_outbox_add_own(Session *s, SessionKind kind, const uint8_t to[ACCOUNT_BYTES],
                       Buffer *content)
{
    OutMessage *message = session_outbox_add_bare(s, kind, to);

    if (message != NULL) {
        message->content = content->p;
        message->content_n = (uint32_t)content->n;
        *content = BUFFER_EMPTY;
    }
    buffer_clear(content);
    return message;
}

OutMessage *
session_outbox_find(const Session *s, uint64_t serial)
{
    for (uint32_t i = 0; i < s->outbox.n; i++)
        if (s->outbox.item[i]->serial == serial ||
            session_spread_has(s->outbox.item[i], serial))
            return s->outbox.item[i];
    return NULL;
}

/* --- how attempts end ------------------------------------------------------------ */

static void
set_state(Session *s, OutMessage *message, OutState state)
{
    bool before = is_under_way(message);

    message->state = (uint8_t)state;
    s->outbox.under_way += is_under_way(message);
    s->outbox.under_way -= before;
    s->outbox.dirty = true;
}

/* A copy of a message that was accepted, for the account's other devices. */
static void
add_sync_copy(Session *s, OutMessage *original)
{
    uint8_t own[ACCOUNT_BYTES];
    OutMessage *copy;
    uint64_t id = 0;

    if (original->content != NULL || original->where != OUT_TO_ACCOUNT ||
        (original->file != NULL && original->file->given != NULL))
        return; /* other devices read groups and rooms themselves */
    session_account(s, own);
    if (s->config->other_devices) {
        id = SESSION_OWN_MESSAGE | ++session_more(s)->own_messages;
        port_note(s->port, NOTE_WRITTEN, id, SESSION_SYNC, (Bytes){ own, ACCOUNT_BYTES });
    }
    copy = outbox_add(s, SESSION_SYNC, id);
    if (copy == NULL)
        return;
    copy->copy = id;
    copy->message = original->message;
    copy->bytes = original->bytes;
    copy->sent_ms = original->sent_ms;
    copy->file_kind = original->kind;
    copy->file = original->file; /* of no more use there */
    original->file = NULL;
    memcpy(copy->sync_target, original->to, ACCOUNT_BYTES);
    memcpy(copy->to, own, ACCOUNT_BYTES);
}

static uint32_t
index_of(const Session *s, const OutMessage *message)
{
    uint32_t i = 0;

    while (i < s->outbox.n && s->outbox.item[i] != message)
        i++;
    assert(i < s->outbox.n);
    return i;
}

void
session_outbox_accepted(Session *s, OutMessage *message)
{
    uint8_t own[ACCOUNT_BYTES];

    port_note(s->port, NOTE_ACCEPTED, session_out_id(message), message->attempt,
              (Bytes){ NULL, 0 });
    session_account(s, own);
    if (s->config->sync_copies && session_kind_is_peoples((SessionKind)message->kind) &&
        memcmp(message->to, own, ACCOUNT_BYTES) != 0)
        add_sync_copy(s, message);
    outbox_remove(s, index_of(s, message));
}

void
session_outbox_refused(Session *s, OutMessage *message, SendFailure failure)
{
    port_note(s->port, NOTE_ATTEMPT_FAILED, session_out_id(message), failure,
              (Bytes){ NULL, 0 });
    message->failure = (uint8_t)failure;
    message->is_refused = s->outbox.refused = true;
    set_state(s, message, OUT_PARKED);
}

void
session_outbox_failed(Session *s, OutMessage *message, SendFailure failure)
{
    Duration again = s->config->resend_interval;

    port_note(s->port, NOTE_ATTEMPT_FAILED, session_out_id(message), failure,
              (Bytes){ NULL, 0 });
    message->failure = (uint8_t)failure;
    session_spread_end(s, message);
    if (message->tries < s->config->send_tries) {
        set_state(s, message, OUT_GAP);
        message->due = s->now + session_retry_gap(s, s->config->send_gap, message->tries);
        return;
    }
    set_state(s, message, OUT_PARKED);
    message->due = again > 0 ? s->now + again : TIME_NEVER;
}

void
session_outbox_swarm(Session *s, const uint8_t key[KEY_BYTES])
{
    for (uint32_t i = 0; i < s->outbox.n; i++) {
        OutMessage *message = s->outbox.item[i];

        if (message->state != OUT_SWARM || memcmp(message->to + 1, key, KEY_BYTES) != 0)
            continue;
        if (s->fresh != NULL)
            session_send_attempt(s, message);
        else
            session_outbox_failed(s, message, SEND_NO_SWARM);
    }
}

/* --- what is due ----------------------------------------------------------------- */

static Time
death_of(const Session *s, const OutMessage *message)
{
    return message->written + session_kind_ttl(s->config, (SessionKind)message->kind);
}

/* Give up what is older than its content may live. */
static void
outbox_bury(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n;) {
        const OutMessage *message = s->outbox.item[i];

        if (is_under_way(message) ||
            (!message->is_refused && s->now < death_of(s, message))) {
            i++;
            continue;
        }
        port_note(s->port, NOTE_GIVEN_UP, session_out_id(message), message->failure,
                  (Bytes){ NULL, 0 });
        outbox_remove(s, i);
    }
}

static void
attempt_begin(Session *s, OutMessage *message)
{
    message->attempt++;
    message->tries++;
    message->due = TIME_NEVER;
    set_state(s, message, OUT_SENT);
    session_send_attempt(s, message);
}

/* An earlier message to the same recipient is under way, or waits for its turn. */
static bool
is_blocked(const Session *s, uint32_t index)
{
    const OutMessage *message = s->outbox.item[index];

    for (uint32_t i = 0; i < s->outbox.n; i++) {
        const OutMessage *other = s->outbox.item[i];

        if (i == index || !same_recipient(message, other))
            continue;
        if (is_under_way(other) || (other->state == OUT_READY && i < index))
            return true;
    }
    return false;
}

static void
outbox_wake(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n; i++) {
        OutMessage *message = s->outbox.item[i];

        if (message->state != OUT_PARKED || message->due > s->now)
            continue;
        message->tries = 0;
        message->due = TIME_NEVER;
        set_state(s, message, OUT_READY);
    }
}

static void
outbox_start(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n && s->outbox.under_way < SENDS_MAX; i++)
        if (s->outbox.item[i]->state == OUT_READY && !is_blocked(s, i))
            attempt_begin(s, s->outbox.item[i]);
}

static void
outbox_retry(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n; i++) {
        OutMessage *message = s->outbox.item[i];

        if (message->state != OUT_GAP || message->due > s->now)
            continue;
        /* Too old by now: parked, to be buried. */
        if (s->now >= death_of(s, message))
            set_state(s, message, OUT_PARKED);
        else
            attempt_begin(s, message);
    }
}

static void
set_timer(Session *s)
{
    Time first = TIME_NEVER;

    for (uint32_t i = 0; i < s->outbox.n; i++) {
        const OutMessage *message = s->outbox.item[i];
        Time at = message->due;

        if (!is_under_way(message) && death_of(s, message) < at)
            at = death_of(s, message);
        if (at < first)
            first = at;
    }
    session_timer(s, TIMER_OUTBOX, first);
}

void
session_outbox_run(Session *s)
{
    if (!s->outbox.dirty || !s->online)
        return;
    outbox_retry(s);
    outbox_bury(s);
    outbox_wake(s);
    outbox_start(s);
    if (s->outbox.refused)
        outbox_bury(s);
    s->outbox.dirty = s->outbox.refused = false;
    set_timer(s);
}

void
session_outbox_online(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n; i++)
        if (s->outbox.item[i]->state == OUT_PARKED)
            s->outbox.item[i]->due = s->now;
    s->outbox.dirty = true;
}

/* What was under way waits again, with all its tries. */
void
session_outbox_offline(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n; i++) {
        OutMessage *message = s->outbox.item[i];

        if (!is_under_way(message))
            continue;
        session_spread_end(s, message);
        message->tries = 0;
        message->due = TIME_NEVER;
        set_state(s, message, OUT_READY);
    }
}

void
session_outbox_clear(Session *s)
{
    for (uint32_t i = 0; i < s->outbox.n; i++) {
        session_spread_end(s, s->outbox.item[i]);
        message_free(s->outbox.item[i]);
    }
    free(s->outbox.item);
    s->outbox = (Outbox){ 0 };
}

size_t
session_outbox(const Session *session)
{
    return session->outbox.n;
}
