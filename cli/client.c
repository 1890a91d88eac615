/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed client`: send a text, and receive texts, in any network with a seed URL. */
#include "clients/live/client.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/account.h"
#include "cli/cli.h"
#include "cli/wire.h"
#include "nodes/live/certificate.h"
#include "nodes/live/faults.h"

enum { INPUT_LINE_MAX = 4096, TIMEOUT_S = 300, SEED_PORT = 80 };

static const char description[] =
    "send TEXT    send it to the account --to; ends when its swarm has it\n"
    "receive      print what is in the mailbox, one JSON object a text, and end;\n"
    "             with --follow, go on until Ctrl-C\n\n"
    "The account is --account: a recovery phrase or a seed of 32 or 64 hex digits\n"
    "(swarmbed account new makes one); without it one line is read from standard input.\n";

typedef struct ClientProgram {
    GMainLoop *loop;
    gboolean sends, follow;
    int code;
} ClientProgram;

static void
end(ClientProgram *program, int code)
{
    program->code = code;
    g_main_loop_quit(program->loop);
}

static void
print_text(const Note *note)
{
    uint8_t sender[ACCOUNT_BYTES] = { 0x05 };
    char hex[2 * ACCOUNT_BYTES + 1] = "";
    g_autofree char *text = g_utf8_make_valid((const char *)note->text.p + KEY_BYTES,
                                              (gssize)(note->text.n - KEY_BYTES));
    json_t *out;

    memcpy(sender + 1, note->text.p, KEY_BYTES);
    hex_encode((Bytes){ sender, sizeof sender }, hex);
    out = json_pack("{s:s, s:I, s:s}", "from", hex, "timestamp", (json_int_t)note->a,
                    "text", text);
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(out);
}

static void
take_note(void *context, const Note *note)
{
    ClientProgram *program = context;

    if (program->sends && note->kind == NOTE_ACCEPTED) {
        end(program, EXIT_FINE);
    } else if (program->sends && note->kind == NOTE_GIVEN_UP) {
        cli_fail_text(EXIT_FAULT, send_failure_name((SendFailure)note->b));
        end(program, EXIT_FAULT);
    } else if (!program->sends && note->kind == NOTE_TEXT) {
        print_text(note);
    } else if (!program->sends && note->kind == NOTE_POLL && note->b == 200 &&
               !program->follow) {
        end(program, EXIT_FINE);
    }
}

/* --- the command line ------------------------------------------------------------------
 */

/* http://HOST[:PORT][/]; 0 with @error. */
static Address
seed_address(const char *url, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, error);
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    GList *found;
    g_autofree char *ip = NULL;
    int port;

    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "http") != 0 ||
        g_uri_get_host(uri) == NULL || g_uri_get_host(uri)[0] == '\0') {
        g_clear_error(error);
        g_set_error(error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME,
                    "--seed-url: expected http://HOST:PORT");
        return 0;
    }
    found = g_resolver_lookup_by_name_with_flags(
        resolver, g_uri_get_host(uri), G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, NULL, error);
    if (found == NULL)
        return 0;
    ip = g_inet_address_to_string(found->data);
    g_resolver_free_addresses(found);
    port = g_uri_get_port(uri);
    return address_of(live_ip_parse(ip), (uint16_t)(port > 0 ? port : SEED_PORT));
}

static gboolean
read_account(const char *text, uint8_t ret[ACCOUNT_SEED_BYTES])
{
    char line[INPUT_LINE_MAX];

    if (text == NULL)
        text = fgets(line, sizeof line, stdin) == NULL ? "" : g_strstrip(line);
    return cli_account_seed(text, ret);
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
run(LiveClientSpec *spec, ClientProgram *program, const uint8_t *to, const char *text,
    int timeout)
{
    SessionConfig config = session_config_2024;
    LiveClient *client;
    guint sources[3];

    /* A program that is run once need not wait for others to start apart from it. */
    config.poll_start_delay = 0;
    config.poll_configs = false;
    config.sync_copies = false;
    spec->config = &config;
    spec->note = take_note;
    spec->context = program;
    signal(SIGPIPE, SIG_IGN);
    program->loop = g_main_loop_new(NULL, FALSE);
    sources[0] = g_unix_signal_add(SIGINT, interrupted, program);
    sources[1] = g_unix_signal_add(SIGTERM, interrupted, program);
    sources[2] =
        program->follow ? 0 : g_timeout_add_seconds((guint)timeout, time_is_up, program);
    client = live_client_new(spec);
    if (program->sends)
        live_client_say(client, to, bytes_of_text(text));
    g_main_loop_run(program->loop);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        if (sources[i] != 0)
            g_source_remove(sources[i]);
    live_client_free(client);
    g_main_loop_unref(program->loop);
    return program->code;
}

static const char *
check_words(int argc, char **argv, const char *url, const char *to, ClientProgram *program)
{
    const char *verb = argc > 1 ? argv[1] : "";

    program->sends = strcmp(verb, "send") == 0;
    if (!program->sends && strcmp(verb, "receive") != 0)
        return "expected send or receive";
    if (url == NULL)
        return "expected --seed-url URL";
    if (program->sends && (to == NULL || argc != 3))
        return "send: expected --to SESSION-ID and one text";
    if (program->sends && (argv[2][0] == '\0' || strlen(argv[2]) > SESSION_TEXT_MAX ||
                           !g_utf8_validate(argv[2], -1, NULL)))
        return "send: expected a text of 1 to 65536 bytes in UTF-8";
    if (!program->sends && argc != 2)
        return "receive: expected nothing more";
    return NULL;
}

int
cli_client(int argc, char **argv)
{
    g_autofree char *url = NULL, *to_text = NULL, *account = NULL;
    ClientProgram program = { .code = EXIT_FAULT };
    g_autoptr(GError) error = NULL;
    LiveClientSpec spec = { 0 };
    uint8_t to[ACCOUNT_BYTES];
    int code, timeout = TIMEOUT_S;
    const char *wrong;
    const GOptionEntry options[] = {
        { "seed-url", 0, 0, G_OPTION_ARG_STRING, &url,
          "The network's seed node: its /json_rpc tells of the others", "URL" },
        { "account", 0, 0, G_OPTION_ARG_STRING, &account, "Whose", "ACCOUNT" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &to_text, "send: to whom", "SESSION-ID" },
        { "follow", 0, 0, G_OPTION_ARG_NONE, &program.follow, "receive: go on", NULL },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &timeout, "Give up after so long (300)",
          "SECONDS" },
        { NULL }
    };

    if (!cli_options(options, "send TEXT|receive --seed-url URL",
                     "A client of any network: onion requests over three nodes.",
                     description, &argc, &argv, &code))
        return code;
    wrong = check_words(argc, argv, url, to_text, &program);
    if (wrong != NULL)
        return cli_fail_text(EXIT_BAD_INPUT, wrong);
    if (timeout < 1 || timeout > 86400)
        return cli_fail_text(EXIT_BAD_INPUT, "--timeout: expected 1 to 86400");
    if (to_text != NULL &&
        (!hex_decode(bytes_of_text(to_text), to, sizeof to) || to[0] != 0x05))
        return cli_fail_text(EXIT_BAD_INPUT,
                             "--to: expected 66 hex digits that begin with 05");
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    spec.seed_node = seed_address(url, &error);
    if (spec.seed_node == 0)
        return cli_fail(EXIT_BAD_INPUT, error);
    if (!certificate_trust_nobody(&error))
        return cli_fail(EXIT_FAULT, error);
    if (!read_account(account, spec.seed))
        return cli_fail_text(
            EXIT_BAD_INPUT, "--account: expected a recovery phrase or 32 or 64 hex digits");
    return run(&spec, &program, to, program.sends ? argv[2] : NULL, timeout);
}
