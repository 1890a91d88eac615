/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed groups as a client knows them (protocol 5.4, 5.6): who is in one, the keys it had,
 * and up to where its mailbox was read.  Shared by the files of the client core only.
 *
 * A group with keys of its own has an account that nobody's seed gives: its swarm keeps the
 * messages, anybody may fetch them, and whoever has the key of their time opens them.  Who
 * is removed is told so under the old key; the new one goes to each of the others in a box
 * of his own.  In a pairwise group (2020) each message goes to each member's own mailbox,
 * and its account is a name. */
#pragma once

#include "clients/session/more.h"
#include "nodes/wire/message.h"

enum {
    GROUPS_MAX = 64,       /* of one client */
    GROUP_KEYS_MAX = 8,    /* of one group that are kept, the newest */
    GROUP_CURSORS_MAX = 32 /* nodes of its swarm that were read */
};

typedef struct GroupKey {
    UnixMs since; /* by the admin's message that brought it; 0: another device did */
    X25519Pair pair;
} GroupKey;

typedef struct GroupCursor {
    NodeRef node;
    uint8_t hash[HASH_RAW_BYTES];
} GroupCursor;

struct Group {
    uint8_t id[ACCOUNT_BYTES], admin[ACCOUNT_BYTES];
    UnixMs joined_ms;  /* what was sent before is not shown */
    UnixMs invited_ms; /* the last time; changes of members before are in what it said */
    uint8_t (*member)[ACCOUNT_BYTES]; /* ascending, oneself too */
    uint16_t n_members;
    bool pairwise;
    bool gone; /* left; forgotten at the end of the call */
    uint8_t n_keys, n_cursors;
    uint8_t state;       /* PollState */
    uint64_t serial;     /* of the poll under way */
    Time due;            /* the next poll, or the end of patience with this one */
    Time news;           /* when anything came last */
    GroupKey *key;       /* n_keys of them, the newest last */
    GroupCursor *cursor; /* NULL: none */
};

/* --- groups.c ---------------------------------------------------------------------- */

/* NULL: it is in no such group. */
Group *session_group_find(const Session *s, const uint8_t id[ACCOUNT_BYTES]);
/* The group, made when there is none; NULL: it is in too many. */
Group *session_group_make(Session *s, const uint8_t id[ACCOUNT_BYTES]);
bool session_group_has(const Group *group, const uint8_t account[ACCOUNT_BYTES]);
/* The group's members are these accounts, and no others.  False, and nothing changed: they
 * are too many, or one is no account. */
bool session_group_set_members(const Session *s, Group *group, ContentBytesList members);
/* False: there is no room for one more. */
bool session_group_add_member(const Session *s, Group *group, Bytes account);
void session_group_drop_member(Group *group, Bytes account);
/* @item has room for all members, the list borrows from it and from the group. */
ContentBytesList session_group_members(const Group *group, Bytes *item);
/* A key that is known keeps the latest @since that was said of it.  True: it is new. */
bool session_group_add_key(Group *group, const X25519Pair *pair, UnixMs since);
/* The newest; NULL: it has none. */
const X25519Pair *session_group_key(const Group *group);
/* It is in it no more: keys are wiped, and a note says so. */
void session_group_leave(Session *s, Group *group);
/* Forget those that were left. */
void session_groups_sweep(Session *s);
void session_groups_clear(Session *s);
size_t session_groups_memory(const Session *s);
void session_group_note(Session *s, const Group *group, GroupChange change, uint64_t order);

/* --- group_control.c: one's own changes ---------------------------------------------- */

void session_group_create(Session *s, const SessionOrder *order);
void session_group_add(Session *s, const SessionOrder *order);
void session_group_remove(Session *s, const SessionOrder *order);
/* What one's own other devices must know of groups, where there are any. */
void session_groups_configure(Session *s);

/* --- group_apply.c: what others changed ----------------------------------------------- */

/* A control message by @sender (an X25519 key) in one's own mailbox (@group NULL) or in
 * the group's.  ST_AUTH: not by somebody who may; ST_MALFORMED; ST_NOT_FOUND: no part of it
 * is for us. */
Status session_group_apply(Session *s, Group *group, const Content *content,
                           const uint8_t sender[KEY_BYTES]) WARN_UNUSED;
/* The same of a pairwise group's: its members are those in it from now on. */
Status session_group_apply_context(Session *s, const Content *content,
                                   const uint8_t sender[KEY_BYTES]) WARN_UNUSED;
/* What another device of this account said. */
Status session_group_apply_configuration(Session *s, const Content *content,
                                         const uint8_t sender[KEY_BYTES]) WARN_UNUSED;

/* --- group_write.c ------------------------------------------------------------------- */

/* Text or file for a closed group. */
void session_group_write(Session *s, const SessionOrder *order);
/* Put @content there, sealed to @key (NULL: to the newest at the time of sending). */
void session_group_put(Session *s, Group *group, SessionKind kind, Buffer *content,
                       const X25519Pair *key);
/* The same to one account. */
void session_group_tell(Session *s, const uint8_t to[ACCOUNT_BYTES], SessionKind kind,
                        Buffer *content);
/* Whose key seals this message of a group; NULL: it is in it no more. */
const uint8_t *session_group_seal_key(const Session *s, const OutMessage *message);

/* --- group_poll.c --------------------------------------------------------------------- */

void session_groups_online(Session *s, Time at);
void session_groups_offline(Session *s);
/* Poll those whose turn it is. */
void session_groups_run(Session *s);
Time session_groups_due(const Session *s);
/* The swarm of @key was learnt (s->fresh), or could not be. */
void session_groups_swarm(Session *s, const uint8_t key[KEY_BYTES]);
void session_group_poll_done(Session *s, OnionRequest *request, RequestResult *result);
void session_groups_remap(Session *s, const int *map);
/* Its mailbox is read from the beginning again: what did not open may do now. */
void session_group_read_again(Group *group);
