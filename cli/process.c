/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/process.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "nodes/base/bytes.h"
#include "nodes/live/clock.h"

enum { SEED_BYTES = 32 };

typedef struct Process {
    GMainLoop *loop;
    GDataInputStream *commands;
    void (*command)(void *context, const char *line);
    void *context;
} Process;

void
cli_process_begin(void)
{
    signal(SIGPIPE, SIG_IGN);
    /* One arena for the main thread and GLib's few: some MB less, and one of them works. */
    (void)mallopt(M_ARENA_MAX, 1);
    cli_allow_many_files();
}

static gboolean
make_key(const char *folder, const char *path, GError **error)
{
    char text[2 * SEED_BYTES + 2] = "";
    uint8_t seed[SEED_BYTES];
    gboolean made;

    live_random(seed, sizeof seed);
    hex_encode((Bytes){ seed, sizeof seed }, text);
    text[2 * SEED_BYTES] = '\n';
    (void)g_mkdir_with_parents(folder, 0700); /* what follows says why, if not */
    made = g_file_set_contents_full(path, text, sizeof text - 1,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    explicit_bzero(seed, sizeof seed);
    explicit_bzero(text, sizeof text);
    return made;
}

gboolean
cli_process_key(const char *folder, gboolean make, uint8_t ret[SEED_BYTES], GError **error)
{
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    g_autofree char *text = NULL;

    if (make && !g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(folder, path, error))
        return FALSE;
    if (!g_file_get_contents(path, &text, NULL, error))
        return FALSE;
    if (hex_decode(bytes_of_text(g_strstrip(text)), ret, SEED_BYTES))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: expected 64 hex digits",
                path);
    return FALSE;
}

static gboolean
quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

static void read_command(Process *process);

static void
command_read(GObject *source, GAsyncResult *result, gpointer context)
{
    Process *process = context;
    g_autofree char *line = g_data_input_stream_read_line_finish(
        G_DATA_INPUT_STREAM(source), result, NULL, NULL);

    if (line == NULL) { /* the supervisor is gone */
        g_main_loop_quit(process->loop);
        return;
    }
    if (process->command != NULL)
        process->command(process->context, line);
    read_command(process);
}

static void
read_command(Process *process)
{
    g_data_input_stream_read_line_async(process->commands, G_PRIORITY_DEFAULT, NULL,
                                        command_read, process);
}

void
cli_process_run(gboolean supervised, void (*command)(void *context, const char *line),
                void *context)
{
    Process process = { g_main_loop_new(NULL, FALSE), NULL, command, context };

    g_unix_signal_add(SIGTERM, quit, process.loop);
    g_unix_signal_add(SIGINT, quit, process.loop);
    if (supervised) {
        g_autoptr(GInputStream) in = g_unix_input_stream_new(STDIN_FILENO, FALSE);

        process.commands = g_data_input_stream_new(in);
        read_command(&process);
    }
    g_main_loop_run(process.loop);
    g_clear_object(&process.commands);
    g_main_loop_unref(process.loop);
}
