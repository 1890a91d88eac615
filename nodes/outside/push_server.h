/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A push server (protocol 4.1, 3.2): an actor beyond the onion that watches swarms in the
 * name of accounts.  Clients tell it of themselves through the onion,
 *   POST /subscribe  {"pubkey","session_ed25519","namespaces","data","sig_ts","signature",
 *                     "service","service_info":{"token"}}
 *                    -> {"success":true,"added":true}; 400 what is malformed, 401 not its
 * owner, 507 no room and it subscribes with their signatures at all members of their swarms
 * (monitor.messages), which it knows from a seed's list.  What they notify it of it would
 * hand to the maker of the device with that token; makers' servers are not modelled, and it
 * only counts. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"

enum {
    PUSH_SUBSCRIPTIONS_MAX = 1 << 20,
    PUSH_NAMESPACES_MAX = 16, /* of one subscription */
    PUSH_TOKEN_MAX = 256,     /* bytes of its text */
    PUSH_HASHES_MAX = 1 << 20 /* messages that it remembers, the newest */
};

typedef struct PushServerConfig {
    Duration refresh; /* so often it asks for the list of nodes, and subscribes anew; below
                       * the 65 min that nodes remember it: 30 min */
} PushServerConfig;

extern const PushServerConfig push_server_config_default;

typedef struct PushServer PushServer;

/* @seed: 32 random bytes of its key; @lists: who gives out node lists.  @crypto, @port,
 * @config are borrowed. */
PushServer *push_server_new(const Crypto *crypto, Port *port,
                            const PushServerConfig *config, const uint8_t seed[KEY_BYTES],
                            Address lists);
/* Subscriptions are on its disk, and outlive an incarnation. */
extern const ActorOps push_server_ops;
const X25519Pair *push_server_key(const PushServer *server);

/* Accounts that it watches; messages that it would have handed on, each once; requests to
 * nodes that they refused or did not answer. */
typedef struct PushCounts {
    uint64_t subscriptions, notices, failures;
} PushCounts;
PushCounts push_server_counts(const PushServer *server);
