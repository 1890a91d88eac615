/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who gets what is written. */
#include "scenarios/world_internal.h"

static guint
account_hash(gconstpointer account)
{
    guint hash;

    memcpy(&hash, (const uint8_t *)account + 1, sizeof hash);
    return hash;
}

static gboolean
account_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, ACCOUNT_BYTES) == 0;
}

/* Whose account it is; false: nobody's. */
static bool
mailbox_of(World *w, Bytes account, uint32_t *ret)
{
    gpointer found;

    if (w->mailboxes == NULL) {
        w->mailboxes = g_hash_table_new(account_hash, account_equal);
        for (uint32_t i = 0; i < w->scenario->clients; i++)
            g_hash_table_insert(w->mailboxes, w->accounts[i], GUINT_TO_POINTER(i + 1));
    }
    found =
        account.n == ACCOUNT_BYTES ? g_hash_table_lookup(w->mailboxes, account.p) : NULL;
    if (found == NULL)
        return false;
    *ret = GPOINTER_TO_UINT(found) - 1;
    return true;
}

void
world_written(World *w, uint64_t id, SessionKind kind, uint32_t from, uint32_t to)
{
    ledger_written(
        w->ledger, host_now(w->host),
        &(LedgerWritten){
            .id = id, .kind = kind, .from = from, .mailbox = to, .to = &to, .n_to = 1 });
}

void
world_written_own(World *w, uint32_t person, const Note *note)
{
    uint32_t to;

    if (mailbox_of(w, note->text, &to))
        world_written(w, note->a, (SessionKind)note->b, person, to);
}
