/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which message goes to which door and path.  Clients find the paths of protocol 3.1 at a
 * node's storage_port.  What nodes say to each other over OxenMQ in the real network goes
 * over HTTPS here, to storage_lmq_port, with the same bodies. */
#pragma once

#include "nodes/base/port.h"

typedef enum DoorKind {
    DOOR_CLIENTS,  /* HTTPS, anybody */
    DOOR_NODES,    /* HTTPS, both sides prove their node keys */
    DOOR_REGISTRY, /* HTTP */
    DOOR_SERVER,   /* HTTP: a server beyond the network of nodes */
    DOOR_NONE      /* this kind of message does not travel over sockets */
} DoorKind;

typedef struct Endpoint {
    DoorKind door;
    const char *path;
} Endpoint;

/* Where a message of this kind goes. */
Endpoint endpoint_of(MessageKind kind);
/* The kind that comes in here; KIND_COUNT: no such path. */
MessageKind endpoint_kind(DoorKind door, const char *path);
