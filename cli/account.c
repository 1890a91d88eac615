/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed account: make, show and hand on an account. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/account.h"
#include "cli/cli.h"
#include "cli/wire.h"
#include "clients/qr/qr.h"
#include "clients/session/mnemonic.h"
#include "clients/session/session.h"

static const char description[] =
    "new              a fresh account: Session ID and recovery phrase\n"
    "show [ACCOUNT]   the account of a recovery phrase or a seed in hex\n"
    "qr [ACCOUNT]     its Session ID as a QR code in the terminal, or as PNG\n\n"
    "ACCOUNT is a recovery phrase of 13 words or a seed of 32 or 64 hex digits; qr takes "
    "a\n"
    "Session ID, too.  Without it one line is read from standard input, which keeps a\n"
    "secret out of the list of processes.\n\n"
    "Examples:\n"
    "  swarmbed account new --json >account.json\n"
    "  jq -r .mnemonic account.json | swarmbed account qr --png account.png\n";

enum { INPUT_LINE_MAX = 4096, PNG_SCALE = 8, SESSION_PREFIX = 0x05 };

typedef struct AccountOptions {
    gboolean json, light;
    char *png;
} AccountOptions;

/* --- reading an account ------------------------------------------------------------------
 */

/* What follows the verb, or a line of standard input. */
static char *
account_text(int argc, char **argv)
{
    char line[INPUT_LINE_MAX];

    if (argc > 2)
        return g_strstrip(g_strjoinv(" ", argv + 2));
    if (isatty(STDIN_FILENO))
        fputs("Recovery phrase or seed: ", stderr);
    if (fgets(line, sizeof line, stdin) == NULL)
        return g_strdup("");
    return g_strstrip(g_strdup(line));
}

gboolean
cli_account_seed(const char *text, uint8_t ret[ACCOUNT_SEED_BYTES])
{
    uint8_t seed[MNEMONIC_SEED_BYTES];

    if (hex_decode(bytes_of_text(text), ret, ACCOUNT_SEED_BYTES))
        return TRUE;
    if (!hex_decode(bytes_of_text(text), seed, sizeof seed) &&
        mnemonic_decode(bytes_of_text(text), seed) != ST_OK)
        return FALSE;
    account_seed_extend(seed, ret);
    return TRUE;
}

static char *
session_id(const uint8_t seed[ACCOUNT_SEED_BYTES])
{
    uint8_t account[ACCOUNT_BYTES];
    char *hex = g_malloc0(ACCOUNT_HEX + 1);

    session_account_of_seed(seed, account);
    hex_encode((Bytes){ account, sizeof account }, hex);
    return hex;
}

/* --- the verbs ---------------------------------------------------------------------------
 */

static int
show(const uint8_t seed[ACCOUNT_SEED_BYTES], const AccountOptions *options)
{
    g_autofree char *id = session_id(seed);
    g_autofree char *phrase = NULL;

    if (account_seed_has_mnemonic(seed)) {
        Buffer text = BUFFER_EMPTY;

        mnemonic_encode(seed, &text);
        phrase = g_strndup((const char *)text.p, text.n);
        explicit_bzero(text.p, text.n);
        buffer_clear(&text);
    }
    if (options->json) {
        json_t *out = json_pack("{s:s, s:s?}", "session_id", id, "mnemonic", phrase);

        json_dumpf(out, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(out);
    } else {
        printf("Session ID       %s\n", id);
        if (phrase != NULL)
            printf("Recovery phrase  %s\n", phrase);
    }
    return EXIT_FINE;
}

static int
account_new(const AccountOptions *options)
{
    uint8_t random[MNEMONIC_SEED_BYTES], seed[ACCOUNT_SEED_BYTES];
    int code;

    wire_random(random, sizeof random);
    account_seed_extend(random, seed);
    code = show(seed, options);
    explicit_bzero(random, sizeof random);
    explicit_bzero(seed, sizeof seed);
    return code;
}

static int
account_show(const char *text, const AccountOptions *options)
{
    uint8_t seed[ACCOUNT_SEED_BYTES];
    int code;

    if (!cli_account_seed(text, seed))
        return cli_fail_text(EXIT_BAD_INPUT, "account: neither a recovery phrase of 13 "
                                             "words nor a seed of 32 or 64 hex digits");
    code = show(seed, options);
    explicit_bzero(seed, sizeof seed);
    return code;
}

static int
write_png_file(const Qr *qr, const char *path)
{
    g_autoptr(GError) error = NULL;
    Buffer png = BUFFER_EMPTY;
    int code = EXIT_FINE;

    if (!qr_png(qr, PNG_SCALE, &png))
        code = cli_fail_text(EXIT_FAULT, "account: libpng failed");
    else if (!g_file_set_contents(path, (const char *)png.p, (gssize)png.n, &error))
        code = cli_fail(EXIT_FAULT, error);
    buffer_clear(&png);
    return code;
}

/* The ID that @text is or belongs to. */
static char *
id_of_text(const char *text)
{
    uint8_t account[ACCOUNT_BYTES], seed[ACCOUNT_SEED_BYTES];

    if (hex_decode(bytes_of_text(text), account, sizeof account))
        return account[0] == SESSION_PREFIX ? g_ascii_strdown(text, -1) : NULL;
    return cli_account_seed(text, seed) ? session_id(seed) : NULL;
}

static int
account_qr(const char *text, const AccountOptions *options)
{
    g_autofree char *id = id_of_text(text);
    Qr qr;
    int code = EXIT_FINE;

    if (id == NULL)
        return cli_fail_text(EXIT_BAD_INPUT, "account: neither a Session ID, a recovery "
                                             "phrase nor a seed");
    if (qr_make(bytes_of_text(id), &qr) != ST_OK)
        g_error("a Session ID always has a QR code");
    if (options->png != NULL) {
        code = write_png_file(&qr, options->png);
    } else {
        Buffer lines = BUFFER_EMPTY;

        qr_draw(&qr, options->light, &lines);
        fwrite(lines.p, 1, lines.n, stdout);
        printf("%s\n", id);
        buffer_clear(&lines);
    }
    qr_clear(&qr);
    return code;
}

static int
run_verb(int argc, char **argv, const AccountOptions *options)
{
    g_autofree char *text = NULL;

    if (argc == 2 && strcmp(argv[1], "new") == 0)
        return account_new(options);
    if (argc < 2 || (strcmp(argv[1], "show") != 0 && strcmp(argv[1], "qr") != 0))
        return cli_fail_text(EXIT_BAD_INPUT, "account: expected new, show or qr; see "
                                             "swarmbed account --help");
    text = account_text(argc, argv);
    if (strcmp(argv[1], "show") == 0)
        return account_show(text, options);
    return account_qr(text, options);
}

int
cli_account(int argc, char **argv)
{
    AccountOptions options = { FALSE, FALSE, NULL };
    const GOptionEntry entries[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
                                       "new, show: as JSON", NULL },
                                     { "png", 0, 0, G_OPTION_ARG_FILENAME, &options.png,
                                       "qr: write this file instead", "FILE" },
                                     { "light", 0, 0, G_OPTION_ARG_NONE, &options.light,
                                       "qr: for a terminal with dark text on light", NULL },
                                     G_OPTION_ENTRY_NULL };
    int code;

    if (cli_options(entries, "new | show [ACCOUNT...] | qr [ACCOUNT...]",
                    "Make, show and hand on an account.", description, &argc, &argv,
                    &code)) {
        if (crypto_setup() != ST_OK)
            code = cli_fail_text(EXIT_FAULT, "account: this processor has no AES-GCM");
        else
            code = run_verb(argc, argv, &options);
    }
    g_free(options.png);
    return code;
}
