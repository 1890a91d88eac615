/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Polling the mailboxes of closed groups (protocol 5.4): one random node of a group's swarm
 * at a time, an unsigned retrieve, the next one the sooner the younger the last message is.
 * Each group has its own rhythm. */
#include "clients/session/groups.h"
#include "nodes/base/memory.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

#include <stdlib.h>

#define GROUP_ACTIVE (2 * DAY)
#define GROUP_RECENT (7 * DAY)

static Duration
interval(const Session *s, const Group *group)
{
    Duration age = s->now - group->news;

    return s->config->group_poll[(age > GROUP_ACTIVE) + (age > GROUP_RECENT)];
}

/* --- cursors
 * ------------------------------------------------------------------------------
 */

static GroupCursor *
cursor_of(const Group *group, int node)
{
    for (uint32_t i = 0; i < group->n_cursors; i++)
        if (group->cursor[i].node == node)
            return &group->cursor[i];
    return NULL;
}

static void
set_cursor(Group *group, int node, Bytes hash)
{
    uint8_t raw[HASH_RAW_BYTES];
    GroupCursor *cursor = cursor_of(group, node);

    if (node == NODE_NONE || hash.n != MESSAGE_HASH_BYTES ||
        base64_decode_exact(hash, raw, HASH_RAW_BYTES) != ST_OK)
        return;
    if (cursor == NULL && group->n_cursors == GROUP_CURSORS_MAX) {
        group->n_cursors--;
        memmove(group->cursor, group->cursor + 1, group->n_cursors * sizeof *cursor);
    }
    if (cursor == NULL) {
        group->cursor =
            memory_resized(group->cursor, group->n_cursors + 1u, sizeof *cursor);
        cursor = &group->cursor[group->n_cursors++];
        cursor->node = (NodeRef)node;
    }
    memcpy(cursor->hash, raw, HASH_RAW_BYTES);
}

void
session_group_read_again(Group *group)
{
    group->n_cursors = 0;
}

void
session_groups_remap(Session *s, const int *map)
{
    for (uint32_t i = 0; s->more != NULL && i < s->more->n_groups; i++) {
        Group *group = s->more->group[i];
        uint8_t kept = 0;

        for (uint32_t j = 0; j < group->n_cursors; j++) {
            GroupCursor cursor = group->cursor[j];

            if (map[cursor.node] == NODE_NONE)
                continue;
            cursor.node = (NodeRef)map[cursor.node];
            group->cursor[kept++] = cursor;
        }
        group->n_cursors = kept;
    }
}

/* --- one poll
 * -------------------------------------------------------------------------------
 */

static Packet
write_retrieve(const Group *group, int node)
{
    const GroupCursor *cursor = cursor_of(group, node);
    Buffer out = BUFFER_EMPTY;

    buffer_append_literal(&out, "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":"
                                "{\"requests\":[{\"method\":\"retrieve\",\"params\":"
                                "{\"pubkey\":\"");
    buffer_append_hex(&out, (Bytes){ group->id, ACCOUNT_BYTES });
    buffer_append_literal(&out, "\",\"namespace\":");
    buffer_append_i64_decimal(&out, SESSION_GROUP_NAMESPACE);
    if (cursor != NULL) {
        buffer_append_literal(&out, ",\"last_hash\":\"");
        base64_encode((Bytes){ cursor->hash, HASH_RAW_BYTES }, false, &out);
        buffer_append_literal(&out, "\"");
    }
    buffer_append_literal(&out, "}}]}}");
    return packet_of_buffer(&out);
}

static void
poll_end(Session *s, Group *group, uint32_t messages, int status)
{
    port_note(s->port, NOTE_MAILBOX, messages, (uint64_t)status,
              (Bytes){ group->id, ACCOUNT_BYTES });
    if (messages > 0)
        group->news = s->now;
    if (group->gone)
        return;
    group->state = POLL_WAITING;
    group->due = s->now + interval(s, group);
}

static void
poll_ask(Session *s, Group *group, const Target *node)
{
    RequestOrder order = { .use = USE_GROUP_POLL,
                           .owner = group->serial,
                           .account = group->id + 1,
                           .target = *node };
    Packet payload = write_retrieve(group, node->node);

    group->state = POLL_ASKED;
    if (!session_request_start(s, &order, &payload))
        poll_end(s, group, 0, 0);
}

static void
poll_begin(Session *s, Group *group)
{
    Target node;

    group->serial = session_serial(s);
    group->state = POLL_SWARM;
    group->due = s->now + s->config->poll_timeout;
    switch (session_swarm_pick(s, group->id + 1, RANDOM_GROUP, &node)) {
    case PICK_NOW:
        poll_ask(s, group, &node);
        break;
    case PICK_NEVER:
        poll_end(s, group, 0, 0);
        break;
    case PICK_LATER:
        break;
    }
}

/* Patience is at its end; what is on its way goes on without anybody who listens. */
static void
poll_time_out(Session *s, Group *group)
{
    OnionRequest *request = session_request_find(s, USE_GROUP_POLL, group->serial);

    if (group->state == POLL_ASKED && request != NULL && request->waits_for_path)
        session_request_cancel(s, request);
    poll_end(s, group, 0, 0);
}

void
session_groups_swarm(Session *s, const uint8_t key[KEY_BYTES])
{
    Target node;

    for (uint32_t i = 0; s->more != NULL && i < s->more->n_groups; i++) {
        Group *group = s->more->group[i];

        if (group->state != POLL_SWARM || memcmp(group->id + 1, key, KEY_BYTES) != 0)
            continue;
        if (s->fresh != NULL && session_swarm_pick(s, key, RANDOM_GROUP, &node) == PICK_NOW)
            poll_ask(s, group, &node);
        else
            poll_end(s, group, 0, 0);
        session_more_settle(s);
    }
}

static Group *
asked_by(const Session *s, const OnionRequest *request)
{
    for (uint32_t i = 0; s->more != NULL && i < s->more->n_groups; i++)
        if (s->more->group[i]->state == POLL_ASKED &&
            s->more->group[i]->serial == request->owner)
            return s->more->group[i];
    return NULL;
}

/* The one sub-result. */
static void
read_result(Session *s, Group *group, OnionRequest *request, const RequestResult *result)
{
    uint8_t keys = group->n_keys;
    uint32_t messages;
    Bytes last = { NULL, 0 };
    JsonIndex index;
    JsonValue body;
    bool more = false;
    int code;

    if (!session_answer_single(s, request, result, &index, &code, &body)) {
        poll_end(s, group, 0, 0);
        return;
    }
    session_learn_time(s, &request->target, body);
    if (code != 200) {
        poll_end(s, group, 0, code);
        return;
    }
    messages = session_receive_group(s, group, body, &last, &more);
    /* With another key what did not open is read again. */
    if (group->n_keys == keys)
        set_cursor(group, request->target.node, last);
    poll_end(s, group, messages, code);
    if (more && !group->gone)
        group->due = s->now;
}

void
session_group_poll_done(Session *s, OnionRequest *request, RequestResult *result)
{
    Group *group = asked_by(s, request);

    if (group == NULL)
        return; /* nobody waits for it any more */
    if (result->answered)
        read_result(s, group, request, result);
    else
        poll_end(s, group, 0, result->status == 200 ? 0 : result->status);
    session_groups_sweep(s);
    session_more_settle(s);
}

/* --- all of them
 * ------------------------------------------------------------------------------
 */

void
session_groups_run(Session *s)
{
    for (uint32_t i = 0; i < s->more->n_groups && s->online; i++) {
        Group *group = s->more->group[i];

        if (group->gone || group->due > s->now)
            continue;
        if (group->state == POLL_WAITING)
            poll_begin(s, group);
        else
            poll_time_out(s, group);
    }
}

Time
session_groups_due(const Session *s)
{
    Time due = TIME_NEVER;

    for (uint32_t i = 0; i < s->more->n_groups; i++)
        if (s->more->group[i]->due < due)
            due = s->more->group[i]->due;
    return due;
}

void
session_groups_online(Session *s, Time at)
{
    for (uint32_t i = 0; i < s->more->n_groups; i++) {
        Group *group = s->more->group[i];

        if (group->pairwise)
            continue;
        group->state = POLL_WAITING;
        group->due = at;
    }
}

void
session_groups_offline(Session *s)
{
    for (uint32_t i = 0; i < s->more->n_groups; i++) {
        s->more->group[i]->state = POLL_OFF;
        s->more->group[i]->due = TIME_NEVER;
    }
}
