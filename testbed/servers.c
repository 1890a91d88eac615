/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/servers.h"

#include "nodes/live/faults.h"
#include "nodes/live/server.h"

struct Servers {
    ServersSpec spec;
    const TestbedPlan *plan;
    char **rooms; /* NULL at the end */
    Children *children;
};

static const char *const names[TESTBED_SERVERS] = {
    [TESTBED_FILE_SERVER] = "file-server",
    [TESTBED_OPEN_GROUP_SERVER] = "open-group-server",
};

/* What `swarmbed server` calls them. */
static const char *const kinds[TESTBED_SERVERS] = {
    [TESTBED_FILE_SERVER] = "file",
    [TESTBED_OPEN_GROUP_SERVER] = "open-group",
};

const char *
servers_name(uint32_t server)
{
    return names[server];
}

char *
servers_folder(const TestbedPlan *plan, uint32_t server)
{
    return testbed_plan_file(plan, names[server]);
}

Address
servers_address(const TestbedPlan *plan, uint32_t server)
{
    return address_of(address_ip(testbed_plan_registry(plan)),
                      (uint16_t)(TESTBED_PORT_SERVERS + server));
}

char *
servers_url(const TestbedPlan *plan, uint32_t server)
{
    Address address = servers_address(plan, server);
    g_autofree char *ip = live_ip_text(address_ip(address));

    return g_strdup_printf("http://%s:%u", ip, (unsigned)(address & 0xffff));
}

void
servers_key(const TestbedPlan *plan, uint32_t server, uint8_t ret[KEY_BYTES])
{
    uint8_t seed[KEY_BYTES];

    testbed_plan_server_seed(plan, server, seed);
    live_server_key(seed, ret);
}

/* --- a process --------------------------------------------------------------- */

static char *
folder_of(void *context, uint32_t index)
{
    const Servers *servers = context;

    return servers_folder(servers->plan, index);
}

static void
seed_of(void *context, uint32_t index, uint8_t ret[KEY_BYTES])
{
    const Servers *servers = context;

    testbed_plan_server_seed(servers->plan, index, ret);
}

static void
append_command(void *context, uint32_t index, const char *folder, GPtrArray *command)
{
    const Servers *servers = context;
    g_autofree char *ip = live_ip_text(address_ip(testbed_plan_registry(servers->plan)));

    g_ptr_array_add(command, g_strdup("server"));
    g_ptr_array_add(command, g_strdup(kinds[index]));
    g_ptr_array_add(command, g_strdup("--supervised"));
    g_ptr_array_add(command, g_strdup_printf("--dir=%s", folder));
    g_ptr_array_add(command, g_strdup_printf("--ip=%s", ip));
    g_ptr_array_add(command, g_strdup_printf("--port=%u", TESTBED_PORT_SERVERS + index));
    for (size_t i = 0; index == TESTBED_OPEN_GROUP_SERVER && servers->rooms[i] != NULL; i++)
        g_ptr_array_add(command, g_strconcat("--room=", servers->rooms[i], NULL));
    for (size_t i = 0; servers->spec.set != NULL && servers->spec.set[i] != NULL; i++)
        g_ptr_array_add(command, g_strconcat("--set=", servers->spec.set[i], NULL));
    if (servers->spec.scenario != NULL)
        g_ptr_array_add(command, g_strdup(servers->spec.scenario));
}

static void
changed(void *context, uint32_t index, const char *what)
{
    const ServersSpec *spec = &((const Servers *)context)->spec;

    spec->changed(spec->context, index, what);
}

/* --- from outside ------------------------------------------------------------ */

bool
servers_start(Servers *servers, uint32_t index, GError **error)
{
    return children_start(servers->children, index, error);
}

void
servers_stop(Servers *servers, uint32_t index)
{
    children_stop(servers->children, index);
}

void
servers_kill(Servers *servers, uint32_t index)
{
    children_kill(servers->children, index);
}

void
servers_restart(Servers *servers, uint32_t index)
{
    servers_stop(servers, index);
    children_start_again(servers->children, index);
}

/* --- both -------------------------------------------------------------------- */

Servers *
servers_new(const ServersSpec *spec)
{
    Servers *servers = g_new0(Servers, 1);

    servers->spec = *spec;
    servers->plan = spec->plan;
    servers_set_rooms(servers, (const char *const[]){ TESTBED_ROOM, NULL });
    servers->children = children_new(&(ChildrenSpec){ .n = TESTBED_SERVERS,
                                                      .log = "server.log",
                                                      .folder = folder_of,
                                                      .seed = seed_of,
                                                      .command = append_command,
                                                      .changed = changed,
                                                      .context = servers });
    return servers;
}

void
servers_set_rooms(Servers *servers, const char *const *rooms)
{
    g_strfreev(servers->rooms);
    servers->rooms = g_strdupv((char **)rooms);
}

const char *const *
servers_rooms(const Servers *servers)
{
    return (const char *const *)servers->rooms;
}

void
servers_free(Servers *servers)
{
    if (servers == NULL)
        return;
    children_free(servers->children);
    g_strfreev(servers->rooms);
    g_free(servers);
}

ChildState
servers_state(const Servers *servers, uint32_t server)
{
    return children_state(servers->children, server);
}

int
servers_pid(const Servers *servers, uint32_t server)
{
    return children_pid(servers->children, server);
}
