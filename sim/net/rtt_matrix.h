/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a matrix of round-trip times as text: a line per host, numbers in milliseconds
 * between tabs or blanks (scenarios/data/planetlab-rtt.txt).  The loader unpacks files. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "nodes/base/bytes.h"

/* More hosts than any published matrix; bounds the memory to 64 MB. */
#define NET_RTT_HOSTS_MAX 4096u

/* The square matrix, in microseconds (rounded, half up), newly allocated for free().  It
 * must be symmetric with a zero diagonal.  On failure *ret_line is the line (from 1) and
 * *ret_error what was expected (static text); the other outputs are untouched.
 * ST_MALFORMED, ST_RANGE (a time beyond 2^32 us), ST_TOO_LARGE. */
Status net_parse_rtt(Bytes text, uint32_t **ret_rtt_us, uint32_t *ret_n, size_t *ret_line,
                     const char **ret_error) WARN_UNUSED;
