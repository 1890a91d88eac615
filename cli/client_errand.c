/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the words of a command line ask the client for. */
#include <glib/gstdio.h>
#include <string.h>

#include "cli/client.h"
#include "nodes/crypto/attachment.h"

/* What is read of a command line. */
typedef struct Words {
    const ClientOptions *options;
    int n;
    char *const *word;
} Words;

static gboolean
complain(GError **error, const char *what)
{
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, what);
    return FALSE;
}

/* --- their parts
 * --------------------------------------------------------------------------- */

static gboolean
read_text(const char *text, SessionKind kind, ClientErrand *ret, GError **error)
{
    if (text[0] == '\0' || strlen(text) > SESSION_TEXT_MAX ||
        !g_utf8_validate(text, -1, NULL))
        return complain(error, "expected a text of 1 to 65536 bytes in UTF-8");
    ret->saying.kind = kind;
    ret->saying.text = bytes_of_text(text);
    return TRUE;
}

static gboolean
read_to(const ClientOptions *options, ClientErrand *ret, GError **error)
{
    if (options->to == NULL)
        return complain(error, "send: expected --to SESSION-ID");
    if (!client_read_account(options->to, ret->spec.to))
        return complain(error, "--to: expected 66 hex digits that begin with 05");
    return TRUE;
}

static gboolean
read_group(const ClientOptions *options, ClientErrand *ret, GError **error)
{
    if (options->group == NULL || !client_read_account(options->group, ret->spec.to))
        return complain(error, "expected --group ID, 66 hex digits that begin with 05, as "
                               "`group create` says them");
    return TRUE;
}

static gboolean
read_members(const Words *words, int first, ClientErrand *ret, GError **error)
{
    if (words->n == first || words->n - first > SESSION_GROUP_MEMBERS_MAX)
        return complain(error, "expected 1 to 100 members");
    ret->members = g_malloc_n((gsize)(words->n - first), sizeof *ret->members);
    for (int i = first; i < words->n; i++) {
        if (!client_read_account(words->word[i], ret->members[i - first])) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "member '%s': expected 66 hex digits that begin with 05",
                        words->word[i]);
            return FALSE;
        }
        ret->spec.n_members++;
    }
    return TRUE;
}

static gboolean
read_file(const char *path, ClientErrand *ret, GError **error)
{
    g_autofree char *data = NULL;
    GStatBuf of_file;
    gsize n;

    /* Before it is read: what is too large need not fit into memory. */
    if (g_stat(path, &of_file) == 0 &&
        (of_file.st_size == 0 || of_file.st_size > ATTACHMENT_BYTES_MAX)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: expected a file of 1 to %d bytes, it has %" G_GINT64_FORMAT, path,
                    ATTACHMENT_BYTES_MAX, (gint64)of_file.st_size);
        return FALSE;
    }
    if (!g_file_get_contents(path, &data, &n, error))
        return FALSE;
    if (n == 0 || n > ATTACHMENT_BYTES_MAX)
        return complain(error, "the file has changed while it was read");
    ret->file = packet_of_bytes((Bytes){ (const uint8_t *)data, n });
    ret->file_name = g_path_get_basename(path);
    ret->saying.file = &ret->file;
    ret->saying.file_name = bytes_of_text(ret->file_name);
    return TRUE;
}

/* A text, and with --file a file. */
static gboolean
read_text_with_file(const Words *words, const char *text, SessionKind kind,
                    ClientErrand *ret, GError **error)
{
    const char *file = words->options->file;

    if (!read_text(text, kind, ret, error) ||
        (file != NULL && !read_file(file, ret, error)))
        return FALSE;
    if (file != NULL)
        ret->saying.kind = (SessionKind)(kind + SESSION_FILE);
    return TRUE;
}

/* It may be left out where nothing can be done without it but names of files shown. */
static gboolean
read_file_server(const ClientOptions *options, gboolean needed, ClientErrand *ret,
                 GError **error)
{
    if (options->file_server == NULL && !needed)
        return TRUE;
    if (options->file_server == NULL)
        return complain(error, "expected --file-server URL and --file-server-key HEX");
    return client_read_server(options->file_server, options->file_server_key,
                              &ret->file_server, error);
}

/* --- what is asked for
 * --------------------------------------------------------------------- */

/* send TEXT | receive */
static gboolean
read_plain(const Words *words, ClientErrand *ret, GError **error)
{
    if (!read_file_server(words->options, FALSE, ret, error))
        return FALSE;
    if (strcmp(words->word[0], "receive") == 0) {
        if (words->n != 1)
            return complain(error, "receive: expected nothing more");
        ret->spec.kind = ERRAND_RECEIVE;
        return TRUE;
    }
    if (words->n != 2)
        return complain(error, "send: expected --to SESSION-ID and one text");
    ret->spec.kind = ERRAND_SEND;
    return read_to(words->options, ret, error) &&
           read_text(words->word[1], SESSION_TEXT, ret, error);
}

/* file|voice send FILE [TEXT] | receive */
static gboolean
read_of_file(const Words *words, ClientErrand *ret, GError **error)
{
    bool voice = strcmp(words->word[0], "voice") == 0;
    const char *verb = words->n > 1 ? words->word[1] : "";
    bool sends = strcmp(verb, "send") == 0;

    if ((!sends && strcmp(verb, "receive") != 0) || (!sends && words->n != 2) ||
        (sends && words->n != 3 && words->n != 4))
        return complain(error, "file, voice: expected send FILE [TEXT], or receive");
    if (!read_file_server(words->options, TRUE, ret, error))
        return FALSE;
    if (!sends) {
        ret->spec.kind = ERRAND_RECEIVE;
        ret->shows = voice ? SHOW_VOICES : SHOW_FILES;
        return TRUE;
    }
    ret->spec.kind = ERRAND_SEND;
    if (!read_to(words->options, ret, error) || !read_file(words->word[2], ret, error) ||
        (words->n == 4 && !read_text(words->word[3], SESSION_FILE, ret, error)))
        return FALSE;
    ret->saying.kind = voice ? SESSION_VOICE : SESSION_FILE;
    return TRUE;
}

/* open-group post URL TEXT | read URL | join URL */
static gboolean
read_of_room(const Words *words, ClientErrand *ret, GError **error)
{
    const char *verb = words->n > 1 ? words->word[1] : "";
    bool posts = strcmp(verb, "post") == 0, joins = strcmp(verb, "join") == 0;

    if ((!posts && !joins && strcmp(verb, "read") != 0) || words->n != 3 + posts)
        return complain(error, "open-group: expected post URL TEXT, read URL or join URL");
    if (!client_read_room(words->word[2], &ret->open_group, ret->spec.to, error))
        return FALSE;
    ret->spec.kind = posts ? ERRAND_ROOM_POST : ERRAND_ROOM_READ;
    if (joins)
        ret->shows = SHOW_ROOM;
    return !posts ||
           read_text_with_file(words, words->word[3], SESSION_ROOM_TEXT, ret, error);
}

/* group create MEMBER... | add MEMBER... | remove MEMBER... | send TEXT | receive */
static gboolean
read_of_group(const Words *words, ClientErrand *ret, GError **error)
{
    const char *verb = words->n > 1 ? words->word[1] : "";

    ret->shows = SHOW_GROUPS;
    if (strcmp(verb, "create") == 0) {
        ret->spec.kind = ERRAND_GROUP_CREATE;
        return read_members(words, 2, ret, error);
    }
    if (strcmp(verb, "add") == 0 || strcmp(verb, "remove") == 0) {
        ret->spec.kind = verb[0] == 'a' ? ERRAND_GROUP_ADD : ERRAND_GROUP_REMOVE;
        return read_group(words->options, ret, error) && read_members(words, 2, ret, error);
    }
    if (strcmp(verb, "send") == 0 && words->n == 3) {
        ret->spec.kind = ERRAND_GROUP_SEND;
        return read_group(words->options, ret, error) &&
               read_file_server(words->options, words->options->file != NULL, ret, error) &&
               read_text_with_file(words, words->word[2], SESSION_GROUP_TEXT, ret, error);
    }
    if (strcmp(verb, "receive") != 0 || words->n != 2)
        return complain(error, "group: expected create MEMBER..., add MEMBER..., remove "
                               "MEMBER..., send TEXT, or receive");
    ret->spec.kind = ERRAND_GROUP_RECEIVE;
    ret->shows = SHOW_TEXTS;
    return read_file_server(words->options, FALSE, ret, error);
}

gboolean
client_read_errand(const ClientOptions *options, int n, char *const *word,
                   ClientErrand *ret, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*read)(const Words *words, ClientErrand *ret, GError **error);
    } verbs[] = {
        { "send", read_plain },         { "receive", read_plain },
        { "file", read_of_file },       { "voice", read_of_file },
        { "open-group", read_of_room }, { "group", read_of_group },
    };
    const Words words = { options, n, word };

    for (size_t i = 0; n > 0 && i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(word[0], verbs[i].name) != 0)
            continue;
        if (!verbs[i].read(&words, ret, error))
            return FALSE;
        memcpy(ret->saying.to, ret->spec.to, ACCOUNT_BYTES);
        ret->spec.saying = &ret->saying;
        ret->spec.members = (const uint8_t(*)[ACCOUNT_BYTES])ret->members;
        ret->spec.follow = options->follow;
        return TRUE;
    }
    return complain(error, "expected send or receive, file, voice, open-group or group");
}

void
client_errand_clear(ClientErrand *errand)
{
    packet_clear(&errand->file);
    g_free(errand->file_name);
    g_free(errand->members);
    client_server_clear(&errand->file_server);
    client_server_clear(&errand->open_group);
}
