/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_record.h"

#include <assert.h>
#include <stdlib.h>

/* A body that is a small part of its blob is copied, so that a stored message does not hold
 * a whole batch in memory; a larger part is shared. */
enum { SHARED_PART = 2 };

static const BlobType record_type = { "stored message", NULL, free };

static bool
is_worth_sharing(const Packet *data)
{
    return data->blob != NULL && data->length > 0 &&
           (uint64_t)data->length * SHARED_PART >= data->blob->size;
}

static MemoryRecord *
record_new(Bytes hash, UnixMs timestamp, UnixMs expiry)
{
    MemoryRecord *record = malloc(sizeof *record + hash.n);

    if (record == NULL)
        abort();
    assert(hash.n >= 1 && hash.n <= MESSAGE_HASH_MAX);
    *record = (MemoryRecord){ .timestamp = timestamp,
                              .expiry = expiry,
                              .hash_length = (uint8_t)hash.n };
    memcpy(record->hash, hash.p, hash.n);
    return record;
}

static bool
is_record_of(const MemoryRecord *record, const StoreMessage *message)
{
    return record->timestamp == message->timestamp && record->expiry == message->expiry &&
           record->data.offset == message->data.offset &&
           record->data.length == message->data.length &&
           bytes_equal(memory_record_hash(record), message->hash);
}

/* The record on the message's blob, hung there now if nothing is; NULL when something else
 * hangs there. */
static MemoryRecord *
record_on_blob(const StoreMessage *message)
{
    Blob *blob = message->data.blob;
    MemoryRecord *record;

    if (blob->object == NULL && blob->type == NULL) {
        record = record_new(message->hash, message->timestamp, message->expiry);
        record->hangs = true;
        record->data = message->data;
        blob_attach(blob, &record_type, record);
        return record;
    }
    if (blob->type != &record_type)
        return NULL;
    record = blob->object;
    return is_record_of(record, message) ? record : NULL;
}

MemoryRecord *
memory_record_hold(const StoreMessage *message)
{
    bool shares = is_worth_sharing(&message->data);
    MemoryRecord *record = shares ? record_on_blob(message) : NULL;

    if (record != NULL) {
        blob_ref(record->data.blob);
        return record;
    }
    record = record_new(message->hash, message->timestamp, message->expiry);
    if (shares)
        record->data = packet_share(&message->data);
    else if (message->data.length > 0)
        record->data = packet_of_bytes(packet_bytes(&message->data));
    return record;
}

MemoryRecord *
memory_record_with_expiry(MemoryRecord *record, UnixMs expiry)
{
    MemoryRecord *own;

    if (!record->hangs)
        record->expiry = expiry;
    if (record->expiry == expiry)
        return record;
    own = record_new(memory_record_hash(record), record->timestamp, expiry);
    own->data = packet_share(&record->data);
    memory_record_release(record);
    return own;
}

void
memory_record_release(MemoryRecord *record)
{
    if (record->hangs) {
        blob_unref(record->data.blob); /* and the last one frees the record */
        return;
    }
    packet_clear(&record->data);
    free(record);
}
