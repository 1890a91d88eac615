/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the ledger sees while messages live: replicas by age, near-losses, holes, lives. */
#include <string.h>

#include "tests/unit/measure/story.h"

/* --- looking at replicas
 * ------------------------------------------------------------------ */

static void
test_ages(Story *f, gconstpointer data)
{
    const AgeBin *bins;

    (void)data;
    story_send(f, 10, 1);
    story_put(f, 11, 2, 1);
    story_put(f, 11, 0, 1); /* once more at the same node */
    story_seal(f, 12, 2);
    story_put(f, 12, 0, 2); /* another copy at the same node */
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

static void
lose(Story *f, int64_t at_s, int copy)
{
    for (uint32_t node = 0; node < 2; node++)
        ledger_dropped(f->ledger, at_s * SECOND, node, story_hash(copy));
}

/* Of four messages one is lost and one is read in the first bin, one is lost in the second;
 * the last is lost too, but was sent again. */
static void
test_survival(Story *f, gconstpointer data)
{
    const LifeBin *bins;
    int64_t bin_s = 500;

    (void)data;
    story_send(f, 10, 1);
    story_send(f, 10, 2);
    story_send(f, 10, 3);
    lose(f, 20, 1);
    story_open(f, 20, 3);
    lose(f, 30, 3); /* after it was read: nobody waits for it */
    lose(f, 15 + bin_s, 2);
    story_send(f, 10, 4);
    lose(f, 30, 4);
    story_put(f, 31, 5, 4);
    story_close(f, 2 * bin_s + 100);
    g_assert_cmpuint(ledger_life_bins(f->ledger, &bins), ==, 3);
    g_assert_cmpuint(bins[0].lost, ==, 1);
    g_assert_cmpuint(bins[0].ended, ==, 1);
    g_assert_cmpuint(bins[1].lost, ==, 1);
    g_assert_cmpuint(bins[2].ended, ==, 1);
    g_assert_cmpfloat(ledger_survival(f->ledger, 0), ==, 0.75);
    g_assert_cmpfloat(ledger_survival(f->ledger, 1), ==, 0.375);
    g_assert_cmpfloat(ledger_survival(f->ledger, 2), ==, 0.375);
}

/* It hung by one replica, and was read in the end. */
static void
test_near_loss(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    ledger_sample(f->ledger, 20 * SECOND, f->standing, f->swarm, NULL);
    f->standing[1].swarm_id = ELSEWHERE;
    ledger_sample(f->ledger, 30 * SECOND, f->standing, f->swarm, NULL);
    story_open(f, 40, 1);
    story_send(f, 50, 2);
    f->standing[1].swarm_id = HOME;
    story_open(f, 51, 2);
    f->standing[1].swarm_id = ELSEWHERE; /* after it was read: no danger any more */
    ledger_sample(f->ledger, 60 * SECOND, f->standing, f->swarm, NULL);
    story_close(f, 100);
    g_assert_cmpuint(ledger_totals(f->ledger)->fates[FATE_DELIVERED], ==, 2);
    g_assert_cmpuint(ledger_totals(f->ledger)->near_losses, ==, 1);
}

static void
test_holes(Story *f, gconstpointer data)
{
    uint32_t settled[PEOPLE] = { 5, 5 };

    (void)data;
    story_send(f, 10, 1);
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
test_sent_bins(Story *f, gconstpointer data)
{
    const uint64_t(*fates)[FATES], (*causes)[CAUSES];

    (void)data;
    story_send(f, 10, 1);
    story_open(f, 11, 1);
    story_send(f, 499, 2);
    story_send(f, 500, 3);
    f->swarm[READER] = ELSEWHERE;
    story_close(f, 600);
    g_assert_cmpuint(ledger_sent_bins(f->ledger, &fates, &causes), ==, 2);
    g_assert_cmpuint(fates[0][FATE_DELIVERED], ==, 1);
    g_assert_cmpuint(fates[0][FATE_LOST], ==, 1);
    g_assert_cmpuint(fates[1][FATE_LOST], ==, 1);
    g_assert_cmpuint(causes[1][CAUSE_STRANDED], ==, 1);
}

/* --- lives
 * -------------------------------------------------------------------------------- */

static void
test_life(Story *f, gconstpointer data)
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
    LifeReader life;
    LifeEvent event;
    char text[200];

    (void)data;
    story_send(f, 10, 1);
    ledger_put(f->ledger, 11 * SECOND, 2, story_hash(1), 0, PUT_FULL);
    ledger_dropped(f->ledger, 12 * SECOND, 1, story_hash(1));
    story_open(f, 20, 1);
    life = ledger_life(f->ledger, 0);
    for (uint32_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_true(life_next(&life, &event));
        ledger_event_text(&event, text, sizeof text);
        g_assert_cmpstr(text, ==, lines[i]);
        ledger_event_text(&event, text, 5);
        g_assert_cmpuint(strlen(text), <, 5);
    }
    g_assert_false(life_next(&life, &event));
}

/* Notes about what it does not know: other traffic, other people's ids, short hashes. */
static void
test_strange_notes(Story *f, gconstpointer data)
{
    (void)data;
    story_send(f, 10, 1);
    story_note(f, 11, WRITER, NOTE_SEALED, 0, 1, story_hash(3));
    story_note(f, 11, WRITER, NOTE_SEALED, f->id + 1, 1, story_hash(4));
    story_note(f, 11, WRITER, NOTE_SEALED, (uint64_t)PEOPLE << 32 | 1, 1, story_hash(5));
    story_note(f, 11, READER, NOTE_OPENED, 0, 0, story_hash(4));
    story_note(f, 11, READER, NOTE_OPENED, 0, 0, BYTES_LITERAL("short"));
    ledger_put(f->ledger, 11 * SECOND, 0, BYTES_LITERAL(""), 0, PUT_NEW);
    story_note(f, 11, READER, NOTE_UNREADABLE, 0, 0, story_hash(4));
    story_assert(f, 50, FATE_PENDING, CAUSE_RECIPIENT_AWAY);
    g_assert_cmpuint(ledger_totals(f->ledger)->unreadable, ==, 1);
    g_assert_cmpuint(ledger_totals(f->ledger)->duplicates, ==, 0);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Story *story, gconstpointer data);
    } tests[] = {
        { "/measure/ledger/ages", test_ages },
        { "/measure/ledger/survival", test_survival },
        { "/measure/ledger/near-loss", test_near_loss },
        { "/measure/ledger/holes", test_holes },
        { "/measure/ledger/sent-bins", test_sent_bins },
        { "/measure/ledger/life", test_life },
        { "/measure/ledger/strange-notes", test_strange_notes },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Story, NULL, story_begin, tests[i].run, story_end);
    return g_test_run();
}
