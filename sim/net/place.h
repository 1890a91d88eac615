/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where on the latency matrix a country lies.  The measured hosts have no known positions,
 * so each country gets a centre from the seed and its code alone (assigned codes never
 * share one while there are enough hosts), and its cluster is the centre with the hosts of
 * least round-trip time to it: a fortieth of all (12 of 490).  Neighbours are near, as in a
 * country; that it is this corner of the matrix means nothing. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct Places Places;

/* @rtt_us: matrix of @n > 0 hosts, borrowed. */
Places *places_new(const uint32_t *rtt_us, uint32_t n, uint64_t seed);
void places_free(Places *places);
/* A host of the country's cluster, or any host where the code is not two letters (of
 * either case).  @name: stable name of who asks, from which the host is drawn. */
uint32_t places_draw(Places *places, const char *country, uint64_t name);
size_t places_bytes(const Places *places);
