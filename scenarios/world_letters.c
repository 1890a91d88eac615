/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who gets what is written. */
#include "scenarios/world_circles.h"

static guint
account_hash(gconstpointer account)
{
    const uint8_t *p = account;
    guint hash = 5381;

    for (int i = 1; i < ACCOUNT_BYTES; i++)
        hash = hash * 33 + p[i];
    return hash;
}

static gboolean
account_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, ACCOUNT_BYTES) == 0;
}

static void
begin_mailboxes(World *w)
{
    uint32_t n = w->scenario->clients;

    if (w->mailboxes != NULL)
        return;
    w->mailboxes = g_hash_table_new(account_hash, account_equal);
    for (uint32_t i = 0; i < n; i++)
        g_hash_table_insert(w->mailboxes, w->accounts[i], GUINT_TO_POINTER(i + 1));
    if (w->circles == NULL)
        return;
    for (uint32_t i = 0; i < world_circles_count(w); i++)
        if (w->circles->circle[i].there)
            g_hash_table_insert(w->mailboxes, w->circles->circle[i].id,
                                GUINT_TO_POINTER(n + i + 1));
}

void
world_mailbox_add(World *w, const uint8_t *account, uint32_t circle)
{
    begin_mailboxes(w);
    g_hash_table_insert(w->mailboxes, (gpointer)(guintptr)account,
                        GUINT_TO_POINTER(w->scenario->clients + circle + 1));
}

bool
world_mailbox_of(World *w, Bytes account, uint32_t *ret)
{
    gpointer found;

    begin_mailboxes(w);
    found =
        account.n == ACCOUNT_BYTES ? g_hash_table_lookup(w->mailboxes, account.p) : NULL;
    if (found == NULL)
        return false;
    *ret = GPOINTER_TO_UINT(found) - 1;
    return true;
}

/* A person's second device, when it is there; else 0. */
static uint32_t
device_of(const World *w, uint32_t person)
{
    uint32_t device = w->device_of == NULL ? 0 : w->device_of[person];

    if (device == 0 || !w->devices[device - 1].there)
        return 0;
    return w->scenario->clients + device - 1;
}

static void
add_reader(const World *w, uint32_t person, uint32_t from, bool with_devices, GArray *to)
{
    uint32_t device = with_devices ? device_of(w, person) : 0;

    if (person != from)
        g_array_append_val(to, person);
    if (device != 0 && device != from)
        g_array_append_val(to, device);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static bool
contains(const GArray *people, uint32_t person)
{
    for (guint i = 0; i < people->len; i++)
        if (g_array_index(people, uint32_t, i) == person)
            return true;
    return false;
}

/* Whom @from's client takes for members of a closed group; NULL: the client knows of no
 * such group, or this is none. */
static GArray *
known_members(World *w, uint32_t from, uint32_t mailbox)
{
    uint32_t n = w->scenario->clients, person, count;
    const uint8_t *group = world_circle_at(w, mailbox - n);
    const uint8_t(*members)[ACCOUNT_BYTES];
    GArray *known;

    if (group == NULL || from >= n || w->sessions == NULL || w->sessions[from] == NULL)
        return NULL;
    count = session_known_members(w->sessions[from], group, &members);
    if (count == 0)
        return NULL;
    known = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++)
        if (world_mailbox_of(w, (Bytes){ members[i], ACCOUNT_BYTES }, &person))
            g_array_append_val(known, person);
    return known;
}

/* Who writes to a group means those who are in it by the admin's word and whom his own
 * client knows of: what is written before he learns that somebody was added may be sealed
 * to a key that the new one never had.  Who was removed, and has not learnt it, writes to
 * nobody: the others do not hear him any more.  Those whom only one of the two takes for
 * members are bystanders: who was removed reads on until the writer's client learns it. */
static void
to_group(World *w, uint32_t from, uint32_t mailbox, bool with_devices, GArray *to,
         GArray *bystanders)
{
    const GArray *members = world_circle_members(w, mailbox);
    g_autoptr(GArray) known = known_members(w, from, mailbox);
    bool heard = world_circle_at(w, mailbox - w->scenario->clients) == NULL ||
                 from >= w->scenario->clients || world_circle_is_member(w, mailbox, from);

    for (guint i = 0; i < members->len; i++) {
        uint32_t person = g_array_index(members, uint32_t, i);
        bool is_meant = heard && (known == NULL || contains(known, person));

        add_reader(w, person, from, with_devices, is_meant ? to : bystanders);
    }
    for (guint i = 0; known != NULL && i < known->len; i++) {
        uint32_t person = g_array_index(known, uint32_t, i);

        if (!world_circle_is_member(w, mailbox, person))
            add_reader(w, person, from, with_devices, bystanders);
    }
}

void
world_written(World *w, uint64_t id, SessionKind kind, uint32_t from, uint32_t mailbox)
{
    g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) bystanders = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (mailbox < w->scenario->clients)
        add_reader(w, mailbox, from, true, to);
    else /* devices do not join rooms by themselves */
        to_group(w, from, mailbox, !session_kind_is_room(kind), to, bystanders);
    if (to->len == 0)
        return; /* nobody gets it */
    g_array_sort(to, compare);
    ledger_written(
        w->ledger, host_now(w->host),
        &(LedgerWritten){ .id = id,
                          .kind = kind,
                          .from = from,
                          .mailbox = mailbox,
                          .to = (const uint32_t *)(const void *)to->data,
                          .n_to = to->len,
                          .bystanders = (const uint32_t *)(const void *)bystanders->data,
                          .n_bystanders = bystanders->len });
}

void
world_written_own(World *w, uint32_t client, const Note *note)
{
    uint32_t mailbox;

    if (world_mailbox_of(w, note->text, &mailbox))
        world_written(w, note->a, (SessionKind)note->b, client, mailbox);
}
