/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/process.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"

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
