/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the layers have in common (protocol 4.1): the container, and the two members of its
 * JSON that say how the ciphertext inside opens.  Private to nodes/onion. */
#pragma once

#include "nodes/crypto/crypto.h"
#include "nodes/wire/json.h"

enum { CONTAINER_LENGTH_BYTES = 4, KEY_HEX_BYTES = 2 * KEY_BYTES };

/* The ways in which a request is no onion request. */
typedef enum OnionFault {
    FAULT_NONE,
    FAULT_TOO_LARGE,
    FAULT_NO_LENGTH,    /* no four bytes */
    FAULT_SHORT,        /* less than the announced ciphertext */
    FAULT_JSON,         /* what follows it is no JSON */
    FAULT_NO_OBJECT,    /* but not an object */
    FAULT_NO_KEY,       /* no "ephemeral_key" */
    FAULT_KEY_NO_TEXT,  /* which is no string */
    FAULT_KEY_NO_HEX,   /* or no hex */
    FAULT_KEY_LENGTH,   /* or too short or long */
    FAULT_ENC_NO_TEXT,  /* "enc_type" is no string */
    FAULT_ENC,          /* or none that we know */
    FAULT_HOP_NO_NUMBER /* "hop_no" is no number */
} OnionFault;

/* Split a container (u32 LE length, ciphertext, JSON to the end) into its two parts, both
 * borrowed from @in. */
OnionFault container_split(Bytes in, Bytes *ret_cipher, Bytes *ret_json);

/* The text of a string: borrowed from it, or from @scratch when it had escapes.  False when
 * it is no string. */
bool control_text(JsonValue value, Buffer *scratch, Bytes *ret);

/* A member that is 32 bytes in hex.  @key's faults stand for any member's. */
OnionFault control_key(JsonValue object, const char *name, uint8_t ret[KEY_BYTES]);

/* "enc_type": aes-gcm when absent. */
OnionFault control_enc(JsonValue object, EncType *ret);

/* "ephemeral_key", and "enc_type" (aes-gcm when absent).  Outputs are set only with
 * FAULT_NONE. */
OnionFault control_cipher(JsonValue object, EncType *ret_enc, uint8_t ret_key[KEY_BYTES]);

/* A number or a boolean as the storage server's library turns it into an integer: cut to
 * 32 bits, fractions cut off.  False for anything else. */
bool control_integer(JsonValue value, int32_t *ret);

/* What stands before and behind the ciphertext in a relay's request, in wire order: data,
 * enc_type, ephemeral_key, hop_no.  _bytes: how many that are. */
size_t hop_head_bytes(size_t cipher_length);
size_t hop_tail_bytes(EncType enc, int hop_no);
void hop_append_head(size_t cipher_length, Buffer *out);
void hop_append_tail(EncType enc, const uint8_t ephemeral[KEY_BYTES], int hop_no,
                     Buffer *out);
