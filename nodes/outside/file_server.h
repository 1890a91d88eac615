/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file server (protocol 5.7): an actor that nodes post onion requests to.
 *   POST /file            raw body -> {"id":N,"uploaded":S,"expires":S}; 413 over the limit
 *   GET  /file/N          the bytes; 404
 *   GET  /file/N/info     {"size":N,"uploaded":S,"expires":S}; 404
 * It sees neither who asks nor what the files are. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/outside/server_disk.h"

typedef struct FileServerConfig {
    uint32_t size_max;  /* of a file, as it is uploaded: 10 000 000 */
    Duration life;      /* 14 d */
    uint64_t bytes_max; /* of all files: beyond, uploads get 507 */
} FileServerConfig;

extern const FileServerConfig file_server_config_default;

typedef struct FileServer FileServer;

/* @seed: 32 random bytes of its key.  @crypto, @port, @config are borrowed. */
FileServer *file_server_new(const Crypto *crypto, Port *port,
                            const FileServerConfig *config, const uint8_t seed[KEY_BYTES]);
/* start, receive, expire, stop, free; files are on its disk, and outlive an incarnation. */
extern const ActorOps file_server_ops;
/* Its X25519 key, which clients know. */
const uint8_t *file_server_key(const FileServer *server);
/* What it keeps, for whoever looks at its disk, or puts something there. */
struct FileShelf *file_server_shelf(FileServer *server);
/* What it keeps is on @disk too from now on (borrowed), and what was there has been
 * restored to its shelf before. */
void file_server_set_disk(FileServer *server, ServerDisk *disk);
/* Files that it keeps, and their bytes. */
size_t file_server_count(const FileServer *server, uint64_t *ret_bytes);
