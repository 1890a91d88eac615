/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/endpoint.h"

#include <string.h>

static const Endpoint endpoints[KIND_COUNT] = {
    [KIND_STORAGE_RPC] = { DOOR_CLIENTS, "/storage_rpc/v1" },
    [KIND_ONION] = { DOOR_CLIENTS, "/onion_req/v2" },
    [KIND_PING_HTTPS] = { DOOR_CLIENTS, "/ping_test/v1" },
    [KIND_PING_OMQ] = { DOOR_NODES, "/sn/ping" },
    [KIND_ONION_HOP] = { DOOR_NODES, "/sn/onion_request" },
    [KIND_STORAGE_CC] = { DOOR_NODES, "/sn/storage_cc" },
    [KIND_DATA] = { DOOR_NODES, "/sn/data" },
    [KIND_ANTI_ENTROPY] = { DOOR_NODES, "/sn/anti_entropy" },
    [KIND_SEED_RPC] = { DOOR_REGISTRY, "/json_rpc" },
    [KIND_BLOCK] = { DOOR_REGISTRY, "/block" },
    [KIND_UPTIME_PROOF] = { DOOR_REGISTRY, "/uptime_proof" },
    [KIND_VOTE] = { DOOR_REGISTRY, "/vote" },
    [KIND_SERVER] = { DOOR_SERVER, "/oxen/v4/lsrpc" },
    [KIND_TELL] = { DOOR_NONE, NULL },
    [KIND_STORAGE_OMQ] = { DOOR_NONE, NULL },
    [KIND_MONITOR] = { DOOR_NONE, NULL },
    [KIND_NOTIFY] = { DOOR_NONE, NULL },
    [KIND_WEB] = { DOOR_NONE, NULL },
};

Endpoint
endpoint_of(MessageKind kind)
{
    return endpoints[kind];
}

MessageKind
endpoint_kind(DoorKind door, const char *path)
{
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (endpoints[kind].door == door && strcmp(endpoints[kind].path, path) == 0)
            return (MessageKind)kind;
    return KIND_COUNT;
}
