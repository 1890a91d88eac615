/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/file_shelf.h"

#include <stdlib.h>

#include "nodes/base/memory.h"

enum { FILES_RESTORED_MAX = 1 << 24 }; /* numbers that the files of one disk span */

void
file_shelf_init(FileShelf *shelf, Duration life, uint64_t bytes_max)
{
    *shelf = (FileShelf){ .life = life, .bytes_max = bytes_max, .first = 1 };
}

void
file_shelf_clear(FileShelf *shelf)
{
    for (size_t i = 0; i < shelf->n; i++)
        packet_clear(&shelf->file[i].bytes);
    free(shelf->file);
    *shelf = (FileShelf){ .life = shelf->life, .bytes_max = shelf->bytes_max, .first = 1 };
}

/* Behind the others; @file is taken. */
static void
append(FileShelf *shelf, ShelvedFile file)
{
    if (shelf->n == shelf->capacity) {
        shelf->capacity = shelf->capacity == 0 ? 16 : 2 * shelf->capacity;
        shelf->file = memory_resized(shelf->file, shelf->capacity, sizeof *shelf->file);
    }
    shelf->bytes += file.bytes.length;
    shelf->file[shelf->n++] = file;
}

Status
file_shelf_put(FileShelf *shelf, Time now, UnixMs now_ms, Packet *bytes,
               uint64_t *ret_number)
{
    ServerDisk *disk = shelf->disk;
    uint64_t number = shelf->first + shelf->n;

    if (shelf->bytes > shelf->bytes_max ||
        bytes->length > shelf->bytes_max - shelf->bytes ||
        (disk != NULL && disk->ops->put_file(disk, number, now_ms, bytes) != ST_OK)) {
        packet_clear(bytes);
        return ST_FULL;
    }
    *ret_number = number;
    append(shelf, (ShelvedFile){ packet_steal(bytes), now + shelf->life, now_ms });
    return ST_OK;
}

/* Of those before @number that are not there nothing is left. */
static void
fill_up(FileShelf *shelf, Time now, uint64_t number)
{
    while (shelf->first + shelf->n < number)
        append(shelf, (ShelvedFile){ .expires = now });
}

Status
file_shelf_restore(FileShelf *shelf, Time now, UnixMs now_ms, uint64_t number,
                   UnixMs uploaded_ms, Packet *bytes)
{
    UnixMs age_ms = uploaded_ms < now_ms ? now_ms - uploaded_ms : 0;
    Time expires = now + shelf->life - age_ms * MILLISECOND;

    if (uploaded_ms < 0 || number < shelf->first + shelf->n ||
        number - shelf->first > FILES_RESTORED_MAX) {
        packet_clear(bytes);
        return ST_MALFORMED;
    }
    if (shelf->n == 0)
        shelf->first = number;
    fill_up(shelf, now, number);
    append(shelf, (ShelvedFile){ packet_steal(bytes), expires, uploaded_ms });
    return ST_OK;
}

void
file_shelf_go_on_from(FileShelf *shelf, Time now, uint64_t number)
{
    if (shelf->n == 0 && number > shelf->first)
        shelf->first = number;
    else if (number - shelf->first <= FILES_RESTORED_MAX)
        fill_up(shelf, now, number);
}

const ShelvedFile *
file_shelf_get(const FileShelf *shelf, Time now, uint64_t number)
{
    const ShelvedFile *file;

    if (number < shelf->first || number - shelf->first >= shelf->n)
        return NULL;
    file = &shelf->file[number - shelf->first];
    return file->bytes.length > 0 && file->expires > now ? file : NULL;
}

/* All live equally long: the oldest go first. */
Time
file_shelf_expire(FileShelf *shelf, Time now)
{
    size_t gone = 0;

    while (gone < shelf->n && shelf->file[gone].expires <= now) {
        shelf->bytes -= shelf->file[gone].bytes.length;
        if (shelf->disk != NULL)
            shelf->disk->ops->drop_file(shelf->disk, shelf->first + gone);
        packet_clear(&shelf->file[gone++].bytes);
    }
    shelf->n -= gone;
    shelf->first += gone;
    if (gone > 0)
        memmove(shelf->file, shelf->file + gone, shelf->n * sizeof *shelf->file);
    return shelf->n == 0 ? TIME_NEVER : shelf->file[0].expires;
}
