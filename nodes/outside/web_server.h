/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The foundation's web server, which people fetch the program from before they run it for
 * the first time: an ordinary server, that sees who asks.
 *   GET /download   the program; any other path 404, anything but a GET 400 */
#pragma once

#include "nodes/base/port.h"

/* Of a request line. */
enum { WEB_PATH_MAX = 1024 };

typedef struct WebServer WebServer;

/* @port is borrowed.  The program has @program_bytes, all zero: nobody runs it. */
WebServer *web_server_new(Port *port, uint32_t program_bytes);
/* On a WebServer. */
extern const ActorOps web_server_ops;
