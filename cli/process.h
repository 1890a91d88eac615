/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `swarmbed node` and `swarmbed server` have in common: one actor on real sockets,
 * with its key in its folder, until somebody ends it. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Before sockets are opened: as many files as there may be, and no signal for a peer that
 * went away. */
void cli_process_begin(void);
/* The file `key` in @folder: 64 hex digits.  @make: where there is none, one is made, and
 * the folder.  FALSE with @error. */
gboolean cli_process_key(const char *folder, gboolean make, uint8_t ret[32],
                         GError **error);
/* Until SIGTERM or SIGINT; @supervised: until the end of standard input too, whose lines go
 * to @command (NULL: to nobody). */
void cli_process_run(gboolean supervised, void (*command)(void *context, const char *line),
                     void *context);
