/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/file_shelf.h"

#include <stdlib.h>

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

Status
file_shelf_put(FileShelf *shelf, Time now, UnixMs now_ms, Packet *bytes,
               uint64_t *ret_number)
{
    if (bytes->length > shelf->bytes_max - shelf->bytes) {
        packet_clear(bytes);
        return ST_FULL;
    }
    if (shelf->n == shelf->capacity) {
        shelf->capacity = shelf->capacity == 0 ? 16 : 2 * shelf->capacity;
        shelf->file = realloc(shelf->file, shelf->capacity * sizeof *shelf->file);
        if (shelf->file == NULL)
            abort();
    }
    shelf->bytes += bytes->length;
    *ret_number = shelf->first + shelf->n;
    shelf->file[shelf->n++] =
        (ShelvedFile){ packet_steal(bytes), now + shelf->life, now_ms };
    return ST_OK;
}

const ShelvedFile *
file_shelf_get(const FileShelf *shelf, Time now, uint64_t number)
{
    const ShelvedFile *file;

    if (number < shelf->first || number - shelf->first >= shelf->n)
        return NULL;
    file = &shelf->file[number - shelf->first];
    return file->expires > now ? file : NULL;
}

/* All live equally long: the oldest go first. */
Time
file_shelf_expire(FileShelf *shelf, Time now)
{
    size_t gone = 0;

    while (gone < shelf->n && shelf->file[gone].expires <= now) {
        shelf->bytes -= shelf->file[gone].bytes.length;
        packet_clear(&shelf->file[gone++].bytes);
    }
    shelf->n -= gone;
    shelf->first += gone;
    if (gone > 0)
        memmove(shelf->file, shelf->file + gone, shelf->n * sizeof *shelf->file);
    return shelf->n == 0 ? TIME_NEVER : shelf->file[0].expires;
}
