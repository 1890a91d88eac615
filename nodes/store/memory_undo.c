/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_undo.h"

#include <assert.h>
#include <stdlib.h>

/* A removed message that may have to come back.  Its box may be gone by then. */
typedef struct MemoryGone {
    MemoryEntry entry;
    uint8_t account[ACCOUNT_BYTES];
    int16_t name_space;
} MemoryGone;

static MemoryUndoRow *
find(const MemoryUndo *undo, int64_t row)
{
    for (uint32_t i = 0; i < undo->n; i++)
        if (undo->rows[i].row == row)
            return &undo->rows[i];
    return NULL;
}

/* Count a change; false when a checkpoint is certain to follow, so that nothing needs to be
 * remembered any more. */
static bool
count_change(MemoryUndo *undo)
{
    return ++undo->changes < STORE_CHECKPOINT_PUTS;
}

static MemoryUndoRow *
add(MemoryUndo *undo, const MemoryUndoRow *row)
{
    if (undo->n == undo->capacity) {
        undo->capacity = undo->capacity == 0 ? 4 : undo->capacity * 2;
        undo->rows = realloc(undo->rows, undo->capacity * sizeof *undo->rows);
        if (undo->rows == NULL)
            abort();
    }
    undo->rows[undo->n] = *row;
    return &undo->rows[undo->n++];
}

void
memory_undo_put(MemoryUndo *undo, int64_t row)
{
    if (count_change(undo) && row <= undo->row_max && find(undo, row) == NULL)
        add(undo, &(MemoryUndoRow){ .row = row });
}

void
memory_undo_expiry(MemoryUndo *undo, int64_t row, UnixMs was)
{
    if (count_change(undo) && row <= undo->row_max && find(undo, row) == NULL)
        add(undo, &(MemoryUndoRow){ .row = row, .existed = true, .expiry = was });
}

void
memory_undo_removed(MemoryUndo *undo, MemoryEntry *entry, const MemoryBox *box)
{
    MemoryUndoRow *row = find(undo, entry->row);
    bool was_there = entry->row <= undo->row_max &&
                     (row == NULL || (row->existed && row->removed == NULL));

    if (!count_change(undo) || !was_there) {
        memory_record_release(entry->record);
        return;
    }
    if (row == NULL)
        row = add(undo, &(MemoryUndoRow){ .row = entry->row,
                                          .existed = true,
                                          .expiry = entry->record->expiry });
    row->removed = malloc(sizeof *row->removed);
    if (row->removed == NULL)
        abort();
    *row->removed = (MemoryGone){ .entry = *entry, .name_space = box->name_space };
    memcpy(row->removed->account, box->account, ACCOUNT_BYTES);
}

void
memory_undo_checkpoint(MemoryUndo *undo, int64_t row_max)
{
    for (uint32_t i = 0; i < undo->n; i++)
        if (undo->rows[i].removed != NULL) {
            memory_record_release(undo->rows[i].removed->entry.record);
            free(undo->rows[i].removed);
        }
    free(undo->rows);
    *undo = (MemoryUndo){ .row_max = row_max };
}

/* The rows that are there: those that were put since go, also where they stand in place of
 * one that was removed; others get their expiry back. */
static void
take_back_what_is_there(const MemoryUndo *undo, MemoryPool *pool)
{
    for (uint32_t i = 0; i < pool->n_entries; i++) {
        const MemoryEntry *entry = &pool->entries[i];
        bool is_new = entry->row > undo->row_max;
        const MemoryUndoRow *was = is_new ? NULL : find(undo, entry->row);

        if (!memory_entry_lives(entry))
            continue;
        if (is_new || (was != NULL && (!was->existed || was->removed != NULL)))
            memory_record_release(memory_pool_remove(pool, i).record);
        else if (was != NULL)
            memory_pool_set_expiry(pool, i, was->expiry);
    }
}

void
memory_undo_apply(MemoryUndo *undo, MemoryPool *pool)
{
    assert(undo->changes < STORE_CHECKPOINT_PUTS);
    take_back_what_is_there(undo, pool);
    for (uint32_t i = 0; i < undo->n; i++) {
        MemoryGone *gone = undo->rows[i].removed;

        if (gone == NULL)
            continue;
        gone->entry.box = memory_pool_make_box(pool, gone->account, gone->name_space);
        gone->entry.record =
            memory_record_with_expiry(gone->entry.record, undo->rows[i].expiry);
        memory_pool_append(pool, &gone->entry);
        free(gone);
        undo->rows[i].removed = NULL;
    }
    memory_pool_rebuild(pool);
    memory_undo_checkpoint(undo, memory_pool_row_max(pool));
}
