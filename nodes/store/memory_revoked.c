/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_revoked.h"

#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* --- a sorted list of accounts --- */

/* Where @account stands or belongs. */
static uint32_t
place_of(const RevokedList *list, const uint8_t account[ACCOUNT_BYTES], bool *ret_found)
{
    uint32_t low = 0, high = list->n;

    *ret_found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(list->accounts[middle].account, account, ACCOUNT_BYTES);

        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static RevokedAccount *
find(const RevokedList *list, const uint8_t account[ACCOUNT_BYTES])
{
    bool found;
    uint32_t i = place_of(list, account, &found);

    return found ? &list->accounts[i] : NULL;
}

static RevokedAccount *
find_or_make(RevokedList *list, const uint8_t account[ACCOUNT_BYTES])
{
    bool found;
    uint32_t i = place_of(list, account, &found);
    RevokedAccount *entry;

    if (found)
        return &list->accounts[i];
    if (list->n == list->capacity) {
        list->capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        list->accounts =
            memory_resized(list->accounts, list->capacity, sizeof list->accounts[0]);
    }
    entry = &list->accounts[i];
    memmove(entry + 1, entry, (list->n++ - i) * sizeof *entry);
    *entry = (RevokedAccount){ .n = 0 };
    memcpy(entry->account, account, ACCOUNT_BYTES);
    return entry;
}

static void
drop(RevokedList *list, RevokedAccount *entry)
{
    size_t after = (size_t)(list->accounts + list->n - entry - 1);

    free(entry->tokens);
    memmove(entry, entry + 1, after * sizeof *entry);
    list->n--;
}

static void
clear(RevokedList *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        free(list->accounts[i].tokens);
    free(list->accounts);
    *list = (RevokedList){ NULL, 0, 0 };
}

/* --- tokens of one account --- */

/* The index of @token, or @entry->n. */
static uint8_t
token_index(const RevokedAccount *entry, const uint8_t token[SUBACCOUNT_BYTES])
{
    uint8_t i = 0;

    while (i < entry->n && memcmp(entry->tokens[i].token, token, SUBACCOUNT_BYTES) != 0)
        i++;
    return i;
}

static void
take_out(RevokedAccount *entry, uint8_t i)
{
    memmove(&entry->tokens[i], &entry->tokens[i + 1],
            (size_t)(entry->n - i - 1) * sizeof entry->tokens[0]);
    entry->n--;
}

/* The earliest, and of several the one that was added first. */
static uint8_t
oldest(const RevokedAccount *entry)
{
    uint8_t found = 0;

    for (uint8_t i = 1; i < entry->n; i++)
        if (entry->tokens[i].revoked_at < entry->tokens[found].revoked_at)
            found = i;
    return found;
}

/* --- the operations --- */

/* Remember how the account is, before its first change since the checkpoint. */
static void
touch(MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES])
{
    const RevokedAccount *is = find(&revoked->now, account);
    RevokedAccount *was;

    if (find(&revoked->before, account) != NULL)
        return;
    was = find_or_make(&revoked->before, account);
    if (is == NULL)
        return;
    was->n = is->n;
    was->tokens = memory_resized(NULL, is->n, sizeof is->tokens[0]);
    memcpy(was->tokens, is->tokens, is->n * sizeof is->tokens[0]);
}

bool
memory_revoked_has(const MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
                   const uint8_t token[SUBACCOUNT_BYTES])
{
    const RevokedAccount *entry = find(&revoked->now, account);

    return entry != NULL && token_index(entry, token) < entry->n;
}

static void
append(MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
       const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    RevokedAccount *entry = find_or_make(&revoked->now, account);

    entry->tokens = memory_resized(entry->tokens, entry->n + 1U, sizeof entry->tokens[0]);
    memcpy(entry->tokens[entry->n].token, token, SUBACCOUNT_BYTES);
    entry->tokens[entry->n++].revoked_at = now;
    if (entry->n > STORE_REVOKED_PER_ACCOUNT)
        take_out(entry, oldest(entry));
    else
        revoked->n++;
}

RevokeResult
memory_revoked_add(MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
                   const uint8_t token[SUBACCOUNT_BYTES], UnixMs now, uint32_t *ret_changes)
{
    RevokedAccount *entry = find(&revoked->now, account);

    *ret_changes = 0;
    if (entry != NULL && token_index(entry, token) < entry->n) {
        RevokedToken *known = &entry->tokens[token_index(entry, token)];

        if (known->revoked_at < now) {
            touch(revoked, account);
            known->revoked_at = now;
            *ret_changes = 1;
        }
        return REVOKE_KNOWN;
    }
    if (revoked->n >= STORE_REVOKED_MAX)
        return REVOKE_FULL;
    touch(revoked, account);
    append(revoked, account, token, now);
    *ret_changes = 1;
    return REVOKE_NEW;
}

bool
memory_revoked_remove(MemoryRevoked *revoked, const uint8_t account[ACCOUNT_BYTES],
                      const uint8_t token[SUBACCOUNT_BYTES])
{
    RevokedAccount *entry = find(&revoked->now, account);
    uint8_t i = entry == NULL ? 0 : token_index(entry, token);

    if (entry == NULL || i == entry->n)
        return false;
    touch(revoked, account);
    take_out(entry, i);
    revoked->n--;
    if (entry->n == 0)
        drop(&revoked->now, entry);
    return true;
}

void
memory_revoked_checkpoint(MemoryRevoked *revoked)
{
    clear(&revoked->before);
}

void
memory_revoked_undo(MemoryRevoked *revoked)
{
    for (uint32_t i = 0; i < revoked->before.n; i++) {
        RevokedAccount *was = &revoked->before.accounts[i];
        RevokedAccount *is = find_or_make(&revoked->now, was->account);

        revoked->n = revoked->n - is->n + was->n;
        free(is->tokens);
        is->tokens = was->tokens;
        is->n = was->n;
        was->tokens = NULL;
        if (is->n == 0)
            drop(&revoked->now, is);
    }
    clear(&revoked->before);
}

void
memory_revoked_clear(MemoryRevoked *revoked)
{
    clear(&revoked->now);
    clear(&revoked->before);
    revoked->n = 0;
}

size_t
memory_revoked_footprint(const MemoryRevoked *revoked)
{
    return (revoked->now.capacity + revoked->before.capacity) * sizeof(RevokedAccount) +
           revoked->n * sizeof(RevokedToken);
}
