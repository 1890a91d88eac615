/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/status.h"

const char *
status_name(Status status)
{
    static const char *const names[STATUS_COUNT] = {
        [ST_OK] = "ok",
        [ST_TRUNCATED] = "truncated",
        [ST_MALFORMED] = "malformed",
        [ST_TOO_LARGE] = "too_large",
        [ST_RANGE] = "range",
        [ST_AUTH] = "auth",
        [ST_NOT_FOUND] = "not_found",
        [ST_FULL] = "full",
        [ST_DUPLICATE] = "duplicate",
        [ST_EXPIRED] = "expired",
        [ST_REFUSED] = "refused",
        [ST_UNAVAILABLE] = "unavailable",
    };

    if ((unsigned)status >= STATUS_COUNT)
        return "unknown";
    return names[status];
}
