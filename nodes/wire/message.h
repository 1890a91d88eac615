/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stored message is made of: its hash (protocol 3.3, 3.7), and the envelope around
 * the encryption (5.6).  What stands inside is content.h's. */
#pragma once

#include "nodes/base/store.h"
#include "nodes/crypto/crypto.h"

/* The storage requests of a network: all of today's, or the four of 2020 (protocol 3.7). */
typedef enum StorageRpc { STORAGE_RPC_2020, STORAGE_RPC_2024 } StorageRpc;

/* base64 without padding of BLAKE2b-256(type byte, key, ns in decimal (empty for 0), data).
 * Writes MESSAGE_HASH_BYTES characters, no terminator. */
void message_hash(const Crypto *crypto, const uint8_t account[ACCOUNT_BYTES],
                  int16_t name_space, Bytes data, char ret[MESSAGE_HASH_BYTES]);
/* The same through crypto->message_hashes: for a body that others get in the same packet.
 */
void message_hash_of_packet(const Crypto *crypto, const uint8_t account[ACCOUNT_BYTES],
                            int16_t name_space, const Packet *data,
                            char ret[MESSAGE_HASH_BYTES]);

/* Envelope types (protobuf). */
enum { ENVELOPE_SESSION_MESSAGE = 6, ENVELOPE_CLOSED_GROUP_MESSAGE = 7 };

/* Wrap sealed content: Envelope{type, source, timestamp, content} in
 * WebSocketMessage{REQUEST, request{id 0, verb "PUT", path "/api/v1/message", body}}.
 * @source: text, may be empty.  Appends. */
void message_wrap(int envelope_type, Bytes source, UnixMs timestamp, Bytes content,
                  Buffer *out);

typedef struct MessageEnvelope {
    int type;     /* as it came: any number */
    Bytes source; /* borrowed from the input; empty when absent, as content */
    UnixMs timestamp;
    Bytes content; /* borrowed from the input */
} MessageEnvelope;

/* The reverse, from untrusted bytes; unknown fields are passed over.  ST_MALFORMED: no
 * request with a body that is an envelope; ST_TOO_LARGE: reading it would take more memory
 * than three times its size and 16 kB. */
Status message_unwrap(Bytes data, MessageEnvelope *ret) WARN_UNUSED;
