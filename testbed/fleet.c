/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/fleet.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "nodes/live/faults.h"
#include "testbed/launch.h"

typedef struct FleetNode {
    Fleet *fleet;
    uint32_t index;
    FleetState state;
    GSubprocess *process; /* NULL when down */
    GDataInputStream *output;
    bool again; /* start it when it has ended */
    bool wipe;  /* before that, without its store */
    int64_t delay, skew;
    double drop;
    uint32_t group; /* of a partition */
    bool alone;     /* the registry is out of its reach */
} FleetNode;

struct Fleet {
    FleetSpec spec;
    const TestbedPlan *plan;
    char *program;
    FleetNode *nodes;
    GCancellable *cancellable;
};

/* --- what they are told ------------------------------------------------------ */

/* Takes the line.  A node that ends meanwhile need not hear it. */
static void
say(FleetNode *node, char *line)
{
    GOutputStream *in;

    if (node->process != NULL) {
        in = g_subprocess_get_stdin_pipe(node->process);
        (void)g_output_stream_write_all(in, line, strlen(line), NULL, NULL, NULL);
    }
    g_free(line);
}

static void
say_delay(FleetNode *node)
{
    say(node, g_strdup_printf("delay %" G_GINT64_FORMAT "\n", node->delay));
}

static void
say_drop(FleetNode *node)
{
    char share[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(share, sizeof share, node->drop);
    say(node, g_strdup_printf("drop %s\n", share));
}

static void
say_skew(FleetNode *node)
{
    say(node, g_strdup_printf("skew %" G_GINT64_FORMAT "\n", node->skew));
}

static void
say_partition(FleetNode *node)
{
    const Fleet *fleet = node->fleet;
    GString *line = g_string_new("partition");
    NodeRecord record;

    for (uint32_t i = 0; i < fleet->plan->nodes; i++) {
        g_autofree char *ip = NULL;

        if (fleet->nodes[i].group == node->group)
            continue;
        testbed_plan_record(fleet->plan, i, &record);
        ip = live_ip_text(record.ip);
        g_string_append_printf(line, " %s", ip);
    }
    if (node->alone) {
        g_autofree char *ip = live_ip_text(address_ip(testbed_plan_registry(fleet->plan)));

        g_string_append_printf(line, " %s", ip);
    }
    g_string_append_c(line, '\n');
    say(node, g_string_free(line, FALSE));
}

/* --- a process --------------------------------------------------------------- */

static void
set_state(FleetNode *node, FleetState state, const char *what)
{
    const FleetSpec *spec = &node->fleet->spec;

    node->state = state;
    spec->changed(spec->context, node->index, what);
}

static GPtrArray *
make_command(const Fleet *fleet, uint32_t index, const char *folder)
{
    GPtrArray *command = g_ptr_array_new_with_free_func(g_free);
    Address registry = testbed_plan_registry(fleet->plan);
    g_autofree char *ip = NULL, *registry_ip = NULL;
    NodeRecord record;

    testbed_plan_record(fleet->plan, index, &record);
    g_ptr_array_add(command, g_strdup(fleet->program));
    g_ptr_array_add(command, g_strdup("node"));
    g_ptr_array_add(command, g_strdup("--supervised"));
    g_ptr_array_add(command, g_strdup_printf("--dir=%s", folder));
    ip = live_ip_text(record.ip);
    registry_ip = live_ip_text(address_ip(registry));
    g_ptr_array_add(command, g_strdup_printf("--ip=%s", ip));
    g_ptr_array_add(command, g_strdup_printf("--registry=%s:%u", registry_ip,
                                             (unsigned)(registry & 0xffff)));
    if (fleet->spec.news != NULL)
        g_ptr_array_add(command, g_strdup("--tell"));
    if (fleet->spec.transcripts)
        g_ptr_array_add(command, g_strdup("--transcript"));
    for (size_t i = 0; fleet->spec.set != NULL && fleet->spec.set[i] != NULL; i++)
        g_ptr_array_add(command, g_strconcat("--set=", fleet->spec.set[i], NULL));
    if (fleet->spec.scenario != NULL)
        g_ptr_array_add(command, g_strdup(fleet->spec.scenario));
    g_ptr_array_add(command, NULL);
    return command;
}

static void read_line(FleetNode *node);

static void
take_line(FleetNode *node, const char *line)
{
    const FleetSpec *spec = &node->fleet->spec;

    if (strcmp(line, "ready") == 0) {
        if (node->state == FLEET_STARTING)
            set_state(node, FLEET_UP, "is ready");
    } else if (spec->news != NULL &&
               (g_str_has_prefix(line, "put ") || g_str_has_prefix(line, "note "))) {
        spec->news(spec->context, node->index, line);
    } else {
        spec->changed(spec->context, node->index, line);
    }
}

static void
line_read(GObject *source, GAsyncResult *result, gpointer context)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_finish(
        G_DATA_INPUT_STREAM(source), result, NULL, &error);
    FleetNode *node = context;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the fleet is gone */
    if (line == NULL || node->output != G_DATA_INPUT_STREAM(source))
        return; /* the process ended: its exit is news, this is not */
    take_line(node, line);
    read_line(node);
}

static void
read_line(FleetNode *node)
{
    /* What a node stored is known before the client that sent it hears that it did. */
    g_data_input_stream_read_line_async(node->output, G_PRIORITY_HIGH,
                                        node->fleet->cancellable, line_read, node);
}

static void
delete_store(const FleetNode *node)
{
    static const char *const names[] = { "storage.db", "storage.db-wal", "storage.db-shm" };
    g_autofree char *folder = testbed_plan_node_folder(node->fleet->plan, node->index);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        (void)g_unlink(path);
    }
}

static void
start_again(FleetNode *node)
{
    g_autoptr(GError) error = NULL;

    if (node->wipe)
        delete_store(node);
    node->again = node->wipe = false;
    if (!fleet_start(node->fleet, node->index, &error))
        set_state(node, FLEET_DOWN, error->message);
}

static void
ended(GObject *source, GAsyncResult *result, gpointer context)
{
    GSubprocess *process = G_SUBPROCESS(source);
    g_autoptr(GError) error = NULL;
    FleetNode *node = context;
    g_autofree char *what = NULL;

    (void)g_subprocess_wait_finish(process, result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    what = launch_describe_end(process);
    g_clear_object(&node->output);
    g_clear_object(&node->process);
    set_state(node, FLEET_DOWN, what);
    if (node->again)
        start_again(node);
}

bool
fleet_start(Fleet *fleet, uint32_t index, GError **error)
{
    FleetNode *node = &fleet->nodes[index];
    g_autofree char *folder = testbed_plan_node_folder(fleet->plan, index);
    g_autofree char *log = g_build_filename(folder, "node.log", NULL);
    g_autoptr(GSubprocessLauncher) launcher = launch_new(log);
    g_autoptr(GPtrArray) command = make_command(fleet, index, folder);
    uint8_t seed[KEY_BYTES];

    if (node->process != NULL)
        return true;
    testbed_plan_node_seed(fleet->plan, index, seed);
    if (!launch_write_key(folder, seed, error))
        return false;
    node->process =
        g_subprocess_launcher_spawnv(launcher, (const gchar *const *)command->pdata, error);
    if (node->process == NULL)
        return false;
    node->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(node->process));
    read_line(node);
    g_subprocess_wait_async(node->process, fleet->cancellable, ended, node);
    say_delay(node);
    say_drop(node);
    say_skew(node);
    say_partition(node);
    set_state(node, FLEET_STARTING, "starts");
    return true;
}

/* --- from outside ------------------------------------------------------------ */

/* The last word counts: who is to end does not start again because it was to before. */
static void
end(FleetNode *node, int signal, const char *what)
{
    node->again = node->wipe = false;
    if (node->process == NULL)
        return;
    g_subprocess_send_signal(node->process, signal);
    set_state(node, FLEET_ENDING, what);
}

/* (What is frozen hears nothing.) */
void
fleet_stop(Fleet *fleet, uint32_t index)
{
    FleetNode *node = &fleet->nodes[index];

    end(node, node->state == FLEET_FROZEN ? SIGKILL : SIGTERM, "is stopped");
}

void
fleet_kill(Fleet *fleet, uint32_t index)
{
    end(&fleet->nodes[index], SIGKILL, "is killed");
}

void
fleet_restart(Fleet *fleet, uint32_t index)
{
    FleetNode *node = &fleet->nodes[index];

    fleet_stop(fleet, index);
    node->again = true;
    if (node->process == NULL)
        start_again(node);
}

void
fleet_freeze(Fleet *fleet, uint32_t index)
{
    FleetNode *node = &fleet->nodes[index];

    if (node->process == NULL || node->state == FLEET_ENDING)
        return;
    g_subprocess_send_signal(node->process, SIGSTOP);
    set_state(node, FLEET_FROZEN, "is frozen");
}

void
fleet_start_anew(Fleet *fleet, uint32_t index)
{
    FleetNode *node = &fleet->nodes[index];

    fleet_kill(fleet, index);
    node->again = true;
    if (node->process == NULL)
        start_again(node);
}

void
fleet_wipe(Fleet *fleet, uint32_t index)
{
    FleetNode *node = &fleet->nodes[index];

    fleet_kill(fleet, index);
    node->again = node->wipe = true;
    if (node->process == NULL)
        start_again(node);
}

void
fleet_delay(Fleet *fleet, uint32_t index, int64_t ms)
{
    fleet->nodes[index].delay = ms;
    say_delay(&fleet->nodes[index]);
}

void
fleet_drop(Fleet *fleet, uint32_t index, double share)
{
    fleet->nodes[index].drop = share;
    say_drop(&fleet->nodes[index]);
}

void
fleet_skew(Fleet *fleet, uint32_t index, int64_t ms)
{
    fleet->nodes[index].skew = ms;
    say_skew(&fleet->nodes[index]);
}

void
fleet_divide(Fleet *fleet, const uint32_t *group, const bool *alone)
{
    for (uint32_t i = 0; i < fleet->plan->nodes; i++) {
        fleet->nodes[i].group = group[i];
        fleet->nodes[i].alone = alone[i];
    }
    for (uint32_t i = 0; i < fleet->plan->nodes; i++)
        say_partition(&fleet->nodes[i]);
}

void
fleet_partition(Fleet *fleet, const bool *apart)
{
    uint32_t n = fleet->plan->nodes;
    g_autofree uint32_t *group = g_new0(uint32_t, n);
    g_autofree bool *alone = g_new0(bool, n);

    for (uint32_t i = 0; i < n; i++)
        group[i] = apart[i];
    fleet_divide(fleet, group, alone);
}

/* --- the fleet --------------------------------------------------------------- */

Fleet *
fleet_new(const FleetSpec *spec)
{
    Fleet *fleet = g_new0(Fleet, 1);

    fleet->spec = *spec;
    fleet->plan = spec->plan;
    fleet->program = g_file_read_link("/proc/self/exe", NULL);
    fleet->nodes = g_new0(FleetNode, spec->plan->nodes);
    fleet->cancellable = g_cancellable_new();
    for (uint32_t i = 0; i < spec->plan->nodes; i++) {
        fleet->nodes[i].fleet = fleet;
        fleet->nodes[i].index = i;
    }
    return fleet;
}

void
fleet_free(Fleet *fleet)
{
    if (fleet == NULL)
        return;
    g_cancellable_cancel(fleet->cancellable);
    for (uint32_t i = 0; i < fleet->plan->nodes; i++) {
        FleetNode *node = &fleet->nodes[i];

        if (node->process != NULL) {
            g_subprocess_force_exit(node->process);
            (void)g_subprocess_wait(node->process, NULL, NULL);
        }
        g_clear_object(&node->output);
        g_clear_object(&node->process);
    }
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_object_unref(fleet->cancellable);
    g_free(fleet->nodes);
    g_free(fleet->program);
    g_free(fleet);
}

FleetState
fleet_state(const Fleet *fleet, uint32_t node)
{
    return fleet->nodes[node].state;
}

int
fleet_pid(const Fleet *fleet, uint32_t node)
{
    return launch_pid(fleet->nodes[node].process);
}

uint32_t
fleet_count(const Fleet *fleet, FleetState state)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < fleet->plan->nodes; i++)
        n += fleet->nodes[i].state == state;
    return n;
}
