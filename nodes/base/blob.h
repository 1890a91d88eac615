/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A blob is a counted, contiguous piece of memory that packets, stores and snapshots share.
 * Either one owner holds it (refs == 1: it may be changed in place) or several do (it is
 * immutable).  A blob may exist without its bytes: then its type makes them when somebody
 * reads them, so that what is the same for everybody costs its bytes once, or never.
 * Counts are not atomic: blobs belong to the one thread that runs actors. */
#pragma once

#include "nodes/base/bytes.h"

typedef struct Blob Blob;

/* How a blob that was made from an object gives its bytes and dies. */
typedef struct BlobType {
    const char *name;
    /* Append exactly blob->size bytes of the encoding of @object to @out; NULL when the
     * object never travels as bytes. */
    void (*encode)(const void *object, Buffer *out);
    /* Free @object; NULL when it needs nothing. */
    void (*free_object)(void *object);
} BlobType;

struct Blob {
    uint32_t refs;
    uint32_t size;        /* length of the content in bytes, whether it exists or not */
    uint8_t *data;        /* NULL until read, for blobs made from an object */
    void *object;         /* parsed form, immutable, shared by all readers; or NULL */
    const BlobType *type; /* NULL for plain bytes */
};

/* @size bytes, not set, with one reference. */
Blob *blob_new(size_t size);
/* Takes the memory of @b, which is empty afterwards. */
Blob *blob_from_buffer(Buffer *b);
/* A blob whose content is the encoding of @object (owned from now on), @size bytes long. */
Blob *blob_from_object(const BlobType *type, void *object, size_t size);
/* The same, of an object of @object_bytes that lies behind the blob (blob->object, not set;
 * what it holds is freed by free_object, it itself with the blob). */
Blob *blob_with_object(const BlobType *type, size_t object_bytes, size_t size);
/* Remember @object (owned from now on) as the parsed form of a plain blob that has none. */
void blob_attach(Blob *blob, const BlobType *type, void *object);

Blob *blob_ref(Blob *blob);
void blob_unref(Blob *blob); /* takes NULL */

/* The bytes, made now if nobody read them before.  Valid as long as the blob. */
const uint8_t *blob_data(Blob *blob);
/* Append the bytes; where they do not exist they are made for this alone. */
void blob_append(const Blob *blob, Buffer *out);
/* The bytes, to be changed in place.  The caller must be the only owner. */
uint8_t *blob_data_mutable(Blob *blob);
static inline bool
blob_is_unique(const Blob *blob)
{
    return blob->refs == 1;
}
