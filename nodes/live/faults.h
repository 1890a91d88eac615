/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faults on demand, in a node's own transport: what leaves the node (the requests that it
 * sends, the answers that it gives) leaves late or never, and some addresses it neither
 * reaches nor hears.  Told by its supervisor, one line a command. */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"

enum { FAULT_DELAY_MAX_MS = 600000, FAULT_SKEW_MAX_MS = 86400000, FAULT_APART_MAX = 65536 };

typedef struct LiveFaults {
    Duration delay;    /* everything leaves so much later */
    double drop;       /* share of what leaves that is lost */
    UnixMs skew;       /* of the wall clock */
    GHashTable *apart; /* addresses (ip) of the other side of a partition */
} LiveFaults;

void live_faults_init(LiveFaults *faults);
void live_faults_clear(LiveFaults *faults);
/* "delay MS", "drop SHARE", "skew MS", "partition [IP...]" (none: it is over).  False with
 * @faults unchanged, and what was expected in @ret_why, when it is none of these. */
bool live_faults_command(LiveFaults *faults, const char *line,
                         const char **ret_why) WARN_UNUSED;
/* Draw: is what leaves now lost? */
bool live_faults_drops(const LiveFaults *faults);
/* Is this address on the other side? */
bool live_faults_apart(const LiveFaults *faults, uint32_t ip);
/* Dotted, or 0. */
uint32_t live_ip_parse(const char *text);
/* To be freed. */
char *live_ip_text(uint32_t ip);
