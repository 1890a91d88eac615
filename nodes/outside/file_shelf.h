/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Uploaded files by number, each kept for the same time: what file servers and open groups
 * have in common.  Files are shared packets, whose bytes may not exist. */
#pragma once

#include "nodes/outside/server_disk.h"

typedef struct ShelvedFile {
    Packet bytes; /* empty: it is gone */
    Time expires;
    UnixMs uploaded_ms;
} ShelvedFile;

typedef struct FileShelf FileShelf;

struct FileShelf {
    Duration life;
    uint64_t bytes_max; /* of all files; beyond, ST_FULL */
    uint64_t bytes;
    uint64_t first; /* the number of the oldest one that is kept; numbers go from 1 on */
    ShelvedFile *file;
    size_t n, capacity;
    ServerDisk *disk; /* borrowed; NULL: the shelf itself is on its disk */
};

void file_shelf_init(FileShelf *shelf, Duration life, uint64_t bytes_max);
void file_shelf_clear(FileShelf *shelf);
/* Keep @bytes, which is taken in any case.  ST_FULL: no room, or the disk did not take it.
 */
Status file_shelf_put(FileShelf *shelf, Time now, UnixMs now_ms, Packet *bytes,
                      uint64_t *ret_number) WARN_UNUSED;
/* A file that the disk has, which is taken in any case: numbers ascend from call to call,
 * before any is put.  ST_MALFORMED: this one does not. */
Status file_shelf_restore(FileShelf *shelf, Time now, UnixMs now_ms, uint64_t number,
                          UnixMs uploaded_ms, Packet *bytes) WARN_UNUSED;
/* The next file put gets a number from @number on. */
void file_shelf_go_on_from(FileShelf *shelf, Time now, uint64_t number);
/* NULL: there is none, or no more. */
const ShelvedFile *file_shelf_get(const FileShelf *shelf, Time now, uint64_t number);
/* Drop what has expired; when the next one does (TIME_NEVER: there is none). */
Time file_shelf_expire(FileShelf *shelf, Time now);
