/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger's books of who wrote what to whom, and of who polls where. */
#include "sim/measure/ledger_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* What one client wrote: indexes of messages by number. */
typedef struct Shelf {
    uint32_t **index, *length;
} Shelf;

static Shelf
shelf_of(Ledger *l, uint32_t person, uint64_t id)
{
    if ((id & SESSION_OWN_MESSAGE) == 0)
        return (Shelf){ &l->by_id[person], &l->by_id_length[person] };
    if (l->by_own == NULL) {
        l->by_own = memory_zeroed(l->config.people, sizeof *l->by_own);
        l->by_own_length = memory_zeroed(l->config.people, sizeof *l->by_own_length);
    }
    return (Shelf){ &l->by_own[person], &l->by_own_length[person] };
}

static void
shelve(Ledger *l, uint32_t person, uint64_t id, uint32_t index)
{
    Shelf shelf = shelf_of(l, person, id);
    uint32_t number = (uint32_t)id;

    assert(number > *shelf.length);
    /* What nobody gets has no entry. */
    for (uint32_t n = *shelf.length + 1; n <= number; n++) {
        if ((n & (n - 1)) == 0)
            *shelf.index =
                memory_resized(*shelf.index, (size_t)n * 2, sizeof **shelf.index);
        (*shelf.index)[n - 1] = n == number ? index : NO_ENTRY;
    }
    *shelf.length = number;
}

Message *
ledger_message_by_id(Ledger *l, uint32_t person, uint64_t id)
{
    bool own = (id & SESSION_OWN_MESSAGE) != 0;
    uint64_t writer = own ? person : id >> 32;
    uint32_t number = (uint32_t)id;
    Shelf shelf;

    if (writer >= l->config.people || number == 0 || (own && l->by_own == NULL))
        return NULL;
    shelf = shelf_of(l, (uint32_t)writer, id);
    if (number > *shelf.length || (*shelf.index)[number - 1] == NO_ENTRY)
        return NULL;
    return &l->messages[(*shelf.index)[number - 1]];
}

static Message *
append(Ledger *l)
{
    if (l->n_messages == l->messages_capacity) {
        l->messages_capacity = l->messages_capacity == 0 ? 256 : l->messages_capacity * 2;
        l->messages =
            memory_resized(l->messages, l->messages_capacity, sizeof *l->messages);
    }
    return &l->messages[l->n_messages++];
}

/* Those of clients get their writer's number too, to be told apart. */
static uint64_t
whole_id(const LedgerWritten *written)
{
    if ((written->id & SESSION_OWN_MESSAGE) == 0)
        return written->id;
    return written->id | (uint64_t)written->from << 32;
}

static void
add_bystander(Ledger *l, uint32_t message, uint32_t person)
{
    if (l->n_bystanders == l->bystanders_capacity) {
        l->bystanders_capacity =
            l->bystanders_capacity == 0 ? 64 : l->bystanders_capacity * 2;
        l->bystanders =
            memory_resized(l->bystanders, l->bystanders_capacity, sizeof *l->bystanders);
    }
    l->bystanders[l->n_bystanders++] = (Bystander){ message, person };
}

void
ledger_written(Ledger *l, Time now, const LedgerWritten *written)
{
    uint32_t first = (uint32_t)l->n_messages;
    bool own = (written->id & SESSION_OWN_MESSAGE) != 0;

    assert(written->from < l->config.people && written->n_to > 0);
    assert(own || written->id >> 32 == written->from);
    assert(written->mailbox < l->config.accounts + l->config.mailboxes);
    shelve(l, written->from, written->id, first);
    for (uint32_t i = 0; i < written->n_to; i++) {
        assert(written->to[i] < l->config.people);
        assert(i == 0 || written->to[i - 1] < written->to[i]);
        *append(l) = (Message){ .id = whole_id(written),
                                .kind = (uint8_t)written->kind,
                                .written = now,
                                .accepted = -1,
                                .delivered = -1,
                                .gone = -1,
                                .from = written->from,
                                .to = written->to[i],
                                .mailbox = written->mailbox,
                                .first = first,
                                .recipients = i == 0 ? written->n_to : 0,
                                .first_copy = NO_ENTRY };
    }
    for (uint32_t i = 0; i < written->n_bystanders; i++)
        add_bystander(l, first, written->bystanders[i]);
    l->totals.kinds[written->kind].written += written->n_to;
    if (ledger_is_peoples(&l->messages[first])) {
        l->totals.sent++;
        l->totals.written += written->n_to;
    }
    ledger_record(l, &l->messages[first], now, LEDGER_WRITTEN, written->from,
                  written->to[0]);
}

/* --- polls -------------------------------------------------------------------------------
 */

static OtherPolls *
other_polls(const OtherMailboxes *others, uint32_t mailbox)
{
    for (uint32_t i = 0; i < others->n; i++)
        if (others->item[i].mailbox == mailbox)
            return &others->item[i];
    return NULL;
}

void
ledger_polled(Ledger *l, Time now, uint32_t person, uint32_t mailbox)
{
    OtherMailboxes *others;
    OtherPolls *polls;

    assert(person < l->config.people && mailbox >= l->config.accounts);
    if (l->others == NULL)
        l->others = memory_zeroed(l->config.people, sizeof *l->others);
    others = &l->others[person];
    polls = other_polls(others, mailbox);
    if (polls == NULL) {
        others->item = memory_resized(others->item, others->n + 1, sizeof *others->item);
        polls = &others->item[others->n++];
        *polls = (OtherPolls){ .mailbox = mailbox };
    }
    polls->polls++;
    l->people[person].last_poll = now;
}

uint32_t
ledger_polls(const Ledger *l, const Message *m)
{
    const OtherPolls *polls;

    if (m->mailbox < l->config.accounts)
        return l->people[m->to].polls;
    polls = l->others == NULL ? NULL : other_polls(&l->others[m->to], m->mailbox);
    return polls == NULL ? 0 : polls->polls;
}
