/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Revoked subaccounts in the memory store (protocol 3.5): for each account its tokens in
 * the order in which they were added, the accounts sorted.  For a power cut it remembers
 * how each account was at the last checkpoint that was touched since. */
#pragma once

#include "nodes/base/store.h"

typedef struct RevokedToken {
    uint8_t token[SUBACCOUNT_BYTES];
    UnixMs revoked_at;
} RevokedToken;

typedef struct RevokedAccount {
    uint8_t account[ACCOUNT_BYTES];
    uint8_t n;
    RevokedToken *tokens;
} RevokedAccount;

typedef struct RevokedList {
    RevokedAccount *accounts; /* sorted, each with a token at least */
    uint32_t n, capacity;
} RevokedList;

typedef struct MemoryRevoked {
    RevokedList now;
    RevokedList
        before; /* of touched accounts: as at the checkpoint; may be without token */
    uint64_t n; /* tokens */
} MemoryRevoked;

bool memory_revoked_has(const MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
                        const uint8_t token[SUBACCOUNT_BYTES]);
/* As StoreOps.revoke and unrevoke; *@ret_changes: rows changed, as SQLite would count. */
RevokeResult memory_revoked_add(MemoryRevoked *revoked,
                                const uint8_t account[ACCOUNT_BYTES],
                                const uint8_t token[SUBACCOUNT_BYTES], UnixMs now,
                                uint32_t *ret_changes);
bool memory_revoked_remove(MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
                           const uint8_t token[SUBACCOUNT_BYTES]);
/* Forget how it was: a checkpoint has come. */
void memory_revoked_checkpoint(MemoryRevoked *revoked);
/* Back to how it was at the checkpoint. */
void memory_revoked_undo(MemoryRevoked *revoked);
void memory_revoked_clear(MemoryRevoked *revoked);
size_t memory_revoked_footprint(const MemoryRevoked *revoked);
