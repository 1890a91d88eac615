/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sealed file whose bytes exist while somebody reads them.  They are made once, for the
 * digest that the message about it carries, and then dropped: what travels and lies on a
 * server is the file by reference.  Whoever opens it with the same key and digest, compared
 * in full, gets that file; any other key or digest, or a changed byte, meets the real
 * bytes.  Lengths and metering are those of attachment.h. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/crypto/attachment.h"

/* Pad and seal @file, which is shared.  Without shortcuts the bytes stay. */
Packet attachment_seal_later(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                             const uint8_t iv[ATTACHMENT_IV_BYTES], const Packet *file,
                             uint8_t ret_digest[ATTACHMENT_DIGEST_BYTES]);
/* Open, verify, and cut to the @size bytes of the file.  Status as attachment_open and
 * attachment_unpad. */
Status attachment_open_later(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                             const uint8_t digest[ATTACHMENT_DIGEST_BYTES],
                             const Packet *sealed, size_t size,
                             Packet *ret_file) WARN_UNUSED;
