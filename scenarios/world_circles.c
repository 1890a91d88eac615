/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever writes to a group writes to those who are in it by the word of its admin's client
 * at that moment, as far as his own client knows of them; a room's readers are those who
 * have read it once.  The ledger is told so (world_letters.c). */
#include "scenarios/world_circles.h"

/* --- lists of people
 * -------------------------------------------------------------------------
 */

static guint
place_of(const GArray *people, uint32_t person, bool *ret_there)
{
    guint low = 0, high = people->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(people, uint32_t, middle) < person)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_there = low < people->len && g_array_index(people, uint32_t, low) == person;
    return low;
}

static bool
has(const GArray *people, uint32_t person)
{
    bool there;

    (void)place_of(people, person, &there);
    return there;
}

static void
put(GArray *people, uint32_t person)
{
    bool there;
    guint at = place_of(people, person, &there);

    if (!there)
        g_array_insert_val(people, at, person);
}

static void
take(GArray *people, uint32_t person)
{
    bool there;
    guint at = place_of(people, person, &there);

    if (there)
        g_array_remove_index(people, at);
}

/* --- circles
 * ----------------------------------------------------------------------------------
 */

static WorldCircle *
circle_at(const World *w, PersonPlace place, uint32_t number)
{
    uint32_t first = place == PERSON_TO_ROOM ? w->circles->n_groups : 0;

    return &w->circles->circle[first + number];
}

void
world_circles_new(World *w)
{
    const MessageTrace *trace = w->data->messages;
    WorldCircles *c = g_new0(WorldCircles, 1);
    uint32_t n;

    c->n_groups =
        trace != NULL ? trace->groups : circles_groups(workload_circles(w->workload));
    c->n_rooms = w->scenario->workload.circles.rooms;
    if (trace != NULL && trace->rooms > c->n_rooms)
        c->n_rooms = trace->rooms;
    n = c->n_groups + c->n_rooms;
    c->circle = g_new0(WorldCircle, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        WorldCircle *circle = &c->circle[i];
        g_autofree char *token = g_strdup_printf("room-%u", i - MIN(i, c->n_groups));

        circle->members = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        circle->knows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        circle->changes = g_array_new(FALSE, FALSE, sizeof(MemberChange));
        if (i < c->n_groups)
            continue;
        session_room_id(token, circle->id);
        circle->there = true;
    }
    w->circles = c;
}

void
world_circles_free(World *w)
{
    if (w->circles == NULL)
        return;
    for (uint32_t i = 0; i < w->circles->n_groups + w->circles->n_rooms; i++) {
        g_array_unref(w->circles->circle[i].members);
        g_array_unref(w->circles->circle[i].knows);
        g_array_unref(w->circles->circle[i].changes);
    }
    g_free(w->circles->circle);
    g_free(w->circles);
}

uint32_t
world_circles_count(const World *w)
{
    return w->circles->n_groups + w->circles->n_rooms;
}

const uint8_t *
world_circle_at(const World *w, uint32_t i)
{
    const WorldCircle *circle = &w->circles->circle[i];

    return circle->there && i < w->circles->n_groups ? circle->id : NULL;
}

bool
world_circle_has(const World *w, PersonPlace place, uint32_t number, uint32_t person)
{
    return has(circle_at(w, place, number)->knows, person);
}

uint32_t
world_circle_mailbox(const World *w, PersonPlace place, uint32_t number)
{
    return w->scenario->clients +
           (uint32_t)(circle_at(w, place, number) - w->circles->circle);
}

const uint8_t *
world_circle_id(const World *w, PersonPlace place, uint32_t number)
{
    return circle_at(w, place, number)->id;
}

/* --- what people have their clients do
 * -----------------------------------------------------------
 */

void
world_circle_create(World *w, uint32_t group, uint32_t admin, const uint32_t *people,
                    uint32_t n)
{
    WorldCircle *circle = circle_at(w, PERSON_TO_GROUP, group);
    SessionOrder order = { .kind = SESSION_GROUP_CREATE, .message = group + 1 };
    uint8_t(*members)[ACCOUNT_BYTES] = g_malloc0_n(n + 1, sizeof *members);

    circle->asked = true;
    circle->admin = admin;
    put(circle->members, admin);
    for (uint32_t i = 0; i < n; i++) {
        put(circle->members, people[i]);
        memcpy(members[i], w->accounts[people[i]], ACCOUNT_BYTES);
    }
    order.members = (const uint8_t(*)[ACCOUNT_BYTES])members;
    order.n_members = n;
    world_order(w, admin, &order);
    g_free(members);
}

void
world_circle_change(World *w, uint32_t group, uint32_t person, bool add)
{
    WorldCircle *circle = circle_at(w, PERSON_TO_GROUP, group);
    const uint8_t(*members)[ACCOUNT_BYTES] =
        (const uint8_t(*)[ACCOUNT_BYTES]) & w->accounts[person];
    SessionOrder order = { .kind = add ? SESSION_GROUP_ADD : SESSION_GROUP_REMOVE,
                           .message = group + 1,
                           .members = members,
                           .n_members = 1 };
    MemberChange change = { person, add };

    if (!circle->there)
        return; /* there is no such group yet, and so nothing to change */
    memcpy(order.to, circle->id, ACCOUNT_BYTES);
    g_array_append_val(circle->changes, change);
    world_order(w, circle->admin, &order);
}

void
world_circle_join(World *w, uint32_t room, uint32_t person)
{
    SessionOrder order = { .kind = SESSION_ROOM_JOIN };

    memcpy(order.to, circle_at(w, PERSON_TO_ROOM, room)->id, ACCOUNT_BYTES);
    world_order(w, person, &order);
}

/* --- what their clients say
 * -------------------------------------------------------------------------
 */

/* The group of a note, by the number of its order or by its name. */
static WorldCircle *
circle_of(World *w, const Note *note)
{
    uint32_t mailbox;

    if (note->a > 0 && note->a <= w->circles->n_groups)
        return &w->circles->circle[note->a - 1];
    if (!world_mailbox_of(w, note->text, &mailbox) || mailbox < w->scenario->clients)
        return NULL;
    return &w->circles->circle[mailbox - w->scenario->clients];
}

static void
next_change(WorldCircle *circle, bool happened)
{
    MemberChange change;

    if (circle->changes->len == 0)
        return;
    change = g_array_index(circle->changes, MemberChange, 0);
    g_array_remove_index(circle->changes, 0);
    if (!happened)
        return;
    if (change.add)
        put(circle->members, change.person);
    else
        take(circle->members, change.person);
}

static void
group_note(World *w, uint32_t person, const Note *note)
{
    WorldCircle *circle = circle_of(w, note);

    if (circle == NULL)
        return;
    switch ((GroupChange)note->b) {
    case GROUP_JOINED:
        if (!circle->there) {
            memcpy(circle->id, note->text.p, ACCOUNT_BYTES);
            circle->there = true;
            world_mailbox_add(w, circle->id, (uint32_t)(circle - w->circles->circle));
        }
        put(circle->knows, person);
        break;
    case GROUP_CHANGED:
        next_change(circle, true);
        break;
    case GROUP_LEFT:
        take(circle->knows, person);
        break;
    case GROUP_REFUSED:
        if (circle->there)
            next_change(circle, false);
        break;
    }
}

static void
mailbox_note(World *w, Time now, uint32_t client, const Note *note)
{
    uint32_t mailbox, n = w->scenario->clients;
    WorldCircle *circle;

    if (note->b != 200 || !world_mailbox_of(w, note->text, &mailbox) || mailbox < n)
        return;
    ledger_polled(w->ledger, now, client, mailbox);
    circle = &w->circles->circle[mailbox - n];
    if (mailbox - n >= w->circles->n_groups && client < n) {
        put(circle->members, client);
        put(circle->knows, client);
    }
}

void
world_circle_note(World *w, Time now, uint32_t client, const Note *note)
{
    if (note->kind == NOTE_MAILBOX)
        mailbox_note(w, now, client, note);
    else if (client < w->scenario->clients)
        group_note(w, client, note);
}

const GArray *
world_circle_members(const World *w, uint32_t mailbox)
{
    return w->circles->circle[mailbox - w->scenario->clients].members;
}

bool
world_circle_is_member(const World *w, uint32_t mailbox, uint32_t person)
{
    return has(world_circle_members(w, mailbox), person);
}

/* --- changes of members, synthetic
 * ------------------------------------------------------------------
 */

static uint64_t
word_of(const World *w, uint32_t group, uint64_t index)
{
    StreamKey key = { w->options.seed, stream_name("closed group", group), WORLD_MEMBERS,
                      0 };

    return stream_word(&key, index);
}

static Time
next_time(const World *w, uint32_t group, uint64_t number, Time from)
{
    double mean = (double)DAY / w->scenario->group_changes;

    return from + 1 + (Time)sample_exponential(word_of(w, group, 4 * number), mean);
}

/* Somebody in the group but its admin; false: there is nobody. */
static bool
draw_member(const World *w, uint32_t group, uint64_t word, uint32_t *ret)
{
    const WorldCircle *circle = circle_at(w, PERSON_TO_GROUP, group);
    uint32_t n = circle->members->len;

    if (n < 2)
        return false;
    *ret = g_array_index(circle->members, uint32_t, sample_below(word, n));
    if (*ret == circle->admin)
        *ret = g_array_index(circle->members, uint32_t, (sample_below(word, n) + 1) % n);
    return true;
}

enum { DRAWS_OF_OTHER = 16 };

static bool
draw_other(const World *w, uint32_t group, uint64_t word, uint32_t *ret)
{
    const WorldCircle *circle = circle_at(w, PERSON_TO_GROUP, group);

    for (int i = 0; i < DRAWS_OF_OTHER; i++) {
        *ret = (uint32_t)sample_below(word, w->scenario->clients);
        if (!has(circle->members, *ret))
            return true;
        word = word * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    }
    return false;
}

/* One goes, one comes, when the admin is there to say so: group and number of the change in
 * @argument. */
static void
change_members(void *context, Time now, uint64_t argument)
{
    World *w = context;
    uint32_t group = (uint32_t)(argument >> 32), number = (uint32_t)argument, person;
    const WorldCircle *circle = circle_at(w, PERSON_TO_GROUP, group);
    Time next = next_time(w, group, number + 1u, now);
    Deed deed = { .at = now, .to = group, .place = PERSON_TO_GROUP };

    if (circle->there && circle->changes->len == 0 && w->here[circle->admin]) {
        if (draw_member(w, group, word_of(w, group, 4 * (uint64_t)number + 1), &person)) {
            deed.kind = DEED_REMOVE;
            deed.from = person;
            world_do(w, &deed);
        }
        if (draw_other(w, group, word_of(w, group, 4 * (uint64_t)number + 2), &person)) {
            deed.kind = DEED_ADD;
            deed.from = person;
            world_do(w, &deed);
        }
    }
    if (next < w->scenario->duration)
        host_schedule(w->host, next, change_members, w, argument + 1);
}

void
world_start_circles(World *w)
{
    if (w->circles == NULL || w->data->messages != NULL || w->scenario->group_changes <= 0)
        return;
    for (uint32_t g = 0; g < w->circles->n_groups; g++) {
        Time at = next_time(w, g, 0, 0);

        if (at < w->scenario->duration)
            host_schedule(w->host, at, change_members, w, (uint64_t)g << 32);
    }
}
