/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The message store as protocol code sees it (protocol notes 3.3, 3.4, 6.5).  Two
 * implementations live in nodes/store: a SQLite file and memory.  Both give the same
 * answers and the same row numbers; one contract test runs against both.  The time is an
 * argument. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/base/time.h"

enum {
    ACCOUNT_BYTES = 33,             /* prefix byte and 32-byte key */
    MESSAGE_HASH_BYTES = 43,        /* unpadded base64 of BLAKE2b-256 (protocol 2024) */
    MESSAGE_HASH_MAX = 128,         /* hex of SHA-512 (protocol 2020) */
    SUBACCOUNT_BYTES = 36,          /* a subaccount's token (protocol notes 3.5) */
    STORE_NAMESPACE_ALL = INT32_MAX /* in calls that take one namespace or all of them */
};

typedef struct StoreMessage {
    uint8_t account[ACCOUNT_BYTES];
    int16_t name_space;
    Bytes hash; /* text; 1 to MESSAGE_HASH_MAX characters */
    UnixMs timestamp;
    UnixMs expiry;
    Packet data; /* raw body, not base64 */
} StoreMessage;

typedef enum PutResult {
    PUT_NEW,       /* stored */
    PUT_EXTENDED,  /* had it; its expiry was earlier and is now the new one */
    PUT_DUPLICATE, /* had it (in whatever namespace); nothing changed */
    PUT_FULL       /* no room; nothing changed */
} PutResult;

typedef enum RevokeResult {
    REVOKE_NEW,   /* revoked now */
    REVOKE_KNOWN, /* it was already; its time is the later one now */
    REVOKE_FULL   /* STORE_REVOKED_MAX tokens are; nothing changed */
} RevokeResult;

/* Called for each message; its bytes are valid during the call (share the packet to keep
 * it).  Returns false to stop. */
typedef bool (*StoreVisitor)(void *context, int64_t row, const StoreMessage *message);

typedef struct Store Store;

typedef struct StoreOps {
    /* Store a message under row MAX(row)+1 of the whole table (a row number is used again
     * after the newest rows were deleted, as SQLite does without AUTOINCREMENT).  The data
     * packet is shared or copied, never taken.  @extend: a larger expiry of a known hash is
     * taken over (a client's store does, a push does not). */
    PutResult (*put)(Store *store, const StoreMessage *message, bool extend);
    /* Visit the messages of one account and namespace in row order (the store must not be
     * changed during the visit): those after the row
     * that holds @after (in that account and namespace), or all when @after is empty or
     * unknown. */
    void (*fetch)(Store *store, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
                  Bytes after, StoreVisitor visit, void *context);
    /* Visit everything, in row order.  The store must not be changed during the visit. */
    void (*each)(Store *store, StoreVisitor visit, void *context);
    /* True when a message with this hash is there (in whatever account). */
    bool (*has)(Store *store, Bytes hash);
    /* The expiry of a message of @account, or -1. */
    UnixMs (*expiry)(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash);
    /* Set a message's expiry; false when @account has no such message. */
    bool (*set_expiry)(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash,
                       UnixMs expiry);
    /* Delete one message of @account; false when there is none. */
    bool (*remove)(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash);
    /* Delete those of @account and namespace (or STORE_NAMESPACE_ALL) with timestamp <=
     * @before; @visit (may be NULL) sees each, in row order, before it goes; the one at
     * which it says stop is the last to go.  Returns how many. */
    uint64_t (*remove_before)(Store *store, const uint8_t account[ACCOUNT_BYTES],
                              int32_t name_space, UnixMs before, StoreVisitor visit,
                              void *context);
    /* Delete everything with expiry <= @now (INT64_MAX never expires); returns how many. */
    uint64_t (*sweep)(Store *store, UnixMs now);
    /* The earliest expiry of all messages, or INT64_MAX when there is none. */
    UnixMs (*first_expiry)(Store *store);
    /* Revoke a subaccount's token.  STORE_REVOKED_PER_ACCOUNT are kept for an account: one
     * more pushes out the one with the earliest time, and of those the one that was added
     * first.  Revocations outlive the account's messages. */
    RevokeResult (*revoke)(Store *store, const uint8_t account[ACCOUNT_BYTES],
                           const uint8_t token[SUBACCOUNT_BYTES], UnixMs now);
    /* Take it back; false when it was not revoked. */
    bool (*unrevoke)(Store *store, const uint8_t account[ACCOUNT_BYTES],
                     const uint8_t token[SUBACCOUNT_BYTES]);
    bool (*is_revoked)(Store *store, const uint8_t account[ACCOUNT_BYTES],
                       const uint8_t token[SUBACCOUNT_BYTES]);
    uint64_t (*revoked)(Store *store); /* tokens, of all accounts */
    uint64_t (*count)(Store *store);   /* messages */
    uint64_t (*bytes)(Store *store);   /* fullness by store_message_bytes, both alike */
    /* Power was cut: everything is again as it was at the last checkpoint (as WAL with
     * synchronous NORMAL may do: what was put since is gone, what was removed is back).  A
     * checkpoint comes by itself at the end of the call with which STORE_CHECKPOINT_PUTS
     * rows or more have been put, extended, given an expiry, revoked or removed since the
     * last one. */
    void (*power_loss)(Store *store);
    /* Everything so far is safe on the disk (the operating system wrote it back). */
    void (*checkpoint)(Store *store);
    void (*close)(Store *store);
} StoreOps;

struct Store {
    const StoreOps *ops;
};

enum {
    STORE_CHECKPOINT_PUTS = 64,
    STORE_REVOKED_PER_ACCOUNT = 50,
    STORE_REVOKED_MAX = 100000 /* revoked tokens of one node, about 10 MB in memory */
};

/* The one formula for fullness: what a row and its index entries take. */
static inline uint64_t
store_message_bytes(size_t hash_bytes, size_t data_bytes)
{
    return 160 + 2 * hash_bytes + data_bytes;
}
