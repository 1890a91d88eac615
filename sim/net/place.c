/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/place.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/net/purpose.h"

enum { LETTERS = 26, CODES = LETTERS * LETTERS, CLUSTER_SHARE = 40 };

/* ISO 3166-1 alpha-2 as of 2024: by first letter, the second letters of assigned codes. */
static const char *const assigned[LETTERS] = {
    "DEFGILMOQRSTUWXZ",
    "ABDEFGHIJLMNOQRSTVWYZ",
    "ACDFGHIKLMNORUVWXYZ", /* A, B, C */
    "EJKMOZ",
    "CEGHRST",
    "IJKMOR", /* D, E, F */
    "ABDEFGHILMNPQRSTUWY",
    "KMNRTU",
    "DELMNOQRST", /* G, H, I */
    "EMOP",
    "EGHIMNPRWYZ",
    "ABCIKRSTUVY", /* J, K, L */
    "ACDEFGHKLMNOPQRSTUVWXYZ",
    "ACEFGILOPRUZ",
    "M", /* M, N, O */
    "AEFGHKLMNRSTWY",
    "A",
    "EOSUW", /* P, Q, R */
    "ABCDEGHIJKLMNORSTVXYZ",
    "CDFGHJKLMNORTVWZ",
    "AGMSYZ", /* S, T, U */
    "ACEGINU",
    "FS",
    "", /* V, W, X */
    "ET",
    "AMW", /* Y, Z */
};

struct Places {
    const uint32_t *rtt_us;
    uint32_t n;
    uint32_t cluster; /* hosts in one */
    uint64_t seed;
    uint32_t *shuffled; /* the hosts in the order in which codes take them as centres */
    uint32_t *clusters; /* by code: `cluster` hosts, once known */
    bool known[CODES];
    uint16_t rank[CODES]; /* assigned codes in ascending order, then the others */
};

static void
rank_codes(uint16_t rank[CODES])
{
    uint16_t next = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (int code = 0; code < CODES; code++) {
            const char *seconds = assigned[code / LETTERS];
            bool is_assigned = strchr(seconds, 'A' + code % LETTERS) != NULL;

            if (is_assigned == (pass == 0))
                rank[code] = next++;
        }
    }
    assert(next == CODES);
}

/* Fisher and Yates' shuffle. */
static void
shuffle(uint32_t *hosts, uint32_t n, uint64_t seed)
{
    const StreamKey key = { seed, 0, NET_PURPOSE_CENTRES, 0 };

    for (uint32_t i = 0; i < n; i++)
        hosts[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = (uint32_t)sample_below(stream_word(&key, i), i + 1);
        uint32_t host = hosts[i];

        hosts[i] = hosts[j];
        hosts[j] = host;
    }
}

Places *
places_new(const uint32_t *rtt_us, uint32_t n, uint64_t seed)
{
    Places *places = memory_zeroed(1, sizeof *places);

    assert(n > 0);
    places->rtt_us = rtt_us;
    places->n = n;
    places->seed = seed;
    places->cluster = n < CLUSTER_SHARE ? 1 : n / CLUSTER_SHARE;
    places->shuffled = memory_zeroed(n, sizeof *places->shuffled);
    places->clusters = memory_zeroed(CODES, places->cluster * sizeof *places->clusters);
    rank_codes(places->rank);
    shuffle(places->shuffled, n, seed);
    return places;
}

void
places_free(Places *places)
{
    if (places == NULL)
        return;
    free(places->shuffled);
    free(places->clusters);
    free(places);
}

size_t
places_bytes(const Places *places)
{
    return sizeof *places + places->n * sizeof *places->shuffled +
           (size_t)CODES * places->cluster * sizeof *places->clusters;
}

/* The hosts nearest to @centre (itself included), nearest first, equals by number: kept in
 * order by insertion while all hosts pass by. */
static void
find_cluster(const Places *places, uint32_t centre, uint32_t *ret_hosts)
{
    const uint32_t *rtt_us = places->rtt_us + (size_t)centre * places->n;
    uint32_t n = 0;

    for (uint32_t host = 0; host < places->n; host++) {
        uint32_t at = n < places->cluster ? n++ : n;

        while (at > 0 && rtt_us[host] < rtt_us[ret_hosts[at - 1]]) {
            if (at < n)
                ret_hosts[at] = ret_hosts[at - 1];
            at--;
        }
        if (at < n)
            ret_hosts[at] = host;
    }
}

/* 0..675, or -1 when it is not a code of two letters. */
static int
code_of(const char *country)
{
    int code = 0;

    for (int i = 0; i < 2; i++) {
        int letter = country[i] & ~('a' - 'A');

        if (letter < 'A' || letter > 'Z')
            return -1;
        code = code * LETTERS + letter - 'A';
    }
    return country[2] == '\0' ? code : -1;
}

static const uint32_t *
cluster_of(Places *places, int code)
{
    uint32_t *hosts = places->clusters + (size_t)code * places->cluster;

    if (!places->known[code])
        find_cluster(places, places->shuffled[places->rank[code] % places->n], hosts);
    places->known[code] = true;
    return hosts;
}

uint32_t
places_draw(Places *places, const char *country, uint64_t name)
{
    const StreamKey key = { places->seed, name, NET_PURPOSE_PLACE, 0 };
    uint64_t word = stream_word(&key, 0);
    int code = code_of(country);

    if (code < 0)
        return (uint32_t)sample_below(word, places->n);
    return cluster_of(places, code)[sample_below(word, places->cluster)];
}
