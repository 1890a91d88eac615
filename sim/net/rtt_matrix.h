/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a matrix of round-trip times as text: a line per host, numbers between tabs,
 * blanks or commas (scenarios/data/planetlab-rtt.txt; NetLatency-Data has PlanetLab in
 * milliseconds and Seattle in seconds, King's data are in microseconds).  The loader
 * unpacks files. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "nodes/base/bytes.h"

/* More hosts than any published matrix; bounds the memory to 64 MB. */
#define NET_RTT_HOSTS_MAX 4096u

typedef enum RttUnit { RTT_UNIT_MS, RTT_UNIT_US, RTT_UNIT_S } RttUnit;

/* The square matrix, in microseconds (rounded, half up), newly allocated for free().  Where
 * the two directions of a pair were measured apart it holds their mean; the diagonal, a
 * host with itself, becomes zero.  On failure *ret_line is the line (from 1) and *ret_error
 * what was expected (static text); the other outputs are untouched.  ST_MALFORMED, ST_RANGE
 * (a time beyond 2^32 us), ST_TOO_LARGE. */
Status net_parse_rtt(Bytes text, RttUnit unit, uint32_t **ret_rtt_us, uint32_t *ret_n,
                     size_t *ret_line, const char **ret_error) WARN_UNUSED;
/* False when more than half of the pairs are over 10 s apart: no network is, but a matrix
 * that was read in too large a unit. */
bool net_rtt_plausible(const uint32_t *rtt_us, uint32_t n);
