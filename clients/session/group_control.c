/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A closed group is made, and its admin changes who is in it (protocol 5.6).  Adding: the
 * group is told, and who is new gets the key that is in use.  Removing: the group is told
 * under the old key, which who is removed has; then the others get a new one, each in a box
 * of his own, and nothing is sealed to the old one any more. */
#include "clients/session/groups.h"
#include "nodes/base/memory.h"
#include "nodes/crypto/session_message.h"

#include <stdlib.h>

enum { NAME_BYTES = sizeof "group 01234567" - 1, KEY_PAIR_BYTES_MAX = 80 };

/* A name that people could have given it: it costs bytes, and nobody reads it. */
static Bytes
write_name(const Group *group, char name[NAME_BYTES])
{
    memcpy(name, "group ", 6);
    hex_encode((Bytes){ group->id + 1, 4 }, name + 6);
    return (Bytes){ (const uint8_t *)name, NAME_BYTES };
}

static Bytes
account_bytes(const uint8_t account[ACCOUNT_BYTES])
{
    return (Bytes){ account, ACCOUNT_BYTES };
}

static void
refuse(Session *s, const SessionOrder *order)
{
    port_note(s->port, NOTE_GROUP, order->message, GROUP_REFUSED, account_bytes(order->to));
}

static void
write_control(Session *s, const ContentGroup *control, Buffer *out)
{
    Content content = { .kind = CONTENT_DATA,
                        .timestamp = session_sent_time(s),
                        .control = control };

    content_write(&content, out);
}

/* --- invitations ------------------------------------------------------------------------
 */

/* All that a member must know. */
static void
write_new(Session *s, const Group *group, Buffer *out)
{
    const X25519Pair *pair = session_group_key(group);
    Bytes members[SESSION_GROUP_MEMBERS_MAX], admin = account_bytes(group->admin);
    char name[NAME_BYTES];
    ContentGroup control = { .type = GROUP_NEW,
                             .public_key = account_bytes(group->id),
                             .name = write_name(group, name),
                             .key_public = { pair->pk, KEY_BYTES },
                             .key_private = { pair->sk, KEY_BYTES },
                             .members = session_group_members(group, members),
                             .admins = { &admin, 1 } };

    write_control(s, &control, out);
}

/* Who is in a pairwise group, and what it is. */
static void
write_update(Session *s, const Group *group, Buffer *out)
{
    char text[SESSION_GROUP_PAIRWISE_MAX + 1][2 * ACCOUNT_BYTES], name[NAME_BYTES];
    Bytes member[SESSION_GROUP_PAIRWISE_MAX], admin;
    Content content = { .kind = CONTENT_DATA, .timestamp = session_sent_time(s) };

    for (uint32_t i = 0; i < group->n_members; i++) {
        hex_encode(account_bytes(group->member[i]), text[i]);
        member[i] = (Bytes){ (const uint8_t *)text[i], 2 * ACCOUNT_BYTES };
    }
    hex_encode(account_bytes(group->admin), text[SESSION_GROUP_PAIRWISE_MAX]);
    admin = (Bytes){ (const uint8_t *)text[SESSION_GROUP_PAIRWISE_MAX], 2 * ACCOUNT_BYTES };
    content.context = (ContentContext){ .id = account_bytes(group->id),
                                        .type = GROUP_CONTEXT_UPDATE,
                                        .name = write_name(group, name),
                                        .members = { member, group->n_members },
                                        .admins = { &admin, 1 } };
    content_write(&content, out);
}

/* Tell @account what the group is. */
static void
invite(Session *s, const Group *group, const uint8_t account[ACCOUNT_BYTES])
{
    Buffer content = BUFFER_EMPTY;

    if (session_is_self(s, account + 1))
        return;
    if (group->pairwise)
        write_update(s, group, &content);
    else
        write_new(s, group, &content);
    session_group_tell(s, account, SESSION_CONTROL, &content);
}

static void
invite_all(Session *s, const Group *group)
{
    for (uint32_t i = 0; i < group->n_members; i++)
        invite(s, group, group->member[i]);
}

/* --- making one
 * ---------------------------------------------------------------------------
 */

static void
new_key(Session *s, X25519Pair *ret)
{
    uint8_t random[KEY_BYTES];

    port_random(s->port, RANDOM_GROUP, random, KEY_BYTES);
    crypto_keygen(s->crypto, random, ret);
}

void
session_group_create(Session *s, const SessionOrder *order)
{
    uint8_t seed[KEY_BYTES], id[ACCOUNT_BYTES], self[ACCOUNT_BYTES];
    bool fits = order->n_members > 0;
    X25519Pair pair;
    Group *group;

    port_random(s->port, RANDOM_GROUP, seed, sizeof seed);
    session_account_of_seed(seed, id);
    session_account(s, self);
    group = session_group_make(s, id);
    if (group == NULL) {
        refuse(s, order);
        return;
    }
    memcpy(group->admin, self, ACCOUNT_BYTES);
    (void)session_group_add_member(s, group, account_bytes(self));
    for (uint32_t i = 0; i < order->n_members; i++)
        fits = fits && session_group_add_member(s, group, account_bytes(order->members[i]));
    if (!fits) {
        group->gone = true;
        refuse(s, order);
        return;
    }
    if (!group->pairwise) {
        new_key(s, &pair);
        (void)session_group_add_key(group, &pair, session_network_ms(s));
    }
    session_group_note(s, group, GROUP_JOINED, order->message);
    invite_all(s, group);
    session_groups_configure(s);
}

/* --- changing it
 * --------------------------------------------------------------------------
 */

/* The group of an order, when it is this client's to change. */
static Group *
own_group(Session *s, const SessionOrder *order)
{
    Group *group = session_group_find(s, order->to);

    if (group != NULL && session_is_self(s, group->admin + 1) && order->n_members > 0 &&
        order->n_members <= SESSION_GROUP_MEMBERS_MAX)
        return group;
    refuse(s, order);
    return NULL;
}

static void
tell_of_members(Session *s, Group *group, int type, const SessionOrder *order)
{
    const X25519Pair *pair = session_group_key(group);
    Bytes item[SESSION_GROUP_MEMBERS_MAX];
    ContentGroup control = { .type = type, .members = { item, order->n_members } };
    Buffer content = BUFFER_EMPTY;

    for (uint32_t i = 0; i < order->n_members; i++)
        item[i] = account_bytes(order->members[i]);
    write_control(s, &control, &content);
    session_group_put(s, group, SESSION_CONTROL, &content, pair);
}

void
session_group_add(Session *s, const SessionOrder *order)
{
    Group *group = own_group(s, order);

    if (group == NULL)
        return;
    for (uint32_t i = 0; i < order->n_members; i++)
        if (!session_group_add_member(s, group, account_bytes(order->members[i]))) {
            refuse(s, order);
            return;
        }
    if (!group->pairwise)
        tell_of_members(s, group, GROUP_MEMBERS_ADDED, order);
    session_group_note(s, group, GROUP_CHANGED, order->message);
    if (group->pairwise)
        invite_all(s, group);
    for (uint32_t i = 0; !group->pairwise && i < order->n_members; i++)
        invite(s, group, order->members[i]);
}

/* The new key for one member: its protobuf, sealed without padding.  False: the member's
 * account is none. */
static bool
wrap_key(Session *s, const X25519Pair *pair, const uint8_t member[ACCOUNT_BYTES],
         Buffer *out)
{
    uint8_t ephemeral[KEY_BYTES];
    Buffer plain = BUFFER_EMPTY;
    Status status;

    port_random(s->port, RANDOM_GROUP, ephemeral, sizeof ephemeral);
    content_key_pair_write((Bytes){ pair->pk, KEY_BYTES }, (Bytes){ pair->sk, KEY_BYTES },
                           &plain);
    status = session_message_seal(s->crypto, &s->ed25519, member + 1, ephemeral,
                                  buffer_bytes(&plain), out);
    explicit_bzero(plain.p, plain.n);
    buffer_clear(&plain);
    return status == ST_OK;
}

/* Everybody who is left gets another key; the message lies under the old one. */
static void
rotate(Session *s, Group *group)
{
    X25519Pair old = *session_group_key(group), pair;
    ContentWrapper wrapper[SESSION_GROUP_MEMBERS_MAX];
    Buffer sealed[SESSION_GROUP_MEMBERS_MAX], content = BUFFER_EMPTY;
    ContentGroup control = { .type = GROUP_KEY_PAIR, .wrapper = wrapper };
    UnixMs since = session_network_ms(s);

    new_key(s, &pair);
    for (uint32_t i = 0; i < group->n_members; i++) {
        Buffer *box = &sealed[control.n_wrappers];

        *box = BUFFER_EMPTY;
        if (!wrap_key(s, &pair, group->member[i], box))
            continue;
        wrapper[control.n_wrappers++] =
            (ContentWrapper){ account_bytes(group->member[i]), buffer_bytes(box) };
    }
    write_control(s, &control, &content);
    session_group_put(s, group, SESSION_CONTROL, &content, &old);
    (void)session_group_add_key(group, &pair, since);
    for (uint32_t i = 0; i < control.n_wrappers; i++)
        buffer_clear(&sealed[i]);
}

void
session_group_remove(Session *s, const SessionOrder *order)
{
    Group *group = own_group(s, order);
    Buffer content;

    if (group == NULL)
        return;
    for (uint32_t i = 0; i < order->n_members; i++)
        if (session_is_self(s, order->members[i] + 1)) {
            refuse(s, order); /* an admin cannot leave its group */
            return;
        }
    for (uint32_t i = 0; i < order->n_members; i++)
        session_group_drop_member(group, account_bytes(order->members[i]));
    if (!group->pairwise) {
        tell_of_members(s, group, GROUP_MEMBERS_REMOVED, order);
        session_group_note(s, group, GROUP_CHANGED, order->message);
        rotate(s, group);
        session_groups_configure(s);
        return;
    }
    invite_all(s, group);
    for (uint32_t i = 0; i < order->n_members; i++) {
        content = BUFFER_EMPTY;
        write_update(s, group, &content);
        session_group_tell(s, order->members[i], SESSION_CONTROL, &content);
    }
    session_group_note(s, group, GROUP_CHANGED, order->message);
}

/* --- for one's own other devices
 * ----------------------------------------------------------
 */

enum { CONFIGURED_MAX = 10 }; /* groups in one message, which a node must take */

/* What is said of one group; false: nothing can be. */
static bool
configure_one(const Group *group, Bytes *member, Bytes *admin, char name[NAME_BYTES],
              ContentGroup *ret)
{
    const X25519Pair *pair = session_group_key(group);

    if (group->gone || pair == NULL)
        return false;
    *admin = account_bytes(group->admin);
    *ret = (ContentGroup){ .public_key = account_bytes(group->id),
                           .name = write_name(group, name),
                           .key_public = { pair->pk, KEY_BYTES },
                           .key_private = { pair->sk, KEY_BYTES },
                           .members = session_group_members(group, member),
                           .admins = { admin, 1 } };
    return true;
}

/* Groups from number @first on; the number of the next one. */
static uint32_t
configure_part(Session *s, uint32_t first)
{
    Bytes(*member)[SESSION_GROUP_MEMBERS_MAX] =
        memory_zeroed(CONFIGURED_MAX, sizeof *member);
    ContentGroup group[CONFIGURED_MAX];
    Bytes admin[CONFIGURED_MAX];
    char name[CONFIGURED_MAX][NAME_BYTES];
    Content content = { .kind = CONTENT_CONFIGURATION, .group = group };
    uint8_t self[ACCOUNT_BYTES];
    Buffer out = BUFFER_EMPTY;

    for (; first < s->more->n_groups && content.n_groups < CONFIGURED_MAX; first++) {
        size_t n = content.n_groups;

        content.n_groups +=
            configure_one(s->more->group[first], member[n], &admin[n], name[n], &group[n]);
    }
    content_write(&content, &out);
    session_account(s, self);
    session_group_tell(s, self, SESSION_SYNC, &out);
    free(member);
    return first;
}

void
session_groups_configure(Session *s)
{
    if (!s->config->other_devices || s->config->groups_pairwise)
        return;
    for (uint32_t i = 0; i < s->more->n_groups;)
        i = configure_part(s, i);
}
