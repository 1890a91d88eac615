/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/observation_names.h"

#include <string.h>

#include "nodes/base/port.h"
#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "sim/adversary/observation.h"

const char *const observation_columns[OBSERVATION_COLUMNS + 1] = {
    "row",     "at_s",          "answered_after_s", "observer",
    "role",    "observer_ip",   "neighbour_ip",     "next_ip",
    "bytes",   "bytes_passed",  "bytes_answered",   "account",
    "content", "content_bytes", "status",           "kind",
    "layer",   "method",        "outgoing",         "batched",
    NULL
};

enum { OBSERVER_ROLES = OBSERVER_SERVER + 1 };

const char *
observer_role_name(uint8_t role)
{
    static const char *const names[OBSERVER_ROLES] = { "node", "line", "server" };

    return role < OBSERVER_ROLES ? names[role] : "";
}

const char *
observed_layer_name(uint8_t layer)
{
    static const char *const names[ONION_KINDS] = { "relay",    "final",   "server",
                                                    "bad_json", "bad_url", "unreadable" };

    return layer < ONION_KINDS ? names[layer] : "";
}

const char *
observed_kind_name(uint8_t kind)
{
    return kind < KIND_COUNT ? message_kind_name((MessageKind)kind) : "";
}

const char *
observed_method_name(uint8_t method)
{
    return method < RPC_UNKNOWN ? rpc_method_name((RpcMethod)method) : "";
}

/* The first of @count numbers with this name; "" is @none's. */
static bool
named(const char *name, const char *(*name_of)(uint8_t), uint8_t count, uint8_t none,
      uint8_t *ret)
{
    if (name[0] == '\0') {
        *ret = none;
        return true;
    }
    for (uint8_t i = 0; i < count; i++) {
        if (strcmp(name, name_of(i)) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool
observer_role_named(const char *name, uint8_t *ret)
{
    return name[0] != '\0' && named(name, observer_role_name, OBSERVER_ROLES, 0, ret);
}

bool
observed_layer_named(const char *name, uint8_t *ret)
{
    return named(name, observed_layer_name, ONION_KINDS, OBSERVED_NO_LAYER, ret);
}

bool
observed_kind_named(const char *name, uint8_t *ret)
{
    return named(name, observed_kind_name, KIND_COUNT, KIND_COUNT, ret);
}

bool
observed_method_named(const char *name, uint8_t *ret)
{
    return named(name, observed_method_name, RPC_UNKNOWN, RPC_UNKNOWN, ret);
}
