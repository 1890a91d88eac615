/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of uptime as they lie on the disk: a file of any format that sim/fault reads, or
 * a folder (docs/traces.md). */
#pragma once

#include <gio/gio.h>

#include "sim/fault/trace_formats.h"

typedef struct TraceFile {
    UptimeTrace *trace;
    TraceFormat format;
    uint64_t ignored;     /* lines with words that say nothing of uptime (OverSim) */
    uint32_t consensuses; /* (Tor) */
} TraceFile;

/* False with one sentence in @error: file, line, what was expected. */
bool trace_file_read(const char *path, TraceFile *ret, GError **error);
void trace_file_clear(TraceFile *file);
