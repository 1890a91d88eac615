/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Polling one's own swarm (protocol 5.4): one random node at a time, a batch of signed
 * retrieves, the next one poll_interval after the end of this one.  In 2020 three such
 * loops, each at one node of its third of the swarm until that fails again and again.  With
 * poll_members, which is no real client's, several nodes in a row before the rest.  The
 * end comes after poll_timeout at the latest; the onion request then goes on without
 * anybody who listens.
 */
#include "clients/session/groups.h"
#include "nodes/wire/sign_later.h"
#include "nodes/wire/message.h"

#include <assert.h>

/* What is asked for: the messages (0 stands for their namespace), and the configurations.
 */
static const struct {
    int8_t name_space;
    int8_t max_size; /* -n: 1/n of what a node gives at most (3.4) */
} asked[POLL_NAMESPACES_MAX] = { { 0, -2 }, { 2, -8 }, { 5, -8 }, { 3, -8 }, { 4, -8 } };

static int8_t
asked_namespace(const Session *s, uint32_t i)
{
    return i == 0 ? (int8_t)s->config->message_namespace : asked[i].name_space;
}

static uint32_t
asked_count(const Session *s)
{
    return s->config->poll_configs ? POLL_NAMESPACES_MAX : 1;
}

/* "retrieve", the namespace (empty for 0) and the time, signed (3.2). */
static void
write_signature(Session *s, int8_t name_space, UnixMs timestamp, SignLater *later,
                Buffer *out)
{
    uint8_t room[SIGNATURE_MEMO_TEXT_MAX];
    Buffer text = { room, 0, sizeof room }; /* more than it ever needs */

    buffer_append_literal(&text, "retrieve");
    if (name_space != 0)
        buffer_append_i64_decimal(&text, name_space);
    buffer_append_i64_decimal(&text, timestamp);
    sign_later_append(later, s->crypto, &s->ed25519, buffer_bytes(&text), out);
}

static const Cursor *
cursor_of(const Session *s, const Target *node, uint32_t i)
{
    if (node->node == NODE_NONE)
        return NULL;
    return session_cursor_find(s, (NodeRef)node->node, asked_namespace(s, i));
}

static void
write_retrieve(Session *s, const Target *node, uint32_t i, UnixMs timestamp,
               SignLater *later, Buffer *out)
{
    uint8_t account[ACCOUNT_BYTES];
    const Cursor *cursor = cursor_of(s, node, i);

    session_account(s, account);
    buffer_append_literal(out, "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"");
    buffer_append_hex(out, (Bytes){ account, ACCOUNT_BYTES });
    buffer_append_literal(out, "\",\"pubkey_ed25519\":\"");
    buffer_append_hex(out, (Bytes){ s->ed25519.pk, KEY_BYTES });
    buffer_append_literal(out, "\",\"namespace\":");
    buffer_append_i64_decimal(out, asked_namespace(s, i));
    if (cursor != NULL) {
        buffer_append_literal(out, ",\"last_hash\":\"");
        session_cursor_write(s, cursor, out);
        buffer_append_literal(out, "\"");
    }
    buffer_append_literal(out, ",\"max_size\":");
    buffer_append_i64_decimal(out, asked[i].max_size);
    buffer_append_literal(out, ",\"timestamp\":");
    buffer_append_i64_decimal(out, timestamp);
    buffer_append_literal(out, ",\"signature\":\"");
    write_signature(s, asked_namespace(s, i), timestamp, later, out);
    buffer_append_literal(out, "\"}}");
}

enum { RETRIEVE_BYTES_MAX = 512 }; /* of one, in a batch */

static Packet
write_batch(Session *s, const Target *node)
{
    UnixMs timestamp = session_network_ms(s);
    Buffer text = BUFFER_EMPTY, *out = &text;
    SignLater later;

    later.n = 0;
    buffer_reserve(out, (1 + asked_count(s)) * RETRIEVE_BYTES_MAX);
    buffer_append_literal(out, "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":"
                               "{\"requests\":[");
    for (uint32_t i = 0; i < asked_count(s); i++) {
        if (i > 0)
            buffer_append_literal(out, ",");
        write_retrieve(s, node, i, timestamp, &later, out);
    }
    buffer_append_literal(out, "]}}");
    return sign_later_packet(&later, s->crypto, &s->ed25519, out);
}

/* --- loops ------------------------------------------------------------------------ */

#define POLL_ROUND_GAP (5 * SECOND) /* after all nodes of a loop's part failed (5.4) */

static void
loop_timer(Session *s, const Poll *poll, Time at)
{
    session_timer(s, TIMER_POLL + (uint32_t)(poll - s->poll), at);
}

/* Nodes of each loop's part of a swarm of @n, at least one. */
static uint32_t
part_of(const Session *s, uint32_t n)
{
    uint32_t part = n / s->config->poll_loops;

    return part > 0 ? part : 1;
}

/* Of a poll of several nodes, the one whose turn it is: around the swarm of @n from a
 * random one on. */
static uint32_t
next_member(Session *s, Poll *poll, uint32_t n)
{
    if (poll->members == 0) {
        poll->place = (uint8_t)port_random_below(s->port, RANDOM_POLL, n);
        poll->round = (uint8_t)(s->config->poll_members < n ? s->config->poll_members : n);
    }
    return (poll->place + poll->members++) % n;
}

/* The node whose turn it is, in this loop's part. */
static SwarmPick
pick(Session *s, Poll *poll, Target *ret)
{
    uint32_t loop = (uint32_t)(poll - s->poll), n, part;
    SwarmPick result;

    if (s->config->poll_loops == 1 && s->config->poll_members == 1)
        return session_swarm_pick(s, s->x25519.pk, RANDOM_POLL, ret);
    result = session_swarm_ready(s, s->x25519.pk, &n);
    if (result != PICK_NOW)
        return result;
    if (s->config->poll_members > 1) {
        *ret = session_swarm_node(s, s->x25519.pk, next_member(s, poll, n));
        return PICK_NOW;
    }
    part = part_of(s, n);
    *ret = session_swarm_node(s, s->x25519.pk, (loop * part + poll->place % part) % n);
    return PICK_NOW;
}

/* The time between polls; it may hang on luck, so that polls cannot be told by their beat.
 */
static Duration
poll_gap(Session *s)
{
    Duration gap = s->config->poll_interval, jitter = s->config->poll_jitter;
    uint32_t ms;

    if (jitter == 0)
        return gap;
    if (jitter > gap)
        jitter = gap;
    ms = (uint32_t)(2 * jitter / MILLISECOND);
    return gap - jitter + port_random_below(s->port, RANDOM_POLL, ms + 1) * MILLISECOND;
}

/* When the loop goes on: later after failures, and with the next node after many. */
static Time
next_time(Session *s, Poll *poll, bool good)
{
    Duration gap = poll_gap(s);

    if (s->config->poll_loops == 1)
        return s->now + gap;
    poll->failures = good ? 0 : (uint8_t)(poll->failures + 1);
    if (poll->failures >= s->config->poll_failures_max) {
        const SwarmEntry *own = session_swarm_find(s, s->x25519.pk);

        poll->failures = 0;
        poll->place++;
        if (own == NULL || poll->place >= part_of(s, own->n)) {
            poll->place = 0;
            return s->now + POLL_ROUND_GAP;
        }
    }
    return s->now + (gap > poll->failures * SECOND ? gap : poll->failures * SECOND);
}

static void
note_poll(Session *s, uint32_t messages, int status)
{
    port_note(s->port, NOTE_POLL, messages, (uint64_t)status, (Bytes){ NULL, 0 });
}

/* Its timer runs since it began. */
static void
note_duration(Session *s, const Poll *poll)
{
    Time deadline = s->timer[TIMER_POLL + (uint32_t)(poll - s->poll)];
    Duration took = s->now - (deadline - s->config->poll_timeout);

    port_note(s->port, NOTE_POLLED, (uint64_t)took, 0, (Bytes){ NULL, 0 });
}

static void poll_begin(Session *s, Poll *poll);

/* The poll of a node is over: say so, and ask the next one or rest. */
static void
poll_end(Session *s, Poll *poll, uint32_t messages, int status)
{
    note_poll(s, messages, status);
    if (poll->members < poll->round) {
        poll_begin(s, poll);
        return;
    }
    poll->members = poll->round = 0;
    poll->state = POLL_WAITING;
    loop_timer(s, poll, next_time(s, poll, status == 200));
}

static void
poll_ask(Session *s, Poll *poll, const Target *node)
{
    RequestOrder order = {
        .use = USE_POLL, .owner = poll->serial, .account = s->x25519.pk, .target = *node
    };
    Buffer single = BUFFER_EMPTY;
    Packet payload;

    if (s->config->storage_rpc == STORAGE_RPC_2020) {
        session_2020_retrieve(s, cursor_of(s, node, 0), &single);
        payload = packet_of_buffer(&single);
    } else {
        payload = write_batch(s, node);
    }
    session_cover_like(s, payload.length);
    poll->state = POLL_ASKED;
    if (!session_request_start(s, &order, &payload))
        poll_end(s, poll, 0, 0);
}

/* A page was read and the node has more: the next one at once, from the same node. */
static void
poll_go_on(Session *s, Poll *poll, const Target *node)
{
    poll->serial = session_serial(s);
    poll->pages++;
    loop_timer(s, poll, s->now + s->config->poll_timeout);
    poll_ask(s, poll, node);
}

/* Ask a node, when one's swarm is known. */
static void
poll_begin(Session *s, Poll *poll)
{
    Target node;

    poll->serial = session_serial(s);
    poll->state = POLL_SWARM;
    poll->pages = 1;
    loop_timer(s, poll, s->now + s->config->poll_timeout);
    switch (pick(s, poll, &node)) {
    case PICK_NOW:
        poll_ask(s, poll, &node);
        break;
    case PICK_NEVER:
        poll_end(s, poll, 0, 0);
        break;
    case PICK_LATER:
        break;
    }
}

/* Patience is at its end.  What is on its way stays on its way; what only waits to be sent
 * does not. */
static void
poll_time_out(Session *s, Poll *poll)
{
    OnionRequest *request = session_request_find(s, USE_POLL, poll->serial);

    if (poll->state == POLL_ASKED && request != NULL && request->waits_for_path)
        session_request_cancel(s, request);
    poll_end(s, poll, 0, 0);
}

void
session_poll_expire(Session *s, uint32_t loop)
{
    Poll *poll = &s->poll[loop];

    switch ((PollState)poll->state) {
    case POLL_WAITING:
        poll_begin(s, poll);
        break;
    case POLL_SWARM:
    case POLL_ASKED:
        poll_time_out(s, poll);
        break;
    case POLL_OFF:
        break;
    }
}

/* The swarm of @key was learnt (s->fresh), or could not be. */
void
session_poll_swarm(Session *s, const uint8_t key[KEY_BYTES])
{
    if (!session_is_self(s, key)) {
        session_groups_swarm(s, key);
        return;
    }
    for (uint32_t i = 0; i < s->config->poll_loops; i++) {
        Poll *poll = &s->poll[i];
        Target node;

        if (poll->state != POLL_SWARM)
            continue;
        if (s->fresh != NULL && pick(s, poll, &node) == PICK_NOW)
            poll_ask(s, poll, &node);
        else
            poll_end(s, poll, 0, 0);
    }
}

/* A page was read, and the node has @more. */
static void
page_read(Session *s, Poll *poll, const OnionRequest *request, uint32_t messages,
          int status, bool more)
{
    if (!more || s->config->defect_more_ignored || poll->pages >= POLL_PAGES_MAX) {
        poll_end(s, poll, messages, status);
        return;
    }
    note_poll(s, messages, status);
    poll_go_on(s, poll, &request->target);
}

/* Read the sub-results; the first one decides about them all (5.4). */
static void
read_results(Session *s, Poll *poll, OnionRequest *request, JsonIterator it)
{
    uint32_t messages = 0;
    JsonValue body;
    bool more = false;
    int code, first = 0;

    for (uint32_t i = 0; i < asked_count(s); i++) {
        if (!session_batch_next(s, request, &it, &code, &body))
            break;
        if (i == 0) {
            first = code;
            session_learn_time(s, &request->target, body);
        }
        if (code != 200)
            break;
        messages +=
            session_receive(s, request->target.node, asked_namespace(s, i), body, &more);
    }
    page_read(s, poll, request, messages, first, more);
}

/* 2020: the one retrieve's own answer. */
static void
read_single(Session *s, Poll *poll, OnionRequest *request, const RequestResult *result)
{
    uint32_t messages = 0;
    JsonIndex index;
    JsonValue body;
    bool more = false; /* no answer of 2020 says so */
    int code;

    if (!session_answer_single(s, request, result, &index, &code, &body)) {
        poll_end(s, poll, 0, 0);
        return;
    }
    messages = session_receive(s, request->target.node, 0, body, &more);
    poll_end(s, poll, messages, code);
}

/* The loop that waits for this request, or NULL. */
static Poll *
asked_by(Session *s, const OnionRequest *request)
{
    for (uint32_t i = 0; i < s->config->poll_loops; i++)
        if (s->poll[i].state == POLL_ASKED && s->poll[i].serial == request->owner)
            return &s->poll[i];
    return NULL;
}

void
session_poll_done(Session *s, OnionRequest *request, RequestResult *result)
{
    Poll *poll = asked_by(s, request);
    JsonIndex index;
    JsonIterator it;

    if (poll == NULL)
        return; /* nobody waits for it any more */
    if (result->answered)
        note_duration(s, poll);
    if (!result->answered)
        poll_end(s, poll, 0, result->status);
    else if (s->config->storage_rpc == STORAGE_RPC_2020)
        read_single(s, poll, request, result);
    else if (!session_batch_parse(s, packet_bytes(&result->body), &index, &it))
        poll_end(s, poll, 0, 0);
    else
        read_results(s, poll, request, it);
}

void
session_poll_start(Session *s, Time at)
{
    for (uint32_t i = 0; i < s->config->poll_loops; i++) {
        s->poll[i].state = POLL_WAITING;
        loop_timer(s, &s->poll[i], at);
    }
}

void
session_poll_stop(Session *s)
{
    for (uint32_t i = 0; i < s->config->poll_loops; i++) {
        s->poll[i].state = POLL_OFF;
        s->poll[i].members = s->poll[i].round = 0;
        loop_timer(s, &s->poll[i], TIME_NEVER);
    }
}
