/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/rooms.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

void
session_room_id(const char *token, uint8_t ret[ACCOUNT_BYTES])
{
    size_t n = strlen(token);

    memset(ret, 0, ACCOUNT_BYTES);
    memcpy(ret + 1, token, n > SERVER_ROOM_TOKEN_MAX ? SERVER_ROOM_TOKEN_MAX : n);
}

static bool
is_room_id(const uint8_t id[ACCOUNT_BYTES])
{
    const char *token = (const char *)id + 1;

    return id[0] == 0 &&
           server_room_token_valid((Bytes){ id + 1, strnlen(token, ACCOUNT_BYTES - 1) });
}

void
session_room_path(const uint8_t id[ACCOUNT_BYTES], Buffer *out)
{
    buffer_append_literal(out, "/room/");
    buffer_append_text(out, (const char *)id + 1);
}

bool
session_room_is_joined(const Session *s, const uint8_t id[ACCOUNT_BYTES])
{
    const OpenGroup *group = s->more == NULL ? NULL : s->more->rooms;

    for (uint32_t i = 0; group != NULL && i < group->n_rooms; i++)
        if (memcmp(group->room[i].id, id, ACCOUNT_BYTES) == 0)
            return true;
    return false;
}

static OpenGroup *
open_group(Session *s)
{
    More *more = session_more(s);

    if (more->rooms == NULL) {
        OpenGroup *group = memory_zeroed(1, sizeof *group);

        if (blinded_pair(s->crypto, BLIND_15, &s->ed25519, s->config->open_group->x25519,
                         &group->pair) != ST_OK) {
            free(group);
            return NULL;
        }
        group->due = s->online ? s->now : TIME_NEVER;
        more->rooms = group;
    }
    return more->rooms;
}

void
session_room_join(Session *s, const uint8_t id[ACCOUNT_BYTES])
{
    OpenGroup *group;

    if (s->config->open_group == NULL || !is_room_id(id) || session_room_is_joined(s, id))
        return;
    group = open_group(s);
    if (group == NULL || group->n_rooms == ROOMS_MAX)
        return;
    group->room = memory_resized(group->room, group->n_rooms + 1, sizeof *group->room);
    group->room[group->n_rooms] = (Room){ .read_to = -1 };
    memcpy(group->room[group->n_rooms++].id, id, ACCOUNT_BYTES);
    session_more_settle(s);
}

/* --- polling
 * ------------------------------------------------------------------------------
 */

static void
write_get(Buffer *out, const Room *room, const char *rest)
{
    json_write_comma(out);
    buffer_append_literal(out, "{\"method\":\"GET\",\"path\":\"");
    if (room != NULL)
        session_room_path(room->id, out);
    buffer_append_text(out, rest);
}

/* What the server can do; of each room what it is, and what is new in it. */
static Packet
write_batch(const OpenGroup *group)
{
    Buffer out = BUFFER_EMPTY;

    buffer_append_literal(&out, "[");
    write_get(&out, NULL, "/capabilities\"}");
    for (uint32_t i = 0; i < group->n_rooms; i++) {
        const Room *room = &group->room[i];

        write_get(&out, room, "/pollInfo/");
        buffer_append_i64_decimal(&out, room->info);
        buffer_append_literal(&out, "\"}");
        if (room->read_to < 0) {
            write_get(&out, room, "/messages/recent?t=r&reactors=5\"}");
            continue;
        }
        write_get(&out, room, "/messages/since/");
        buffer_append_i64_decimal(&out, room->read_to);
        buffer_append_literal(&out, "?t=r&reactors=5\"}");
    }
    buffer_append_literal(&out, "]");
    return packet_of_buffer(&out);
}

static void
poll_end(Session *s, OpenGroup *group)
{
    group->asked = false;
    group->due = s->now + s->config->open_group_poll;
}

static void
poll_begin(Session *s, OpenGroup *group)
{
    RequestOrder order = { .use = USE_ROOM_POLL,
                           .owner = session_serial(s),
                           .target = { .node = NODE_NONE },
                           .server = s->config->open_group };
    Packet body = write_batch(group), payload;

    payload = session_room_request(s, "POST", BYTES_LITERAL("/batch"), &body);
    group->serial = order.owner;
    group->n_asked = group->n_rooms;
    group->asked = true;
    group->due = TIME_NEVER;
    if (!session_request_start(s, &order, &payload))
        poll_end(s, group);
}

/* The next item of a batch's answer; false: there is none, or it has no code. */
static bool
next_item(JsonIterator *it, int *ret_code, JsonValue *ret_body)
{
    JsonValue item, code;
    int64_t number;
    Bytes key;

    if (!json_next(it, &key, &item) || !json_get(item, "code", &code) ||
        !json_i64(code, &number) || number < 100 || number > 999 ||
        !json_get(item, "body", ret_body))
        return false;
    *ret_code = (int)number;
    return true;
}

static void
note_read(Session *s, const Room *room, uint32_t messages, int status)
{
    port_note(s->port, NOTE_MAILBOX, messages, (uint64_t)status,
              (Bytes){ room->id, ACCOUNT_BYTES });
}

/* What the two items about a room say; false: the answer ends here. */
static bool
read_room(Session *s, Room *room, JsonIterator *it)
{
    JsonValue info, messages, details, updates;
    int info_code, code;
    int64_t last = room->read_to < 0 ? 0 : room->read_to;
    uint32_t n = 0;

    if (!next_item(it, &info_code, &info) || !next_item(it, &code, &messages))
        return false;
    if (info_code == 200 && json_get(info, "details", &details) &&
        json_get(details, "info_updates", &updates))
        (void)json_i64(updates, &room->info);
    if (code == 200 && messages.type == JSON_TYPE_ARRAY) {
        n = session_room_read(s, room->id, messages, &last);
        room->read_to = last;
    }
    note_read(s, room, n, code);
    return true;
}

static void
read_rooms(Session *s, OpenGroup *group, Bytes answer)
{
    JsonValue items, body;
    JsonIterator it;
    int code;

    meter_add(s->port->meter, METER_PARSE, answer.n);
    if (json_parse(answer, &items) != ST_OK || items.type != JSON_TYPE_ARRAY)
        return;
    it = json_iterate(items);
    if (!next_item(&it, &code, &body))
        return;
    for (uint32_t i = 0; i < group->n_asked; i++)
        if (!read_room(s, &group->room[i], &it))
            return;
}

void
session_room_poll_done(Session *s, OnionRequest *request, RequestResult *result)
{
    OpenGroup *group = s->more == NULL ? NULL : s->more->rooms;

    if (group == NULL || !group->asked || group->serial != request->owner)
        return;
    if (result->answered && result->status == 200)
        read_rooms(s, group, packet_bytes(&result->body));
    else
        for (uint32_t i = 0; i < group->n_asked; i++)
            note_read(s, &group->room[i], 0, result->status == 200 ? 0 : result->status);
    poll_end(s, group);
    session_more_settle(s);
}

/* --- all of it
 * --------------------------------------------------------------------------------
 */

void
session_rooms_run(Session *s)
{
    OpenGroup *group = s->more->rooms;

    if (group != NULL && !group->asked && s->online && group->due <= s->now)
        poll_begin(s, group);
}

Time
session_rooms_due(const Session *s)
{
    return s->more->rooms == NULL ? TIME_NEVER : s->more->rooms->due;
}

void
session_rooms_online(Session *s, Time at)
{
    if (s->more->rooms != NULL)
        s->more->rooms->due = at;
}

void
session_rooms_offline(Session *s)
{
    if (s->more->rooms == NULL)
        return;
    s->more->rooms->asked = false;
    s->more->rooms->due = TIME_NEVER;
}

void
session_rooms_clear(Session *s)
{
    if (s->more->rooms == NULL)
        return;
    explicit_bzero(&s->more->rooms->pair, sizeof s->more->rooms->pair);
    free(s->more->rooms->room);
    free(s->more->rooms);
    s->more->rooms = NULL;
}

size_t
session_rooms_memory(const Session *s)
{
    return s->more->rooms == NULL
               ? 0
               : sizeof(OpenGroup) + s->more->rooms->n_rooms * sizeof(Room);
}
