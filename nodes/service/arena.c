/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/request.h"

#include <stdlib.h>

typedef struct ArenaChunk {
    struct ArenaChunk *next;
    max_align_t bytes[];
} ArenaChunk;

void *
arena_take(Arena *arena, size_t n)
{
    ArenaChunk *chunk = malloc(sizeof *chunk + n);

    if (chunk == NULL)
        abort();
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk->bytes;
}

void
arena_clear(Arena *arena)
{
    while (arena->chunks != NULL) {
        ArenaChunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        free(chunk);
    }
}
