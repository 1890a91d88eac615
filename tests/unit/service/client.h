/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Request texts of a client, for tests of the storage node. */
#pragma once

#include "tests/unit/service/network.h"

typedef struct Client {
    Ed25519Pair pair;
    uint8_t account[ACCOUNT_BYTES]; /* 05... */
    char hex[2 * ACCOUNT_BYTES + 1];
    char ed25519_hex[65];
} Client;

void client_init(Client *client, uint8_t number);
/* A client whose messages @swarm of the network's snapshot keeps. */
void client_init_in(Client *client, const Network *network, uint64_t swarm);
/* base64 of the signature over the formatted text; to be freed. */
char *client_sign(const Client *client, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same over bytes. */
char *client_sign_bytes(const Client *client, const void *text, size_t n);
/* {"method":@method,..} with the keys, the parameters @rest and the signature over @text.
 */
char *client_request(const Client *client, const char *method, const char *rest,
                     const char *text);

/* A subaccount: its key, and the token that the account signed for it. */
typedef struct Subaccount {
    Ed25519Pair pair;
    uint8_t token[SUBACCOUNT_BYTES];
    char *token_base64, *signature_base64; /* of the account over the token */
} Subaccount;

void subaccount_init(Subaccount *subaccount, const Client *account, uint8_t number,
                     uint8_t prefix, uint8_t flags);
void subaccount_clear(Subaccount *subaccount);
/* As client_request, by the subaccount. */
char *subaccount_request(const Subaccount *subaccount, const Client *account,
                         const char *method, const char *rest, const char *text);

/* {"method":"store",..}: unsigned, namespace 0, one day. */
char *client_store(const Client *client, const char *base64, UnixMs timestamp);
/* The same with a signature; @signed_at is sig_timestamp. */
char *client_store_signed(const Client *client, int name_space, const char *base64,
                          UnixMs timestamp, UnixMs signed_at);
/* {"method":"retrieve",..}, signed; @more is put among the parameters (",\"a\":1"). */
char *client_retrieve(const Client *client, int name_space, UnixMs timestamp,
                      const char *more);
/* Ask directly, let it happen, free @request: the answer's text if it has this status. */
const char *client_expect(Network *network, guint member, char *request, int status);
