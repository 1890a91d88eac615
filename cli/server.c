/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed server`: a file server or an open-group server on a real socket. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "cli/process.h"
#include "nodes/crypto/attachment.h"
#include "nodes/live/faults.h"
#include "nodes/live/key_file.h"
#include "nodes/live/server.h"
#include "scenarios/scenario.h"

static const char description[] =
    "Service nodes post clients' onion requests to it, sealed to the key that it says on\n"
    "its first line; clients name it by URL and key (swarmbed client --help).\n"
    "Its own secret key, 64 hex digits, is in the file key of its folder, with what it "
    "keeps;\nwhere there is none, one is made.\n\n"
    "Examples:\n"
    "  swarmbed server file --dir files --ip 127.0.0.1 --port 8000\n"
    "  swarmbed server open-group --dir rooms --ip 127.0.0.1 --port 8001 --room lobby\n";

static gboolean
read_kind(const char *text, LiveServerKind *ret)
{
    static const char *const names[] = {
        [LIVE_FILE_SERVER] = "file",
        [LIVE_OPEN_GROUP_SERVER] = "open-group",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(text, names[i]) == 0) {
            *ret = (LiveServerKind)i;
            return TRUE;
        }
    return FALSE;
}

static void
say_ready(const LiveServerSpec *spec)
{
    uint8_t key[KEY_BYTES];
    char hex[2 * KEY_BYTES + 1] = "";

    live_server_key(spec->seed, key);
    hex_encode((Bytes){ key, sizeof key }, hex);
    printf("pubkey_x25519 %s\nready\n", hex);
    fflush(stdout);
}

static int
serve(const LiveServerSpec *spec, gboolean supervised)
{
    g_autoptr(GError) error = NULL;
    LiveServer *server;

    cli_process_begin();
    server = live_server_new(spec, &error);
    if (server == NULL)
        return cli_fail(EXIT_FAULT, error);
    say_ready(spec);
    cli_process_run(supervised, NULL, NULL);
    live_server_free(server);
    return EXIT_FINE;
}

/* What a scenario says of such servers, or what is usual. */
static gboolean
configure(LiveServerSpec *spec, const char *file, char *const *set, int bytes_max,
          GError **error)
{
    g_autoptr(Scenario) scenario = NULL;

    spec->files = file_server_config_default;
    /* The largest file that clients send, as they seal it. */
    spec->files.size_max = (uint32_t)attachment_sealed_bytes(ATTACHMENT_BYTES_MAX);
    spec->open_groups = open_group_config_default;
    if (file != NULL) {
        scenario = scenario_load(file, set, error);
        if (scenario == NULL)
            return FALSE;
        spec->files = scenario->file_server;
        spec->open_groups = scenario->open_group;
    }
    if (bytes_max > 0)
        spec->files.size_max = spec->open_groups.file_size_max = (uint32_t)bytes_max;
    return TRUE;
}

int
cli_server(int argc, char **argv)
{
    g_autofree char *folder = NULL, *ip = NULL;
    g_auto(GStrv) rooms = NULL, set = NULL;
    g_autoptr(GError) error = NULL;
    gboolean supervised = FALSE;
    int port = 0, bytes_max = 0, code;
    const GOptionEntry options[] = {
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Its folder", "DIR" },
        { "ip", 0, 0, G_OPTION_ARG_STRING, &ip, "Its address", "IP" },
        { "port", 0, 0, G_OPTION_ARG_INT, &port, "Where it listens, plain HTTP", "PORT" },
        { "room", 0, 0, G_OPTION_ARG_STRING_ARRAY, &rooms, "open-group: a room (lobby)",
          "NAME" },
        { "max-file-bytes", 0, 0, G_OPTION_ARG_INT, &bytes_max,
          "Larger files get 413 (the scenario's; 10000064, and 6000000 in open groups)",
          "BYTES" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &set, "Override a key of the scenario",
          "SECTION.KEY=VALUE" },
        { "supervised", 0, 0, G_OPTION_ARG_NONE, &supervised, "End with standard input",
          NULL },
        { NULL }
    };
    char lobby[] = "lobby", *usual[] = { lobby, NULL };
    LiveServerSpec spec = { 0 };

    if (!cli_options(options, "file|open-group --dir DIR --ip IP --port PORT [SCENARIO]",
                     "Run a server beyond the network of nodes.", description, &argc, &argv,
                     &code))
        return code;
    if (argc < 2 || argc > 3 || !read_kind(argv[1], &spec.kind) || folder == NULL)
        return cli_fail_text(EXIT_BAD_INPUT, "expected file or open-group, --dir, --ip, "
                                             "--port and at most one scenario");
    spec.ip = ip == NULL ? 0 : live_ip_parse(ip);
    if (spec.ip == 0 || port < 1 || port > 65535)
        return cli_fail_text(EXIT_BAD_INPUT, "--ip, --port: expected an IPv4 address and 1 "
                                             "to 65535");
    if (bytes_max < 0)
        return cli_fail_text(EXIT_BAD_INPUT, "--max-file-bytes: expected at least 1");
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    spec.port = (uint16_t)port;
    spec.folder = folder;
    spec.rooms = rooms != NULL ? rooms : usual;
    if (!configure(&spec, argc == 3 ? argv[2] : NULL, set, bytes_max, &error) ||
        !key_file_read(folder, true, spec.seed, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    return serve(&spec, supervised);
}
