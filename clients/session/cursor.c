/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Up to which message each node was read (protocol 5.4): row numbers differ from node to
 * node, so the cursor belongs to (node, namespace).  A node without one gives everything
 * again. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

static size_t
hash_bytes(const Session *s)
{
    return s->config->storage_rpc == STORAGE_RPC_2020 ? HASH_RAW_2020_BYTES
                                                      : HASH_RAW_BYTES;
}

size_t
session_cursor_bytes(const Session *s)
{
    size_t align = _Alignof(Cursor);

    return (offsetof(Cursor, hash) + hash_bytes(s) + align - 1) / align * align;
}

Cursor *
session_cursor_at(const Session *s, uint32_t i)
{
    return (Cursor *)(void *)(s->cursor + i * session_cursor_bytes(s));
}

static Cursor *
find(const Session *s, NodeRef node, int8_t name_space)
{
    for (uint32_t i = 0; i < s->n_cursors; i++)
        if (session_cursor_at(s, i)->node == node &&
            session_cursor_at(s, i)->name_space == name_space)
            return session_cursor_at(s, i);
    return NULL;
}

const Cursor *
session_cursor_find(const Session *s, NodeRef node, int8_t name_space)
{
    return find(s, node, name_space);
}

void
session_cursor_write(const Session *s, const Cursor *cursor, Buffer *out)
{
    Bytes hash = { cursor->hash, hash_bytes(s) };

    if (s->config->storage_rpc == STORAGE_RPC_2020)
        buffer_append_hex(out, hash);
    else
        base64_encode(hash, false, out);
}

static Cursor *
make(Session *s, NodeRef node, int8_t name_space)
{
    size_t bytes = session_cursor_bytes(s);
    Cursor *cursor;

    if (s->n_cursors == CURSORS_MAX) {
        s->n_cursors--;
        memmove(s->cursor, s->cursor + bytes, s->n_cursors * bytes);
    }
    if (s->n_cursors == s->cursor_capacity) {
        s->cursor_capacity = (uint16_t)(s->cursor_capacity + 2);
        s->cursor = memory_resized(s->cursor, s->cursor_capacity, bytes);
    }
    cursor = session_cursor_at(s, s->n_cursors++);
    cursor->node = node;
    cursor->name_space = name_space;
    return cursor;
}

static bool
hash_parse(const Session *s, Bytes text, uint8_t ret[HASH_RAW_2020_BYTES])
{
    if (s->config->storage_rpc == STORAGE_RPC_2020)
        return hex_decode(text, ret, HASH_RAW_2020_BYTES);
    return text.n == MESSAGE_HASH_BYTES &&
           base64_decode_exact(text, ret, HASH_RAW_BYTES) == ST_OK;
}

/* A hash of another form than the network's cannot be a cursor: nodes refuse it (3.4). */
void
session_cursor_set(Session *s, NodeRef node, int8_t name_space, Bytes hash)
{
    uint8_t raw[HASH_RAW_2020_BYTES];
    Cursor *cursor = find(s, node, name_space);

    if (!hash_parse(s, hash, raw))
        return;
    if (cursor == NULL)
        cursor = make(s, node, name_space);
    memcpy(cursor->hash, raw, hash_bytes(s));
}

void
session_cursors_remap(Session *s, const int *map)
{
    size_t bytes = session_cursor_bytes(s);
    uint16_t kept = 0;

    for (uint32_t i = 0; i < s->n_cursors; i++) {
        Cursor *cursor = session_cursor_at(s, i);

        if (map[cursor->node] == NODE_NONE)
            continue;
        cursor->node = (NodeRef)map[cursor->node];
        if (kept != i)
            memcpy(session_cursor_at(s, kept), cursor, bytes);
        kept++;
    }
    s->n_cursors = kept;
}
