/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "nodes/registry/gap.h"
#include "tests/lib/recording_port.h"

static gint
compare_durations(gconstpointer a, gconstpointer b)
{
    Duration left = *(const Duration *)a, right = *(const Duration *)b;

    return left < right ? -1 : left > right;
}

/* Kolmogorov and Smirnov: the largest distance to 1 - exp(-x), 1.63 / sqrt(n) at 1 %. */
static void
test_is_exponential(void)
{
    enum { N = 20000 };
    const Duration mean = 120 * SECOND;
    RecordingPort *recording = recording_port_new(7, 0);
    g_autofree Duration *gaps = g_new(Duration, N);
    double distance = 0, sum = 0;

    for (int i = 0; i < N; i++) {
        gaps[i] = gap_exponential(&recording->port, RANDOM_TIMER, mean);
        sum += (double)gaps[i];
    }
    qsort(gaps, N, sizeof *gaps, compare_durations);
    for (int i = 0; i < N; i++) {
        double expected = 1 - exp(-(double)gaps[i] / (double)mean);

        distance = MAX(distance, fabs((i + 1.0) / N - expected));
        distance = MAX(distance, fabs(expected - (double)i / N));
    }
    g_assert_cmpfloat(distance, <, 1.63 / sqrt(N));
    g_assert_cmpfloat(fabs(sum / N / (double)mean - 1), <, 4 / sqrt(N));
    recording_port_free(recording);
}

static void
test_is_never_nothing(void)
{
    RecordingPort *recording = recording_port_new(8, 0);

    for (int i = 0; i < 1000; i++)
        g_assert_cmpint(gap_exponential(&recording->port, RANDOM_TIMER, 2 * MILLISECOND),
                        >=, MILLISECOND);
    recording_port_free(recording);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/gap/is-exponential", test_is_exponential);
    g_test_add_func("/registry/gap/is-never-nothing", test_is_never_nothing);
    return g_test_run();
}
