/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger's books: messages by id, copies by hash, holders of copies. */
#include "sim/measure/ledger_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

Ledger *
ledger_new(const LedgerConfig *config)
{
    Ledger *l = calloc(1, sizeof *l);

    if (l == NULL)
        abort();
    l->config = *config;
    if (config->accounts == 0)
        l->config.accounts = config->people;
    l->hash_mask = 1023;
    l->by_hash = calloc(l->hash_mask + 1, sizeof *l->by_hash);
    l->by_id = calloc(config->people + 1, sizeof *l->by_id);
    l->by_id_length = calloc(config->people + 1, sizeof *l->by_id_length);
    l->people = calloc(config->people + 1, sizeof *l->people);
    if (l->by_hash == NULL || l->by_id == NULL || l->by_id_length == NULL ||
        l->people == NULL)
        abort();
    for (uint32_t i = 0; i < config->people; i++)
        l->people[i].last_poll = -1;
    histogram_init(&l->totals.latency_s, 1e-3);
    histogram_init(&l->totals.ack_latency_s, 1e-3);
    for (int k = 0; k < SESSION_KINDS; k++)
        histogram_init(&l->totals.kinds[k].latency_s, 1e-3);
    return l;
}

void
ledger_free(Ledger *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n_messages; i++)
        free(l->messages[i].life);
    for (uint32_t i = 0; i < l->n_copies; i++)
        free(l->copies[i].holders);
    for (uint32_t i = 0; i < l->config.people; i++) {
        free(l->by_id[i]);
        if (l->by_own != NULL)
            free(l->by_own[i]);
        if (l->others != NULL)
            free(l->others[i].item);
    }
    free(l->by_own);
    free(l->by_own_length);
    free(l->others);
    free(l->bystanders);
    free(l->messages);
    free(l->copies);
    free(l->by_hash);
    free(l->by_id);
    free(l->by_id_length);
    free(l->people);
    free(l->age_bins);
    free(l->life_bins);
    free(l->sent_fates);
    free(l->sent_causes);
    free(l);
}

void
ledger_record(Ledger *l, Message *m, Time at, int what, uint32_t who, uint64_t detail)
{
    if (!l->config.keep_events)
        return;
    life_add(&ledger_first(l, m)->life,
             &(LifeEvent){ .at = at, .detail = detail, .who = who, .what = (uint8_t)what });
}

/* --- copies by hash ---------------------------------------------------------------------
 */

static uint32_t
hash_slot(const Ledger *l, const uint8_t key[HASH_KEY_BYTES])
{
    uint64_t h = 0xcbf29ce484222325;
    uint32_t slot;

    for (int i = 0; i < HASH_KEY_BYTES; i++)
        h = (h ^ key[i]) * 0x100000001b3;
    slot = (uint32_t)(h ^ h >> 32) & l->hash_mask;
    while (l->by_hash[slot] != 0 &&
           memcmp(l->copies[l->by_hash[slot] - 1].key, key, HASH_KEY_BYTES) != 0)
        slot = (slot + 1) & l->hash_mask;
    return slot;
}

static void
grow_hash(Ledger *l)
{
    free(l->by_hash);
    l->hash_mask = l->hash_mask * 2 + 1;
    l->by_hash = calloc((size_t)l->hash_mask + 1, sizeof *l->by_hash);
    if (l->by_hash == NULL)
        abort();
    for (uint32_t i = 0; i < l->n_copies; i++)
        l->by_hash[hash_slot(l, l->copies[i].key)] = i + 1;
}

static Copy *
copy_by_hash(const Ledger *l, Bytes hash)
{
    uint32_t entry;

    if (hash.n < HASH_KEY_BYTES)
        return NULL;
    entry = l->by_hash[hash_slot(l, hash.p)];
    return entry == 0 ? NULL : &l->copies[entry - 1];
}

static void
add_copy(Ledger *l, Message *m, Bytes hash)
{
    Copy *copy;
    uint32_t slot;

    if (hash.n < HASH_KEY_BYTES || copy_by_hash(l, hash) != NULL)
        return;
    if (l->n_copies == l->copies_capacity) {
        l->copies_capacity = l->copies_capacity == 0 ? 256 : l->copies_capacity * 2;
        l->copies = memory_resized(l->copies, l->copies_capacity, sizeof *l->copies);
    }
    if ((l->n_copies + 1) * 2 > l->hash_mask)
        grow_hash(l);
    slot = hash_slot(l, hash.p);
    copy = &l->copies[l->n_copies++];
    *copy = (Copy){ .message = m->first, .next = m->first_copy };
    memcpy(copy->key, hash.p, HASH_KEY_BYTES);
    l->by_hash[slot] = l->n_copies;
    m->first_copy = l->n_copies - 1;
}

/* --- holders
 * ------------------------------------------------------------------------------ */

static Holder *
holder_of(const Copy *copy, uint32_t node)
{
    for (uint32_t i = 0; i < copy->n_holders; i++)
        if (copy->holders[i].node == node)
            return &copy->holders[i];
    return NULL;
}

/* From now on the recipients' polls could find it; a disk has it, or (@stored false) it was
 * acknowledged. */
static void
note_there(const Ledger *l, Message *first, bool stored)
{
    for (uint32_t i = 0; i < first->recipients; i++) {
        Message *m = &first[i];

        if (stored)
            m->gone = -1;
        if (!m->is_there) {
            m->is_there = true;
            m->polls_when_there = ledger_polls(l, m);
        }
    }
}

static int16_t
namespace_of(const Ledger *l, const Message *m)
{
    return m->mailbox < l->config.accounts ? l->config.message_namespace : GROUP_NAMESPACE;
}

void
ledger_put(Ledger *l, Time now, uint32_t node, Bytes hash, int16_t name_space,
           PutResult result)
{
    Copy *copy = copy_by_hash(l, hash);
    Message *m;

    if (copy == NULL || result == PUT_DUPLICATE || result == PUT_EXTENDED)
        return;
    m = &l->messages[copy->message];
    ledger_record(l, m, now, result == PUT_FULL ? LEDGER_PUT_REFUSED : LEDGER_PUT, node,
                  (uint64_t)(int64_t)name_space);
    if (result == PUT_FULL || holder_of(copy, node) != NULL)
        return;
    if (copy->n_holders == copy->capacity) {
        copy->capacity = copy->capacity == 0 ? 8 : copy->capacity * 2;
        copy->holders =
            memory_resized(copy->holders, copy->capacity, sizeof *copy->holders);
    }
    note_there(l, m, true);
    copy->holders[copy->n_holders++] =
        (Holder){ node & 0x3fffffff, name_space != namespace_of(l, m), false };
    copy->ever_stored = true;
}

static bool
has_holder(const Ledger *l, const Message *m)
{
    for (uint32_t c = m->first_copy; c != NO_ENTRY; c = l->copies[c].next)
        if (l->copies[c].n_holders > 0)
            return true;
    return false;
}

static void
note_gone(Message *first, Time now)
{
    for (uint32_t i = 0; i < first->recipients; i++)
        first[i].gone = now;
}

static void
forget_holder(Ledger *l, Time now, uint32_t node, Bytes hash, int what)
{
    Copy *copy = copy_by_hash(l, hash);
    Holder *holder = copy == NULL ? NULL : holder_of(copy, node);

    if (holder != NULL) {
        Message *m = &l->messages[copy->message];

        *holder = copy->holders[--copy->n_holders];
        ledger_record(l, m, now, what, node, copy->n_holders);
        if (!has_holder(l, m))
            note_gone(m, now);
    }
}

void
ledger_dropped(Ledger *l, Time now, uint32_t node, Bytes hash)
{
    forget_holder(l, now, node, hash, LEDGER_DROPPED);
}

typedef struct DiskGone {
    Ledger *ledger;
    Time now;
    uint32_t node;
} DiskGone;

static bool
forget_row(void *context, int64_t row, const StoreMessage *message)
{
    DiskGone *gone = context;

    (void)row;
    forget_holder(gone->ledger, gone->now, gone->node, message->hash, LEDGER_DISK_GONE);
    return true;
}

void
ledger_disk_gone(Ledger *l, Time now, uint32_t node, Store *store)
{
    DiskGone gone = { l, now, node };

    store->ops->each(store, forget_row, &gone);
}

typedef struct Audit {
    const Ledger *ledger;
    uint32_t node;
} Audit;

static bool
see_row(void *context, int64_t row, const StoreMessage *message)
{
    const Audit *audit = context;
    Copy *copy = copy_by_hash(audit->ledger, message->hash);
    Holder *holder = copy == NULL ? NULL : holder_of(copy, audit->node);

    (void)row;
    if (holder != NULL)
        holder->seen = true;
    return true;
}

void
ledger_audit(Ledger *l, Time now, Store *const *stores, uint32_t n_stores)
{
    for (uint32_t i = 0; i < n_stores; i++) {
        Audit audit = { l, i };

        if (stores[i] != NULL)
            stores[i]->ops->each(stores[i], see_row, &audit);
    }
    for (uint32_t c = 0; c < l->n_copies; c++) {
        Copy *copy = &l->copies[c];

        for (uint32_t i = copy->n_holders; i-- > 0;) {
            Holder *holder = &copy->holders[i];
            uint32_t node = holder->node;

            if (holder->seen) {
                holder->seen = false;
                continue;
            }
            *holder = copy->holders[--copy->n_holders];
            ledger_record(l, &l->messages[copy->message], now, LEDGER_DROPPED, node,
                          copy->n_holders);
        }
    }
}

/* --- clients' notes
 * ------------------------------------------------------------------------ */

/* The one of its recipients that @person is, as itself or as a device of its account. */
static Message *
recipient(const Ledger *l, Message *first, uint32_t person)
{
    const uint32_t *account_of = l->config.account_of;
    uint32_t low = 0, high = first->recipients;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (first[middle].to < person)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < first->recipients && first[low].to == person)
        return &first[low];
    return account_of == NULL || account_of[person] == person
               ? NULL
               : recipient(l, first, account_of[person]);
}

static bool
is_same_account(const Ledger *l, uint32_t a, uint32_t b)
{
    const uint32_t *account_of = l->config.account_of;

    return a == b || (account_of != NULL && account_of[a] == account_of[b]);
}

static bool
is_bystander(const Ledger *l, uint32_t message, uint32_t person)
{
    size_t low = 0, high = l->n_bystanders;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->bystanders[middle].message < message)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->n_bystanders && l->bystanders[low].message == message; low++)
        if (is_same_account(l, l->bystanders[low].person, person))
            return true;
    return false;
}

static void
note_opened(Ledger *l, Time now, uint32_t person, const Note *note)
{
    Copy *copy = copy_by_hash(l, note->text);
    Message *first = copy == NULL ? NULL : &l->messages[copy->message], *m;

    if (first == NULL)
        return; /* a sync copy, or traffic that is no person's message */
    m = recipient(l, first, person);
    if (m == NULL) {
        /* Who joins a room reads what was said there before. */
        l->totals.strangers += !is_same_account(l, first->from, person) &&
                               !session_kind_is_room((SessionKind)first->kind) &&
                               !is_bystander(l, copy->message, person);
        return;
    }
    ledger_record(l, m, now, NOTE_OPENED, person, note->a);
    if (note->a != 0 && m->file != CAUSE_NONE && m->delivered < 0)
        return; /* the message once more, not its file */
    if (m->delivered >= 0) {
        l->totals.duplicates += m->to == person;
        return;
    }
    m->delivered = now;
    m->polls_at_delivery = ledger_polls(l, m);
}

/* The message is there, its file is not, or will never be. */
static void
note_file(Ledger *l, Time now, uint32_t person, const Note *note)
{
    Copy *copy = copy_by_hash(l, note->text);
    Message *m = copy == NULL ? NULL : recipient(l, &l->messages[copy->message], person);

    if (m == NULL || m->to != person)
        return;
    ledger_record(l, m, now, (int)note->kind, person, note->a);
    m->file = note->kind == NOTE_POINTER
                  ? CAUSE_FILE_AWAITED
                  : (uint8_t)(CAUSE_FILE_GONE + note->a % FILE_LOSSES);
}

/* A closed group's message: it may open later, when its key comes, or its writer does. */
static void
note_unreadable(Ledger *l, uint32_t person, const Note *note)
{
    Copy *copy = copy_by_hash(l, note->text);
    Message *m = copy == NULL ? NULL : recipient(l, &l->messages[copy->message], person);

    l->totals.unreadable++;
    if (m != NULL && m->to == person && m->file == CAUSE_NONE)
        m->file = note->a == 0 ? CAUSE_NO_KEY : CAUSE_NO_MEMBER;
}

static void
note_content(Ledger *l, const Note *note)
{
    Copy *copy = copy_by_hash(l, note->text);

    if (copy == NULL)
        return;
    if (note->a == 0)
        copy->digest = note->b;
    else
        l->totals.content_differs += copy->digest != note->b;
}

static void
note_accepted(Ledger *l, Message *first, Time now)
{
    bool stored = !ledger_is_stored(first);

    if (first->accepted >= 0)
        return;
    for (uint32_t c = first->first_copy; c != NO_ENTRY; c = l->copies[c].next)
        stored |= l->copies[c].ever_stored;
    l->totals.kinds[first->kind].accepted += first->recipients;
    if (ledger_is_peoples(first)) {
        l->totals.accepted += first->recipients;
        l->totals.unstored_acks += !stored;
    }
    for (uint32_t i = 0; i < first->recipients; i++)
        first[i].accepted = now;
    note_there(l, first, false);
}

static void
note_failed(Ledger *l, Message *first, const Note *note)
{
    for (uint32_t i = 0; i < first->recipients; i++) {
        first[i].last_failure = (uint8_t)(note->b % MAX_SEND_FAILURES);
        first[i].given_up = note->kind == NOTE_GIVEN_UP;
        first[i].failures += note->kind == NOTE_ATTEMPT_FAILED;
    }
    if (note->kind == NOTE_ATTEMPT_FAILED && ledger_is_peoples(first))
        l->totals.failed_attempts[first->last_failure]++;
}

static void
note_of_message(Ledger *l, Message *m, Time now, uint32_t person, const Note *note)
{
    ledger_record(l, m, now, (int)note->kind, person, note->b);
    if (note->kind == NOTE_SEALED)
        add_copy(l, m, note->text);
    else if (note->kind == NOTE_ATTEMPT)
        l->totals.attempts += ledger_is_peoples(m);
    else if (note->kind == NOTE_ACCEPTED)
        note_accepted(l, m, now);
    else
        note_failed(l, m, note);
}

void
ledger_client_note(Ledger *l, Time now, uint32_t person, const Note *note)
{
    Message *m;

    switch ((int)note->kind) {
    case NOTE_SEALED:
    case NOTE_ATTEMPT:
    case NOTE_ATTEMPT_FAILED:
    case NOTE_ACCEPTED:
    case NOTE_GIVEN_UP:
        m = note->a == 0 ? NULL : ledger_message_by_id(l, person, note->a);
        if (m != NULL)
            note_of_message(l, m, now, person, note);
        break;
    case NOTE_OPENED:
        note_opened(l, now, person, note);
        break;
    case NOTE_CONTENT:
        note_content(l, note);
        break;
    case NOTE_POINTER:
    case NOTE_FILE_LOST:
        note_file(l, now, person, note);
        break;
    case NOTE_UNREADABLE:
        note_unreadable(l, person, note);
        break;
    case NOTE_POLL:
        if (note->b >= 200 && note->b < 300) {
            l->people[person].polls++;
            l->people[person].last_poll = now;
        }
        break;
    default:
        break;
    }
}

/* --- reading -----------------------------------------------------------------------------
 */

const LedgerTotals *
ledger_totals(const Ledger *l)
{
    return &l->totals;
}

size_t
ledger_age_bins(const Ledger *l, const AgeBin **ret_bins)
{
    *ret_bins = l->age_bins;
    return l->n_age_bins;
}

size_t
ledger_sent_bins(const Ledger *l, const uint64_t (**ret_fates)[FATES],
                 const uint64_t (**ret_lost_causes)[CAUSES])
{
    *ret_fates = (const uint64_t(*)[FATES])l->sent_fates;
    *ret_lost_causes = (const uint64_t(*)[CAUSES])l->sent_causes;
    return l->n_sent_bins;
}

size_t
ledger_count(const Ledger *l)
{
    return l->n_messages;
}

LedgerMessage
ledger_message(const Ledger *l, size_t index)
{
    const Message *m = &l->messages[index];

    return (LedgerMessage){ m->id,         (SessionKind)m->kind, m->from,     m->to,
                            m->recipients, m->written,           m->accepted, m->delivered,
                            (Fate)m->fate, (Cause)m->cause };
}

LifeReader
ledger_life(const Ledger *l, size_t index)
{
    return life_read(ledger_first(l, &l->messages[index])->life);
}
