/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network-status consensuses that Tor's CollecTor keeps, an hour apart: read one after
 * the other in any order, they become a record of when each relay was running.
 *
 * A relay is up from the first of a row of consensuses that list it with the flag Running
 * until an hour after the last.  A consensus that is missing ends nothing: a row runs over
 * the consensuses that are there.  The record goes from the first one to an hour after the
 * last.  A relay's network is the first half of the
 * address that was read first. */
#pragma once

#include "sim/fault/trace_text.h"
#include "sim/fault/uptime_trace.h"

/* 15 years of hours; relays of all consensuses together (18 months of 10,000). */
enum { TOR_CONSENSUSES_MAX = 1 << 17, TOR_SIGHTINGS_MAX = 1 << 27 };

typedef struct TorRecord TorRecord;

TorRecord *tor_record_new(void);
void tor_record_free(TorRecord *record);
uint32_t tor_record_count(const TorRecord *record); /* consensuses so far */
/* One text with one consensus or several.  ST_MALFORMED, ST_TOO_LARGE, with *ret_error; the
 * record is then good for nothing but to be freed. */
Status tor_record_add(TorRecord *record, Bytes text, TraceError *ret_error) WARN_UNUSED;
/* ST_NOT_FOUND: no relay was ever running; ST_TOO_LARGE: more intervals or relays than
 * uptime_trace.h allows.  The record stays the caller's. */
Status tor_record_finish(TorRecord *record, UptimeTrace **ret) WARN_UNUSED;
