/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "clients/workload/contacts.h"
#include "sim/core/stream.h"

static Contacts contacts;

static void
test_distinct_others(void)
{
    static const uint32_t PEOPLE[] = { 2, 3, 4, 5, 6, 17, 18, 64, 65, 66, 1000 };

    for (size_t k = 0; k < G_N_ELEMENTS(PEOPLE); k++) {
        uint32_t people = PEOPLE[k];

        contacts_init(&contacts, 42, people, 5, 1);
        for (uint32_t person = 0; person < people; person += 1 + people / 50) {
            g_autofree bool *known = g_new0(bool, people);

            known[person] = true;
            for (size_t i = 0; i < people - 1; i++) {
                uint32_t other = contacts_at(&contacts, person, i);

                g_assert_cmpuint(other, <, people);
                g_assert_false(known[other]);
                known[other] = true;
            }
            g_assert_cmpuint(contacts_count(&contacts, person), >=, 1);
            g_assert_cmpuint(contacts_count(&contacts, person), <=, people - 1);
        }
    }
    contacts_init(&contacts, 42, 1, 5, 1);
    g_assert_cmpuint(contacts_count(&contacts, 0), ==, 0);
}

/* How often each is somebody's i-th contact: chi-square with people - 1 degrees, which has
 * mean n and variance 2 n. */
static void
test_contacts_are_evenly_spread(void)
{
    enum { PEOPLE = 20001, BUCKETS = 200 };
    double n = BUCKETS - 1, chi2;

    contacts_init(&contacts, 42, PEOPLE, 5, 1);
    for (size_t i = 0; i < 4; i++) {
        unsigned seen[BUCKETS] = { 0 };

        chi2 = 0;
        for (uint32_t person = 0; person < PEOPLE; person++)
            seen[contacts_at(&contacts, person, i) % BUCKETS]++;
        for (unsigned b = 0; b < BUCKETS; b++) {
            double expected = PEOPLE / (double)BUCKETS;

            chi2 += (seen[b] - expected) * (seen[b] - expected) / expected;
        }
        g_assert_cmpfloat(fabs(chi2 - n), <, 4 * sqrt(2 * n));
    }
}

/* Mean 8 and sigma 1: median 8 exp(-1/2); the share below a bound by the normal law. */
static void
test_number_of_contacts(void)
{
    enum { PEOPLE = 40000 };
    double sum = 0, below = 0, one = 0;
    double median = 8 * exp(-0.5);
    double want_below = 0.5 * erfc(-log(10.5 / median) / G_SQRT2);
    double want_one = 0.5 * erfc(-log(1.5 / median) / G_SQRT2);

    contacts_init(&contacts, 42, PEOPLE, 8, 1);
    for (uint32_t person = 0; person < PEOPLE; person++) {
        size_t n = contacts_count(&contacts, person);

        sum += (double)n;
        below += n <= 10;
        one += n == 1;
    }
    /* A log-normal with sigma 1 has a standard deviation of 1.31 times its mean. */
    g_assert_cmpfloat(fabs(sum / PEOPLE - 8), <, 4 * 8 * 1.31 / sqrt(PEOPLE));
    g_assert_cmpfloat(fabs(below / PEOPLE - want_below), <, 4 * 0.5 / sqrt(PEOPLE));
    g_assert_cmpfloat(fabs(one / PEOPLE - want_one), <, 4 * 0.3 / sqrt(PEOPLE));
}

static void
test_picks_follow_zipf(void)
{
    enum { DRAWS = 100000, N = 12 };
    const StreamKey key = { 42, stream_name("pick", 0), 0, 0 };
    unsigned seen[N] = { 0 };
    double harmonic = 0, chi2 = 0;

    contacts_init(&contacts, 42, 100, 5, 1);
    for (unsigned i = 0; i < DRAWS; i++)
        seen[contacts_pick(&contacts, N, stream_word(&key, i))]++;
    for (unsigned i = 1; i <= N; i++)
        harmonic += 1.0 / i;
    for (unsigned i = 0; i < N; i++) {
        double expected = DRAWS / harmonic / (i + 1);

        chi2 += (seen[i] - expected) * (seen[i] - expected) / expected;
    }
    g_assert_cmpfloat(chi2, <, 24.7); /* 11 degrees, 1 % */
    g_assert_cmpuint(contacts_pick(&contacts, 1, UINT64_MAX), ==, 0);
    g_assert_cmpuint(contacts_pick(&contacts, CONTACTS_MAX, UINT64_MAX), ==,
                     CONTACTS_MAX - 1);
    g_assert_cmpuint(contacts_pick(&contacts, CONTACTS_MAX, 0), ==, 0);
}

/* --- a small world
 * ---------------------------------------------------------------------------
 */

static bool
knows(uint32_t person, uint32_t other)
{
    for (size_t i = 0; i < contacts_count(&contacts, person); i++)
        if (contacts_at(&contacts, person, i) == other)
            return true;
    return false;
}

static void
test_small_world_distinct(void)
{
    static const struct {
        uint32_t people;
        double mean, rewire;
    } worlds[] = { { 2, 8, 0.5 }, { 9, 8, 0.5 },   { 10, 8, 1 },
                   { 17, 7, 1 },  { 200, 8, 0.1 }, { 200, 1, 1 } };

    for (guint w = 0; w < G_N_ELEMENTS(worlds); w++) {
        uint32_t n = worlds[w].people;

        contacts_init(&contacts, 42, n, worlds[w].mean, 1);
        contacts_small_world(&contacts, worlds[w].mean, worlds[w].rewire);
        for (uint32_t person = 0; person < n; person++) {
            size_t count = contacts_count(&contacts, person);

            g_assert_cmpuint(count, ==, MIN(worlds[w].mean, n - 1));
            for (size_t i = 0; i < count; i++) {
                uint32_t other = contacts_at(&contacts, person, i);

                g_assert_cmpuint(other, <, n);
                g_assert_cmpuint(other, !=, person);
                for (size_t j = 0; j < i; j++)
                    g_assert_cmpuint(other, !=, contacts_at(&contacts, person, j));
            }
        }
    }
}

/* Clustering of the ring: of the pairs among one's contacts 3 (k - 2) / (4 (k - 1)) know
 * each other (Watts and Strogatz 1998); and with far links about (1 - beta)^3 of that. */
static double
clustering(uint32_t people)
{
    unsigned linked = 0, pairs = 0;

    for (uint32_t person = 0; person < people; person++)
        for (size_t i = 0; i < contacts_count(&contacts, person); i++)
            for (size_t j = 0; j < i; j++, pairs++)
                linked += knows(contacts_at(&contacts, person, i),
                                contacts_at(&contacts, person, j));
    return (double)linked / pairs;
}

static void
test_small_world_clusters(void)
{
    enum { PEOPLE = 2000, K = 8 };
    double ring = 3.0 * (K - 2) / (4.0 * (K - 1)), far = 0;

    contacts_init(&contacts, 42, PEOPLE, K, 1);
    contacts_small_world(&contacts, K, 0);
    g_assert_cmpfloat(fabs(clustering(PEOPLE) - ring), <, 1e-12);
    contacts_small_world(&contacts, K, 0.1);
    g_assert_cmpfloat(fabs(clustering(PEOPLE) - ring * 0.9 * 0.9 * 0.9), <, 0.01);
    for (uint32_t person = 0; person < PEOPLE; person++)
        for (size_t i = 0; i < K; i++) {
            uint32_t away = (contacts_at(&contacts, person, i) + PEOPLE - person) % PEOPLE;

            far += away > K / 2 && away < PEOPLE - K / 2;
        }
    g_assert_cmpfloat(fabs(far / (PEOPLE * K) - 0.1), <,
                      4 * sqrt(0.1 * 0.9 / (PEOPLE * K)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workload/contacts-distinct-others", test_distinct_others);
    g_test_add_func("/workload/contacts-evenly-spread", test_contacts_are_evenly_spread);
    g_test_add_func("/workload/contacts-number", test_number_of_contacts);
    g_test_add_func("/workload/contacts-zipf", test_picks_follow_zipf);
    g_test_add_func("/workload/small-world-distinct", test_small_world_distinct);
    g_test_add_func("/workload/small-world-clusters", test_small_world_clusters);
    return g_test_run();
}
