/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A room: its posts by sequence number, and what is said of them as JSON.  For the files of
 * the open-group server only. */
#pragma once

#include "nodes/outside/open_group_server.h"
#include "nodes/wire/json.h"
#include "nodes/wire/server_auth.h"

enum { POSTS_GIVEN = 100, POSTS_GIVEN_MAX = 256 };

typedef struct Post {
    UnixMs posted_ms;
    uint8_t author[BLINDED_ID_BYTES], signature[SIGNATURE_BYTES];
    Buffer data; /* base64, as it came */
} Post;

typedef struct OpenRoom {
    char token[SERVER_ROOM_TOKEN_MAX + 1];
    Post **post; /* a ring of those that are kept, when it has posts_max */
    uint32_t n, capacity, oldest;
    uint64_t posts; /* so far; the last one's sequence number */
} OpenRoom;

void open_room_clear(OpenRoom *room);
/* Read a post's JSON, from untrusted bytes, and check who signed it.  ST_MALFORMED,
 * ST_TOO_LARGE, ST_AUTH; *ret is to be freed with open_post_free. */
Status open_post_read(const Crypto *crypto, const OpenGroupConfig *config, Bytes json,
                      const uint8_t author[BLINDED_ID_BYTES], Post **ret) WARN_UNUSED;
void open_post_free(Post *post);
/* Put it behind the others; it is taken. */
void open_room_put(OpenRoom *room, const OpenGroupConfig *config, Post *post);
/* Append the last post. */
void open_room_write_last(const OpenRoom *room, Buffer *out);
/* Append the last @limit posts, the newest first, as an array; or those behind number
 * @after, the oldest first. */
void open_room_write_recent(const OpenRoom *room, uint32_t limit, Buffer *out);
void open_room_write_since(const OpenRoom *room, uint64_t after, uint32_t limit,
                           Buffer *out);
/* Append what a room is; @users: how many were seen. */
void open_room_write_info(const OpenRoom *room, uint32_t users, Buffer *out);
/* The same in short, with all of it where that changed since @known. */
void open_room_write_poll(const OpenRoom *room, uint32_t users, uint64_t known,
                          Buffer *out);
