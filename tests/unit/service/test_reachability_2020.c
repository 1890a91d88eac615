/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reachability tests of spring 2020 (protocol 6.1; 7, row 20): one node at random and one
 * of those that fail; called unreachable after two hours, once, until it passes. */
#include "tests/unit/service/duty.h"

static void
set_up(World *world, gconstpointer data)
{
    duty_set_up(world, data);
    world->config.reach_rule = REACH_RULE_2020;
    world->config.test_deviation = 0;
    world->config.unreachable_after = 2 * HOUR;
}

/* The tests of a record from @from on, at most @max of their times. */
static guint
times_of(const World *world, int number, Time from, Time *ret, guint max)
{
    guint n = 0;

    for (guint i = 0; i < world->port->sent->len && n < max; i++) {
        const SentMessage *sent = recording_sent(world->port, i);

        if (sent->kind == KIND_PING_OMQ && sent->at >= from &&
            duty_number_at(world, sent->to) == number)
            ret[n++] = sent->at;
    }
    return n;
}

/* Each ten seconds one of all, itself among them, which makes no test. */
static void
test_one_at_random(World *world, gconstpointer data)
{
    double chi_squared = 0, expected = 36000.0 / 10 / NODES * 4;
    guint others = 0, same = 0, tests = 0;
    int last = -1;

    (void)data;
    duty_begin(world, true, false);
    world->records[4].active = false; /* funded as well */
    duty_block(world, NODES, false);
    duty_run(world, 40 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(duty_tests_of(world, 0), ==, 0);
    for (int i = 1; i < NODES; i++) {
        double off = duty_tests_of(world, i) - expected;

        chi_squared += off * off / expected;
        others += duty_tests_of(world, i);
    }
    /* Of 14,400 ticks 1/12 would test itself; 11 counts, at 0.1 %; both at five sigma. */
    g_assert_cmpfloat(ABS(others - 14400.0 * 11 / 12), <, 170);
    g_assert_cmpfloat(chi_squared, <, 31.3);
    /* Drawn, not dealt: the same one follows itself as often as any other. */
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        int number = duty_number_at(world, sent->to);

        if (sent->kind != KIND_PING_OMQ)
            continue;
        g_assert_cmpint(sent->at % (10 * SECOND), ==, 0);
        same += number == last;
        last = number;
        tests++;
    }
    g_assert_cmpfloat(ABS(same - tests / 11.0), <, 5 * 33);
}

/* One that fails is tested at each tick, beside the one that is drawn, until it passes. */
static void
test_one_that_fails(World *world, gconstpointer data)
{
    Time first = 0, times[400];
    guint n;

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, 30 * MINUTE, 3, BAD_OMQ_ONLY);
    g_assert_cmpuint(times_of(world, 3, 0, &first, 1), ==, 1);
    for (Time at = first + 10 * SECOND; at <= 30 * MINUTE; at += 10 * SECOND) {
        n = times_of(world, 3, at, times, G_N_ELEMENTS(times));
        g_assert_cmpuint(n, >, 0);
        g_assert_cmpint(times[0], ==, at);
    }
    /* The draw goes on as before, and takes the failing one too: then it is tested twice.
     */
    n = times_of(world, 3, first, times, G_N_ELEMENTS(times));
    g_assert_cmpuint(n, >, (guint)((30 * MINUTE - first) / (10 * SECOND)) + 1);
    for (int i = 1; i < NODES; i++)
        g_assert_cmpuint(duty_tests_of(world, i), >, 5);
    /* It passes at the next tick. */
    recording_port_forget(world->port);
    duty_run(world, 90 * MINUTE, -1, BAD_SILENT);
    n = times_of(world, 3, 0, times, G_N_ELEMENTS(times));
    g_assert_cmpint(times[0], ==, 30 * MINUTE + 10 * SECOND);
    g_assert_cmpuint(n, <, 60);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), ==, 0);
}

/* End the open pings: those of the records in @bad (a bit each) are silent. */
static void
tick(World *world, unsigned bad)
{
    guint first = world->port->sent->len;

    recording_port_run(world->port, &service_node_ops, world->node, world->port->alarm);
    for (guint i = first; i < world->port->sent->len; i++) {
        SentMessage sent = *recording_sent(world->port, i);

        duty_end_ping(world, &sent, bad >> duty_number_at(world, sent.to) & 1, BAD_SILENT);
    }
}

/* Several take turns: it is the one's whose last failure is longest ago. */
static void
test_longest_ago_first(World *world, gconstpointer data)
{
    enum { BAD = 1 << 2 | 1 << 5 | 1 << 7 | 1 << 11 };
    Time last[NODES] = { 0 };

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    for (int i = 0; i < 500; i++) {
        int oldest = 0;

        recording_port_forget(world->port);
        tick(world, BAD);
        for (int j = 1; j < NODES; j++)
            if (last[j] > 0 && (oldest == 0 || last[j] < last[oldest]))
                oldest = j;
        /* Two that failed at the same tick: either. */
        if (oldest != 0) {
            guint tested = 0;

            for (int j = 1; j < NODES; j++)
                if (last[j] == last[oldest])
                    tested += duty_tests_of(world, j);
            g_assert_cmpuint(tested, >=, 1);
        }
        g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_OMQ), <=, 2);
        for (int j = 1; j < NODES; j++)
            if ((BAD >> j & 1) && duty_tests_of(world, j) > 0)
                last[j] = world->port->now;
    }
    for (int j = 1; j < NODES; j++)
        g_assert_true((last[j] > 0) == (BAD >> j & 1));
}

/* Reported at the first failure that is 120 min after the first one; no newer failure is
 * needed for it to hold, and the first test that it passes ends it. */
static void
test_votes(World *world, gconstpointer data)
{
    Time first = 0;

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, 10 * MINUTE, -1, BAD_SILENT);
    recording_port_forget(world->port);
    duty_run(world, 20 * MINUTE, 3, BAD_SILENT);
    g_assert_cmpuint(times_of(world, 3, 0, &first, 1), ==, 1);
    duty_run(world, first + 2 * HOUR - 1, 3, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
    duty_run(world, first + 2 * HOUR, 3, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "3-");
    /* An hour without tests (it is decommissioned itself): as it was. */
    world->records[0].active = false;
    duty_block(world, NODES, false);
    duty_run(world, first + 3 * HOUR, -1, BAD_SILENT);
    world->records[0].active = true;
    duty_fresh_proofs(world);
    duty_assert_votes(world, "3-");
    duty_run(world, first + 3 * HOUR + 10 * SECOND, -1, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
    /* And the two hours begin anew. */
    duty_run(world, first + 5 * HOUR, 3, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
}

/* Who leaves the list is forgotten, and the next one that fails has its turn. */
static void
test_failing_leaves(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    for (int i = 0; i < 200; i++)
        tick(world, 1 << 3 | 1 << 11);
    duty_block(world, NODES - 1, false);
    recording_port_forget(world->port);
    for (int i = 0; i < 6; i++)
        tick(world, 1 << 3);
    g_assert_cmpuint(duty_tests_of(world, 11), ==, 0);
    g_assert_cmpuint(duty_tests_of(world, 3), >=, 6);
    /* It comes back, and fails for the first time again. */
    duty_block(world, NODES, false);
    for (int i = 0; i < 200; i++)
        tick(world, 0);
    g_assert_cmpuint(duty_tests_of(world, 11), <, 40);
}

/* Without anybody else, and without an address, there is nobody to test. */
static void
test_nobody(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, true, false);
    duty_block(world, 1, false);
    duty_run(world, HOUR, -1, BAD_SILENT);
    for (int i = 1; i < NODES; i++)
        world->records[i].ip = 0;
    duty_block(world, NODES, false);
    duty_run(world, 2 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/reachability-2020/" path, World, NULL, set_up, function,          \
               duty_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("one-at-random", test_one_at_random);
    ADD("one-that-fails", test_one_that_fails);
    ADD("longest-ago-first", test_longest_ago_first);
    ADD("votes", test_votes);
    ADD("failing-leaves", test_failing_leaves);
    ADD("nobody", test_nobody);
    return g_test_run();
}
