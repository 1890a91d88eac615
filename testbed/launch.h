/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the testbed's processes begin: this program once more, which reads commands on its
 * standard input, says what happens on its standard output, and ends when its supervisor
 * does. */
#pragma once

#include <gio/gio.h>

#include "nodes/crypto/crypto.h"

/* A launcher of children that do not outlive us; what they complain of goes to @log. */
GSubprocessLauncher *launch_new(const char *log);
/* Make @folder, and in it the file `key`.  False with @error. */
bool launch_write_key(const char *folder, const uint8_t seed[KEY_BYTES], GError **error);
/* How a process ended, to be freed. */
char *launch_describe_end(GSubprocess *process);
/* 0: there is none. */
int launch_pid(GSubprocess *process);
