/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sources of GLib's main loop, held by who waits for them. */
#pragma once

#include <glib.h>

/* It will not be heard any more; *source is NULL afterwards.  Takes one that is NULL. */
void source_drop(GSource **source);
