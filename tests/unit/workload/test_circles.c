/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed groups and rooms of synthetic people (science 4.1). */
#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "clients/workload/circles.h"

enum { PEOPLE = 20000 };

static CirclesConfig
usual(void)
{
    return (CirclesConfig){ .groups = 2,
                            .group_min = 3,
                            .group_max = 100,
                            .group_exponent = 2,
                            .rooms = 10,
                            .rooms_joined = 1.5 };
}

/* Distinct members; the lists of groups and of people say the same. */
static void
test_lists_agree(void)
{
    CirclesConfig config = usual();
    Circles *circles = circles_new(&config, PEOPLE, 42);
    guint places = 0;

    for (uint32_t g = 0; g < circles_groups(circles); g++) {
        const uint32_t *members, *groups;
        uint32_t n = circles_members(circles, g, &members);

        g_assert_cmpuint(n, >=, 3);
        g_assert_cmpuint(n, <=, 100);
        places += n;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t there = circles_groups_of(circles, members[i], &groups);
            bool found = false;

            g_assert_cmpuint(members[i], <, PEOPLE);
            for (uint32_t j = 0; j < i; j++)
                g_assert_cmpuint(members[i], !=, members[j]);
            for (uint32_t j = 0; j < there; j++)
                found |= groups[j] == g;
            g_assert_true(found);
        }
    }
    /* As many as were asked for, but for a part of the last one. */
    g_assert_cmpfloat(fabs(places - 2.0 * PEOPLE), <=, 100);
    circles_free(circles);
}

/* The share of groups of at least n by the continuous law: ((101/n) - 1) / ((101/3) - 1).
 */
static void
test_sizes(void)
{
    static const uint32_t least[] = { 4, 6, 10, 30 };
    CirclesConfig config = usual();
    Circles *circles = circles_new(&config, PEOPLE, 7);
    uint32_t all = circles_groups(circles);

    for (guint i = 0; i < G_N_ELEMENTS(least); i++) {
        double expected = (101.0 / least[i] - 1) / (101.0 / 3 - 1);
        const uint32_t *members;
        uint32_t n = 0;

        for (uint32_t g = 0; g < all; g++)
            n += circles_members(circles, g, &members) >= least[i];
        g_assert_cmpfloat(fabs((double)n / all - expected), <,
                          4 * sqrt(expected * (1 - expected) / all));
    }
    circles_free(circles);
}

/* Distinct rooms, ascending; as many as asked for on average; the first the most loved. */
static void
test_rooms(void)
{
    CirclesConfig config = usual();
    Circles *circles = circles_new(&config, PEOPLE, 42);
    guint joined[10] = { 0 }, all = 0;

    for (uint32_t p = 0; p < PEOPLE; p++) {
        const uint32_t *rooms;
        uint32_t n = circles_rooms_of(circles, p, &rooms);

        g_assert_cmpuint(n, >=, 1);
        g_assert_cmpuint(n, <=, 2);
        all += n;
        for (uint32_t i = 0; i < n; i++) {
            g_assert_cmpuint(rooms[i], <, 10);
            g_assert_true(i == 0 || rooms[i - 1] < rooms[i]);
            joined[rooms[i]]++;
        }
    }
    g_assert_cmpfloat(fabs((double)all / PEOPLE - 1.5), <, 0.02);
    for (guint i = 1; i < 10; i++)
        g_assert_cmpuint(joined[i - 1], >, joined[i]);
    circles_free(circles);
}

static void
test_few_people(void)
{
    CirclesConfig config = usual();

    config.rooms_joined = 40;
    for (uint32_t people = 1; people < 6; people++) {
        Circles *circles = circles_new(&config, people, 3);
        const uint32_t *rooms;

        for (uint32_t g = 0; g < circles_groups(circles); g++) {
            const uint32_t *members;

            g_assert_cmpuint(circles_members(circles, g, &members), <=, people);
        }
        g_assert_cmpuint(circles_rooms_of(circles, 0, &rooms), ==, 10);
        circles_free(circles);
    }
}

static void
test_none(void)
{
    CirclesConfig config = { .rooms = 0 };
    Circles *circles = circles_new(&config, 10, 3);
    const uint32_t *list;

    g_assert_cmpuint(circles_groups(circles), ==, 0);
    g_assert_cmpuint(circles_groups_of(circles, 5, &list), ==, 0);
    g_assert_cmpuint(circles_rooms_of(circles, 5, &list), ==, 0);
    circles_free(circles);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workload/circles/lists-agree", test_lists_agree);
    g_test_add_func("/workload/circles/sizes", test_sizes);
    g_test_add_func("/workload/circles/rooms", test_rooms);
    g_test_add_func("/workload/circles/few-people", test_few_people);
    g_test_add_func("/workload/circles/none", test_none);
    return g_test_run();
}
