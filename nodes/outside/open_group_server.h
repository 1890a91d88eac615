/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The open-group server (protocol 5.9): an actor that nodes post onion requests to.
 *   GET  /capabilities
 *   GET  /room/T, /room/T/pollInfo/N
 *   GET  /room/T/messages/recent, /room/T/messages/since/N   (?limit=, 100, at most 256)
 *   POST /room/T/message   {"data":b64,"signature":b64,"files":[N]} -> 201
 *   POST /room/T/file      raw body -> 201 {"id":N}; 413 over the limit
 *   GET  /room/T/file/N    the bytes; 404
 *   POST /batch            a list of those without files; each with a code of its own
 * Whoever writes signs (wire/server_auth.h) with an id that is blinded for this server; the
 * server sees neither address nor account.  Everybody may read and write; there are no
 * moderators, no reactions and no messages from one to another. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/outside/server_disk.h"

typedef struct OpenGroupConfig {
    uint32_t file_size_max; /* 6 000 000 */
    Duration file_life;     /* 15 d */
    uint64_t files_max;     /* bytes of all files: beyond, uploads get 507 */
    uint32_t post_max;      /* bytes of a post: 65 536; beyond, 413 */
    uint32_t posts_max;     /* of a room: beyond, the oldest is forgotten */
    uint32_t nonces_max;    /* that are remembered; 2^20 */
} OpenGroupConfig;

extern const OpenGroupConfig open_group_config_default;

enum { OPEN_GROUP_ROOMS_MAX = 1000 };

typedef struct OpenGroupServer OpenGroupServer;

/* @seed: 32 random bytes of its key.  @crypto, @port, @config are borrowed. */
OpenGroupServer *open_group_server_new(const Crypto *crypto, Port *port,
                                       const OpenGroupConfig *config,
                                       const uint8_t seed[KEY_BYTES]);
/* A room of this token (server_room_token_valid).  False:
 * that is none, is there already, or there are too many. */
bool open_group_server_add_room(OpenGroupServer *server, const char *token);
/* start, receive, expire, stop, free; what it has is on its disk, and outlives an
 * incarnation. */
extern const ActorOps open_group_server_ops;
/* Its X25519 key, which clients know. */
const uint8_t *open_group_server_key(const OpenGroupServer *server);
/* What it keeps is on @disk too from now on (borrowed); restored before: its files, which
 * are on this shelf, and posts. */
void open_group_server_set_disk(OpenGroupServer *server, ServerDisk *disk);
struct FileShelf *open_group_server_shelf(OpenGroupServer *server);
/* A line that ServerDiskOps.put_post was given; a room's come in their order.
 * ST_NOT_FOUND: there is no such room; ST_MALFORMED, ST_AUTH: no post comes of it. */
Status open_group_server_restore(OpenGroupServer *server, Bytes line) WARN_UNUSED;
/* Posts of a room so far; 0: none, or there is no such room. */
uint64_t open_group_server_posts(const OpenGroupServer *server, const char *token);
/* Files that it keeps, and their bytes. */
size_t open_group_server_files(const OpenGroupServer *server, uint64_t *ret_bytes);
