/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/blob.h"

#include <assert.h>
#include <stdlib.h>

static Blob *
blob_allocate(size_t size, size_t inline_bytes)
{
    Blob *blob = malloc(sizeof *blob + inline_bytes);

    if (blob == NULL)
        abort();
    assert(size <= UINT32_MAX);
    *blob = (Blob){ .refs = 1, .size = (uint32_t)size };
    return blob;
}

static bool
data_is_inline(const Blob *blob)
{
    return blob->data == (const uint8_t *)(blob + 1);
}

Blob *
blob_new(size_t size)
{
    Blob *blob = blob_allocate(size, size);

    blob->data = (uint8_t *)(blob + 1);
    return blob;
}

Blob *
blob_from_buffer(Buffer *b)
{
    Blob *blob = blob_allocate(b->n, 0);

    blob->data = b->p != NULL ? b->p : calloc(1, 1);
    *b = BUFFER_EMPTY;
    return blob;
}

Blob *
blob_from_object(const BlobType *type, void *object, size_t size)
{
    Blob *blob = blob_allocate(size, 0);

    blob->type = type;
    blob->object = object;
    return blob;
}

Blob *
blob_with_object(const BlobType *type, size_t object_bytes, size_t size)
{
    Blob *blob = blob_allocate(size, object_bytes);

    blob->type = type;
    blob->object = blob + 1;
    return blob;
}

void
blob_attach(Blob *blob, const BlobType *type, void *object)
{
    assert(blob->object == NULL && blob->type == NULL);
    blob->type = type;
    blob->object = object;
}

Blob *
blob_ref(Blob *blob)
{
    assert(blob->refs > 0 && blob->refs < UINT32_MAX);
    blob->refs++;
    return blob;
}

void
blob_unref(Blob *blob)
{
    if (blob == NULL)
        return;
    assert(blob->refs > 0);
    if (--blob->refs > 0)
        return;
    if (blob->object != NULL && blob->type->free_object != NULL)
        blob->type->free_object(blob->object);
    if (!data_is_inline(blob))
        free(blob->data);
    free(blob);
}

const uint8_t *
blob_data(Blob *blob)
{
    if (blob->data == NULL) {
        Buffer out = BUFFER_EMPTY;

        assert(blob->type != NULL && blob->type->encode != NULL);
        blob->type->encode(blob->object, &out);
        assert(out.n == blob->size);
        blob->data = out.p != NULL ? out.p : calloc(1, 1);
    }
    return blob->data;
}

void
blob_append(const Blob *blob, Buffer *out)
{
    size_t before = out->n;

    if (blob->data != NULL)
        buffer_append(out, blob->data, blob->size);
    else
        blob->type->encode(blob->object, out);
    assert(out->n == before + blob->size);
}

uint8_t *
blob_data_mutable(Blob *blob)
{
    assert(blob_is_unique(blob) && blob->object == NULL && blob->data != NULL);
    return blob->data;
}
