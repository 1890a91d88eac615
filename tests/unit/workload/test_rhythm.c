/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "clients/workload/rhythm.h"

static Rhythm rhythm;

static void
test_shape(void)
{
    double sum = 0;

    rhythm_init(&rhythm, 0.8, 0, 0);
    for (Time t = 30 * SECOND; t < DAY; t += MINUTE)
        sum += rhythm_at(&rhythm, t) / 1440;
    g_assert_cmpfloat_with_epsilon(sum, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(rhythm_at(&rhythm, 4 * HOUR), 0.2, 1e-12);
    g_assert_cmpfloat_with_epsilon(rhythm_at(&rhythm, 18 * HOUR), 1.8, 1e-12);
    g_assert_cmpfloat_with_epsilon(rhythm_at(&rhythm, 23 * HOUR), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon(rhythm_at(&rhythm, DAY + 23 * HOUR), 1, 1e-12);
    g_assert_cmpfloat(rhythm_present(&rhythm, 5 * HOUR), ==, 0);
}

/* Against the differential equation solved by small steps, over days until it repeats. */
static void
check_presence(double strength, double sessions, Duration session)
{
    double session_s = (double)session / 1e9;
    double p = 0, sum = 0, begun = 0;

    rhythm_init(&rhythm, strength, sessions, session);
    for (int day = 0; day < 40; day++)
        for (int s = 0; s < 8640; s++) {
            Time at = ((Time)s * 10 + 5) * SECOND;
            double begins = rhythm_at(&rhythm, at) / rhythm.off_s * (1 - p);

            p += 10 * (begins - p / session_s);
            if (day < 39)
                continue;
            sum += p / 8640;
            begun += begins * 10;
            if (s % 300 == 0)
                g_assert_cmpfloat(fabs(rhythm_present(&rhythm, at) - p), <, 0.02);
        }
    g_assert_cmpfloat_with_epsilon(rhythm.online, sessions * session_s / 86400, 1e-9);
    g_assert_cmpfloat_with_epsilon(sum, rhythm.online, 0.002 * rhythm.online);
    g_assert_cmpfloat_with_epsilon(begun, sessions, 0.002 * sessions);
}

static void
test_presence(void)
{
    check_presence(0, 25, 3 * MINUTE);
    check_presence(1, 25, 3 * MINUTE);
    check_presence(0.8, 6, 20 * MINUTE);
    check_presence(1, 2, 10 * HOUR);
    check_presence(0.5, 0.2, 5 * HOUR);
}

static void
test_always_and_never(void)
{
    rhythm_init(&rhythm, 1, 24, HOUR);
    g_assert_cmpfloat(rhythm.online, ==, 1);
    g_assert_cmpfloat(rhythm_present(&rhythm, 4 * HOUR), ==, 1);
    rhythm_init(&rhythm, 1, 24, 0);
    g_assert_cmpfloat(rhythm.online, ==, 0);
}

static void
test_time_zones(void)
{
    unsigned seen[24] = { 0 };

    for (uint64_t i = 0; i < 1000; i++) {
        Duration zone = rhythm_time_zone(UINT64_MAX / 1000 * i);

        g_assert_cmpint(zone % HOUR, ==, 0);
        g_assert_cmpint(zone, >=, 0);
        g_assert_cmpint(zone, <, DAY);
        seen[zone / HOUR]++;
    }
    g_assert_cmpuint(seen[1], >=, 249);
    g_assert_cmpuint(seen[1], <=, 251);
    g_assert_cmpuint(seen[16], >=, 59); /* 8 hours behind */
    g_assert_cmpint(rhythm_time_zone(UINT64_MAX), ==, 9 * HOUR);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workload/rhythm-shape", test_shape);
    g_test_add_func("/workload/rhythm-presence", test_presence);
    g_test_add_func("/workload/rhythm-always-and-never", test_always_and_never);
    g_test_add_func("/workload/rhythm-time-zones", test_time_zones);
    return g_test_run();
}
