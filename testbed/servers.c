/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/servers.h"

#include <signal.h>
#include <string.h>

#include "nodes/live/faults.h"
#include "nodes/live/server.h"
#include "testbed/launch.h"

typedef struct ServerProcess {
    Servers *servers;
    uint32_t index;
    FleetState state;
    GSubprocess *process; /* NULL when down */
    GDataInputStream *output;
    bool again; /* start it when it has ended */
} ServerProcess;

struct Servers {
    ServersSpec spec;
    const TestbedPlan *plan;
    char *program;
    char **rooms; /* NULL at the end */
    ServerProcess server[TESTBED_SERVERS];
    GCancellable *cancellable;
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

static void
set_state(ServerProcess *server, FleetState state, const char *what)
{
    const Servers *servers = server->servers;

    server->state = state;
    servers->spec.changed(servers->spec.context, server->index, what);
}

static GPtrArray *
make_command(const Servers *servers, uint32_t index, const char *folder)
{
    GPtrArray *command = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *ip = live_ip_text(address_ip(testbed_plan_registry(servers->plan)));

    g_ptr_array_add(command, g_strdup(servers->program));
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
    g_ptr_array_add(command, NULL);
    return command;
}

static void read_line(ServerProcess *server);

static void
line_read(GObject *source, GAsyncResult *result, gpointer context)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_finish(
        G_DATA_INPUT_STREAM(source), result, NULL, &error);
    ServerProcess *server = context;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the servers are gone */
    if (line == NULL || server->output != G_DATA_INPUT_STREAM(source))
        return;
    if (strcmp(line, "ready") == 0 && server->state == FLEET_STARTING)
        set_state(server, FLEET_UP, "is ready");
    read_line(server);
}

static void
read_line(ServerProcess *server)
{
    g_data_input_stream_read_line_async(server->output, G_PRIORITY_DEFAULT,
                                        server->servers->cancellable, line_read, server);
}

static void
start_again(ServerProcess *server)
{
    g_autoptr(GError) error = NULL;

    server->again = false;
    if (!servers_start(server->servers, server->index, &error))
        set_state(server, FLEET_DOWN, error->message);
}

static void
ended(GObject *source, GAsyncResult *result, gpointer context)
{
    GSubprocess *process = G_SUBPROCESS(source);
    g_autoptr(GError) error = NULL;
    ServerProcess *server = context;
    g_autofree char *what = NULL;

    (void)g_subprocess_wait_finish(process, result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    what = launch_describe_end(process);
    g_clear_object(&server->output);
    g_clear_object(&server->process);
    set_state(server, FLEET_DOWN, what);
    if (server->again)
        start_again(server);
}

bool
servers_start(Servers *servers, uint32_t index, GError **error)
{
    ServerProcess *server = &servers->server[index];
    g_autofree char *folder = servers_folder(servers->plan, index);
    g_autofree char *log = g_build_filename(folder, "server.log", NULL);
    g_autoptr(GSubprocessLauncher) launcher = launch_new(log);
    g_autoptr(GPtrArray) command = make_command(servers, index, folder);
    uint8_t seed[KEY_BYTES];

    if (server->process != NULL)
        return true;
    testbed_plan_server_seed(servers->plan, index, seed);
    if (!launch_write_key(folder, seed, error))
        return false;
    server->process =
        g_subprocess_launcher_spawnv(launcher, (const gchar *const *)command->pdata, error);
    if (server->process == NULL)
        return false;
    server->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(server->process));
    read_line(server);
    g_subprocess_wait_async(server->process, servers->cancellable, ended, server);
    set_state(server, FLEET_STARTING, "starts");
    return true;
}

/* --- from outside ------------------------------------------------------------ */

static void
end(ServerProcess *server, int signal, const char *what)
{
    server->again = false;
    if (server->process == NULL)
        return;
    g_subprocess_send_signal(server->process, signal);
    set_state(server, FLEET_ENDING, what);
}

void
servers_stop(Servers *servers, uint32_t index)
{
    end(&servers->server[index], SIGTERM, "is stopped");
}

void
servers_kill(Servers *servers, uint32_t index)
{
    end(&servers->server[index], SIGKILL, "is killed");
}

void
servers_restart(Servers *servers, uint32_t index)
{
    ServerProcess *server = &servers->server[index];

    servers_stop(servers, index);
    server->again = true;
    if (server->process == NULL)
        start_again(server);
}

/* --- both -------------------------------------------------------------------- */

Servers *
servers_new(const ServersSpec *spec)
{
    Servers *servers = g_new0(Servers, 1);

    servers->spec = *spec;
    servers->plan = spec->plan;
    servers_set_rooms(servers, (const char *const[]){ TESTBED_ROOM, NULL });
    servers->program = g_file_read_link("/proc/self/exe", NULL);
    servers->cancellable = g_cancellable_new();
    for (uint32_t i = 0; i < TESTBED_SERVERS; i++) {
        servers->server[i].servers = servers;
        servers->server[i].index = i;
    }
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
    g_cancellable_cancel(servers->cancellable);
    for (uint32_t i = 0; i < TESTBED_SERVERS; i++) {
        ServerProcess *server = &servers->server[i];

        if (server->process != NULL) {
            g_subprocess_force_exit(server->process);
            (void)g_subprocess_wait(server->process, NULL, NULL);
        }
        g_clear_object(&server->output);
        g_clear_object(&server->process);
    }
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_object_unref(servers->cancellable);
    g_free(servers->program);
    g_strfreev(servers->rooms);
    g_free(servers);
}

FleetState
servers_state(const Servers *servers, uint32_t server)
{
    return servers->server[server].state;
}

int
servers_pid(const Servers *servers, uint32_t server)
{
    return launch_pid(servers->server[server].process);
}
