/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Schedules from laws, against the closed forms of science 1.2 and 1.3. */
#include <glib.h>
#include <math.h>

#include "sim/fault/churn.h"

enum { NODES = 4000 };

static Law
law(const char *text)
{
    const char *error = NULL;
    Law ret = { 0 };

    g_assert_cmpint(law_parse(text, &ret, &error), ==, ST_OK);
    return ret;
}

static Churn *
churn_of(const ChurnConfig *config, uint32_t n, Time horizon)
{
    Churn *churn = NULL;

    g_assert_cmpint(churn_new(config, n, 42, horizon, &churn), ==, ST_OK);
    return churn;
}

/* Follow a node to its end and check that the faults make sense: times ascend, it is up
 * when it stops and down when it returns.  Returns the time it was up. */
static Time
follow(Churn *churn, uint32_t node, Time from, Time horizon,
       unsigned counts[FAULT_NONE + 1])
{
    bool up = true;
    Time since = from, sum = 0;

    for (;;) {
        Fault fault = churn_next(churn, node);

        counts[fault.kind]++;
        g_assert_cmpint(fault.at, >=, since);
        g_assert_cmpint(fault.at, <=, horizon);
        if (up)
            sum += fault.at - since;
        since = fault.at;
        switch (fault.kind) {
        case FAULT_PROCESS_STOPS:
        case FAULT_HOST_STOPS:
            g_assert_true(up);
            up = false;
            break;
        case FAULT_RETURNS:
            g_assert_false(up);
            up = true;
            break;
        case FAULT_DEPARTS:
        case FAULT_EXITS:
            g_assert_cmpint(churn_next(churn, node).kind, ==, FAULT_NONE);
            return sum;
        case FAULT_NONE:
            g_assert_cmpint(churn_next(churn, node).kind, ==, FAULT_NONE);
            return sum;
        }
    }
}

/* --- lives --- */

static double
share_alive(const ChurnConfig *config, Time at)
{
    Churn *churn = churn_of(config, NODES, 1000 * DAY);
    unsigned alive = 0;

    for (uint32_t i = 0; i < NODES; i++) {
        Fault fault = churn_next(churn, i);

        g_assert_cmpint(fault.kind, !=, FAULT_RETURNS);
        alive += fault.kind == FAULT_NONE || fault.at > at;
    }
    churn_free(churn);
    return alive / (double)NODES;
}

static void
check_share(double share, double want)
{
    g_assert_cmpfloat(fabs(share - want), <, 4 * sqrt(want * (1 - want) / NODES));
}

static void
test_survival(void)
{
    ChurnConfig config = { .life = law("exp(mean=30d)"), .life_residual = true };

    check_share(share_alive(&config, 14 * DAY), exp(-14.0 / 30));
    check_share(share_alive(&config, 60 * DAY), exp(-60.0 / 30));
    config.life = law("weibull(shape=0.59, mean=30d)");
    check_share(share_alive(&config, 14 * DAY), 0.7156);
    config.life_residual = false;
    check_share(share_alive(&config, 14 * DAY), 0.4394);
    config.life = law("never");
    g_assert_cmpfloat(share_alive(&config, 999 * DAY), ==, 1);
}

/* A node in whose place another one comes lives on like a new one: so many deaths in a
 * year, and not the same life again. */
static void
test_renewed(void)
{
    ChurnConfig config = { .life = law("exp(mean=10d)"), .life_residual = true };
    Churn *churn = churn_of(&config, NODES, 365 * DAY);
    unsigned deaths = 0, repeated = 0;

    for (uint32_t i = 0; i < NODES; i++) {
        Time since = 0;
        Duration last = 0;

        for (;;) {
            Fault fault = churn_next(churn, i);

            if (fault.kind == FAULT_NONE)
                break;
            g_assert_cmpint(fault.kind, ==, FAULT_DEPARTS);
            repeated += fault.at - since == last;
            last = fault.at - since;
            since = fault.at + DAY;
            deaths++;
            churn_renew(churn, i, since);
        }
    }
    churn_free(churn);
    g_assert_cmpuint(repeated, ==, 0);
    /* One in 11 days, but for how the year begins and ends. */
    g_assert_cmpfloat(fabs(deaths / (double)NODES - 365.0 / 11), <, 0.5);
}

static void
test_arrivals_are_fresh(void)
{
    ChurnConfig config = { .life = law("weibull(shape=0.59, mean=30d)"),
                           .life_residual = true,
                           .exits_announced = true };
    Churn *churn = churn_of(&config, 3, 1000 * DAY);
    unsigned alive = 0;

    for (uint32_t i = 0; i < NODES; i++) {
        Fault fault;

        churn_add(churn, 3 + i, 7 * DAY);
        fault = churn_next(churn, 3 + i);
        g_assert_true(fault.kind == FAULT_NONE || fault.kind == FAULT_EXITS);
        g_assert_cmpint(fault.at, >=, 7 * DAY);
        alive += fault.at > 21 * DAY;
    }
    check_share(alive / (double)NODES, 0.4394);
    churn_free(churn);
}

/* --- up and down --- */

/* Each node's share is one observation; the mean within four standard errors. */
static void
test_availability(void)
{
    ChurnConfig config = { .up = law("weibull(shape=0.59, mean=24h)"),
                           .down = law("exp(mean=8h)"),
                           .life_residual = true };
    Time horizon = 400 * DAY;
    uint32_t n = 500;
    Churn *churn = churn_of(&config, n, horizon);
    unsigned counts[FAULT_NONE + 1] = { 0 };
    double sum = 0, squares = 0, se;

    for (uint32_t i = 0; i < n; i++) {
        double share = (double)follow(churn, i, 0, horizon, counts) / (double)horizon;

        sum += share;
        squares += share * share;
    }
    sum /= n;
    se = sqrt((squares / n - sum * sum) / (n - 1));
    g_assert_cmpfloat(fabs(sum - 0.75), <,
                      4 * se + 0.25 * 8 / (400 * 24)); /* all begin up */
    g_assert_cmpfloat(se, <, 0.005);
    g_assert_cmpuint(counts[FAULT_PROCESS_STOPS] + counts[FAULT_DEPARTS], ==, 0);
    g_assert_cmpuint(counts[FAULT_NONE], ==, n);
    churn_free(churn);
}

/* Up at a moment t: A(t) = A + (1 - A) exp(-(1/up + 1/down) t) from up at 0. */
static void
test_availability_over_time(void)
{
    ChurnConfig config = { .up = law("exp(mean=24h)"), .down = law("exp(mean=8h)") };
    static const double HOURS[] = { 2, 5, 12, 200 };
    unsigned up[G_N_ELEMENTS(HOURS)] = { 0 };
    Churn *churn = churn_of(&config, NODES, 300 * HOUR);

    for (uint32_t i = 0; i < NODES; i++) {
        bool is_up = true;
        size_t k = 0;

        while (k < G_N_ELEMENTS(HOURS)) {
            Fault fault = churn_next(churn, i);

            for (; k < G_N_ELEMENTS(HOURS) && fault.at > (Time)(HOURS[k] * HOUR); k++)
                up[k] += is_up;
            is_up = fault.kind == FAULT_RETURNS;
        }
    }
    for (size_t k = 0; k < G_N_ELEMENTS(HOURS); k++)
        check_share(up[k] / (double)NODES,
                    0.75 + 0.25 * exp(-(1.0 / 24 + 1.0 / 8) * HOURS[k]));
    churn_free(churn);
}

/* --- short outages --- */

static void
test_short_outages(void)
{
    ChurnConfig config = { .short_outage = law("exp(mean=30m)"),
                           .short_outage_every = 10 * HOUR,
                           .process_share = 0.9,
                           .disk_loss = 0.2 };
    Time horizon = 50 * DAY;
    unsigned counts[FAULT_NONE + 1] = { 0 };
    Churn *churn = churn_of(&config, 400, horizon);
    double up = 0, stops, expected = 400 * 50 * 24.0 / 10;

    for (uint32_t i = 0; i < 400; i++)
        up += (double)follow(churn, i, 0, horizon, counts) / (double)horizon / 400;
    stops = counts[FAULT_PROCESS_STOPS] + counts[FAULT_HOST_STOPS];
    /* An alternating process: up exp(10 h), because what would begin while down does not.
     */
    expected *= 10 / 10.5;
    g_assert_cmpfloat(fabs(stops - expected), <, 4 * sqrt(expected));
    g_assert_cmpfloat(fabs(counts[FAULT_PROCESS_STOPS] / stops - 0.9), <,
                      4 * sqrt(0.09 / stops));
    g_assert_cmpfloat(fabs(up - 10 / 10.5), <, 0.002);
    churn_free(churn);
}

/* Outages longer than an hour lose the disk by a chance of their own. */
static void
test_disk_loss(void)
{
    ChurnConfig config = { .up = law("exp(mean=20h)"),
                           .down = law("exp(mean=1h)"),
                           .disk_loss = 0.1,
                           .disk_loss_long = 0.5,
                           .disk_loss_long_after = HOUR };
    Churn *churn = churn_of(&config, 1000, 20 * DAY);
    unsigned n[2] = { 0 }, lost[2] = { 0 };

    for (uint32_t i = 0; i < 1000; i++) {
        Fault stop, back;

        for (;;) {
            bool is_long;

            stop = churn_next(churn, i);
            back = churn_next(churn, i);
            if (back.kind == FAULT_NONE)
                break;
            g_assert_cmpint(stop.kind, ==, FAULT_HOST_STOPS);
            g_assert_cmpint(back.kind, ==, FAULT_RETURNS);
            g_assert_false(stop.disk_lost);
            is_long = back.at - stop.at > HOUR;
            n[is_long]++;
            lost[is_long] += back.disk_lost;
        }
    }
    g_assert_cmpfloat(fabs(lost[0] / (double)n[0] - 0.1), <, 4 * sqrt(0.09 / n[0]));
    g_assert_cmpfloat(fabs(lost[1] / (double)n[1] - 0.5), <, 4 * sqrt(0.25 / n[1]));
    churn_free(churn);
}

/* Everything at once keeps its order (follow checks it). */
static void
test_everything_at_once(void)
{
    ChurnConfig config = { .life = law("exp(mean=20d)"),
                           .up = law("exp(mean=6h)"),
                           .down = law("lognormal(median=1h, sigma=2)"),
                           .short_outage = law("lognormal(median=20m, sigma=1.5)"),
                           .short_outage_every = 2 * HOUR,
                           .process_share = 0.5 };
    unsigned counts[FAULT_NONE + 1] = { 0 };
    Churn *churn = churn_of(&config, NODES, 30 * DAY);

    for (uint32_t i = 0; i < NODES; i++)
        (void)follow(churn, i, 0, 30 * DAY, counts);
    check_share(counts[FAULT_NONE] / (double)NODES, exp(-1.5));
    g_assert_cmpuint(counts[FAULT_DEPARTS], ==, NODES - counts[FAULT_NONE]);
    g_assert_cmpuint(counts[FAULT_PROCESS_STOPS], >, NODES);
    g_assert_cmpuint(counts[FAULT_HOST_STOPS], >, NODES);
    churn_free(churn);
}

/* --- independence --- */

/* The same node has the same schedule whatever the others do, in whatever order they are
 * asked, and whatever other kinds of fault there are. */
static void
test_nodes_do_not_move_each_other(void)
{
    ChurnConfig config = { .life = law("exp(mean=20d)"),
                           .life_residual = true,
                           .up = law("exp(mean=6h)"),
                           .down = law("exp(mean=1h)"),
                           .short_outage = law("fixed(1m)"),
                           .short_outage_every = 10 * HOUR,
                           .disk_loss = 0.5 };
    Churn *few = churn_of(&config, 2, 10 * DAY);
    Churn *many = churn_of(&config, 50, 10 * DAY);

    for (uint32_t i = 0; i < 50; i++)
        if (i != 1)
            (void)churn_next(many, i);
    for (int i = 0; i < 100; i++) {
        Fault a = churn_next(few, 1), b = churn_next(many, 1);

        g_assert_cmpint(a.kind, ==, b.kind);
        g_assert_cmpint(a.at, ==, b.at);
        g_assert_true(a.disk_lost == b.disk_lost);
    }
    churn_free(few);
    churn_free(many);
}

static void
test_short_outages_move_no_long_one(void)
{
    ChurnConfig config = { .up = law("exp(mean=6h)"), .down = law("exp(mean=1h)") };
    Churn *plain = churn_of(&config, 1, 10 * DAY);
    Churn *both;
    unsigned found = 0, wanted = 0;

    config.short_outage = law("fixed(1s)");
    config.short_outage_every = HOUR;
    both = churn_of(&config, 1, 10 * DAY);
    for (Fault want = churn_next(plain, 0); want.kind != FAULT_NONE;
         want = churn_next(plain, 0)) {
        Fault got;

        wanted++;
        do
            got = churn_next(both, 0);
        while (got.kind != FAULT_NONE && got.at < want.at);
        found += got.at == want.at && got.kind == want.kind;
    }
    g_assert_cmpuint(found, ==, wanted);
    g_assert_cmpuint(wanted, >, 20);
    churn_free(plain);
    churn_free(both);
}

/* The same luck is the same life, whichever node has it. */
static void
test_luck(void)
{
    ChurnConfig config = { .life = law("exp(mean=10d)") };
    Churn *churn = churn_of(&config, 3, 1000 * DAY);
    Fault faults[3];

    for (uint32_t i = 0; i < 3; i++) {
        churn_luck(churn, i, i < 2 ? 77 : 78);
        churn_renew(churn, i, DAY);
        faults[i] = churn_next(churn, i);
        g_assert_cmpint(faults[i].kind, ==, FAULT_DEPARTS);
        g_assert_cmpint(faults[i].at, >, DAY);
    }
    g_assert_cmpint(faults[0].at, ==, faults[1].at);
    g_assert_cmpint(faults[0].at, !=, faults[2].at);
    churn_free(churn);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/survival", test_survival);
    g_test_add_func("/fault/arrivals-are-fresh", test_arrivals_are_fresh);
    g_test_add_func("/churn/renewed", test_renewed);
    g_test_add_func("/fault/availability", test_availability);
    g_test_add_func("/fault/availability-over-time", test_availability_over_time);
    g_test_add_func("/fault/short-outages", test_short_outages);
    g_test_add_func("/fault/disk-loss", test_disk_loss);
    g_test_add_func("/fault/everything-at-once", test_everything_at_once);
    g_test_add_func("/fault/nodes-do-not-move-each-other",
                    test_nodes_do_not_move_each_other);
    g_test_add_func("/fault/short-outages-move-no-long-one",
                    test_short_outages_move_no_long_one);
    g_test_add_func("/churn/luck", test_luck);
    return g_test_run();
}
