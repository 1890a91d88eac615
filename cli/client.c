/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed client`: what people do with their messenger, in any network with a seed URL.
 */
#include "cli/client.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "cli/account.h"
#include "cli/cli.h"
#include "nodes/live/certificate.h"

enum { INPUT_LINE_MAX = 4096, TIMEOUT_S = 300 };

static const char description[] =
    "send TEXT               to the account --to; ends when its swarm has it\n"
    "receive                 print what is in the mailbox, one JSON object a text, and "
    "end\n"
    "file send FILE [TEXT]   to --to, by the file server\n"
    "file receive            save files, verified, in the folder --out\n"
    "voice send FILE, voice receive     the same of voice messages\n"
    "open-group post URL TEXT, open-group read URL, open-group join URL\n"
    "                        a room: http://HOST:PORT/ROOM?public_key=HEX\n"
    "group create MEMBER...  make a closed group; prints its id\n"
    "group add|remove MEMBER..., group send TEXT     in the group --group\n"
    "group receive           print what is in all groups of the account\n"
    "With --follow, what reads goes on until Ctrl-C.\n\n"
    "The account is --account: a recovery phrase or a seed of 32 or 64 hex digits\n"
    "(swarmbed account new makes one); without it one line is read from standard input.\n"
    "Nothing is kept here: groups and their keys are read from the account's mailbox,\n"
    "where messages stay for 14 days.  A testbed prints its seed_url first.\n\n"
    "Examples:\n"
    "  swarmbed client receive --seed-url http://127.16.0.1:22023 --follow <account.txt\n"
    "  swarmbed client send --seed-url http://127.16.0.1:22023 --to 05HEX 'Hello' "
    "<account.txt\n"
    "  swarmbed client group create 05HEX 05HEX --seed-url http://127.16.0.1:22023 "
    "<account.txt\n";

typedef struct ClientProgram {
    GMainLoop *loop;
    ClientShow show;
    gboolean follow;
    int code;
} ClientProgram;

static void
end(ClientProgram *program, int code)
{
    program->code = code;
    g_main_loop_quit(program->loop);
}

static void
show(void *context, const Note *note)
{
    ClientProgram *program = context;

    client_show(&program->show, note);
}

static void
done(void *context, const char *failure)
{
    ClientProgram *program = context;

    if (failure != NULL)
        end(program, cli_fail_text(EXIT_FAULT, failure));
    else
        end(program, program->show.failed ? EXIT_FAULT : EXIT_FINE);
}

static gboolean
time_is_up(gpointer context)
{
    end(context, cli_fail_text(EXIT_FAULT, "no answer in time"));
    return G_SOURCE_CONTINUE;
}

static gboolean
interrupted(gpointer context)
{
    ClientProgram *program = context;

    end(program, program->follow ? EXIT_FINE : EXIT_INTERRUPTED);
    return G_SOURCE_CONTINUE;
}

static int
run(LiveClientSpec *spec, const ClientOptions *options, ClientErrand *errand)
{
    SessionConfig config = session_config_2024;
    ClientProgram program = { .loop = g_main_loop_new(NULL, FALSE),
                              .show = { errand->shows, options->out, false,
                                        g_ptr_array_new() },
                              .follow = options->follow };
    guint sources[3];
    Errand *under_way;

    config.file_server = errand->file_server.known ? &errand->file_server.server : NULL;
    config.open_group = errand->open_group.known ? &errand->open_group.server : NULL;
    spec->config = &config;
    errand->spec.show = show;
    errand->spec.done = done;
    errand->spec.context = &program;
    signal(SIGPIPE, SIG_IGN);
    sources[0] = g_unix_signal_add(SIGINT, interrupted, &program);
    sources[1] = g_unix_signal_add(SIGTERM, interrupted, &program);
    sources[2] = program.follow
                     ? 0
                     : g_timeout_add_seconds((guint)options->timeout, time_is_up, &program);
    under_way = errand_new(&errand->spec, spec);
    g_main_loop_run(program.loop);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        if (sources[i] != 0)
            g_source_remove(sources[i]);
    errand_free(under_way);
    g_main_loop_unref(program.loop);
    g_ptr_array_unref(program.show.held);
    return program.code;
}

/* --- the command line ------------------------------------------------------------------
 */

static gboolean
read_account(const char *text, uint8_t ret[ACCOUNT_SEED_BYTES])
{
    char line[INPUT_LINE_MAX];

    if (text == NULL)
        text = fgets(line, sizeof line, stdin) == NULL ? "" : g_strstrip(line);
    return cli_account_seed(text, ret);
}

/* What the words and options ask for, or a sentence; then it is done. */
static int
run_words(ClientOptions *options, int n, char *const *words)
{
    ClientErrand errand = { .shows = SHOW_TEXTS };
    g_autoptr(GError) error = NULL;
    LiveClientSpec spec = { 0 };
    int code;

    if (!client_read_errand(options, n, words, &errand, &error))
        code = cli_fail(EXIT_BAD_INPUT, error);
    else if (options->url == NULL)
        code = cli_fail_text(EXIT_BAD_INPUT, "expected --seed-url URL");
    else if (options->timeout < 1 || options->timeout > 86400)
        code = cli_fail_text(EXIT_BAD_INPUT, "--timeout: expected 1 to 86400");
    else if (crypto_setup() != ST_OK)
        code = cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    else if ((spec.seed_node = client_seed_address(options->url, &error)) == 0)
        code = cli_fail(EXIT_BAD_INPUT, error);
    else if (!certificate_trust_nobody(&error))
        code = cli_fail(EXIT_FAULT, error);
    else if (!read_account(options->account, spec.seed))
        code = cli_fail_text(
            EXIT_BAD_INPUT, "--account: expected a recovery phrase or 32 or 64 hex digits");
    else {
        if (options->out == NULL &&
            (errand.shows == SHOW_FILES || errand.shows == SHOW_VOICES))
            options->out = g_strdup(".");
        code = run(&spec, options, &errand);
    }
    client_errand_clear(&errand);
    return code;
}

static void
options_clear(ClientOptions *options)
{
    g_free(options->url);
    g_free(options->to);
    g_free(options->account);
    g_free(options->group);
    g_free(options->file);
    g_free(options->file_server);
    g_free(options->file_server_key);
    g_free(options->out);
}

int
cli_client(int argc, char **argv)
{
    ClientOptions o = { .timeout = TIMEOUT_S };
    const GOptionEntry entries[] = {
        { "seed-url", 0, 0, G_OPTION_ARG_STRING, &o.url,
          "The network's seed node: its /json_rpc tells of the others", "URL" },
        { "account", 0, 0, G_OPTION_ARG_STRING, &o.account, "Whose", "ACCOUNT" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &o.to, "send: to whom", "SESSION-ID" },
        { "group", 0, 0, G_OPTION_ARG_STRING, &o.group, "group: which one", "ID" },
        { "file", 0, 0, G_OPTION_ARG_FILENAME, &o.file,
          "open-group post, group send: a file with the text", "FILE" },
        { "file-server", 0, 0, G_OPTION_ARG_STRING, &o.file_server,
          "file, voice, group: where files are, http://HOST:PORT", "URL" },
        { "file-server-key", 0, 0, G_OPTION_ARG_STRING, &o.file_server_key,
          "Its X25519 key, 64 hex digits (or ?public_key=HEX in the URL)", "HEX" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
          "Save files there (file, voice receive: here)", "DIR" },
        { "follow", 0, 0, G_OPTION_ARG_NONE, &o.follow, "What reads goes on", NULL },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &o.timeout, "Give up after so long (300)",
          "SECONDS" },
        { NULL }
    };
    int code;

    if (cli_options(entries, "send|receive|file|voice|open-group|group ... --seed-url URL",
                    "A client of any network: onion requests over three nodes.",
                    description, &argc, &argv, &code))
        code = run_words(&o, argc - 1, argv + 1);
    options_clear(&o);
    return code;
}
