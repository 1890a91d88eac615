/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all replicas of a message have in common: hash, timestamp, expiry, body.  In a
 * simulated network a body is one blob, whichever stores hold it; the record hangs on that
 * blob, and there is one for all of them.  A body that is not such a blob gets a record of
 * its own, and so does a replica whose expiry is another.
 */
#pragma once

#include "nodes/base/store.h"

typedef struct MemoryRecord {
    Packet data; /* of the hanging record: borrowed from the blob that it hangs on */
    UnixMs timestamp, expiry;
    bool hangs;
    uint8_t hash_length;
    uint8_t hash[]; /* text */
} MemoryRecord;

/* One holder's share in a record of this message (hash, timestamp, expiry, data).  The data
 * is shared or copied, never taken. */
MemoryRecord *memory_record_hold(const StoreMessage *message);
/* The holder's share, with another expiry: @record itself, where nobody else can hold it,
 * or a new one for which that is let go. */
MemoryRecord *memory_record_with_expiry(MemoryRecord *record, UnixMs expiry);
/* The holder lets go. */
void memory_record_release(MemoryRecord *record);

/* Borrowed from the record. */
static inline Bytes
memory_record_hash(const MemoryRecord *record)
{
    return (Bytes){ record->hash, record->hash_length };
}
