/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every fate and every cause, each by the shortest story that leads to it. */
#include "nodes/store/memory_store.h"
#include "tests/unit/measure/story.h"

/* --- delivered --------------------------------------------------------------------------
 */

static void
test_delivered(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_open(f, 17, 1);
    story_assert(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->late, ==, 0);
    g_assert_cmpfloat(histogram_mean(&ledger_totals(f->ledger)->latency_s), ==, 7);
}

/* Delivered without an acknowledgement is delivered all the same. */
static void
test_delivered_unacknowledged(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 10, 1);
    story_put(f, 11, 0, 1);
    story_open(f, 12, 1);
    story_assert(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->accepted, ==, 0);
}

/* Whichever copy comes first delivers it; the others are duplicates. */
static void
test_duplicates(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_seal(f, 20, 2);
    story_put(f, 20, 2, 2);
    story_open(f, 25, 2);
    story_open(f, 30, 1);
    story_open(f, 31, 1);
    story_assert(f, 50, FATE_DELIVERED, CAUSE_NONE);
    g_assert_cmpuint(ledger_totals(f->ledger)->duplicates, ==, 2);
    g_assert_cmpint(ledger_message(f->ledger, 0).delivered, ==, 25 * SECOND);
}

/* Opened by somebody else (one's own other device): no delivery. */
static void
test_opened_by_another(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_note(f, 12, WRITER, NOTE_OPENED, 0, 0, story_hash(1));
    story_assert(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

static void
test_late_recipient_away(Story *f, gconstpointer data)
{
    (void)data;
    story_poll(f, 5, 30, 200);
    story_send(f, 10, 1);
    story_open(f, 500, 1);
    story_assert(f, 600, FATE_DELIVERED, CAUSE_RECIPIENT_AWAY);
    g_assert_cmpuint(ledger_totals(f->ledger)->late_causes[CAUSE_RECIPIENT_AWAY], ==, 1);
}

static void
test_late_polled_without(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_poll(f, 20, 5, 200);
    story_open(f, 500, 1);
    story_assert(f, 600, FATE_DELIVERED, CAUSE_POLLED_WITHOUT);
    g_assert_cmpuint(ledger_totals(f->ledger)->late, ==, 1);
}

static void
test_late_path_failures(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 10, 1);
    story_fail(f, 35, SEND_TIMEOUT);
    story_seal(f, 300, 2);
    story_put(f, 300, 0, 2);
    story_accept(f, 301);
    story_open(f, 302, 2);
    story_assert(f, 600, FATE_DELIVERED, CAUSE_PATH_FAILURES);
    g_assert_cmpuint(ledger_totals(f->ledger)->failed_attempts[SEND_TIMEOUT], ==, 1);
    g_assert_cmpuint(ledger_totals(f->ledger)->attempts, ==, 2);
}

/* Opened before it was acknowledged (on a later attempt): no poll missed it. */
static void
test_late_acknowledged_after(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 200, 1);
    story_put(f, 200, 0, 1);
    story_open(f, 205, 1);
    story_poll(f, 210, 10, 200);
    story_accept(f, 300);
    story_assert(f, 600, FATE_DELIVERED, CAUSE_RECIPIENT_AWAY);
}

/* --- not sent ----------------------------------------------------------------------------
 */

static void
test_in_outbox(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_assert(f, 50, FATE_PENDING, CAUSE_IN_OUTBOX);
}

static void
test_in_outbox_after_failures(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 10, 1);
    story_fail(f, 20, SEND_PATH_ERROR);
    story_assert(f, 50, FATE_PENDING, CAUSE_IN_OUTBOX);
}

static void
test_never_accepted(Story *f, gconstpointer data)
{
    SendFailure why = (SendFailure)GPOINTER_TO_INT(data);

    story_write(f, 10);
    story_seal(f, 10, 1);
    story_fail(f, 20, why);
    story_note(f, 30, WRITER, NOTE_GIVEN_UP, f->id, why, (Bytes){ NULL, 0 });
    story_assert(f, 50, FATE_NEVER_ACCEPTED, (Cause)(CAUSE_SEND_FAILURE + why));
}

/* Its time is over and the client did not even come to say so. */
static void
test_never_accepted_in_time(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 10, 1);
    story_fail(f, 20, SEND_NO_PATH);
    story_assert(f, 10 + TTL_S + 1, FATE_NEVER_ACCEPTED,
                 (Cause)(CAUSE_SEND_FAILURE + SEND_NO_PATH));
}

static void
test_acknowledged_never_stored(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 10, 1);
    ledger_put(f->ledger, 10 * SECOND, 0, story_hash(1), 0, PUT_FULL);
    story_accept(f, 11);
    g_assert_cmpuint(ledger_totals(f->ledger)->unstored_acks, ==, 1);
    story_assert(f, 50, FATE_ACKNOWLEDGED_NEVER_STORED, CAUSE_NONE);
}

/* Only the first acknowledgement counts, and it counts what was on a disk then. */
static void
test_acknowledged_twice(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_accept(f, 20);
    g_assert_cmpuint(ledger_totals(f->ledger)->unstored_acks, ==, 0);
    g_assert_cmpuint(ledger_totals(f->ledger)->accepted, ==, 1);
    g_assert_cmpint(ledger_message(f->ledger, 0).accepted, ==, 10 * SECOND);
}

/* --- stored, and then
 * --------------------------------------------------------------------- */

static void
test_recipient_away(Story *f, gconstpointer data)
{
    (void)data;
    story_poll(f, 5, 200, 200);
    story_send(f, 10, 1);
    story_poll(f, 20, 200, 0);
    story_assert(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

static void
test_not_yet_polled(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_poll(f, 20, 1, 200);
    story_assert(f, 50, FATE_PENDING, CAUSE_NOT_YET_POLLED);
}

static void
test_behind_cursor(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_poll(f, 20, 200, 200);
    story_assert(f, 50, FATE_LOST, CAUSE_BEHIND_CURSOR);
}

/* Never acknowledged, but stored: polls from before it was there are no polls for it. */
static void
test_stored_unacknowledged(Story *f, gconstpointer data)
{
    (void)data;
    story_poll(f, 5, 200, 200);
    story_write(f, 10);
    story_seal(f, 20, 1);
    story_put(f, 20, 0, 1);
    story_assert(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
}

/* ... and lost to the reader, it is still the writer's to send. */
static void
test_stored_unacknowledged_gone(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 20, 1);
    story_put(f, 20, 0, 1);
    ledger_dropped(f->ledger, 30 * SECOND, 0, story_hash(1));
    story_assert(f, 50, FATE_PENDING, CAUSE_NO_REPLICA_LEFT);
}

static void
test_stored_unacknowledged_over(Story *f, gconstpointer data)
{
    (void)data;
    story_write(f, 10);
    story_seal(f, 20, 1);
    story_put(f, 20, 0, 1);
    ledger_dropped(f->ledger, 30 * SECOND, 0, story_hash(1));
    story_assert(f, 10 + TTL_S + 1, FATE_NEVER_ACCEPTED, CAUSE_NO_REPLICA_LEFT);
}

static void
test_holders_down(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    f->standing[0].up = f->standing[1].up = false;
    story_poll(f, 20, 200, 200);
    story_assert(f, 50, FATE_PENDING, CAUSE_HOLDERS_DOWN);
}

static void
test_stranded(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    f->swarm[READER] = ELSEWHERE;
    story_assert(f, 50, FATE_LOST, CAUSE_STRANDED);
}

/* A recipient without a swarm and nodes without one do not belong together. */
static void
test_stranded_without_swarm(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    f->swarm[READER] = SWARM_NONE;
    f->standing[0].swarm_id = f->standing[1].swarm_id = SWARM_NONE;
    story_assert(f, 50, FATE_LOST, CAUSE_STRANDED);
}

static void
test_misfiled(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    f->standing[0].swarm_id = f->standing[1].swarm_id = ELSEWHERE;
    ledger_put(f->ledger, 20 * SECOND, 2, story_hash(1), -10, PUT_NEW);
    story_assert(f, 50, FATE_LOST, CAUSE_MISFILED);
}

static void
test_no_replica_left(Story *f, gconstpointer data)
{
    Store *store = memory_store_new(1 << 20);
    StoreMessage m = {
        .account = { 5 }, .hash = story_hash(1), .expiry = INT64_MAX, .data = PACKET_EMPTY
    };

    (void)data;
    story_send(f, 10, 1);
    store->ops->put(store, &m, true);
    ledger_disk_gone(f->ledger, 20 * SECOND, 0, store);
    ledger_disk_gone(f->ledger, 20 * SECOND, 5, store); /* that never had it */
    ledger_dropped(f->ledger, 21 * SECOND, 1, story_hash(1));
    ledger_dropped(f->ledger, 21 * SECOND, 1, story_hash(2)); /* that nobody knows */
    store->ops->close(store);
    story_assert(f, 50, FATE_LOST, CAUSE_NO_REPLICA_LEFT);
}

static void
test_expired_unread(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    ledger_sample(f->ledger, (10 + TTL_S + 1) * SECOND, f->standing, f->swarm, NULL);
    /* Decided: what comes after its time changes nothing. */
    f->swarm[READER] = ELSEWHERE;
    story_assert(f, 2 * TTL_S, FATE_EXPIRED_UNREAD, CAUSE_RECIPIENT_AWAY);
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

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Story *story, gconstpointer data);
    } tests[] = {
        { "/measure/ledger/delivered", test_delivered },
        { "/measure/ledger/delivered-unacknowledged", test_delivered_unacknowledged },
        { "/measure/ledger/duplicates", test_duplicates },
        { "/measure/ledger/opened-by-another", test_opened_by_another },
        { "/measure/ledger/late/recipient-away", test_late_recipient_away },
        { "/measure/ledger/late/polled-without", test_late_polled_without },
        { "/measure/ledger/late/path-failures", test_late_path_failures },
        { "/measure/ledger/late/acknowledged-after", test_late_acknowledged_after },
        { "/measure/ledger/in-outbox", test_in_outbox },
        { "/measure/ledger/in-outbox-after-failures", test_in_outbox_after_failures },
        { "/measure/ledger/never-accepted/in-time", test_never_accepted_in_time },
        { "/measure/ledger/acknowledged-never-stored", test_acknowledged_never_stored },
        { "/measure/ledger/acknowledged-twice", test_acknowledged_twice },
        { "/measure/ledger/recipient-away", test_recipient_away },
        { "/measure/ledger/not-yet-polled", test_not_yet_polled },
        { "/measure/ledger/behind-cursor", test_behind_cursor },
        { "/measure/ledger/stored-unacknowledged", test_stored_unacknowledged },
        { "/measure/ledger/stored-unacknowledged-gone", test_stored_unacknowledged_gone },
        { "/measure/ledger/stored-unacknowledged-over", test_stored_unacknowledged_over },
        { "/measure/ledger/holders-down", test_holders_down },
        { "/measure/ledger/stranded", test_stranded },
        { "/measure/ledger/stranded-without-swarm", test_stranded_without_swarm },
        { "/measure/ledger/misfiled", test_misfiled },
        { "/measure/ledger/no-replica-left", test_no_replica_left },
        { "/measure/ledger/expired-unread", test_expired_unread },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Story, NULL, story_begin, tests[i].run, story_end);
    for (int why = 0; why < (int)SEND_FAILURES; why++) {
        g_autofree char *name = g_strdup_printf("/measure/ledger/never-accepted/%d", why);

        g_test_add(name, Story, GINT_TO_POINTER(why), story_begin, test_never_accepted,
                   story_end);
    }
    g_test_add_func("/measure/ledger/names", test_names);
    return g_test_run();
}
