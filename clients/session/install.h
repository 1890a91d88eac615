/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device that has no client yet: before the one on it is told anything for the first
 * time, it fetches the program from a web server, by name and over the ordinary network, as
 * a browser or an app store does.  What the client is told meanwhile waits.  Where nobody
 * has the name or the server does not answer, the client runs all the same: people get the
 * program elsewhere. */
#pragma once

#include "nodes/base/port.h"

enum {
    INSTALL_HELD_MAX = 1024 /* orders that wait; beyond, the client does without the rest */
};

typedef struct Installing Installing;

/* Around @inner, a client's actor (owned from now on), whose port is @port or one around it
 * (borrowed).  @host is static. */
Installing *installing_new(Port *port, const char *host, const ActorOps *inner_ops,
                           void *inner);
/* On an Installing; free frees the inner actor too. */
extern const ActorOps installing_ops;
