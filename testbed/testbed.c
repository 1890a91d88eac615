/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/testbed.h"

#include <string.h>

#include "testbed/control.h"
#include "testbed/describe.h"

enum { END_S = 8, WAIT_S = 60 };

#define CONTROL_FILE "control"
#define CHAIN_FILE "chain.json"

struct Testbed {
    TestbedSpec spec;
    TestbedPlan plan;
    LiveRegistry *registry;
    Fleet *fleet;
    Servers *servers; /* NULL: there are none */
    Control *control;
    GMainLoop *loop;
    GPtrArray *waiting; /* Waiting */
    bool ready, quitting;
    char *failure;
    gint64 began;
};

/* A command whose nodes have not all come to where it wants them. */
typedef struct Waiting {
    Testbed *testbed;
    ControlRequest *request;
    ChildState wanted;
    bool *nodes; /* and, behind them, the servers */
    guint timer;
} Waiting;

/* --- nodes and servers --------------------------------------------------------- */

/* All processes by number: the nodes, then the servers. */
static uint32_t
count_all(const Testbed *testbed)
{
    return testbed->plan.nodes + (testbed->servers == NULL ? 0 : TESTBED_SERVERS);
}

static ChildState
state_of(const Testbed *testbed, uint32_t i)
{
    uint32_t n = testbed->plan.nodes;

    return i < n ? fleet_state(testbed->fleet, i) : servers_state(testbed->servers, i - n);
}

static bool
are_all(const Testbed *testbed, ChildState state)
{
    for (uint32_t i = 0; i < count_all(testbed); i++)
        if (state_of(testbed, i) != state)
            return false;
    return true;
}

/* --- commands ---------------------------------------------------------------- */

static void
waiting_free(gpointer p)
{
    Waiting *waiting = p;

    if (waiting->timer != 0)
        g_source_remove(waiting->timer);
    if (waiting->request != NULL)
        control_answer(waiting->request, "error: the testbed ends\n");
    g_free(waiting->nodes);
    g_free(waiting);
}

static void
end_waiting(Waiting *waiting, const char *answer)
{
    control_answer(g_steal_pointer(&waiting->request), answer);
    g_ptr_array_remove_fast(waiting->testbed->waiting, waiting);
}

static gboolean
waited_enough(gpointer context)
{
    Waiting *waiting = context;

    waiting->timer = 0;
    end_waiting(waiting, "error: after 60 s not all of them have come so far\n");
    return G_SOURCE_REMOVE;
}

static bool
all_there(const Waiting *waiting)
{
    for (uint32_t i = 0; i < count_all(waiting->testbed); i++)
        if (waiting->nodes[i] && state_of(waiting->testbed, i) != waiting->wanted)
            return false;
    return true;
}

static void
look_at_waiting(Testbed *testbed)
{
    for (guint i = 0; i < testbed->waiting->len;) {
        Waiting *waiting = g_ptr_array_index(testbed->waiting, i);

        if (all_there(waiting))
            end_waiting(waiting, "ok\n");
        else
            i++;
    }
}

/* Answer when all of @nodes (taken) are in that state. */
static void
wait_for(Testbed *testbed, ControlRequest *request, bool *nodes, ChildState wanted)
{
    Waiting *waiting = g_new0(Waiting, 1);

    waiting->testbed = testbed;
    waiting->request = request;
    waiting->nodes = nodes;
    waiting->wanted = wanted;
    waiting->timer = g_timeout_add_seconds(WAIT_S, waited_enough, waiting);
    g_ptr_array_add(testbed->waiting, waiting);
    look_at_waiting(testbed);
}

/* A server's name. */
static bool
parse_server(const Testbed *testbed, const char *word, bool *nodes)
{
    for (uint32_t i = 0; testbed->servers != NULL && i < TESTBED_SERVERS; i++)
        if (strcmp(word, servers_name(i)) == 0)
            return nodes[testbed->plan.nodes + i] = true;
    return false;
}

/* Numbers from 0, or `all` (nodes), or, where @servers_too, servers by name; NULL with what
 * is wrong.  To be freed. */
static bool *
parse_nodes(const Testbed *testbed, char *const *words, bool servers_too, char **ret_error)
{
    g_autofree bool *nodes = g_new0(bool, testbed->plan.nodes + TESTBED_SERVERS);
    uint32_t n = testbed->plan.nodes;
    guint64 i;

    for (; *words != NULL; words++) {
        if (strcmp(*words, "all") == 0) {
            memset(nodes, 1, n * sizeof *nodes);
        } else if (servers_too && parse_server(testbed, *words, nodes)) {
            continue;
        } else if (g_ascii_string_to_unsigned(*words, 10, 0, n - 1, &i, NULL)) {
            nodes[i] = true;
        } else {
            *ret_error = g_strdup_printf(
                "error: '%s': expected a node from 0 to %u, or all\n", *words, n - 1);
            return NULL;
        }
    }
    return g_steal_pointer(&nodes);
}

typedef struct Life {
    const char *name;
    void (*act)(Fleet *fleet, uint32_t node);
    void (*act_on_server)(Servers *servers, uint32_t server); /* NULL: not with these */
    ChildState wanted;
} Life;

static const Life lives[] = {
    { "kill", fleet_kill, servers_kill, CHILD_DOWN },
    { "stop", fleet_stop, servers_stop, CHILD_DOWN },
    { "restart", fleet_restart, servers_restart, CHILD_UP },
    { "wipe", fleet_wipe, NULL, CHILD_UP },
};

static void
do_life(Testbed *testbed, ControlRequest *request, const Life *life, bool *nodes)
{
    for (uint32_t i = 0; i < testbed->plan.nodes; i++)
        if (nodes[i])
            life->act(testbed->fleet, i);
    for (uint32_t i = testbed->plan.nodes; i < count_all(testbed); i++)
        if (nodes[i])
            life->act_on_server(testbed->servers, i - testbed->plan.nodes);
    wait_for(testbed, request, nodes, life->wanted);
}

typedef struct Level {
    const char *name, *expected;
    double min, max;
} Level;

static const Level levels[] = {
    { "delay", "error: expected delay MS from 0 to 600000\n", 0, 600000 },
    { "drop", "error: expected drop SHARE from 0 to 1\n", 0, 1 },
    { "skew", "error: expected skew MS from -86400000 to 86400000\n", -86400000, 86400000 },
};

static void
set_level(Testbed *testbed, const Level *level, double value, uint32_t node)
{
    if (strcmp(level->name, "drop") == 0)
        fleet_drop(testbed->fleet, node, value);
    else if (strcmp(level->name, "delay") == 0)
        fleet_delay(testbed->fleet, node, (int64_t)value);
    else
        fleet_skew(testbed->fleet, node, (int64_t)value);
}

static void
do_level(Testbed *testbed, ControlRequest *request, const Level *level, const char *text,
         const bool *nodes)
{
    char *end = NULL;
    double value = text == NULL ? 0 : g_ascii_strtod(text, &end);

    if (text == NULL || end == text || *end != '\0' || !(value >= level->min) ||
        !(value <= level->max)) {
        control_answer(request, level->expected);
        return;
    }
    for (uint32_t i = 0; i < testbed->plan.nodes; i++)
        if (nodes[i])
            set_level(testbed, level, value, i);
    control_answer(request, "ok\n");
}

static void
do_status(const Testbed *testbed, ControlRequest *request)
{
    g_autofree char *line =
        testbed_describe(&testbed->plan, testbed->fleet, testbed->servers,
                         live_registry_snapshot(testbed->registry));
    g_autofree char *text = g_strconcat(line, "\n", NULL);

    control_answer(request, text);
}

static const Level *
find_level(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].name, name) == 0)
            return &levels[i];
    return NULL;
}

static const Life *
find_life(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lives); i++)
        if (strcmp(lives[i].name, name) == 0)
            return &lives[i];
    return NULL;
}

/* kill|stop|restart|wipe NODE..., delay MS NODE..., drop SHARE NODE..., skew MS NODE...,
 * partition [NODE...], status. */
static void
receive(void *context, ControlRequest *request, char *const *words)
{
    Testbed *testbed = context;
    const char *name = words[0] == NULL ? "" : words[0];
    const Level *level = find_level(name);
    const Life *life = find_life(name);
    char *const *rest = words + (words[0] != NULL) + (level != NULL && words[1] != NULL);
    g_autofree char *error = NULL;
    g_autofree bool *nodes = NULL;

    if (strcmp(name, "status") == 0) {
        do_status(testbed, request);
        return;
    }
    nodes = parse_nodes(testbed, rest, life != NULL && life->act_on_server != NULL, &error);
    if (nodes == NULL) {
        control_answer(request, error);
    } else if (strcmp(name, "partition") == 0) {
        fleet_partition(testbed->fleet, nodes);
        control_answer(request, "ok\n");
    } else if (life == NULL && level == NULL) {
        control_answer(request, "error: expected kill, stop, restart, wipe, delay, drop, "
                                "partition, skew or status\n");
    } else if (rest[0] == NULL) {
        control_answer(request, "error: expected at least one node\n");
    } else if (life != NULL) {
        do_life(testbed, request, life, g_steal_pointer(&nodes));
    } else {
        do_level(testbed, request, level, words[1], nodes);
    }
}

/* --- the nodes' news --------------------------------------------------------- */

static void
say_ready(Testbed *testbed)
{
    const Snapshot *snapshot = live_registry_snapshot(testbed->registry);
    g_autofree char *line =
        testbed_describe(&testbed->plan, testbed->fleet, testbed->servers, snapshot);
    g_autofree char *status = g_strdup_printf(
        "%u nodes in %u swarms are ready after %.1f s", testbed->plan.nodes,
        snapshot->n_swarms, (double)(g_get_monotonic_time() - testbed->began) / 1e6);

    testbed->spec.say(testbed->spec.context, line);
    testbed->spec.say(testbed->spec.context, status);
    if (testbed->spec.ready != NULL)
        testbed->spec.ready(testbed->spec.context);
}

/* A process is somewhere else now. */
static void
look_at_all(Testbed *testbed)
{
    if (!testbed->ready && !testbed->quitting && are_all(testbed, CHILD_UP)) {
        testbed->ready = true;
        say_ready(testbed);
    }
    look_at_waiting(testbed);
    if (testbed->quitting && are_all(testbed, CHILD_DOWN))
        g_main_loop_quit(testbed->loop);
}

/* @who ended too soon; takes both. */
static void
fail_at_start(Testbed *testbed, char *who, const char *what, char *log)
{
    testbed->failure = g_strdup_printf("%s %s before it was ready: see %s", who, what, log);
    g_free(who);
    g_free(log);
    testbed_quit(testbed);
}

static void
changed(void *context, uint32_t node, const char *what)
{
    Testbed *testbed = context;
    Fleet *fleet = testbed->fleet;
    g_autofree char *status = NULL;

    if (!testbed->ready && !testbed->quitting && fleet_state(fleet, node) == CHILD_DOWN) {
        g_autofree char *folder = testbed_plan_node_folder(&testbed->plan, node);

        fail_at_start(testbed, g_strdup_printf("node %u", node), what,
                      g_build_filename(folder, "node.log", NULL));
    } else if (testbed->ready && !testbed->quitting) {
        status = g_strdup_printf("node %u %s (%u of %u are up)", node, what,
                                 fleet_count(fleet, CHILD_UP), testbed->plan.nodes);
        testbed->spec.say(testbed->spec.context, status);
    }
    look_at_all(testbed);
}

static void
server_changed(void *context, uint32_t server, const char *what)
{
    Testbed *testbed = context;
    const char *name = servers_name(server);
    g_autofree char *status = NULL;

    if (!testbed->ready && !testbed->quitting &&
        servers_state(testbed->servers, server) == CHILD_DOWN) {
        g_autofree char *folder = servers_folder(&testbed->plan, server);

        fail_at_start(testbed, g_strdup(name), what,
                      g_build_filename(folder, "server.log", NULL));
    } else if (testbed->ready && !testbed->quitting) {
        status = g_strdup_printf("%s %s", name, what);
        testbed->spec.say(testbed->spec.context, status);
    }
    look_at_all(testbed);
}

static void
news(void *context, uint32_t node, const char *line)
{
    Testbed *testbed = context;

    testbed->spec.news(testbed->spec.context, node, line);
}

/* --- the whole --------------------------------------------------------------- */

static bool
open_registry(Testbed *testbed, GError **error)
{
    const TestbedPlan *plan = &testbed->plan;
    g_autofree NodeRecord *records = g_new0(NodeRecord, plan->nodes);
    g_autofree char *file = testbed_plan_file(plan, CHAIN_FILE);
    LiveRegistrySpec spec = { .address = testbed_plan_registry(plan),
                              .config = testbed->spec.chain,
                              .records = records,
                              .n = plan->nodes,
                              .grown = testbed->spec.grown,
                              .seed = plan->seed,
                              .file = file };

    for (uint32_t i = 0; i < plan->nodes; i++)
        testbed_plan_record(plan, i, &records[i]);
    testbed->registry = live_registry_new(&spec, error);
    return testbed->registry != NULL;
}

/* A new testbed takes the first network of which nobody has the registry's address. */
static bool
choose_network(Testbed *testbed, GError **error)
{
    TestbedPlan *plan = &testbed->plan;
    uint32_t step = testbed_plan_networks(plan);

    if (plan->network != 0)
        return open_registry(testbed, error);
    for (plan->network = TESTBED_NETWORK_FIRST;
         plan->network + step <= TESTBED_NETWORK_LAST + 1; plan->network += step) {
        g_autoptr(GError) why = NULL;

        if (open_registry(testbed, &why))
            return true;
        if (!g_error_matches(why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                "no network from 127.%d.0.0 to 127.%d.0.0 is free", TESTBED_NETWORK_FIRST,
                TESTBED_NETWORK_LAST);
    return false;
}

static bool
open_folder(Testbed *testbed, GError **error)
{
    g_autofree char *control = NULL;

    if (!testbed_plan_open(testbed->spec.folder, testbed->spec.nodes, testbed->spec.seed,
                           &testbed->plan, error))
        return false;
    if (g_mkdir_with_parents(testbed->plan.folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s: expected a folder, or a place where one can be made",
                    testbed->plan.folder);
        return false;
    }
    control = testbed_plan_file(&testbed->plan, CONTROL_FILE);
    testbed->control = control_new(control, receive, testbed, error);
    return testbed->control != NULL;
}

Testbed *
testbed_new(const TestbedSpec *spec, GError **error)
{
    Testbed *testbed = g_new0(Testbed, 1);

    testbed->spec = *spec;
    testbed->began = g_get_monotonic_time();
    testbed->loop = g_main_loop_new(NULL, FALSE);
    testbed->waiting = g_ptr_array_new_with_free_func(waiting_free);
    if (!open_folder(testbed, error) || !choose_network(testbed, error) ||
        !testbed_plan_save(&testbed->plan, error)) {
        testbed_free(testbed);
        return NULL;
    }
    testbed->fleet = fleet_new(&(FleetSpec){ .plan = &testbed->plan,
                                             .scenario = spec->scenario,
                                             .set = spec->set,
                                             .changed = changed,
                                             .news = spec->news == NULL ? NULL : news,
                                             .context = testbed,
                                             .transcripts = spec->transcripts });
    if (spec->outside)
        testbed->servers = servers_new(&(ServersSpec){ .plan = &testbed->plan,
                                                       .scenario = spec->scenario,
                                                       .set = spec->set,
                                                       .changed = server_changed,
                                                       .context = testbed });
    return testbed;
}

void
testbed_free(Testbed *testbed)
{
    if (testbed == NULL)
        return;
    g_ptr_array_unref(testbed->waiting);
    control_free(testbed->control);
    fleet_free(testbed->fleet);
    servers_free(testbed->servers);
    live_registry_free(testbed->registry);
    g_main_loop_unref(testbed->loop);
    testbed_plan_clear(&testbed->plan);
    g_free(testbed->failure);
    g_free(testbed);
}

static gboolean
end_it(gpointer context)
{
    g_main_loop_quit(context);
    return G_SOURCE_REMOVE;
}

void
testbed_quit(Testbed *testbed)
{
    if (testbed->quitting)
        return;
    testbed->quitting = true;
    for (uint32_t i = 0; i < testbed->plan.nodes; i++)
        fleet_stop(testbed->fleet, i);
    for (uint32_t i = 0; testbed->servers != NULL && i < TESTBED_SERVERS; i++)
        servers_stop(testbed->servers, i);
    if (are_all(testbed, CHILD_DOWN))
        g_main_loop_quit(testbed->loop);
    else
        g_timeout_add_seconds(END_S, end_it, testbed->loop);
}

bool
testbed_run(Testbed *testbed, GError **error)
{
    for (uint32_t i = 0; testbed->servers != NULL && i < TESTBED_SERVERS; i++)
        if (!servers_start(testbed->servers, i, error))
            return false;
    for (uint32_t i = 0; i < testbed->plan.nodes; i++)
        if (!fleet_start(testbed->fleet, i, error))
            return false;
    if (!testbed->quitting)
        g_main_loop_run(testbed->loop);
    if (testbed->failure == NULL)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", testbed->failure);
    return false;
}

void
testbed_set_rooms(Testbed *testbed, const char *const *rooms)
{
    servers_set_rooms(testbed->servers, rooms);
}

const TestbedPlan *
testbed_plan(const Testbed *testbed)
{
    return &testbed->plan;
}

Fleet *
testbed_fleet(Testbed *testbed)
{
    return testbed->fleet;
}

LiveRegistry *
testbed_registry(Testbed *testbed)
{
    return testbed->registry;
}

char *
testbed_control(const char *folder, char *const *words, GError **error)
{
    g_autofree char *path = g_build_filename(folder, CONTROL_FILE, NULL);
    g_autofree char *line = g_strjoinv(" ", (char **)words);
    char *answer = control_ask(path, line, error);

    if (answer == NULL || !g_str_has_prefix(answer, "error: "))
        return answer;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s",
                g_strchomp(answer + strlen("error: ")));
    g_free(answer);
    return NULL;
}
