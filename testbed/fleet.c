/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/fleet.h"

#include <glib/gstdio.h>

#include "nodes/live/faults.h"

typedef struct FleetNode {
    bool wipe; /* when it starts again, without its store */
    int64_t delay, skew;
    double drop;
    uint32_t group; /* of a partition */
    bool alone;     /* the registry is out of its reach */
} FleetNode;

struct Fleet {
    FleetSpec spec;
    const TestbedPlan *plan;
    FleetNode *nodes;
    Children *children;
};

/* --- what they are told ------------------------------------------------------ */

static void
say_delay(const Fleet *fleet, uint32_t index)
{
    children_say(
        fleet->children, index,
        g_strdup_printf("delay %" G_GINT64_FORMAT "\n", fleet->nodes[index].delay));
}

static void
say_drop(const Fleet *fleet, uint32_t index)
{
    char share[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr(share, sizeof share, fleet->nodes[index].drop);
    children_say(fleet->children, index, g_strdup_printf("drop %s\n", share));
}

static void
say_skew(const Fleet *fleet, uint32_t index)
{
    children_say(fleet->children, index,
                 g_strdup_printf("skew %" G_GINT64_FORMAT "\n", fleet->nodes[index].skew));
}

static void
say_partition(const Fleet *fleet, uint32_t index)
{
    const FleetNode *node = &fleet->nodes[index];
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
    children_say(fleet->children, index, g_string_free(line, FALSE));
}

/* --- a process --------------------------------------------------------------- */

static char *
folder_of(void *context, uint32_t index)
{
    const Fleet *fleet = context;

    return testbed_plan_node_folder(fleet->plan, index);
}

static void
seed_of(void *context, uint32_t index, uint8_t ret[KEY_BYTES])
{
    const Fleet *fleet = context;

    testbed_plan_node_seed(fleet->plan, index, ret);
}

static void
append_command(void *context, uint32_t index, const char *folder, GPtrArray *command)
{
    const Fleet *fleet = context;
    Address registry = testbed_plan_registry(fleet->plan);
    g_autofree char *ip = NULL, *registry_ip = NULL;
    NodeRecord record;

    testbed_plan_record(fleet->plan, index, &record);
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
}

static void
take_line(void *context, uint32_t index, const char *line)
{
    const FleetSpec *spec = &((const Fleet *)context)->spec;

    if (spec->news != NULL &&
        (g_str_has_prefix(line, "put ") || g_str_has_prefix(line, "note ")))
        spec->news(spec->context, index, line);
    else
        spec->changed(spec->context, index, line);
}

static void
changed(void *context, uint32_t index, const char *what)
{
    const FleetSpec *spec = &((const Fleet *)context)->spec;

    spec->changed(spec->context, index, what);
}

static void
delete_store(const Fleet *fleet, uint32_t index)
{
    static const char *const names[] = { "storage.db", "storage.db-wal", "storage.db-shm" };
    g_autofree char *folder = testbed_plan_node_folder(fleet->plan, index);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        (void)g_unlink(path);
    }
}

static void
starts(void *context, uint32_t index)
{
    Fleet *fleet = context;

    if (fleet->nodes[index].wipe)
        delete_store(fleet, index);
    fleet->nodes[index].wipe = false;
}

/* Faults hold over restarts. */
static void
started(void *context, uint32_t index)
{
    const Fleet *fleet = context;

    say_delay(fleet, index);
    say_drop(fleet, index);
    say_skew(fleet, index);
    say_partition(fleet, index);
}

/* --- from outside ------------------------------------------------------------ */

bool
fleet_start(Fleet *fleet, uint32_t index, GError **error)
{
    return children_start(fleet->children, index, error);
}

void
fleet_stop(Fleet *fleet, uint32_t index)
{
    fleet->nodes[index].wipe = false;
    children_stop(fleet->children, index);
}

void
fleet_kill(Fleet *fleet, uint32_t index)
{
    fleet->nodes[index].wipe = false;
    children_kill(fleet->children, index);
}

void
fleet_restart(Fleet *fleet, uint32_t index)
{
    fleet_stop(fleet, index);
    children_start_again(fleet->children, index);
}

void
fleet_freeze(Fleet *fleet, uint32_t index)
{
    children_freeze(fleet->children, index);
}

void
fleet_start_anew(Fleet *fleet, uint32_t index)
{
    fleet_kill(fleet, index);
    children_start_again(fleet->children, index);
}

void
fleet_wipe(Fleet *fleet, uint32_t index)
{
    fleet_kill(fleet, index);
    fleet->nodes[index].wipe = true;
    children_start_again(fleet->children, index);
}

void
fleet_delay(Fleet *fleet, uint32_t index, int64_t ms)
{
    fleet->nodes[index].delay = ms;
    say_delay(fleet, index);
}

void
fleet_drop(Fleet *fleet, uint32_t index, double share)
{
    fleet->nodes[index].drop = share;
    say_drop(fleet, index);
}

void
fleet_skew(Fleet *fleet, uint32_t index, int64_t ms)
{
    fleet->nodes[index].skew = ms;
    say_skew(fleet, index);
}

void
fleet_divide(Fleet *fleet, const uint32_t *group, const bool *alone)
{
    for (uint32_t i = 0; i < fleet->plan->nodes; i++) {
        fleet->nodes[i].group = group[i];
        fleet->nodes[i].alone = alone[i];
    }
    for (uint32_t i = 0; i < fleet->plan->nodes; i++)
        say_partition(fleet, i);
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
    fleet->nodes = g_new0(FleetNode, spec->plan->nodes);
    fleet->children = children_new(&(ChildrenSpec){ .n = spec->plan->nodes,
                                                    .log = "node.log",
                                                    .folder = folder_of,
                                                    .seed = seed_of,
                                                    .command = append_command,
                                                    .starts = starts,
                                                    .started = started,
                                                    .line = take_line,
                                                    .changed = changed,
                                                    .context = fleet });
    return fleet;
}

void
fleet_free(Fleet *fleet)
{
    if (fleet == NULL)
        return;
    children_free(fleet->children);
    g_free(fleet->nodes);
    g_free(fleet);
}

ChildState
fleet_state(const Fleet *fleet, uint32_t node)
{
    return children_state(fleet->children, node);
}

int
fleet_pid(const Fleet *fleet, uint32_t node)
{
    return children_pid(fleet->children, node);
}

uint32_t
fleet_count(const Fleet *fleet, ChildState state)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < fleet->plan->nodes; i++)
        n += fleet_state(fleet, i) == state;
    return n;
}
