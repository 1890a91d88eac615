/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's messages on disk: storage.db in the node's folder. */
#pragma once

#include <gio/gio.h>

#include "nodes/base/store.h"

/* Open or begin it; @folder is made when it is not there.  What ran out since the last
 * time, when nobody was there to sweep, is gone.  NULL with @error (the path, and why): the
 * folder cannot be made, or SQLite refuses the file.  To be closed. */
Store *node_store_open(const char *folder, uint64_t bytes_max, UnixMs now, GError **error);
