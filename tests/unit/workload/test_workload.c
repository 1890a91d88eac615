/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "clients/workload/workload.h"

static const WorkloadConfig BASE = { .people = 1000,
                                     .contacts = 8,
                                     .contacts_sigma = 1,
                                     .messages_per_day = 20,
                                     .messages_dispersion = 0.5,
                                     .burst = 5,
                                     .burst_gap = 30 * SECOND,
                                     .text_median_bytes = 40,
                                     .text_sigma = 1,
                                     .text_max_bytes = 2000,
                                     .presence = PRESENCE_SESSIONS,
                                     .sessions_per_day = 8,
                                     .ramp = MINUTE,
                                     .session_mean = 10 * MINUTE,
                                     .always_share = 0.2,
                                     .diurnal = 0.8 };

/* What a person did, checked on the way: times ascend, it comes and goes by turns, writes
 * while it is there and to one of its contacts, ids count up. */
typedef struct Deeds {
    unsigned messages, comes, goes;
    double online_s;
    double bytes;
    Time last_message;
    unsigned by_hour[24];
} Deeds;

static Deeds
follow(Workload *workload, uint32_t person, uint32_t people, Time horizon)
{
    Deeds d = { 0 };
    bool online = false;
    Time since = 0, came = 0;

    for (;;) {
        PersonAction a = workload_next(workload, person);

        g_assert_cmpint(a.at, >=, since);
        since = a.at;
        if (a.kind == PERSON_RESTS) {
            g_assert_cmpint(a.at, ==, horizon);
            g_assert_cmpint(workload_next(workload, person).kind, ==, PERSON_RESTS);
            d.online_s += online ? (double)(horizon - came) / 1e9 : 0;
            return d;
        }
        g_assert_cmpint(a.at, <, horizon);
        g_assert_true(online == (a.kind != PERSON_COMES));
        if (a.kind == PERSON_COMES) {
            d.comes++;
            came = a.at;
            online = true;
        } else if (a.kind == PERSON_GOES) {
            d.goes++;
            d.online_s += (double)(a.at - came) / 1e9;
            online = false;
        } else {
            g_assert_cmpuint(a.message, ==, (uint64_t)person << 32 | ++d.messages);
            g_assert_cmpuint(a.to, <, people);
            g_assert_cmpuint(a.to, !=, person);
            g_assert_cmpuint(a.bytes, >=, 1);
            d.bytes += a.bytes;
            d.last_message = a.at;
            d.by_hour[a.at / HOUR % 24]++;
        }
    }
}

/* Messages a day over people and, for those in sessions, sessions and time online: each
 * mean within four standard errors of what was asked for. */
static void
check_means(const WorkloadConfig *config, Time horizon)
{
    Workload *workload = workload_new(config, 42, horizon, horizon);
    double days = (double)horizon / (double)DAY;
    double n = config->people, sum = 0, squares = 0, se;
    double sessions = 0, online = 0, in_sessions = 0;

    for (uint32_t i = 0; i < config->people; i++) {
        Deeds d = follow(workload, i, config->people, horizon);
        double rate = d.messages / days;

        sum += rate;
        squares += rate * rate;
        g_assert_cmpuint(d.comes, >=, d.goes);
        if (d.goes > 0) {
            in_sessions++;
            sessions += d.comes;
            online += d.online_s;
        }
    }
    se = sqrt((squares / n - sum / n * sum / n) / n);
    g_test_message("messages a day %g, standard error %g", sum / n, se);
    g_assert_cmpfloat(fabs(sum / n - config->messages_per_day), <, 4 * se);
    g_assert_cmpfloat(se, <, 0.06 * config->messages_per_day);
    g_assert_cmpfloat(fabs(sum - workload_messages_per_day(workload)), <,
                      4 * sqrt(n * config->messages_per_day / days) *
                          sqrt(2 * config->burst));
    workload_free(workload);
    if (config->presence == PRESENCE_ALWAYS)
        return;
    n = in_sessions * days;
    g_assert_cmpfloat(fabs(in_sessions / config->people - (1 - config->always_share)), <,
                      4 * 0.4 / sqrt(config->people));
    g_assert_cmpfloat(fabs(sessions / n - config->sessions_per_day), <,
                      4 * sqrt(config->sessions_per_day / n));
    /* exponential lengths: variance twice what fixed ones would have */
    g_assert_cmpfloat(
        fabs(online / (n * config->sessions_per_day) - (double)config->session_mean / 1e9),
        <,
        4 * (double)config->session_mean / 1e9 * sqrt(2 / (n * config->sessions_per_day)));
}

static void
test_means(void)
{
    WorkloadConfig config = BASE;

    check_means(&config, 6 * DAY);
    config.diurnal = 0;
    check_means(&config, 6 * DAY);
    config.presence = PRESENCE_ALWAYS;
    config.diurnal = 1;
    check_means(&config, 6 * DAY);
    config.presence = PRESENCE_SESSIONS;
    config.burst = 1;
    config.messages_dispersion = 0;
    config.sessions_per_day = 25;
    config.session_mean = 3 * MINUTE;
    check_means(&config, 3 * DAY);
    config.burst = 20; /* much longer than the sessions */
    check_means(&config, 3 * DAY);
}

/* With a dispersion of 0.5 the variance over people is twice the mean's square. */
static void
test_people_differ(void)
{
    WorkloadConfig config = BASE;
    double squares[2] = { 0 }, mean[2] = { 0 };

    config.people = 3000;
    for (int k = 0; k < 2; k++) {
        config.messages_dispersion = k == 0 ? 0 : 0.5;
        Workload *workload = workload_new(&config, 42, 4 * DAY, 4 * DAY);

        for (uint32_t i = 0; i < config.people; i++) {
            double n = follow(workload, i, config.people, 4 * DAY).messages;

            mean[k] += n / config.people;
            squares[k] += n * n / config.people;
        }
        workload_free(workload);
    }
    g_assert_cmpfloat(squares[0] / mean[0] / mean[0] - 1, <, 0.15);
    g_assert_cmpfloat_with_epsilon(squares[1] / mean[1] / mean[1] - 1, 2, 0.4);
}

/* Recipients by the rank of the contact: Zipf's law for people with the same number of
 * contacts. */
static void
test_recipients(void)
{
    enum { CONTACTS = 6 };
    WorkloadConfig config = BASE;
    Workload *workload;
    unsigned seen[CONTACTS] = { 0 }, n = 0;
    double harmonic = 0, chi2 = 0;

    config.burst = 1; /* each message is a choice */
    config.messages_dispersion = 0;
    workload = workload_new(&config, 42, 5 * DAY, 5 * DAY);
    for (uint32_t person = 0; person < config.people; person++) {
        PersonAction a;

        if (workload_contacts(workload, person) != CONTACTS)
            continue;
        while ((a = workload_next(workload, person)).kind != PERSON_RESTS)
            for (size_t i = 0; i < CONTACTS && a.kind == PERSON_WRITES; i++)
                if (workload_contact(workload, person, i) == a.to) {
                    seen[i]++;
                    n++;
                }
    }
    for (unsigned i = 1; i <= CONTACTS; i++)
        harmonic += 1.0 / i;
    for (unsigned i = 0; i < CONTACTS; i++) {
        double expected = n / harmonic / (i + 1);

        chi2 += (seen[i] - expected) * (seen[i] - expected) / expected;
    }
    g_assert_cmpuint(n, >, 5000);
    g_assert_cmpfloat(chi2, <, 15.1); /* 5 degrees, 1 % */
    workload_free(workload);
}

/* By the law of text sizes: median 40, a share above 200 as the normal law has it, no more
 * than the cap. */
static void
test_sizes(void)
{
    WorkloadConfig config = BASE;
    Workload *workload = workload_new(&config, 42, 5 * DAY, 5 * DAY);
    unsigned n = 0, small = 0, large = 0, capped = 0;
    double want = 0.5 * erfc(log(200.0 / 40) / G_SQRT2);

    for (uint32_t person = 0; person < config.people; person++) {
        PersonAction a;

        while ((a = workload_next(workload, person)).kind != PERSON_RESTS)
            if (a.kind == PERSON_WRITES) {
                g_assert_cmpuint(a.bytes, <=, 2000);
                n++;
                small += a.bytes < 40;
                large += a.bytes >= 200;
                capped += a.bytes == 2000;
            }
    }
    g_assert_cmpfloat(fabs(small / (double)n - 0.5), <, 4 * 0.5 / sqrt(n));
    g_assert_cmpfloat(fabs(large / (double)n - want), <, 4 * 0.25 / sqrt(n));
    g_assert_cmpuint(capped, >, 0);
    workload_free(workload);
}

/* Everybody together is quiet in the night of where most live and busy in its evening. */
static void
test_daily_rhythm(void)
{
    WorkloadConfig config = BASE;
    unsigned by_hour[2][24] = { 0 };

    for (int k = 0; k < 2; k++) {
        Workload *workload;

        config.diurnal = k;
        config.burst = 1;
        config.messages_dispersion = 0;
        workload = workload_new(&config, 42, 5 * DAY, 5 * DAY);
        for (uint32_t i = 0; i < config.people; i++) {
            Deeds d = follow(workload, i, config.people, 5 * DAY);

            for (int hour = 0; hour < 24; hour++)
                by_hour[k][hour] += d.by_hour[hour];
        }
        workload_free(workload);
    }
    g_assert_cmpfloat_with_epsilon(by_hour[0][4] / (double)by_hour[0][18], 1, 0.15);
    g_assert_cmpfloat(by_hour[1][4] / (double)by_hour[1][18], <, 0.5);
}

static void
test_writing_ends_and_presence_goes_on(void)
{
    WorkloadConfig config = BASE;
    Workload *workload = workload_new(&config, 42, 2 * DAY, 5 * DAY);
    unsigned goes = 0;
    Time last = 0;

    for (uint32_t i = 0; i < config.people; i++) {
        Deeds d = follow(workload, i, config.people, 5 * DAY);

        g_assert_cmpint(d.last_message, <, 2 * DAY);
        last = MAX(last, d.last_message);
        goes += d.goes;
    }
    g_assert_cmpint(last, >, 2 * DAY - HOUR);
    g_assert_cmpuint(goes, >, config.people * 8 * 3);
    workload_free(workload);
}

/* --- independence --- */

/* When a person acts, and how much it writes, does not depend on how many others there are,
 * on what they do, or on the order in which they are asked. */
static void
test_people_do_not_move_each_other(void)
{
    WorkloadConfig config = BASE;
    Workload *few, *many;
    unsigned same_recipient = 0, n = 0;
    PersonAction a;

    config.people = 10;
    few = workload_new(&config, 42, 5 * DAY, 5 * DAY);
    config.people = 300;
    many = workload_new(&config, 42, 5 * DAY, 5 * DAY);
    for (uint32_t i = 0; i < 300; i++)
        if (i != 3)
            (void)workload_next(many, i);
    do {
        PersonAction b = workload_next(many, 3);

        a = workload_next(few, 3);
        g_assert_cmpint(a.kind, ==, b.kind);
        g_assert_cmpint(a.at, ==, b.at);
        g_assert_cmpuint(a.message, ==, b.message);
        g_assert_cmpuint(a.bytes, ==, b.bytes);
        n += a.kind == PERSON_WRITES;
        same_recipient += a.kind == PERSON_WRITES && a.to == b.to;
    } while (a.kind != PERSON_RESTS);
    g_assert_cmpuint(n, >, 10);
    g_assert_cmpuint(same_recipient, <, n);
    workload_free(few);
    workload_free(many);
}

static void
test_seeds_differ(void)
{
    Workload *a = workload_new(&BASE, 42, DAY, DAY);
    Workload *b = workload_new(&BASE, 43, DAY, DAY);
    unsigned same = 0;

    for (uint32_t i = 0; i < BASE.people; i++)
        same += workload_next(a, i).at == workload_next(b, i).at;
    g_assert_cmpuint(same, <, 5);
    workload_free(a);
    workload_free(b);
}

/* Alone, nobody writes; without sessions, nobody comes. */
static void
test_edges(void)
{
    WorkloadConfig config = BASE;
    Workload *workload;
    Deeds d;

    config.people = 1;
    config.always_share = 1;
    workload = workload_new(&config, 42, DAY, DAY);
    d = follow(workload, 0, 1, DAY);
    g_assert_cmpuint(d.messages, ==, 0);
    g_assert_cmpuint(d.comes, ==, 1);
    g_assert_cmpfloat(workload_messages_per_day(workload), ==, 0);
    g_assert_cmpuint(workload_contacts(workload, 0), ==, 0);
    workload_free(workload);

    config = BASE;
    config.people = 3;
    config.always_share = 0;
    config.sessions_per_day = 0;
    workload = workload_new(&config, 42, DAY, DAY);
    d = follow(workload, 0, 3, DAY);
    g_assert_cmpuint(d.comes, ==, 0);
    g_assert_cmpfloat(workload_messages_per_day(workload), ==, 0);
    workload_free(workload);

    config.sessions_per_day = 1000; /* more than a day holds */
    workload = workload_new(&config, 42, DAY, DAY);
    d = follow(workload, 0, 3, DAY);
    g_assert_cmpuint(d.comes, ==, 1);
    g_assert_cmpuint(d.goes, ==, 0);
    workload_free(workload);
    workload_free(NULL);
}

/* Shares and sizes of what is written, against what was asked for: within four standard
 * errors.  The texts are those of a workload that knows no files. */
static void
test_contents(void)
{
    WorkloadConfig config = BASE, plain = BASE;
    double n = 0, of[4] = { 0 }, log_bytes = 0, seconds = 0, se;
    Workload *files, *texts;

    plain.people = config.people = 300;
    plain.presence = config.presence = PRESENCE_ALWAYS;
    config.attachment_share = 0.3;
    config.image_share = 0.8;
    config.voice_share = 0.1;
    config.file_median_bytes = 150000;
    config.file_sigma = 1;
    config.file_max_bytes = 9500000;
    config.voice_mean = 15 * SECOND;
    config.voice_max = 300 * SECOND;
    config.voice_bytes_per_s = 6570;
    files = workload_new(&config, 3, 2 * DAY, 2 * DAY);
    texts = workload_new(&plain, 3, 2 * DAY, 2 * DAY);
    for (uint32_t i = 0; i < config.people; i++) {
        PersonAction a, b;

        do {
            a = workload_next(files, i);
            b = workload_next(texts, i);
            g_assert_cmpint(a.at, ==, b.at);
            g_assert_cmpuint(a.to, ==, b.to);
            g_assert_cmpuint(b.content, ==, PERSON_TEXT);
            if (a.kind != PERSON_WRITES)
                continue;
            n++;
            of[a.content]++;
            if (a.content == PERSON_TEXT)
                g_assert_cmpuint(a.bytes, ==, b.bytes);
            else if (a.content == PERSON_VOICE)
                seconds += a.bytes / 6570.0;
            else
                log_bytes += log(a.bytes);
            g_assert_cmpuint(a.bytes, <=, config.file_max_bytes);
        } while (a.kind != PERSON_RESTS);
    }
    g_assert_cmpfloat(n, >, 5000);
    se = sqrt(0.1 * 0.9 / n);
    g_assert_cmpfloat(fabs(of[PERSON_VOICE] / n - 0.1), <, 4 * se);
    se = sqrt(0.24 * 0.76 / n);
    g_assert_cmpfloat(fabs(of[PERSON_IMAGE] / n - 0.24), <, 4 * se);
    se = sqrt(0.06 * 0.94 / n);
    g_assert_cmpfloat(fabs(of[PERSON_FILE] / n - 0.06), <, 4 * se);
    n = of[PERSON_IMAGE] + of[PERSON_FILE];
    g_assert_cmpfloat(fabs(log_bytes / n - log(150000)), <, 4 / sqrt(n));
    /* max(1, X) of an exponential X of mean 15: 1 + 15 exp(-1/15), less 15 exp(-20) */
    n = of[PERSON_VOICE];
    g_assert_cmpfloat(fabs(seconds / n - (1 + 15 * exp(-1 / 15.0))), <, 4 * 15 / sqrt(n));
    workload_free(files);
    workload_free(texts);
}

/* Where conversations go, and those who come rarely: a day away or ten minutes there on
 * average (the mean of many is near); what was drawn before stays as it was. */
static void
test_places_and_rare_people(void)
{
    WorkloadConfig config = BASE, plain = BASE;
    double n = 0, of[3] = { 0 }, in_group = 0, online_s = 0, rare_messages = 0;
    Workload *some, *none, *rare;

    plain.people = config.people = 400;
    config.circles = (CirclesConfig){ .groups = 2,
                                      .group_min = 3,
                                      .group_max = 100,
                                      .group_exponent = 2,
                                      .rooms = 5,
                                      .rooms_joined = 1 };
    config.group_share = 0.3;
    config.room_share = 0.2;
    some = workload_new(&config, 3, 2 * DAY, 2 * DAY);
    none = workload_new(&plain, 3, 2 * DAY, 2 * DAY);
    for (uint32_t i = 0; i < config.people; i++) {
        const uint32_t *circle;
        bool grouped = circles_groups_of(workload_circles(some), i, &circle) > 0;
        PersonAction a, b;

        do {
            a = workload_next(some, i);
            b = workload_next(none, i);
            g_assert_cmpint(a.at, ==, b.at);
            g_assert_cmpuint(a.to, ==, b.to);
            g_assert_cmpuint(a.bytes, ==, b.bytes);
            g_assert_cmpuint(b.place, ==, PERSON_TO_CONTACT);
            if (a.kind != PERSON_WRITES)
                continue;
            n++;
            of[a.place]++;
            in_group += grouped;
            g_assert_true(a.place != PERSON_TO_GROUP || grouped);
        } while (a.kind != PERSON_RESTS);
    }
    g_assert_cmpfloat(n, >, 5000);
    /* Messages of a conversation go together, so that the error is some times as large. */
    g_assert_cmpfloat(fabs(of[PERSON_TO_GROUP] / in_group - 0.3), <, 0.03);
    g_assert_cmpfloat(fabs(of[PERSON_TO_ROOM] / n - 0.2), <, 0.03);
    config = BASE;
    config.always_share = 0;
    config.rare_share = 1;
    config.rare_off = 1 * DAY;
    rare = workload_new(&config, 3, 20 * DAY, 20 * DAY);
    for (uint32_t i = 0; i < config.people; i++) {
        Deeds d = follow(rare, i, config.people, 20 * DAY);

        online_s += d.online_s;
        rare_messages += d.messages;
    }
    /* 20 sessions of 600 s each, within 4 standard errors; it writes as much while online
     * as those who are there 80 minutes a day. */
    n = 20.0 * config.people;
    g_assert_cmpfloat(fabs(online_s / n / 600 - 1440.0 / 1450), <, 4 * 1.5 / sqrt(n));
    g_assert_cmpfloat(fabs(rare_messages / n / 20 / (600.0 / 87000) * (80 / 1440.0) - 1), <,
                      0.2);
    workload_free(some);
    workload_free(none);
    workload_free(rare);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workload/means", test_means);
    g_test_add_func("/workload/people-differ", test_people_differ);
    g_test_add_func("/workload/recipients", test_recipients);
    g_test_add_func("/workload/sizes", test_sizes);
    g_test_add_func("/workload/daily-rhythm", test_daily_rhythm);
    g_test_add_func("/workload/writing-ends", test_writing_ends_and_presence_goes_on);
    g_test_add_func("/workload/people-do-not-move-each-other",
                    test_people_do_not_move_each_other);
    g_test_add_func("/workload/seeds-differ", test_seeds_differ);
    g_test_add_func("/workload/edges", test_edges);
    g_test_add_func("/workload/contents", test_contents);
    g_test_add_func("/workload/places-and-rare-people", test_places_and_rare_people);
    return g_test_run();
}
