/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which places fail together: parts of the world, and hosters where no trace knows them. */
#pragma once

#include <stdint.h>

typedef enum Region {
    REGION_AFRICA,
    REGION_ASIA,
    REGION_EUROPE,
    REGION_NORTH_AMERICA,
    REGION_OCEANIA,
    REGION_SOUTH_AMERICA,
    REGIONS /* nowhere that is known */
} Region;

/* "africa", "north-america", ... */
const char *region_name(Region region);
/* REGIONS when there is none of this name. */
Region region_of_name(const char *name);
/* The part of the world of a country's two letters (ISO 3166, upper case); REGIONS: an
 * unknown code, or "". */
Region region_of_country(const char *country);

/* A synthetic hoster, 0 .. n - 1 (n > 0), by Zipf's law: the i-th (from 1) with a chance in
 * proportion to 1 / i^exponent. */
uint32_t zipf_hoster(uint32_t n, double exponent, uint64_t word);
