/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who asks an open-group server, and that it was he who asked (protocol 5.9): four headers
 * of a v4 request.  The signature is over the server's key, the nonce, the time, the
 * method, the path with its query, and BLAKE2b-512 of the body where there is one. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/crypto/blinding.h"

enum { SERVER_NONCE_BYTES = 16, SERVER_ROOM_TOKEN_MAX = 31 };

typedef struct ServerAuth {
    uint8_t id[BLINDED_ID_BYTES]; /* the prefix says of what kind */
    uint8_t nonce[SERVER_NONCE_BYTES];
    int64_t timestamp; /* seconds since 1970 */
    uint8_t signature[SIGNATURE_BYTES];
} ServerAuth;

/* A room's name: letters, digits, - and _, 1 to SERVER_ROOM_TOKEN_MAX of them. */
bool server_room_token_valid(Bytes token);

/* Append what is signed, by nonce and timestamp of @auth.  @body: NULL or empty: none; its
 * bytes are made for this alone where they do not exist. */
void server_auth_text(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES],
                      const ServerAuth *auth, Bytes method, Bytes path, const Packet *body,
                      Buffer *out);
/* Append the headers, a JSON object. */
void server_auth_write(const ServerAuth *auth, Buffer *out);
/* The reverse, from untrusted bytes.  ST_NOT_FOUND: none of the four is there;
 * ST_MALFORMED: the object is none, or some are missing or not of their form. */
Status server_auth_read(Bytes headers, ServerAuth *ret) WARN_UNUSED;
