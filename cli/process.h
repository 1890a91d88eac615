/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `swarmbed node` and `swarmbed server` have in common: one actor on real sockets
 * until somebody ends it. */
#pragma once

#include <glib.h>

/* Before sockets are opened: as many files as there may be, and no signal for a peer that
 * went away. */
void cli_process_begin(void);
/* Until SIGTERM or SIGINT; @supervised: until the end of standard input too, whose lines go
 * to @command (NULL: to nobody). */
void cli_process_run(gboolean supervised, void (*command)(void *context, const char *line),
                     void *context);
