/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The operating system's clocks and luck: nothing else in the project asks for them on
 * behalf of an actor. */
#pragma once

#include <stddef.h>

#include "nodes/base/time.h"

Time live_now(void); /* monotonic */
UnixMs live_unix_ms(void);
/* Unpredictable bytes.  Ends the process when the system has none. */
void live_random(void *out, size_t n);
