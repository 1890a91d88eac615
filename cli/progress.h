/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The progress of a run on a terminal: simulated time, rate, time left.  Elsewhere a line
 * now and then. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nodes/base/time.h"

typedef struct Progress {
    char title[128];
    int64_t begin_us, shown_us;
    bool on, terminal;
} Progress;

/* @title: which run this is; cut after some hundred characters. */
void progress_begin(Progress *progress, const char *title, bool on);
/* As WorldOptions.progress; @context is a Progress. */
void progress_show(void *context, Time now, Time end, uint64_t events);
/* Of a run over sockets, in real time. */
void progress_show_live(void *context, Time now, Time end, uint64_t sent, uint64_t opened);
/* What begins now, of work whose length nobody knows: a terminal shows it at once (""
 * clears the line), elsewhere it is a line when one is due. */
void progress_say(void *context, const char *text);
/* The last line; @why: NULL when the run came to its end. */
void progress_end(Progress *progress, const char *why);
