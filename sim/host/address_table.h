/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who lives at which address.  Each request asks: what it takes is few cache lines. */
#pragma once

#include <stdint.h>

/* Actors added one after the other at addresses one after the other, as a world's clients
 * are, need no entries. */
typedef struct AddressRow {
    uint32_t ip, actor; /* the first */
    uint32_t n;
} AddressRow;

typedef struct AddressEntry {
    uint32_t ip; /* 0: empty */
    uint32_t actor;
} AddressEntry;

enum { ADDRESS_ROWS_MAX = 4 };

typedef struct AddressTable {
    AddressRow rows[ADDRESS_ROWS_MAX];
    uint32_t n_rows;
    uint32_t mask, used;   /* of `entries` */
    AddressEntry *entries; /* open addressing: all others */
    AddressEntry last;     /* that was added */
} AddressTable;

void address_table_init(AddressTable *table);
void address_table_clear(AddressTable *table);
/* @ip is not 0, and nobody lives there. */
void address_table_add(AddressTable *table, uint32_t ip, uint32_t actor);

static inline uint32_t
address_table_slot(const AddressTable *table, uint32_t ip)
{
    uint32_t slot = (ip * 0x9e3779b1u) >> 7 & table->mask;

    while (table->entries[slot].ip != 0 && table->entries[slot].ip != ip)
        slot = (slot + 1) & table->mask;
    return slot;
}

/* The actor, or 0: nobody. */
static inline uint32_t
address_table_find(const AddressTable *table, uint32_t ip)
{
    for (uint32_t i = 0; i < table->n_rows; i++) {
        uint32_t offset = ip - table->rows[i].ip;

        if (offset < table->rows[i].n)
            return table->rows[i].actor + offset;
    }
    return ip == 0 ? 0 : table->entries[address_table_slot(table, ip)].actor;
}
