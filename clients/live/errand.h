/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thing that somebody has a client do, and when that is done: what to wait for in what
 * the client core says (NOTE_*).  Nothing is kept between two errands: what an account has
 * is in its mailbox, and its groups are known from there. */
#pragma once

#include "clients/live/client.h"

typedef enum ErrandKind {
    ERRAND_SEND,         /* `saying`, to an account */
    ERRAND_RECEIVE,      /* what is in the account's own mailbox */
    ERRAND_ROOM_READ,    /* what is in the room `to` */
    ERRAND_ROOM_POST,    /* `saying`, there */
    ERRAND_GROUP_CREATE, /* a closed group of oneself and `members` */
    ERRAND_GROUP_ADD,    /* them to the group `to` */
    ERRAND_GROUP_REMOVE,
    ERRAND_GROUP_SEND,   /* `saying`, to the group */
    ERRAND_GROUP_RECEIVE /* what is in the mailboxes of all groups */
} ErrandKind;

typedef struct ErrandSpec {
    ErrandKind kind;
    uint8_t to[ACCOUNT_BYTES];
    const SessionSaying *saying;             /* borrowed */
    const uint8_t (*members)[ACCOUNT_BYTES]; /* borrowed */
    uint32_t n_members;
    bool follow; /* of those that read: it is never done */
    /* What came where it reads (NOTE_TEXT, NOTE_FILE), each time that the room was read
     * (NOTE_MAILBOX), and what became of groups (NOTE_GROUP). */
    void (*show)(void *context, const Note *note);
    /* It is done; @failure: why not, or NULL.  Once, in the main loop. */
    void (*done)(void *context, const char *failure);
    void *context;
} ErrandSpec;

typedef struct Errand Errand;

/* Begins at once, with a client of its own: @client's note is set here, and its
 * configuration changed to that of somebody who waits (it polls at once and often). */
Errand *errand_new(const ErrandSpec *spec, const LiveClientSpec *client);
void errand_free(Errand *errand); /* takes NULL */
