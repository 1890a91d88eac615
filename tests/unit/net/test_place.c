/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/net/place.h"
#include "sim/net/rtt_matrix.h"
#include "tests/unit/net/planetlab.h"

static const char *const countries[] = { "US", "DE", "NL", "FR", "SE", "CH", "GB", "CA",
                                         "FI", "JP", "AU", "BR", "ZA", "IN", "PL", "RO" };

/* Hosts on a circle: the round-trip time grows with the distance on it. */
static uint32_t *
circle_new(uint32_t n)
{
    uint32_t *rtt_us = g_new(uint32_t, n * n);

    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            uint32_t distance = i < j ? j - i : i - j;

            rtt_us[i * n + j] = 1000 * MIN(distance, n - distance);
        }
    }
    return rtt_us;
}

static uint32_t *
measured(uint32_t *ret_n)
{
    g_autoptr(GByteArray) text = planetlab_text();
    uint32_t *rtt_us = NULL;
    const char *error = "";
    size_t line = 0;

    g_assert_true(net_parse_rtt((Bytes){ text->data, text->len }, RTT_UNIT_MS, &rtt_us,
                                ret_n, &line, &error) == ST_OK);
    return rtt_us;
}

static void
test_a_cluster_is_a_neighbourhood(void)
{
    enum { N = 480 };
    g_autofree uint32_t *rtt_us = circle_new(N);
    Places *places = places_new(rtt_us, N, 1);
    uint32_t seen[N] = { 0 };
    uint32_t different = 0;
    uint32_t first = places_draw(places, "DE", 0);

    for (uint64_t name = 0; name < 2000; name++) {
        uint32_t place = places_draw(places, "DE", stream_name("node", name));

        g_assert_cmpuint(rtt_us[first * N + place], <=, 11 * 1000);
        different += seen[place]++ == 0;
    }
    g_assert_cmpuint(different, ==, N / 40);
    for (uint32_t i = 0; i < N; i++)
        g_assert_true(seen[i] == 0 || seen[i] > 100);
    places_free(places);
}

/* With clusters of one host, the centre is what is drawn. */
static void
test_assigned_codes_have_their_own_centres(void)
{
    enum { N = 79 };
    static const char first_letters[] = "ABC";
    g_autofree uint32_t *rtt_us = circle_new(N);

    for (uint64_t seed = 0; seed < 20; seed++) {
        Places *places = places_new(rtt_us, N, seed);
        uint32_t taken[N] = { 0 };

        for (const char *f = first_letters; *f != '\0'; f++) {
            static const char *const seconds[] = { "DEFGILMOQRSTUWXZ",
                                                   "ABDEFGHIJLMNOQRSTVWYZ",
                                                   "ACDFGHIKLMNORUVWXYZ" };

            for (const char *s = seconds[*f - 'A']; *s != '\0'; s++) {
                const char code[] = { *f, *s, '\0' };

                g_assert_cmpuint(taken[places_draw(places, code, 5)]++, ==, 0);
            }
        }
        places_free(places);
    }
}

static void
test_places_hang_on_seed_country_and_name_alone(void)
{
    enum { N = 200 };
    g_autofree uint32_t *rtt_us = circle_new(N);
    Places *forward = places_new(rtt_us, N, 7);
    Places *backward = places_new(rtt_us, N, 7);
    Places *other = places_new(rtt_us, N, 8);
    uint32_t places[G_N_ELEMENTS(countries)];
    uint32_t moved = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(countries); i++) {
        places[i] = places_draw(forward, countries[i], i);
        moved += places_draw(other, countries[i], i) != places[i];
    }
    for (size_t i = G_N_ELEMENTS(countries); i-- > 0;)
        g_assert_cmpuint(places_draw(backward, countries[i], i), ==, places[i]);
    g_assert_cmpuint(moved, >=, G_N_ELEMENTS(countries) - 3);
    g_assert_cmpuint(places_draw(forward, "de", 1), ==, places_draw(forward, "DE", 1));
    places_free(forward);
    places_free(backward);
    places_free(other);
}

static void
test_an_unknown_country_is_anywhere(void)
{
    static const char *const unknown[] = { "", "?", "??", "D", "DEU", "4E", "E4", "@@" };
    enum { N = 100 };
    g_autofree uint32_t *rtt_us = circle_new(N);
    Places *places = places_new(rtt_us, N, 3);

    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        uint32_t seen[N] = { 0 };
        uint32_t different = 0;

        for (uint64_t name = 0; name < 1000; name++)
            different += seen[places_draw(places, unknown[i], name)]++ == 0;
        g_assert_cmpuint(different, >, 95);
    }
    places_free(places);
}

/* In the measured matrix, two hosts of one country are much nearer than two of any. */
static void
test_countries_are_nearer_than_random_pairs(void)
{
    uint32_t n = 0;
    g_autofree uint32_t *rtt_us = measured(&n);
    Places *places = places_new(rtt_us, n, 42);
    double near = 0;
    double far = 0;

    for (size_t c = 0; c < G_N_ELEMENTS(countries); c++) {
        for (uint64_t i = 0; i < 200; i++) {
            uint32_t a = places_draw(places, countries[c], 2 * i);
            uint32_t b = places_draw(places, countries[c], 2 * i + 1);
            uint32_t d = places_draw(places, "", 2 * i);
            uint32_t e = places_draw(places, "", 2 * i + 1);

            near += rtt_us[a * n + b];
            far += rtt_us[d * n + e];
        }
    }
    g_assert_cmpfloat(near, <, far / 4);
    places_free(places);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/place/a-cluster-is-a-neighbourhood",
                    test_a_cluster_is_a_neighbourhood);
    g_test_add_func("/net/place/assigned-codes-have-their-own-centres",
                    test_assigned_codes_have_their_own_centres);
    g_test_add_func("/net/place/places-hang-on-seed-country-and-name-alone",
                    test_places_hang_on_seed_country_and_name_alone);
    g_test_add_func("/net/place/an-unknown-country-is-anywhere",
                    test_an_unknown_country_is_anywhere);
    g_test_add_func("/net/place/countries-are-nearer-than-random-pairs",
                    test_countries_are_nearer_than_random_pairs);
    return g_test_run();
}
