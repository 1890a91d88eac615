/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire: reads objects, calls verbs, writes answers. */
#include "cli/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const char description[] =
    "Verbs: account, onion-wrap, onion-peel, reply-seal, reply-open, message-seal,\n"
    "message-open, message-hash, swarm-of, swarm-assign, rpc-sign, rpc.\n"
    "One JSON object on standard input gives one on standard output.  Binary values are\n"
    "lower-case hex in fields that end in _hex.  A refused input gives "
    "{\"error\":\"...\"}\n"
    "and exit status 1.\n\n"
    "rpc-sign: ed25519_seed_hex, method, params; account_seed_hex where the seed is that "
    "of\n"
    "a subaccount, with access (1 read, 2 write, 4 delete, 8 any prefix, added up).\n"
    "rpc: state (a folder), node_seed_hex, now_ms, method, and params; or\n"
    "params_bencode_hex: then over OxenMQ (also monitor.messages), answered as "
    "body_hex.\n\n"
    "Examples:\n"
    "  echo '{\"seed_hex\":\"00112233445566778899aabbccddeeff\"}' | swarmbed wire account\n"
    "  swarmbed wire message-hash --lines <messages.jsonl >hashes.jsonl\n";

typedef struct WireVerb {
    const char *name;
    WireFunction function;
    WireTextFunction text_function; /* instead */
} WireVerb;

static const WireVerb verbs[] = {
    { "account", wire_account, NULL },
    { "onion-wrap", wire_onion_wrap, NULL },
    { "onion-peel", wire_onion_peel, NULL },
    { "reply-seal", wire_reply_seal, NULL },
    { "reply-open", wire_reply_open, NULL },
    { "message-seal", wire_message_seal, NULL },
    { "message-open", wire_message_open, NULL },
    { "message-hash", wire_message_hash, NULL },
    { "swarm-of", wire_swarm_of, NULL },
    { "swarm-assign", wire_swarm_assign, NULL },
    { "rpc-sign", wire_rpc_sign, NULL },
    { "rpc", NULL, wire_rpc },
};

static json_t *
call_with_object(WireFunction function, Bytes text, GError **error)
{
    json_error_t parse;
    json_t *in = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &parse),
           *out;

    if (in == NULL)
        return wire_refuse(error, "no JSON object: %s", parse.text);
    if (!json_is_object(in)) {
        json_decref(in);
        return wire_refuse(error, "no JSON object");
    }
    out = function(in, error);
    json_decref(in);
    return out;
}

/* Answer one input on standard output; false when it was refused. */
static gboolean
answer(const WireVerb *verb, Bytes text)
{
    g_autoptr(GError) error = NULL;
    json_t *out;
    gboolean ok;

    if (text.n > WIRE_INPUT_MAX)
        out = wire_refuse(&error, "longer than %d bytes", WIRE_INPUT_MAX);
    else if (verb->text_function != NULL)
        out = verb->text_function(text, &error);
    else
        out = call_with_object(verb->function, text, &error);
    ok = out != NULL;
    g_assert(ok == (error == NULL));
    if (!ok) {
        g_autofree char *valid = g_utf8_make_valid(error->message, -1);

        out = json_pack("{s:s}", "error", valid);
    }
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(out);
    return ok;
}

static Bytes
trimmed(Bytes text)
{
    while (text.n > 0 && strchr(" \t\r\n", text.p[text.n - 1]) != NULL &&
           text.p[text.n - 1] != 0)
        text.n--;
    return text;
}

static int
answer_lines(const WireVerb *verb)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int code = EXIT_FINE;

    while ((n = getline(&line, &room, stdin)) >= 0) {
        Bytes text = trimmed((Bytes){ (const uint8_t *)line, (size_t)n });

        if (text.n > 0 && !answer(verb, text))
            code = EXIT_EXPECTATION;
    }
    free(line);
    return code;
}

static int
answer_whole(const WireVerb *verb)
{
    g_autoptr(GByteArray) text = g_byte_array_new();
    guint8 piece[65536];
    size_t n;

    while (text->len <= WIRE_INPUT_MAX && (n = fread(piece, 1, sizeof piece, stdin)) > 0)
        g_byte_array_append(text, piece, (guint)n);
    return answer(verb, wire_bytes(text)) ? EXIT_FINE : EXIT_EXPECTATION;
}

static int
run_verb(const char *name, gboolean lines)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        int code;

        if (strcmp(name, verbs[i].name) != 0)
            continue;
        code = lines ? answer_lines(&verbs[i]) : answer_whole(&verbs[i]);
        if (ferror(stdin))
            return cli_fail_text(EXIT_FAULT, "wire: standard input cannot be read");
        if (ferror(stdout))
            return cli_fail_text(EXIT_FAULT, "wire: standard output cannot be written");
        return code;
    }
    return cli_fail_text(EXIT_BAD_INPUT,
                         "wire: there is no such verb; see swarmbed wire --help");
}

int
cli_wire(int argc, char **argv)
{
    gboolean lines = FALSE;
    const GOptionEntry entries[] = { { "lines", 0, 0, G_OPTION_ARG_NONE, &lines,
                                       "One object a line, until the end of input", NULL },
                                     G_OPTION_ENTRY_NULL };
    int code;

    if (!cli_options(entries, "VERB", "The protocol, one JSON object at a time.",
                     description, &argc, &argv, &code))
        return code;
    if (argc != 2)
        return cli_fail_text(EXIT_BAD_INPUT,
                             "wire: expected one verb; see swarmbed wire --help");
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "wire: this processor has no AES-GCM");
    return run_verb(argv[1], lines);
}
