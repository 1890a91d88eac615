/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/groups.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

Group *
session_group_find(const Session *s, const uint8_t id[ACCOUNT_BYTES])
{
    for (uint32_t i = 0; s->more != NULL && i < s->more->n_groups; i++) {
        Group *group = s->more->group[i];

        if (!group->gone && memcmp(group->id, id, ACCOUNT_BYTES) == 0)
            return group;
    }
    return NULL;
}

Group *
session_group_make(Session *s, const uint8_t id[ACCOUNT_BYTES])
{
    More *more = session_more(s);
    Group *group = session_group_find(s, id);

    if (group != NULL || more->n_groups == GROUPS_MAX)
        return group;
    group = memory_zeroed(1, sizeof *group);
    memcpy(group->id, id, ACCOUNT_BYTES);
    group->pairwise = s->config->groups_pairwise;
    group->news = s->now;
    group->state = POLL_OFF;
    group->due = TIME_NEVER;
    if (s->online && !group->pairwise) {
        group->state = POLL_WAITING;
        group->due = s->now;
    }
    more->group = memory_resized(more->group, more->n_groups + 1, sizeof(Group *));
    more->group[more->n_groups++] = group;
    session_more_settle(s);
    return group;
}

static void
group_free(Group *group)
{
    if (group->key != NULL)
        explicit_bzero(group->key, group->n_keys * sizeof *group->key);
    free(group->key);
    free(group->cursor);
    free(group->member);
    free(group);
}

void
session_groups_sweep(Session *s)
{
    More *more = s->more;
    uint32_t kept = 0;

    if (more == NULL)
        return;
    for (uint32_t i = 0; i < more->n_groups; i++) {
        if (more->group[i]->gone)
            group_free(more->group[i]);
        else
            more->group[kept++] = more->group[i];
    }
    more->n_groups = kept;
}

void
session_groups_clear(Session *s)
{
    for (uint32_t i = 0; i < s->more->n_groups; i++)
        group_free(s->more->group[i]);
    free(s->more->group);
    s->more->group = NULL;
    s->more->n_groups = 0;
}

size_t
session_groups_memory(const Session *s)
{
    size_t bytes = s->more->n_groups * (sizeof(Group) + sizeof(Group *));

    for (uint32_t i = 0; i < s->more->n_groups; i++) {
        const Group *group = s->more->group[i];

        bytes +=
            (size_t)group->n_members * ACCOUNT_BYTES + group->n_keys * sizeof(GroupKey);
        bytes += group->n_cursors * sizeof(GroupCursor);
    }
    return bytes;
}

void
session_group_note(Session *s, const Group *group, GroupChange change, uint64_t order)
{
    port_note(s->port, NOTE_GROUP, order, change, (Bytes){ group->id, ACCOUNT_BYTES });
}

/* --- members ----------------------------------------------------------------------------
 */

/* The place of @account, or where it would go. */
static uint32_t
place_of(const Group *group, const uint8_t account[ACCOUNT_BYTES], bool *ret_there)
{
    uint32_t low = 0, high = group->n_members;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (memcmp(group->member[middle], account, ACCOUNT_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_there =
        low < group->n_members && memcmp(group->member[low], account, ACCOUNT_BYTES) == 0;
    return low;
}

bool
session_group_has(const Group *group, const uint8_t account[ACCOUNT_BYTES])
{
    bool there;

    (void)place_of(group, account, &there);
    return there;
}

uint32_t
session_known_members(const Session *s, const uint8_t id[ACCOUNT_BYTES],
                      const uint8_t (**ret)[ACCOUNT_BYTES])
{
    const Group *group = session_group_find(s, id);

    if (group == NULL)
        return 0;
    *ret = (const uint8_t(*)[ACCOUNT_BYTES])group->member;
    return group->n_members;
}

static bool
is_account(Bytes account)
{
    return account.n == ACCOUNT_BYTES && account.p[0] == SESSION_ACCOUNT_PREFIX;
}

static uint32_t
members_max(const Session *s)
{
    return s->config->groups_pairwise ? SESSION_GROUP_PAIRWISE_MAX
                                      : SESSION_GROUP_MEMBERS_MAX;
}

bool
session_group_add_member(const Session *s, Group *group, Bytes account)
{
    uint32_t at;
    bool there;

    if (!is_account(account))
        return false;
    at = place_of(group, account.p, &there);
    if (there)
        return true;
    if (group->n_members == members_max(s))
        return false;
    group->member =
        memory_resized(group->member, group->n_members + 1u, sizeof *group->member);
    memmove(group->member + at + 1, group->member + at,
            (group->n_members - at) * sizeof *group->member);
    memcpy(group->member[at], account.p, ACCOUNT_BYTES);
    group->n_members++;
    return true;
}

void
session_group_drop_member(Group *group, Bytes account)
{
    uint32_t at;
    bool there;

    if (!is_account(account))
        return;
    at = place_of(group, account.p, &there);
    if (!there)
        return;
    group->n_members--;
    memmove(group->member + at, group->member + at + 1,
            (group->n_members - at) * sizeof *group->member);
}

bool
session_group_set_members(const Session *s, Group *group, ContentBytesList members)
{
    if (members.n == 0 || members.n > members_max(s))
        return false;
    for (size_t i = 0; i < members.n; i++)
        if (!is_account(members.item[i]))
            return false;
    group->n_members = 0;
    for (size_t i = 0; i < members.n; i++)
        (void)session_group_add_member(s, group, members.item[i]);
    return true;
}

ContentBytesList
session_group_members(const Group *group, Bytes *item)
{
    for (uint32_t i = 0; i < group->n_members; i++)
        item[i] = (Bytes){ group->member[i], ACCOUNT_BYTES };
    return (ContentBytesList){ item, group->n_members };
}

/* --- keys --------------------------------------------------------------------------------
 */

static void
drop_key(Group *group, uint32_t at)
{
    group->n_keys--;
    memmove(group->key + at, group->key + at + 1,
            (group->n_keys - at) * sizeof *group->key);
}

bool
session_group_add_key(Group *group, const X25519Pair *pair, UnixMs since)
{
    uint32_t known = 0, at = 0;
    bool is_new;

    while (known < group->n_keys &&
           memcmp(group->key[known].pair.pk, pair->pk, KEY_BYTES) != 0)
        known++;
    is_new = known == group->n_keys;
    if (!is_new && group->key[known].since >= since)
        return false;
    if (!is_new)
        drop_key(group, known);
    else if (group->n_keys == GROUP_KEYS_MAX)
        drop_key(group, 0);
    group->key = memory_resized(group->key, group->n_keys + 1u, sizeof *group->key);
    while (at < group->n_keys && group->key[at].since <= since)
        at++;
    memmove(group->key + at + 1, group->key + at,
            (group->n_keys - at) * sizeof *group->key);
    group->key[at] = (GroupKey){ .since = since, .pair = *pair };
    group->n_keys++;
    return is_new;
}

const X25519Pair *
session_group_key(const Group *group)
{
    return group->n_keys == 0 ? NULL : &group->key[group->n_keys - 1].pair;
}

void
session_group_leave(Session *s, Group *group)
{
    assert(!group->gone);
    group->gone = true;
    group->due = TIME_NEVER;
    if (group->key != NULL)
        explicit_bzero(group->key, group->n_keys * sizeof *group->key);
    group->n_keys = 0;
    session_group_note(s, group, GROUP_LEFT, 0);
}
