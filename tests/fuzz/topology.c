/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Graphs of places: what is read has a path between any two, none longer than an edge that
 * stands for it, and losses that are chances. */
#include "tests/fuzz/fuzz.h"

#include "sim/net/topology.h"

static void
check_topology(const Topology *t)
{
    fuzz_check(t->n > 0 && t->n <= TOPOLOGY_PLACES_MAX);
    fuzz_check(t->first[TOPOLOGY_COUNTRIES] <= t->n);
    for (uint32_t i = 0; i < t->n; i++) {
        const TopologyPlace *place = &t->places[i];

        fuzz_check(strlen(place->country) % 2 == 0 && strlen(place->country) <= 2);
        fuzz_check(place->up_bits_per_s >= 0 && place->up_bits_per_s <= 1e15);
        fuzz_check(t->by_country[i] < t->n);
        fuzz_check(topology_draw(t, place->country, i * 0x9e3779b97f4a7c15) < t->n);
        for (uint32_t j = 0; j < t->n; j++) {
            size_t at = (size_t)i * t->n + j;

            fuzz_check(i == j || t->latency_us[at] != TOPOLOGY_NO_PATH);
            fuzz_check(t->loss == NULL || (t->loss[at] >= 0 && t->loss[at] <= 1));
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Topology *topology = NULL;
    size_t line = 0;
    const char *error = NULL;

    if (topology_parse((Bytes){ data, n }, &topology, &line, &error) == ST_OK)
        check_topology(topology);
    else
        fuzz_check(topology == NULL && line > 0 && error != NULL);
    topology_free(topology);
    return 0;
}
