/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Up to which message each node was read (protocol 5.4): row numbers differ from node to
 * node, so the cursor belongs to (node, namespace).  A node without one gives everything
 * again. */
#include "clients/session/session_internal.h"
#include "nodes/wire/base64.h"

static Cursor *
find(const Session *s, NodeRef node, uint8_t name_space)
{
    for (uint32_t i = 0; i < s->n_cursors; i++)
        if (s->cursor[i].node == node && s->cursor[i].name_space == name_space)
            return &s->cursor[i];
    return NULL;
}

const Cursor *
session_cursor_find(const Session *s, NodeRef node, uint8_t name_space)
{
    return find(s, node, name_space);
}

static Cursor *
make(Session *s, NodeRef node, uint8_t name_space)
{
    Cursor *cursor;

    if (s->n_cursors == CURSORS_MAX) {
        s->n_cursors--;
        memmove(s->cursor, s->cursor + 1, s->n_cursors * sizeof *s->cursor);
    }
    if (s->n_cursors == s->cursor_capacity) {
        s->cursor_capacity = (uint16_t)(s->cursor_capacity + 2);
        s->cursor = session_resize(s->cursor, s->cursor_capacity, sizeof *s->cursor);
    }
    cursor = &s->cursor[s->n_cursors++];
    *cursor = (Cursor){ .node = node, .name_space = name_space };
    return cursor;
}

/* A hash of another form than today's cannot be a cursor: nodes refuse it (3.4). */
void
session_cursor_set(Session *s, NodeRef node, uint8_t name_space, Bytes hash)
{
    uint8_t raw[HASH_RAW_BYTES];
    Cursor *cursor = find(s, node, name_space);

    if (hash.n != MESSAGE_HASH_BYTES ||
        base64_decode_exact(hash, raw, HASH_RAW_BYTES) != ST_OK)
        return;
    if (cursor == NULL)
        cursor = make(s, node, name_space);
    memcpy(cursor->hash, raw, HASH_RAW_BYTES);
}

void
session_cursors_remap(Session *s, const int *map)
{
    uint16_t kept = 0;

    for (uint32_t i = 0; i < s->n_cursors; i++) {
        Cursor cursor = s->cursor[i];

        if (map[cursor.node] == NODE_NONE)
            continue;
        cursor.node = (NodeRef)map[cursor.node];
        s->cursor[kept++] = cursor;
    }
    s->n_cursors = kept;
}
