/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a node posts to beyond the network, out of a peer's words (protocol 4.1). */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"

/* NULL: that is no host name (letters, digits, '.', '-', '_'), or no target that a node may
 * post to (onion_target_allowed, of characters that a path may have). */
GUri *server_uri(const ServerUrl *url);
