/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every fate and every cause, each by the shortest story that leads to it. */
#include <glib.h>
#include <string.h>

#include "clients/session/session.h"
#include "nodes/store/memory_store.h"
#include "sim/measure/ledger.h"

enum { WRITER, READER, PEOPLE, NODES = 12, HOME = 7, ELSEWHERE = 8, TTL_S = 10000 };

/* Person 0 writes to person 1, whose account is in swarm HOME; all nodes are up in it. */
typedef struct Fixture {
    Ledger *ledger;
    NodeStanding standing[NODES];
    uint64_t swarm[PEOPLE];
    uint64_t id; /* of the message written last */
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    LedgerConfig config = { .people = PEOPLE,
                            .message_ttl = TTL_S * SECOND,
                            .late_after = 100 * SECOND,
                            .age_bin = 500 * SECOND,
                            .sent_bin = 500 * SECOND,
                            .keep_events = true };

    (void)data;
    f->ledger = ledger_new(&config);
    for (int i = 0; i < NODES; i++)
        f->standing[i] = (NodeStanding){ .swarm_id = HOME, .up = true, .settled = true };
    f->swarm[WRITER] = f->swarm[READER] = HOME;
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    ledger_free(f->ledger);
}

static Bytes
hash_of(int copy)
{
    static char hashes[100][MESSAGE_HASH_BYTES + 1];

    g_snprintf(hashes[copy], sizeof hashes[copy], "%043d", copy);
    /* The ledger tells hashes apart by their first characters, as they are random. */
    memcpy(hashes[copy], hashes[copy] + MESSAGE_HASH_BYTES - 2, 2);
    return bytes_of_text(hashes[copy]);
}

static void
write_message(Fixture *f, int64_t at_s)
{
    f->id = f->id == 0 ? (uint64_t)WRITER << 32 | 1 : f->id + 1;
    ledger_written(f->ledger, at_s * SECOND, f->id, WRITER, READER);
}

static void
note(Fixture *f, int64_t at_s, uint32_t person, NoteKind kind, uint64_t a, uint64_t b,
     Bytes text)
{
    ledger_client_note(f->ledger, at_s * SECOND, person, &(Note){ kind, a, b, text });
}

static void
seal(Fixture *f, int64_t at_s, int copy)
{
    note(f, at_s, WRITER, NOTE_SEALED, f->id, 1, hash_of(copy));
    note(f, at_s, WRITER, NOTE_ATTEMPT, f->id, 1, (Bytes){ NULL, 0 });
}

static void
fail(Fixture *f, int64_t at_s, SendFailure why)
{
    note(f, at_s, WRITER, NOTE_ATTEMPT_FAILED, f->id, why, (Bytes){ NULL, 0 });
}

static void
accept(Fixture *f, int64_t at_s)
{
    note(f, at_s, WRITER, NOTE_ACCEPTED, f->id, 1, (Bytes){ NULL, 0 });
}

static void
put(Fixture *f, int64_t at_s, uint32_t node, int copy)
{
    ledger_put(f->ledger, at_s * SECOND, node, hash_of(copy), 0, PUT_NEW);
}

static void
poll(Fixture *f, int64_t at_s, int times, int status)
{
    for (int i = 0; i < times; i++)
        note(f, at_s, READER, NOTE_POLL, 0, (uint64_t)status, (Bytes){ NULL, 0 });
}

static void
open_copy(Fixture *f, int64_t at_s, int copy)
{
    poll(f, at_s, 1, 200);
    note(f, at_s, READER, NOTE_OPENED, 0, 0, hash_of(copy));
}

/* Sealed as @copy, stored at nodes 0 and 1, acknowledged. */
static void
send_stored(Fixture *f, int64_t at_s, int copy)
{
    write_message(f, at_s);
    seal(f, at_s, copy);
    put(f, at_s, 0, copy);
    put(f, at_s, 1, copy);
    accept(f, at_s);
}

static void
close_ledger(Fixture *f, int64_t at_s)
{
    ledger_close(f->ledger, at_s * SECOND, f->standing, f->swarm);
}

/* Close; the one message that there is has this fate and cause, and the books say so. */
static void
assert_ends(Fixture *f, int64_t at_s, Fate fate, Cause cause)
{
    LedgerMessage m;
    const LedgerTotals *t = ledger_totals(f->ledger);
    uint64_t fates = 0, causes = 0;

    close_ledger(f, at_s);
    m = ledger_message(f->ledger, 0);
    g_assert_cmpstr(fate_name(m.fate), ==, fate_name(fate));
    g_assert_cmpstr(cause_name(m.cause), ==, cause_name(cause));
    for (int i = 0; i < FATES; i++) {
        fates += t->fates[i];
        for (int c = 0; c < CAUSES; c++)
            causes += t->causes[i][c];
    }
    g_assert_cmpuint(t->written, ==, 1);
    g_assert_cmpuint(fates, ==, 1);
    g_assert_cmpuint(t->fates[fate], ==, 1);
    g_assert_cmpuint(causes, ==, fate == FATE_DELIVERED ? 0 : 1);
    g_assert_cmpuint(t->causes[fate][cause], ==, fate == FATE_DELIVERED ? 0 : 1);
}

/* --- delivered --------------------------------------------------------------------------
 */

static void
test_delivered(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    open_copy(f, 17, 1);
    assert_ends(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->late, ==, 0);
    g_assert_cmpfloat(histogram_mean(&ledger_totals(f->ledger)->latency_s), ==, 7);
}

/* Delivered without an acknowledgement is delivered all the same. */
static void
test_delivered_unacknowledged(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 10, 1);
    put(f, 11, 0, 1);
    open_copy(f, 12, 1);
    assert_ends(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->accepted, ==, 0);
}

/* Whichever copy comes first delivers it; the others are duplicates. */
static void
test_duplicates(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    seal(f, 20, 2);
    put(f, 20, 2, 2);
    open_copy(f, 25, 2);
    open_copy(f, 30, 1);
    open_copy(f, 31, 1);
    assert_ends(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->duplicates, ==, 2);
    g_assert_cmpint(ledger_message(f->ledger, 0).delivered, ==, 25 * SECOND);
}

/* Opened by somebody else (one's own other device): no delivery. */
static void
test_opened_by_another(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    note(f, 12, WRITER, NOTE_OPENED, 0, 0, hash_of(1));
    assert_ends(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

static void
test_late_recipient_away(Fixture *f, gconstpointer data)
{
    (void)data;
    poll(f, 5, 30, 200);
    send_stored(f, 10, 1);
    open_copy(f, 500, 1);
    assert_ends(f, 600, FATE_DELIVERED, CAUSE_RECIPIENT_AWAY);
    g_assert_cmpuint(ledger_totals(f->ledger)->late_causes[CAUSE_RECIPIENT_AWAY], ==, 1);
}

static void
test_late_polled_without(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    poll(f, 20, 5, 200);
    open_copy(f, 500, 1);
    assert_ends(f, 600, FATE_DELIVERED, CAUSE_POLLED_WITHOUT);
    g_assert_cmpuint(ledger_totals(f->ledger)->late, ==, 1);
}

static void
test_late_path_failures(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 10, 1);
    fail(f, 35, SEND_TIMEOUT);
    seal(f, 300, 2);
    put(f, 300, 0, 2);
    accept(f, 301);
    open_copy(f, 302, 2);
    assert_ends(f, 600, FATE_DELIVERED, CAUSE_PATH_FAILURES);
    g_assert_cmpuint(ledger_totals(f->ledger)->failed_attempts[SEND_TIMEOUT], ==, 1);
    g_assert_cmpuint(ledger_totals(f->ledger)->attempts, ==, 2);
}

/* Opened before it was acknowledged (on a later attempt): no poll missed it. */
static void
test_late_acknowledged_after(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 200, 1);
    put(f, 200, 0, 1);
    open_copy(f, 205, 1);
    poll(f, 210, 10, 200);
    accept(f, 300);
    assert_ends(f, 600, FATE_DELIVERED, CAUSE_RECIPIENT_AWAY);
}

/* --- not sent ----------------------------------------------------------------------------
 */

static void
test_in_outbox(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    assert_ends(f, 50, FATE_PENDING, CAUSE_IN_OUTBOX);
}

static void
test_in_outbox_after_failures(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 10, 1);
    fail(f, 20, SEND_PATH_ERROR);
    assert_ends(f, 50, FATE_PENDING, CAUSE_IN_OUTBOX);
}

static void
test_never_accepted(Fixture *f, gconstpointer data)
{
    SendFailure why = (SendFailure)GPOINTER_TO_INT(data);

    write_message(f, 10);
    seal(f, 10, 1);
    fail(f, 20, why);
    note(f, 30, WRITER, NOTE_GIVEN_UP, f->id, why, (Bytes){ NULL, 0 });
    assert_ends(f, 50, FATE_NEVER_ACCEPTED, (Cause)(CAUSE_SEND_FAILURE + why));
}

/* Its time is over and the client did not even come to say so. */
static void
test_never_accepted_in_time(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 10, 1);
    fail(f, 20, SEND_NO_PATH);
    assert_ends(f, 10 + TTL_S + 1, FATE_NEVER_ACCEPTED,
                (Cause)(CAUSE_SEND_FAILURE + SEND_NO_PATH));
}

static void
test_acknowledged_never_stored(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 10, 1);
    ledger_put(f->ledger, 10 * SECOND, 0, hash_of(1), 0, PUT_FULL);
    accept(f, 11);
    g_assert_cmpuint(ledger_totals(f->ledger)->unstored_acks, ==, 1);
    assert_ends(f, 50, FATE_ACKNOWLEDGED_NEVER_STORED, CAUSE_NONE);
}

/* Only the first acknowledgement counts, and it counts what was on a disk then. */
static void
test_acknowledged_twice(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    accept(f, 20);
    g_assert_cmpuint(ledger_totals(f->ledger)->unstored_acks, ==, 0);
    g_assert_cmpuint(ledger_totals(f->ledger)->accepted, ==, 1);
    g_assert_cmpint(ledger_message(f->ledger, 0).accepted, ==, 10 * SECOND);
}

/* --- stored, and then
 * --------------------------------------------------------------------- */

static void
test_recipient_away(Fixture *f, gconstpointer data)
{
    (void)data;
    poll(f, 5, 200, 200);
    send_stored(f, 10, 1);
    poll(f, 20, 200, 0);
    assert_ends(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

static void
test_not_yet_polled(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    poll(f, 20, 1, 200);
    assert_ends(f, 50, FATE_PENDING, CAUSE_NOT_YET_POLLED);
}

static void
test_behind_cursor(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    poll(f, 20, 200, 200);
    assert_ends(f, 50, FATE_LOST, CAUSE_BEHIND_CURSOR);
}

/* Never acknowledged, but stored: polls from before it was there are no polls for it. */
static void
test_stored_unacknowledged(Fixture *f, gconstpointer data)
{
    (void)data;
    poll(f, 5, 200, 200);
    write_message(f, 10);
    seal(f, 20, 1);
    put(f, 20, 0, 1);
    assert_ends(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

/* ... and lost to the reader, it is still the writer's to send. */
static void
test_stored_unacknowledged_gone(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 20, 1);
    put(f, 20, 0, 1);
    ledger_dropped(f->ledger, 30 * SECOND, 0, hash_of(1));
    assert_ends(f, 50, FATE_PENDING, CAUSE_NO_REPLICA_LEFT);
}

static void
test_stored_unacknowledged_over(Fixture *f, gconstpointer data)
{
    (void)data;
    write_message(f, 10);
    seal(f, 20, 1);
    put(f, 20, 0, 1);
    ledger_dropped(f->ledger, 30 * SECOND, 0, hash_of(1));
    assert_ends(f, 10 + TTL_S + 1, FATE_NEVER_ACCEPTED, CAUSE_NO_REPLICA_LEFT);
}

static void
test_holders_down(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    f->standing[0].up = f->standing[1].up = false;
    poll(f, 20, 200, 200);
    assert_ends(f, 50, FATE_PENDING, CAUSE_HOLDERS_DOWN);
}

static void
test_stranded(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    f->swarm[READER] = ELSEWHERE;
    assert_ends(f, 50, FATE_LOST, CAUSE_STRANDED);
}

/* A recipient without a swarm and nodes without one do not belong together. */
static void
test_stranded_without_swarm(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    f->swarm[READER] = SWARM_NONE;
    f->standing[0].swarm_id = f->standing[1].swarm_id = SWARM_NONE;
    assert_ends(f, 50, FATE_LOST, CAUSE_STRANDED);
}

static void
test_misfiled(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    f->standing[0].swarm_id = f->standing[1].swarm_id = ELSEWHERE;
    ledger_put(f->ledger, 20 * SECOND, 2, hash_of(1), -10, PUT_NEW);
    assert_ends(f, 50, FATE_LOST, CAUSE_MISFILED);
}

static void
test_no_replica_left(Fixture *f, gconstpointer data)
{
    Store *store = memory_store_new(1 << 20);
    StoreMessage m = {
        .account = { 5 }, .hash = hash_of(1), .expiry = INT64_MAX, .data = PACKET_EMPTY
    };

    (void)data;
    send_stored(f, 10, 1);
    store->ops->put(store, &m, true);
    ledger_disk_gone(f->ledger, 20 * SECOND, 0, store);
    ledger_disk_gone(f->ledger, 20 * SECOND, 5, store); /* that never had it */
    ledger_dropped(f->ledger, 21 * SECOND, 1, hash_of(1));
    ledger_dropped(f->ledger, 21 * SECOND, 1, hash_of(2)); /* that nobody knows */
    store->ops->close(store);
    assert_ends(f, 50, FATE_LOST, CAUSE_NO_REPLICA_LEFT);
}

static void
test_expired_unread(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    ledger_sample(f->ledger, (10 + TTL_S + 1) * SECOND, f->standing, f->swarm, NULL);
    /* Decided: what comes after its time changes nothing. */
    f->swarm[READER] = ELSEWHERE;
    assert_ends(f, 2 * TTL_S, FATE_EXPIRED_UNREAD, CAUSE_RECIPIENT_AWAY);
}

/* --- looking at replicas
 * ------------------------------------------------------------------ */

static void
test_ages(Fixture *f, gconstpointer data)
{
    const AgeBin *bins;

    (void)data;
    send_stored(f, 10, 1);
    put(f, 11, 2, 1);
    put(f, 11, 0, 1); /* once more at the same node */
    seal(f, 12, 2);
    put(f, 12, 0, 2); /* another copy at the same node */
    f->standing[1].up = false;
    f->standing[2].swarm_id = ELSEWHERE;
    ledger_sample(f->ledger, 20 * SECOND, f->standing, f->swarm, NULL);
    f->standing[1].swarm_id = ELSEWHERE;
    ledger_sample(f->ledger, 600 * SECOND, f->standing, f->swarm, NULL);
    f->standing[0].swarm_id = ELSEWHERE;
    ledger_sample(f->ledger, 601 * SECOND, f->standing, f->swarm, NULL);
    g_assert_cmpuint(ledger_age_bins(f->ledger, &bins), ==, 2);
    g_assert_cmpuint(bins[0].messages, ==, 1);
    g_assert_cmpuint(bins[0].replicas, ==, 2);
    g_assert_cmpuint(bins[0].reachable, ==, 1);
    g_assert_cmpuint(bins[0].disks, ==, 3);
    g_assert_cmpuint(bins[0].at_most_one, ==, 0);
    g_assert_cmpuint(bins[1].messages, ==, 2);
    g_assert_cmpuint(bins[1].replicas, ==, 1);
    g_assert_cmpuint(bins[1].disks, ==, 6);
    g_assert_cmpuint(bins[1].at_most_one, ==, 2);
    g_assert_cmpuint(bins[1].none, ==, 1);
}

/* It hung by one replica, and was read in the end. */
static void
test_near_loss(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    ledger_sample(f->ledger, 20 * SECOND, f->standing, f->swarm, NULL);
    f->standing[1].swarm_id = ELSEWHERE;
    ledger_sample(f->ledger, 30 * SECOND, f->standing, f->swarm, NULL);
    open_copy(f, 40, 1);
    send_stored(f, 50, 2);
    f->standing[1].swarm_id = HOME;
    open_copy(f, 51, 2);
    f->standing[1].swarm_id = ELSEWHERE; /* after it was read: no danger any more */
    ledger_sample(f->ledger, 60 * SECOND, f->standing, f->swarm, NULL);
    close_ledger(f, 100);
    g_assert_cmpuint(ledger_totals(f->ledger)->fates[FATE_DELIVERED], ==, 2);
    g_assert_cmpuint(ledger_totals(f->ledger)->near_losses, ==, 1);
}

static void
test_holes(Fixture *f, gconstpointer data)
{
    uint32_t settled[PEOPLE] = { 5, 5 };

    (void)data;
    send_stored(f, 10, 1);
    ledger_sample(f->ledger, 500 * SECOND, f->standing, f->swarm, settled);
    g_assert_cmpuint(ledger_holes(f->ledger), ==, 0); /* too young */
    ledger_sample(f->ledger, (10 + LEDGER_SETTLE_S) * SECOND, f->standing, f->swarm,
                  settled);
    g_assert_cmpuint(ledger_holes(f->ledger), ==, 3);
    f->standing[0].settled = false; /* came back just now: it may lack it, and has it */
    settled[READER] = 2;
    ledger_sample(f->ledger, (11 + LEDGER_SETTLE_S) * SECOND, f->standing, f->swarm,
                  settled);
    g_assert_cmpuint(ledger_holes(f->ledger), ==, 1);
}

static void
test_sent_bins(Fixture *f, gconstpointer data)
{
    const uint64_t(*fates)[FATES], (*causes)[CAUSES];

    (void)data;
    send_stored(f, 10, 1);
    open_copy(f, 11, 1);
    send_stored(f, 499, 2);
    send_stored(f, 500, 3);
    f->swarm[READER] = ELSEWHERE;
    close_ledger(f, 600);
    g_assert_cmpuint(ledger_sent_bins(f->ledger, &fates, &causes), ==, 2);
    g_assert_cmpuint(fates[0][FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(fates[0][FATE_LOST], ==, 1);
    g_assert_cmpuint(fates[1][FATE_LOST], ==, 1);
    g_assert_cmpuint(causes[1][CAUSE_STRANDED], ==, 1);
}

/* --- lives
 * -------------------------------------------------------------------------------- */

static void
test_life(Fixture *f, gconstpointer data)
{
    static const char *const lines[] = {
        "client 0 writes it to client 1",
        "sealed for attempt 1",
        "attempt 1 goes out",
        "node 0 stores it in namespace 0",
        "node 1 stores it in namespace 0",
        "acknowledged on attempt 1",
        "node 2 has no room for it",
        "power loss takes it from node 1; 1 copies remain",
        "client 1 opens it",
    };
    char text[200];

    (void)data;
    send_stored(f, 10, 1);
    ledger_put(f->ledger, 11 * SECOND, 2, hash_of(1), 0, PUT_FULL);
    ledger_dropped(f->ledger, 12 * SECOND, 1, hash_of(1));
    open_copy(f, 20, 1);
    g_assert_cmpuint(ledger_message(f->ledger, 0).n_events, ==, G_N_ELEMENTS(lines));
    for (uint32_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        LedgerEvent event = ledger_event(f->ledger, 0, i);

        ledger_event_text(&event, text, sizeof text);
        g_assert_cmpstr(text, ==, lines[i]);
        ledger_event_text(&event, text, 5);
        g_assert_cmpuint(strlen(text), <, 5);
    }
}

/* Notes about what it does not know: other traffic, other people's ids, short hashes. */
static void
test_strange_notes(Fixture *f, gconstpointer data)
{
    (void)data;
    send_stored(f, 10, 1);
    note(f, 11, WRITER, NOTE_SEALED, 0, 1, hash_of(3));
    note(f, 11, WRITER, NOTE_SEALED, f->id + 1, 1, hash_of(4));
    note(f, 11, WRITER, NOTE_SEALED, (uint64_t)PEOPLE << 32 | 1, 1, hash_of(5));
    note(f, 11, READER, NOTE_OPENED, 0, 0, hash_of(4));
    note(f, 11, READER, NOTE_OPENED, 0, 0, BYTES_LITERAL("short"));
    ledger_put(f->ledger, 11 * SECOND, 0, BYTES_LITERAL(""), 0, PUT_NEW);
    note(f, 11, READER, NOTE_UNREADABLE, 0, 0, hash_of(4));
    assert_ends(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
    g_assert_cmpuint(ledger_totals(f->ledger)->unreadable, ==, 1);
    g_assert_cmpuint(ledger_totals(f->ledger)->duplicates, ==, 0);
}

static void
test_names(void)
{
    for (int i = 0; i < FATES; i++)
        g_assert_cmpstr(fate_name((Fate)i), !=, "unknown");
    for (int i = 0; i < CAUSE_SEND_FAILURE + (int)SEND_FAILURES; i++)
        for (int j = 0; j < i; j++)
            g_assert_cmpstr(cause_name((Cause)i), !=, cause_name((Cause)j));
}

typedef void (*Test)(Fixture *f, gconstpointer data);

static void
add(const char *name, Test test, int argument)
{
    g_autofree char *path = g_strconcat("/measure/ledger/", name, NULL);

    g_test_add(path, Fixture, GINT_TO_POINTER(argument), set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        Test test;
    } tests[] = {
        { "delivered", test_delivered },
        { "delivered-unacknowledged", test_delivered_unacknowledged },
        { "duplicates", test_duplicates },
        { "opened-by-another", test_opened_by_another },
        { "late/recipient-away", test_late_recipient_away },
        { "late/polled-without", test_late_polled_without },
        { "late/path-failures", test_late_path_failures },
        { "late/acknowledged-after", test_late_acknowledged_after },
        { "in-outbox", test_in_outbox },
        { "in-outbox-after-failures", test_in_outbox_after_failures },
        { "never-accepted/in-time", test_never_accepted_in_time },
        { "acknowledged-never-stored", test_acknowledged_never_stored },
        { "acknowledged-twice", test_acknowledged_twice },
        { "recipient-away", test_recipient_away },
        { "not-yet-polled", test_not_yet_polled },
        { "behind-cursor", test_behind_cursor },
        { "stored-unacknowledged", test_stored_unacknowledged },
        { "stored-unacknowledged-gone", test_stored_unacknowledged_gone },
        { "stored-unacknowledged-over", test_stored_unacknowledged_over },
        { "holders-down", test_holders_down },
        { "stranded", test_stranded },
        { "stranded-without-swarm", test_stranded_without_swarm },
        { "misfiled", test_misfiled },
        { "no-replica-left", test_no_replica_left },
        { "expired-unread", test_expired_unread },
        { "ages", test_ages },
        { "near-loss", test_near_loss },
        { "holes", test_holes },
        { "sent-bins", test_sent_bins },
        { "life", test_life },
        { "strange-notes", test_strange_notes },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        add(tests[i].name, tests[i].test, 0);
    for (int why = 0; why < (int)SEND_FAILURES; why++) {
        g_autofree char *name = g_strdup_printf("never-accepted/%d", why);

        add(name, test_never_accepted, why);
    }
    g_test_add_func("/measure/ledger/names", test_names);
    return g_test_run();
}
