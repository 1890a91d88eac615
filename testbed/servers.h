/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The servers beyond the onion of a testbed, each a `swarmbed server` of its own: a file
 * server and an open-group server (with one room, unless told otherwise). */
#pragma once

#include "testbed/children.h"
#include "testbed/plan.h"

enum {
    TESTBED_FILE_SERVER,
    TESTBED_OPEN_GROUP_SERVER,
    TESTBED_SERVERS,
    TESTBED_PORT_SERVERS = 22024 /* of the first; they have the registry's address */
};

#define TESTBED_ROOM "lobby"

typedef struct Servers Servers;

/* As FleetSpec; the server's number comes where a node's would. */
typedef struct ServersSpec {
    const TestbedPlan *plan;
    const char *scenario;
    char *const *set;
    void (*changed)(void *context, uint32_t server, const char *what);
    void *context;
} ServersSpec;

Servers *servers_new(const ServersSpec *spec);
/* The open-group server's, from its next start on (copied; NULL at the end). */
void servers_set_rooms(Servers *servers, const char *const *rooms);
const char *const *servers_rooms(const Servers *servers);
void servers_free(Servers *servers); /* kills what is left; takes NULL */

/* "file-server", "open-group-server"; as words of `ctl`, and folders. */
const char *servers_name(uint32_t server);
/* CHILD_STARTING, _UP, _ENDING or _DOWN. */
ChildState servers_state(const Servers *servers, uint32_t server);
int servers_pid(const Servers *servers, uint32_t server); /* 0: down */
/* To be freed. */
char *servers_folder(const TestbedPlan *plan, uint32_t server);
char *servers_url(const TestbedPlan *plan, uint32_t server);
Address servers_address(const TestbedPlan *plan, uint32_t server);
void servers_key(const TestbedPlan *plan, uint32_t server, uint8_t ret[KEY_BYTES]);

/* Start it; nothing happens to one that is there.  False with @error. */
bool servers_start(Servers *servers, uint32_t server, GError **error);
void servers_stop(Servers *servers, uint32_t server);    /* SIGTERM */
void servers_kill(Servers *servers, uint32_t server);    /* SIGKILL */
void servers_restart(Servers *servers, uint32_t server); /* stopped first, if it is up */
