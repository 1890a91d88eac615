/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came, one JSON object a line, and files where they are wanted. */
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/client.h"

enum { NAMES_TRIED = 1000, HEAD_BYTES = 2 * ACCOUNT_BYTES };

static void
print(json_t *out)
{
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(out);
}

static int
by_time(gconstpointer a, gconstpointer b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    json_int_t earlier = json_integer_value(json_object_get(x, "timestamp"));
    json_int_t later = json_integer_value(json_object_get(y, "timestamp"));

    return earlier < later ? -1 : earlier > later;
}

/* Print it, or hold it back when it is a room's; takes it. */
static void
print_in_order(ClientShow *show, json_t *out)
{
    if (json_object_get(out, "room") != NULL)
        g_ptr_array_add(show->held, out);
    else
        print(out);
}

static void
print_held(ClientShow *show)
{
    g_ptr_array_sort(show->held, by_time);
    for (guint i = 0; i < show->held->len; i++)
        print(show->held->pdata[i]);
    g_ptr_array_set_size(show->held, 0);
}

static json_t *
id_json(const uint8_t id[ACCOUNT_BYTES])
{
    char hex[2 * ACCOUNT_BYTES + 1] = "";

    hex_encode((Bytes){ id, ACCOUNT_BYTES }, hex);
    return json_string(hex);
}

static json_t *
text_json(Bytes text)
{
    g_autofree char *valid = g_utf8_make_valid((const char *)text.p, (gssize)text.n);

    return json_string(valid);
}

/* Where a room's name stands. */
static const char *
room_of(const uint8_t mailbox[ACCOUNT_BYTES])
{
    return (const char *)mailbox + 1;
}

/* Who wrote it, where, when. */
static json_t *
begin(const Note *note)
{
    const uint8_t *author = note->text.p, *mailbox = author + ACCOUNT_BYTES;
    json_t *out = json_object();
    g_autofree char *token = NULL;

    json_object_set_new(out, "from", id_json(author));
    if (mailbox[0] != 0) {
        json_object_set_new(out, "group", id_json(mailbox));
    } else if (mailbox[1] != 0) {
        token = g_strndup(room_of(mailbox), ACCOUNT_BYTES - 1);
        json_object_set_new(out, "room", json_string(token));
    }
    json_object_set_new(out, "timestamp", json_integer((json_int_t)note->a));
    return out;
}

static void
show_text(ClientShow *show, const Note *note)
{
    json_t *out = begin(note);
    Bytes text = { note->text.p + HEAD_BYTES, note->text.n - HEAD_BYTES };

    json_object_set_new(out, "text", text_json(text));
    print_in_order(show, out);
}

/* --- files -------------------------------------------------------------------------------
 */

/* What NOTE_FILE carries. */
typedef struct CameFile {
    SessionKind kind;
    Bytes name, data;
} CameFile;

static CameFile
came_file(const Note *note)
{
    const uint8_t *p = note->text.p + HEAD_BYTES;
    size_t name_n = p[1];

    return (CameFile){ (SessionKind)p[0],
                       { p + 2, name_n },
                       { p + 2 + name_n, note->text.n - HEAD_BYTES - 2 - name_n } };
}

/* A name that is its sender's as far as it is harmless: no folders, nothing hidden, nothing
 * that a terminal would obey. */
static char *
safe_name(Bytes name)
{
    char *safe = g_utf8_make_valid((const char *)name.p, (gssize)name.n);

    for (char *p = safe; *p != '\0'; p++)
        if (*p == '/' || *p == '\\' || g_ascii_iscntrl(*p))
            *p = '_';
    if (safe[0] == '.')
        safe[0] = '_';
    if (safe[0] != '\0')
        return safe;
    g_free(safe);
    return g_strdup("file");
}

/* "photo.jpg", "photo-2.jpg" ... */
static char *
numbered(const char *folder, const char *name, int i)
{
    const char *end = strrchr(name, '.');
    int stem = end == NULL ? (int)strlen(name) : (int)(end - name);
    g_autofree char *file =
        i == 1 ? g_strdup(name)
               : g_strdup_printf("%.*s-%d%s", stem, name, i, end == NULL ? "" : end);

    return g_build_filename(folder, file, NULL);
}

static bool
is_same(const char *path, Bytes data)
{
    g_autofree char *there = NULL;
    gsize n;

    return g_file_get_contents(path, &there, &n, NULL) && n == data.n &&
           memcmp(there, data.p, n) == 0;
}

/* Nothing that is there is written over; what is there already, byte for byte, is not
 * written twice.  To be freed; NULL with @error. */
static char *
save(const char *folder, const CameFile *file, GError **error)
{
    g_autofree char *name = safe_name(file->name);

    for (int i = 1; i <= NAMES_TRIED; i++) {
        g_autofree char *path = numbered(folder, name, i);

        if (is_same(path, file->data))
            return g_steal_pointer(&path);
        if (g_file_test(path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
            continue;
        if (!g_file_set_contents(path, (const char *)file->data.p, (gssize)file->data.n,
                                 error))
            return NULL;
        return g_steal_pointer(&path);
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s/%s: there are too many of this name", folder, name);
    return NULL;
}

static const char *
loss_text(uint64_t loss)
{
    static const char *const texts[FILE_LOSSES] = {
        [FILE_GONE] = "it is not on its server, or no more",
        [FILE_UNREACHABLE] = "its server does not answer",
        [FILE_CHANGED] = "refused: its digest, MAC or size is wrong",
        [FILE_TOO_MANY] = "no file server is given, or too many files wait",
    };

    return loss < FILE_LOSSES ? texts[loss] : "unknown";
}

static void
show_file(ClientShow *show, const Note *note)
{
    CameFile file = came_file(note);
    json_t *out = begin(note);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    json_object_set_new(out, "kind", json_string(session_kind_name(file.kind)));
    json_object_set_new(out, "name", text_json(file.name));
    if (note->b != 0) {
        json_object_set_new(out, "missing", json_string(loss_text(note->b - 1)));
        show->failed |= show->out != NULL;
    } else {
        json_object_set_new(out, "bytes", json_integer((json_int_t)file.data.n));
        path = show->out == NULL ? NULL : save(show->out, &file, &error);
    }
    if (path != NULL)
        json_object_set_new(out, "saved", json_string(path));
    print(out); /* (it came by itself, after what was said) */
    if (error != NULL) {
        show->failed = true;
        cli_fail(EXIT_FAULT, error);
    }
}

/* --- groups and rooms --------------------------------------------------------------------
 */

static void
show_group(const Note *note)
{
    static const char *const changes[] = {
        [GROUP_JOINED] = "joined",
        [GROUP_CHANGED] = "changed",
        [GROUP_LEFT] = "left",
    };
    json_t *out;

    if (note->b >= G_N_ELEMENTS(changes) || note->a == 0)
        return; /* only what was ordered here */
    out = json_object();
    json_object_set_new(out, "group", id_json(note->text.p));
    json_object_set_new(out, "change", json_string(changes[note->b]));
    print(out);
}

static void
show_room(const Note *note)
{
    g_autofree char *token = g_strndup(room_of(note->text.p), ACCOUNT_BYTES - 1);

    print(json_pack("{s:s, s:I}", "room", token, "recent_posts", (json_int_t)note->a));
}

void
client_show(ClientShow *show, const Note *note)
{
    if (note->kind == NOTE_TEXT && show->shows == SHOW_TEXTS)
        show_text(show, note);
    else if (note->kind == NOTE_FILE &&
             (show->shows == SHOW_TEXTS || show->shows == SHOW_FILES ||
              (show->shows == SHOW_VOICES && came_file(note).kind == SESSION_VOICE)))
        show_file(show, note);
    else if (note->kind == NOTE_GROUP && show->shows == SHOW_GROUPS)
        show_group(note);
    else if (note->kind == NOTE_MAILBOX && show->shows == SHOW_ROOM)
        show_room(note);
    else if (note->kind == NOTE_MAILBOX)
        print_held(show);
}
