/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What others say of closed groups (protocol 5.6).  Only its admin invites, removes and
 * gives out keys; every member may add others.  Peers' lists are checked whole before
 * anything changes. */
#include "clients/session/groups.h"
#include "nodes/crypto/session_message.h"

static bool
is_in(ContentBytesList list, const uint8_t account[ACCOUNT_BYTES])
{
    for (size_t i = 0; i < list.n; i++)
        if (bytes_equal(list.item[i], (Bytes){ account, ACCOUNT_BYTES }))
            return true;
    return false;
}

static bool
is_admin(const Group *group, const uint8_t sender[KEY_BYTES])
{
    return memcmp(group->admin + 1, sender, KEY_BYTES) == 0;
}

/* The key pair in a message about a group; false: it is none. */
static bool
read_pair(const ContentGroup *control, X25519Pair *ret)
{
    if (control->key_public.n != KEY_BYTES || control->key_private.n != KEY_BYTES)
        return false;
    memcpy(ret->pk, control->key_public.p, KEY_BYTES);
    memcpy(ret->sk, control->key_private.p, KEY_BYTES);
    return true;
}

/* --- invitations
 * --------------------------------------------------------------------------
 */

/* Take what @control says of a group, which may be new: joined at @joined_ms then, with a
 * key that is in use @since. */
static Status
take_group(Session *s, const ContentGroup *control, const uint8_t admin[ACCOUNT_BYTES],
           UnixMs joined_ms, UnixMs since)
{
    uint8_t self[ACCOUNT_BYTES];
    X25519Pair pair;
    Group *group;
    bool is_new;

    session_account(s, self);
    if (control->public_key.n != ACCOUNT_BYTES || !read_pair(control, &pair) ||
        !is_in(control->members, self))
        return ST_MALFORMED;
    is_new = session_group_find(s, control->public_key.p) == NULL;
    group = session_group_make(s, control->public_key.p);
    if (group == NULL)
        return ST_FULL;
    if (!is_new && memcmp(group->admin, admin, ACCOUNT_BYTES) != 0)
        return ST_AUTH;
    if (!session_group_set_members(s, group, control->members)) {
        group->gone = is_new;
        return ST_MALFORMED;
    }
    memcpy(group->admin, admin, ACCOUNT_BYTES);
    (void)session_group_add_key(group, &pair, since);
    group->invited_ms = joined_ms;
    if (is_new) {
        group->joined_ms = joined_ms;
        session_group_note(s, group, GROUP_JOINED, 0);
    }
    return ST_OK;
}

static Status
apply_new(Session *s, const Content *content, const uint8_t sender[KEY_BYTES])
{
    uint8_t admin[ACCOUNT_BYTES];
    Status status;

    session_account_of_key(sender, admin);
    if (!is_in(content->control->admins, admin))
        return ST_AUTH;
    status = take_group(s, content->control, admin, content->timestamp, content->timestamp);
    if (status == ST_OK)
        session_groups_configure(s);
    return status;
}

/* What a device says may be older than what this one knows: of a group that is known only
 * the key is taken, to open with.  Nobody says since when it is in use, so that it comes
 * before all others until its admin's own word of it is read.  A group that is new shows
 * all that is still there: it was joined before time began. */
static Status
take_configured(Session *s, const ContentGroup *control)
{
    Group *group;
    X25519Pair pair;

    if (control->public_key.n != ACCOUNT_BYTES || control->admins.n == 0 ||
        control->admins.item[0].n != ACCOUNT_BYTES || !read_pair(control, &pair))
        return ST_MALFORMED;
    group = session_group_find(s, control->public_key.p);
    if (group == NULL)
        return take_group(s, control, control->admins.item[0].p, 0, 0);
    if (session_group_add_key(group, &pair, 0))
        session_group_read_again(group);
    return ST_OK;
}

Status
session_group_apply_configuration(Session *s, const Content *content,
                                  const uint8_t sender[KEY_BYTES])
{
    if (!session_is_self(s, sender))
        return ST_AUTH;
    for (size_t i = 0; i < content->n_groups; i++)
        if (take_configured(s, &content->group[i]) == ST_MALFORMED)
            return ST_MALFORMED;
    return ST_OK;
}

/* --- keys
 * -----------------------------------------------------------------------------------
 */

/* What is in this client's box. */
static Status
open_wrapper(const Session *s, const ContentWrapper *wrapper,
             const uint8_t sender[KEY_BYTES], X25519Pair *ret)
{
    uint8_t from[KEY_BYTES];
    Buffer plain = BUFFER_EMPTY;
    X25519Pair pair;
    Status status = session_message_open(s->crypto, &s->x25519, wrapper->encrypted_key_pair,
                                         &plain, from);

    if (status == ST_OK && memcmp(from, sender, KEY_BYTES) != 0)
        status = ST_AUTH;
    if (status == ST_OK)
        status = content_key_pair_read(buffer_bytes(&plain), pair.pk, pair.sk);
    if (plain.n > 0)
        explicit_bzero(plain.p, plain.n);
    buffer_clear(&plain);
    if (status == ST_OK)
        *ret = pair;
    return status;
}

static Status
apply_key_pair(Session *s, Group *group, const Content *content,
               const uint8_t sender[KEY_BYTES])
{
    const ContentGroup *control = content->control;
    Status status = ST_NOT_FOUND; /* there is no box for us */
    uint8_t self[ACCOUNT_BYTES];
    X25519Pair pair;

    if (!is_admin(group, sender))
        return ST_AUTH;
    session_account(s, self);
    for (size_t i = 0; i < control->n_wrappers && status == ST_NOT_FOUND; i++)
        if (bytes_equal(control->wrapper[i].public_key, (Bytes){ self, ACCOUNT_BYTES }))
            status = open_wrapper(s, &control->wrapper[i], sender, &pair);
    if (status != ST_OK)
        return status;
    if (session_group_add_key(group, &pair, content->timestamp))
        session_group_read_again(group);
    session_groups_configure(s);
    return ST_OK;
}

/* --- members
 * --------------------------------------------------------------------------------
 */

static Status
apply_added(Session *s, Group *group, ContentBytesList members)
{
    for (size_t i = 0; i < members.n; i++)
        if (!session_group_add_member(s, group, members.item[i]))
            return ST_MALFORMED;
    return ST_OK;
}

static Status
apply_removed(Session *s, Group *group, ContentBytesList members,
              const uint8_t sender[KEY_BYTES])
{
    uint8_t self[ACCOUNT_BYTES];

    if (!is_admin(group, sender))
        return ST_AUTH;
    session_account(s, self);
    if (is_in(members, self)) {
        session_group_leave(s, group);
        return ST_OK;
    }
    for (size_t i = 0; i < members.n; i++)
        session_group_drop_member(group, members.item[i]);
    return ST_OK;
}

Status
session_group_apply(Session *s, Group *group, const Content *content,
                    const uint8_t sender[KEY_BYTES])
{
    const ContentGroup *control = content->control;

    if (s->config->groups_pairwise)
        return ST_MALFORMED; /* it knows no such groups */
    if (control->type == GROUP_NEW)
        return group == NULL ? apply_new(s, content, sender) : ST_MALFORMED;
    if (group == NULL && control->type == GROUP_KEY_PAIR &&
        control->public_key.n == ACCOUNT_BYTES)
        group = session_group_find(s, control->public_key.p);
    if (group == NULL)
        return ST_NOT_FOUND;
    if (content->timestamp < group->invited_ms && control->type != GROUP_KEY_PAIR)
        return ST_OK; /* older than what the invitation said */
    switch (control->type) {
    case GROUP_KEY_PAIR:
        return apply_key_pair(s, group, content, sender);
    case GROUP_MEMBERS_ADDED:
        return apply_added(s, group, control->members);
    case GROUP_MEMBERS_REMOVED:
        return apply_removed(s, group, control->members, sender);
    case GROUP_NAME_CHANGE:
        return control->name.n > 0 ? ST_OK : ST_MALFORMED; /* nobody reads it here */
    default:
        return ST_MALFORMED;
    }
}

/* --- pairwise
 * --------------------------------------------------------------------------------
 */

/* Texts of accounts into @account; false: one is none, or they are too many. */
static bool
read_texts(ContentBytesList list, uint8_t (*account)[ACCOUNT_BYTES], Bytes *ret)
{
    if (list.n == 0 || list.n > SESSION_GROUP_PAIRWISE_MAX)
        return false;
    for (size_t i = 0; i < list.n; i++) {
        if (list.item[i].n != 2 * ACCOUNT_BYTES ||
            !hex_decode(list.item[i], account[i], ACCOUNT_BYTES))
            return false;
        ret[i] = (Bytes){ account[i], ACCOUNT_BYTES };
    }
    return true;
}

Status
session_group_apply_context(Session *s, const Content *content,
                            const uint8_t sender[KEY_BYTES])
{
    uint8_t account[SESSION_GROUP_PAIRWISE_MAX][ACCOUNT_BYTES], self[ACCOUNT_BYTES];
    Bytes item[SESSION_GROUP_PAIRWISE_MAX];
    ContentBytesList members = { item, content->context.members.n };
    Group *group;
    bool is_new;

    if (!s->config->groups_pairwise || content->context.id.n != ACCOUNT_BYTES ||
        !read_texts(content->context.members, account, item))
        return ST_MALFORMED;
    group = session_group_find(s, content->context.id.p);
    is_new = group == NULL;
    if (!is_new && !is_admin(group, sender))
        return ST_AUTH;
    session_account(s, self);
    if (!is_in(members, self)) {
        if (is_new)
            return ST_NOT_FOUND;
        session_group_leave(s, group);
        return ST_OK;
    }
    if (is_new)
        group = session_group_make(s, content->context.id.p);
    if (group == NULL)
        return ST_FULL;
    session_account_of_key(sender, group->admin);
    if (!session_group_set_members(s, group, members)) {
        group->gone = is_new;
        return ST_MALFORMED;
    }
    if (is_new)
        session_group_note(s, group, GROUP_JOINED, 0);
    return ST_OK;
}
