/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed node`: one service node on real sockets. */
#include "cli/cli.h"

#include <stdio.h>

#include "cli/process.h"

#include "nodes/live/faults.h"
#include "nodes/live/key_file.h"
#include "nodes/live/node.h"
#include "scenarios/scenario.h"

static void
say(const char *line)
{
    puts(line);
    fflush(stdout);
}

static void
tell(void *context, const char *line)
{
    (void)context;
    say(line);
}

static void
is_ready(void *context)
{
    (void)context;
    say("ready");
}

static void
take_command(void *context, const char *line)
{
    LiveNode *node = context;
    const char *why;

    if (!live_node_command(node, line, &why))
        g_warning("'%s': %s", line, why);
}

/* --- the program ------------------------------------------------------------- */

/* IP:PORT; 0: it is none. */
static Address
parse_address(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);
    guint64 port;

    if (g_strv_length(parts) != 2 || live_ip_parse(parts[0]) == 0 ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, 65535, &port, NULL))
        return 0;
    return address_of(live_ip_parse(parts[0]), (uint16_t)port);
}

static int
serve(const LiveNodeSpec *spec, gboolean supervised)
{
    g_autoptr(GError) error = NULL;
    LiveNode *node;

    cli_process_begin();
    node = live_node_new(spec, &error);
    if (node == NULL)
        return cli_fail(EXIT_FAULT, error);
    cli_process_run(supervised, take_command, node);
    live_node_free(node);
    return EXIT_FINE;
}

static int
run_node(LiveNodeSpec *spec, const char *file, char *const *set, gboolean supervised)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = NULL;

    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    spec->config = &service_config_2024;
    spec->store_bytes = service_config_2024.store_bytes_max;
    if (file != NULL) {
        scenario = scenario_load(file, set, &error);
        if (scenario == NULL)
            return cli_fail(EXIT_BAD_INPUT, error);
        spec->config = &scenario->service;
        spec->store_bytes = scenario->store_bytes;
    }
    if (!key_file_read(spec->folder, false, spec->seed, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    return serve(spec, supervised);
}

int
cli_node(int argc, char **argv)
{
    g_autofree char *folder = NULL, *ip = NULL, *registry = NULL;
    g_auto(GStrv) set = NULL;
    gboolean supervised = FALSE, tells = FALSE, transcript = FALSE;
    int https = 22021, omq = 22020, code;
    const GOptionEntry options[] = {
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder,
          "The node's folder: its key (64 hex digits) is in the file key, its store will "
          "be",
          "DIR" },
        { "ip", 0, 0, G_OPTION_ARG_STRING, &ip, "Its address", "IP" },
        { "registry", 0, 0, G_OPTION_ARG_STRING, &registry, "The registry's", "IP:PORT" },
        { "https-port", 0, 0, G_OPTION_ARG_INT, &https, "For clients (22021)", "PORT" },
        { "omq-port", 0, 0, G_OPTION_ARG_INT, &omq, "For other nodes (22020)", "PORT" },
        { "supervised", 0, 0, G_OPTION_ARG_NONE, &supervised,
          "Take commands from standard input, and end with it", NULL },
        { "tell", 0, 0, G_OPTION_ARG_NONE, &tells,
          "Say on standard output what it stores and does", NULL },
        { "transcript", 0, 0, G_OPTION_ARG_NONE, &transcript,
          "Write what it hears and says, masked, to transcript.log", NULL },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &set, "Override a key of the scenario",
          "SECTION.KEY=VALUE" },
        { NULL }
    };
    LiveNodeSpec spec = { .ready = is_ready };

    if (!cli_options(options, "--dir DIR --ip IP --registry IP:PORT [SCENARIO]",
                     "Run one service node. `swarmbed testbed` starts these by itself.",
                     "Says `ready` when it knows its swarm.\n\n"
                     "Examples:\n"
                     "  swarmbed node --dir node-1 --ip 127.0.1.9 --registry "
                     "127.16.0.1:22023\n",
                     &argc, &argv, &code))
        return code;
    if (argc > 2 || folder == NULL || ip == NULL || registry == NULL)
        return cli_fail_text(EXIT_BAD_INPUT, "expected --dir, --ip, --registry and at most "
                                             "one scenario");
    spec.folder = folder;
    spec.ip = live_ip_parse(ip);
    spec.registry = parse_address(registry);
    if (spec.ip == 0 || spec.registry == 0)
        return cli_fail_text(EXIT_BAD_INPUT, "--ip, --registry: expected an IPv4 address, "
                                             "with a port for the registry");
    if (https < 1 || https > 65535 || omq < 1 || omq > 65535)
        return cli_fail_text(EXIT_BAD_INPUT, "ports: expected 1 to 65535");
    if (tells)
        spec.tell = tell;
    spec.transcript = transcript;
    spec.port_https = (uint16_t)https;
    spec.port_omq = (uint16_t)omq;
    return run_node(&spec, argc == 2 ? argv[1] : NULL, set, supervised);
}
