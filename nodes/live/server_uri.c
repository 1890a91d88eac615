/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/server_uri.h"

#include <string.h>

#include "nodes/onion/onion.h"

enum { HOST_BYTES_MAX = 253 };

/* Nothing else may stand in a request's Host header. */
static bool
is_host(const char *host)
{
    size_t n = strlen(host);

    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(host[i]) && strchr(".-_", host[i]) == NULL)
            return false;
    return n > 0 && n <= HOST_BYTES_MAX;
}

static bool
is_target(const char *target)
{
    for (const char *p = target; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr("/._~-", *p) == NULL)
            return false;
    return onion_target_allowed(bytes_of_text(target));
}

GUri *
server_uri(const ServerUrl *url)
{
    if (!is_host(url->host) || !is_target(url->target))
        return NULL;
    return g_uri_build(G_URI_FLAGS_ENCODED, url->https ? "https" : "http", NULL, url->host,
                       url->port, url->target, NULL, NULL);
}
