/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the memory store must know to forget everything since its last checkpoint, when
 * power is cut: for each row touched since then, how it was at the checkpoint.  Of rows
 * above all that there were at the checkpoint, which most are, nothing needs to be known.
 * The SQLite store leaves the same to a transaction that it rolls back. */
#pragma once

#include "nodes/store/memory_pool.h"

typedef struct MemoryUndoRow {
    int64_t row;
    bool existed;  /* at the checkpoint */
    UnixMs expiry; /* at the checkpoint, when it existed */
    struct MemoryGone
        *removed; /* the message that stood there, when it was removed since */
} MemoryUndoRow;

typedef struct MemoryUndo {
    MemoryUndoRow *rows;
    uint32_t n, capacity;
    int64_t row_max;  /* the highest at the checkpoint */
    uint32_t changes; /* rows put, changed, revoked or removed since the checkpoint */
} MemoryUndo;

/* Each is called for one change, before the pool changes (put: after).  _removed takes
 * @entry, which was taken out of the pool. */
void memory_undo_put(MemoryUndo *undo, int64_t row);
void memory_undo_expiry(MemoryUndo *undo, int64_t row, UnixMs was);
void memory_undo_removed(MemoryUndo *undo, MemoryEntry *entry, const MemoryBox *box);
/* Forget how it was: a checkpoint has come, with rows up to @row_max. */
void memory_undo_checkpoint(MemoryUndo *undo, int64_t row_max);
/* Bring the pool back to how it was at the checkpoint. */
void memory_undo_apply(MemoryUndo *undo, MemoryPool *pool);
