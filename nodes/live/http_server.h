/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes in over HTTP, handed to a node; what the node answers, as HTTP (protocol
 * 3.1). */
#pragma once

#include "nodes/live/door.h"
#include "nodes/live/faults.h"
#include "nodes/live/host.h"
#include "nodes/service/service.h"

typedef struct HttpServer HttpServer;

typedef struct HttpServerSpec {
    uint32_t ip;
    uint16_t port_https, port_omq;
    GTlsCertificate *certificate;
    LiveHost *host;
    const ServiceConfig *config; /* says the version */
    const LiveFaults *faults;
} HttpServerSpec;

/* All in the spec is borrowed.  NULL with @error: an address is in use. */
HttpServer *http_server_new(const HttpServerSpec *spec, GError **error);
void http_server_free(HttpServer *server); /* before its host; takes NULL */
