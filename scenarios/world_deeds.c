/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people do: the workload's choices or a table's lines, both by way of the same deeds,
 * so that a run can write down what it did and be replayed to the same trace hash. */
#include "scenarios/world_circles.h"

_Static_assert((int)PERSON_TEXT == (int)SESSION_TEXT &&
                   (int)PERSON_IMAGE == (int)SESSION_IMAGE &&
                   (int)PERSON_FILE == (int)SESSION_FILE &&
                   (int)PERSON_VOICE == (int)SESSION_VOICE,
               "what people write has the clients' numbers");
_Static_assert((int)DEED_TEXT == (int)PERSON_TEXT && (int)DEED_VOICE == (int)PERSON_VOICE,
               "and the tables'");

void
world_order(World *w, uint32_t person, const SessionOrder *order)
{
    Packet packet = session_order_packet(order);

    host_tell(w->host, w->clients[person], host_now(w->host), &packet);
}

static void
write_down(World *w, const Deed *deed)
{
    Deed now = *deed;

    now.at = host_now(w->host);
    if (w->options.keep_deeds)
        message_trace_write(&now, &w->deeds);
}

/* --- online and off
 * --------------------------------------------------------------------------
 */

static void
come_or_go(World *w, uint32_t person, bool comes)
{
    const SessionOrder order = { .kind = comes ? SESSION_ONLINE : SESSION_OFFLINE };
    OnlineState free_to_come = { 0 };
    OnlineState *state =
        w->online_states != NULL ? &w->online_states[person] : &free_to_come;

    state->online = comes;
    w->here[person] = comes;
    if (!comes || state->kept_offline == 0)
        world_order(w, person, &order);
}

void
world_keep_offline(World *w, uint32_t person, bool offline)
{
    const SessionOrder order = { .kind = offline ? SESSION_OFFLINE : SESSION_ONLINE };
    OnlineState *state = &w->online_states[person];
    bool others;

    if (offline) {
        others = state->kept_offline++ > 0;
    } else {
        others = --state->kept_offline > 0;
    }
    if (!others && state->online)
        world_order(w, person, &order);
}

/* --- writing
 * -----------------------------------------------------------------------------------
 */

static SessionKind
content_of(const Deed *deed)
{
    if (deed->place == PERSON_TO_GROUP)
        return (SessionKind)(deed->kind + SESSION_GROUP_TEXT);
    if (deed->place == PERSON_TO_ROOM)
        return (SessionKind)(deed->kind + SESSION_ROOM_TEXT);
    return (SessionKind)deed->kind;
}

static void
write_message(World *w, const Deed *deed)
{
    bool to_contact = deed->place == PERSON_TO_CONTACT;
    PersonPlace place = (PersonPlace)deed->place;
    uint32_t mailbox = to_contact ? deed->to : world_circle_mailbox(w, place, deed->to);
    SessionOrder order = { .kind = SESSION_WRITE,
                           .message = (uint64_t)deed->from << 32 | ++w->written[deed->from],
                           .content = content_of(deed),
                           .bytes = deed->bytes };

    memcpy(order.to,
           to_contact ? w->accounts[deed->to] : world_circle_id(w, place, deed->to),
           ACCOUNT_BYTES);
    /* A file's message has the shortest text. */
    world_check_text(w, order.message, deed->kind == DEED_TEXT ? deed->bytes : 0);
    /* In a pairwise group each copy is a message of the client's own. */
    if (place != PERSON_TO_GROUP || !w->session.groups_pairwise)
        world_written(w, order.message, order.content, deed->from, mailbox);
    if (to_contact) {
        world_adversary_written(w, order.message, deed->to);
        world_validate_written(w, deed->to);
    }
    world_order(w, deed->from, &order);
}

/* @n people that `member` lines name, behind a `create`. */
static void
create(World *w, const Deed *deed, const uint32_t *people, uint32_t n)
{
    write_down(w, deed);
    for (uint32_t i = 0; i < n; i++)
        write_down(w, &(Deed){ .kind = DEED_MEMBER,
                               .from = people[i],
                               .to = deed->to,
                               .place = PERSON_TO_GROUP });
    world_circle_create(w, deed->to, deed->from, people, n);
}

void
world_do(World *w, const Deed *deed)
{
    write_down(w, deed);
    switch ((DeedKind)deed->kind) {
    case DEED_TEXT:
    case DEED_IMAGE:
    case DEED_FILE:
    case DEED_VOICE:
        write_message(w, deed);
        break;
    case DEED_ONLINE:
    case DEED_OFFLINE:
        come_or_go(w, deed->from, deed->kind == DEED_ONLINE);
        break;
    case DEED_ADD:
    case DEED_REMOVE:
        world_circle_change(w, deed->to, deed->from, deed->kind == DEED_ADD);
        break;
    case DEED_JOIN:
        world_circle_join(w, deed->to, deed->from);
        break;
    case DEED_CREATE:
    case DEED_MEMBER:
    case DEEDS:
        break; /* a group is made at once, with its members */
    }
}

/* --- by the workload
 * ------------------------------------------------------------------------------
 */

/* Before it first comes: the groups that it makes, the rooms that it joins. */
static void
introduce(World *w, uint32_t person)
{
    const Circles *circles = workload_circles(w->workload);
    const uint32_t *list, *members;
    uint32_t n;

    if (w->circles == NULL || w->introduced[person])
        return;
    w->introduced[person] = true;
    n = circles_groups_of(circles, person, &list);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t size = circles_members(circles, list[i], &members);
        Deed deed = {
            .kind = DEED_CREATE, .from = person, .to = list[i], .place = PERSON_TO_GROUP
        };

        if (members[0] == person && size > 1)
            create(w, &deed, members + 1, size - 1);
    }
    n = circles_rooms_of(circles, person, &list);
    for (uint32_t i = 0; i < n; i++)
        world_do(w, &(Deed){ .kind = DEED_JOIN,
                             .from = person,
                             .to = list[i],
                             .place = PERSON_TO_ROOM });
}

/* Who is not in the group, or the room, yet or any more writes to the contact. */
static void
write_by_workload(World *w, uint32_t person, const PersonAction *action)
{
    PersonPlace place = (PersonPlace)action->place;
    Deed deed = {
        .kind = action->content, .from = person, .to = action->to, .bytes = action->bytes
    };

    if (place != PERSON_TO_CONTACT && world_circle_has(w, place, action->circle, person)) {
        deed.place = action->place;
        deed.to = action->circle;
        if (place == PERSON_TO_GROUP && w->session.groups_pairwise)
            deed.kind = DEED_TEXT; /* of 2020: files go to people only */
    }
    world_do(w, &deed);
}

void
world_act(World *w, uint32_t person, const PersonAction *action)
{
    if (action->kind == PERSON_WRITES) {
        write_by_workload(w, person, action);
        return;
    }
    if (action->kind == PERSON_COMES)
        introduce(w, person);
    world_do(w, &(Deed){ .kind = action->kind == PERSON_COMES ? DEED_ONLINE : DEED_OFFLINE,
                         .from = person });
}

/* --- by a table
 * -------------------------------------------------------------------------------------
 */

/* The create line at @i with the member lines behind it; the next line. */
static size_t
create_by_table(World *w, const MessageTrace *trace, size_t i)
{
    g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    const Deed *deed = &trace->deed[i];

    for (i++; i < trace->n && trace->deed[i].kind == DEED_MEMBER; i++)
        g_array_append_val(people, trace->deed[i].from);
    create(w, deed, (const uint32_t *)(const void *)people->data, people->len);
    return i;
}

/* All lines of this instant, and when the next one is. */
static void
act_by_table(void *context, Time now, uint64_t first)
{
    World *w = context;
    const MessageTrace *trace = w->data->messages;
    size_t i = first;

    while (i < trace->n && trace->deed[i].at <= now) {
        if (trace->deed[i].kind == DEED_CREATE)
            i = create_by_table(w, trace, i);
        else
            world_do(w, &trace->deed[i++]);
    }
    if (i < trace->n && trace->deed[i].at <= w->end)
        host_schedule(w->host, trace->deed[i].at, act_by_table, w, i);
}

void
world_start_trace(World *w)
{
    const MessageTrace *trace = w->data->messages;

    if (trace->deed[0].at <= w->end)
        host_schedule(w->host, trace->deed[0].at, act_by_table, w, 0);
}
