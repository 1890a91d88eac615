/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/attachment_later.h"

#include "nodes/crypto/crypto_ops.h"

#include <stdlib.h>

typedef struct SealedFile {
    const CryptoOps *ops;
    uint8_t key[ATTACHMENT_KEY_BYTES], iv[ATTACHMENT_IV_BYTES];
    uint8_t digest[ATTACHMENT_DIGEST_BYTES];
    Packet file;
} SealedFile;

static void
seal_into(const Crypto *crypto, SealedFile *sealed, Buffer *out)
{
    Buffer padded = BUFFER_EMPTY;

    buffer_reserve(&padded, attachment_padded_bytes(sealed->file.length));
    packet_append(&sealed->file, &padded);
    attachment_pad_behind(&padded, 0);
    attachment_seal(crypto, sealed->key, sealed->iv, buffer_bytes(&padded), out,
                    sealed->digest);
    buffer_clear(&padded);
}

static void
encode(const void *object, Buffer *out)
{
    SealedFile copy = *(const SealedFile *)object;
    Meter meter = { .cost_ns = 0 }; /* the work was counted when it was first done */
    Crypto crypto = { .ops = copy.ops, .meter = &meter };

    seal_into(&crypto, &copy, out);
}

static void
free_sealed(void *object)
{
    SealedFile *sealed = object;

    packet_clear(&sealed->file);
    explicit_bzero(sealed, sizeof *sealed);
    free(sealed);
}

static const BlobType sealed_type = { "sealed file", encode, free_sealed };

Packet
attachment_seal_later(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                      const uint8_t iv[ATTACHMENT_IV_BYTES], const Packet *file,
                      uint8_t ret_digest[ATTACHMENT_DIGEST_BYTES])
{
    SealedFile *sealed = malloc(sizeof *sealed);
    Buffer out = BUFFER_EMPTY;
    size_t n;

    if (sealed == NULL)
        abort();
    *sealed = (SealedFile){ .ops = crypto->ops, .file = packet_share(file) };
    memcpy(sealed->key, key, sizeof sealed->key);
    memcpy(sealed->iv, iv, sizeof sealed->iv);
    seal_into(crypto, sealed, &out);
    memcpy(ret_digest, sealed->digest, sizeof sealed->digest);
    if (crypto->no_shortcuts) {
        free_sealed(sealed);
        return packet_of_buffer(&out);
    }
    n = out.n;
    buffer_clear(&out);
    return packet_of_blob(blob_from_object(&sealed_type, sealed, n));
}

/* The file that a packet holds, if it opens with these. */
static const SealedFile *
sealed_of(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
          const uint8_t digest[ATTACHMENT_DIGEST_BYTES], const Packet *packet)
{
    const Blob *blob = packet->blob;
    const SealedFile *sealed;

    if (crypto->no_shortcuts || blob == NULL || blob->type != &sealed_type ||
        packet->length != blob->size)
        return NULL;
    sealed = blob->object;
    return sealed->ops == crypto->ops &&
                   memcmp(sealed->key, key, sizeof sealed->key) == 0 &&
                   memcmp(sealed->digest, digest, sizeof sealed->digest) == 0
               ? sealed
               : NULL;
}

/* Its bytes exist for this alone. */
static Status
open_bytes(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
           const uint8_t digest[ATTACHMENT_DIGEST_BYTES], const Packet *sealed, size_t size,
           Packet *ret_file)
{
    Buffer bytes = BUFFER_EMPTY, plain = BUFFER_EMPTY;
    Bytes file;
    Status status;

    packet_append(sealed, &bytes);
    status = attachment_open(crypto, key, digest, buffer_bytes(&bytes), &plain);
    buffer_clear(&bytes);
    if (status == ST_OK)
        status = attachment_unpad(buffer_bytes(&plain), size, &file);
    if (status == ST_OK)
        *ret_file = packet_of_bytes(file);
    buffer_clear(&plain);
    return status;
}

Status
attachment_open_later(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                      const uint8_t digest[ATTACHMENT_DIGEST_BYTES], const Packet *sealed,
                      size_t size, Packet *ret_file)
{
    const SealedFile *whole = sealed_of(crypto, key, digest, sealed);
    size_t covered = sealed->length - MAC_BYTES;

    if (whole == NULL || size != whole->file.length)
        return open_bytes(crypto, key, digest, sealed, size, ret_file);
    meter_add(crypto->meter, METER_HASH, sealed->length);
    meter_add(crypto->meter, METER_HASH, covered);
    meter_add(crypto->meter, METER_OPEN, covered - ATTACHMENT_IV_BYTES);
    *ret_file = packet_share(&whole->file);
    return ST_OK;
}
