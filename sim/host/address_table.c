/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/host/address_table.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 256 };

void
address_table_init(AddressTable *table)
{
    *table = (AddressTable){ .mask = FIRST_SLOTS - 1 };
    table->entries = memory_zeroed(FIRST_SLOTS, sizeof *table->entries);
}

void
address_table_clear(AddressTable *table)
{
    free(table->entries);
}

static void
grow(AddressTable *table)
{
    AddressEntry *old = table->entries;
    uint32_t old_size = table->mask + 1;

    table->mask = old_size * 2 - 1;
    table->entries = memory_zeroed((size_t)old_size * 2, sizeof *table->entries);
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i].ip != 0)
            table->entries[address_table_slot(table, old[i].ip)] = old[i];
    free(old);
}

/* False when it continues no row, and begins none. */
static bool
add_to_row(AddressTable *table, const AddressEntry *entry)
{
    for (uint32_t i = 0; i < table->n_rows; i++) {
        AddressRow *row = &table->rows[i];

        if (entry->ip - row->ip == row->n && entry->actor - row->actor == row->n) {
            row->n++;
            return true;
        }
    }
    if (table->n_rows == ADDRESS_ROWS_MAX || entry->ip != table->last.ip + 1 ||
        entry->actor != table->last.actor + 1)
        return false;
    table->rows[table->n_rows++] = (AddressRow){ entry->ip, entry->actor, 1 };
    return true;
}

void
address_table_add(AddressTable *table, uint32_t ip, uint32_t actor)
{
    AddressEntry entry = { ip, actor };

    assert(ip != 0 && address_table_find(table, ip) == 0);
    if (!add_to_row(table, &entry)) {
        table->entries[address_table_slot(table, ip)] = entry;
        if (++table->used * 2 > table->mask)
            grow(table);
    }
    table->last = entry;
}
