/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other members of closed groups, by hand: they seal and open with the crypto library, not
 * with the client's code for groups. */
#pragma once

#include "clients/session/groups.h"
#include "tests/unit/session/world.h"

/* A stored message: whose mailbox, which namespace, what (borrowed). */
typedef struct Stored {
    const char *account;
    int name_space;
    const char *data;
} Stored;

/* The i-th store of the client; fails when there are not so many. */
Stored group_stored(const World *world, guint i);
/* The X25519 pair and the Ed25519 identity of world_account(@number). */
void group_keys(guint number, Ed25519Pair *ret_ed, X25519Pair *ret_x);
/* Open what is sealed to @pair: status, and on ST_OK the content (borrowed from @padded; to
 * be cleared) and its sender. */
Status group_open(const World *world, const char *data, const X25519Pair *pair, int type,
                  Buffer *padded, Content *ret, uint8_t ret_sender[KEY_BYTES]);
/* Seal as world_account(@sender) to @key, in an envelope of @type; base64. */
char *group_seal(World *world, guint sender, const uint8_t key[KEY_BYTES], int type,
                 const Content *content, UnixMs sealed_ms);
/* Put it into a mailbox, at each node of its swarm. */
void group_put(World *world, const uint8_t account[ACCOUNT_BYTES], int name_space,
               const char *data);
/* An order about groups with these members. */
void group_order(World *world, SessionOrderKind kind, const uint8_t to[ACCOUNT_BYTES],
                 uint64_t message, const guint *members, guint n);
/* A text that the client writes to @to, of a kind. */
void group_write(World *world, const uint8_t to[ACCOUNT_BYTES], SessionKind kind,
                 uint64_t message);
