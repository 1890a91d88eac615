/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/children.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "nodes/live/key_file.h"

typedef struct Child {
    Children *children;
    uint32_t index;
    ChildState state;
    GSubprocess *process; /* NULL when down */
    GDataInputStream *output;
    bool again; /* start it when it has ended */
} Child;

struct Children {
    ChildrenSpec spec;
    char *program;
    Child *child;
    GCancellable *cancellable;
};

static void
set_state(Child *child, ChildState state, const char *what)
{
    const ChildrenSpec *spec = &child->children->spec;

    child->state = state;
    spec->changed(spec->context, child->index, what);
}

/* --- what it says ------------------------------------------------------------ */

static void read_line(Child *child);

static void
take_line(Child *child, const char *line)
{
    const ChildrenSpec *spec = &child->children->spec;

    if (strcmp(line, "ready") != 0) {
        if (spec->line != NULL)
            spec->line(spec->context, child->index, line);
    } else if (child->state == CHILD_STARTING) {
        set_state(child, CHILD_UP, "is ready");
    }
}

static void
line_read(GObject *source, GAsyncResult *result, gpointer context)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_finish(
        G_DATA_INPUT_STREAM(source), result, NULL, &error);
    Child *child = context;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the children are gone */
    if (line == NULL || child->output != G_DATA_INPUT_STREAM(source))
        return; /* the process ended: its exit is news, this is not */
    take_line(child, line);
    read_line(child);
}

static void
read_line(Child *child)
{
    /* What a node stored is known before the client that sent it hears that it did. */
    g_data_input_stream_read_line_async(child->output, G_PRIORITY_HIGH,
                                        child->children->cancellable, line_read, child);
}

/* --- its end ----------------------------------------------------------------- */

static char *
describe_end(GSubprocess *process)
{
    if (g_subprocess_get_if_signaled(process))
        return g_strdup_printf("was ended by signal %d",
                               g_subprocess_get_term_sig(process));
    return g_strdup_printf("ended with status %d", g_subprocess_get_exit_status(process));
}

static void
start_again(Child *child)
{
    g_autoptr(GError) error = NULL;

    child->again = false;
    if (!children_start(child->children, child->index, &error))
        set_state(child, CHILD_DOWN, error->message);
}

static void
ended(GObject *source, GAsyncResult *result, gpointer context)
{
    GSubprocess *process = G_SUBPROCESS(source);
    g_autoptr(GError) error = NULL;
    Child *child = context;
    g_autofree char *what = NULL;

    (void)g_subprocess_wait_finish(process, result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    what = describe_end(process);
    g_clear_object(&child->output);
    g_clear_object(&child->process);
    set_state(child, CHILD_DOWN, what);
    if (child->again)
        start_again(child);
}

/* --- its beginning ----------------------------------------------------------- */

/* Nothing stays when the supervisor is killed. */
static void
die_with_parent(gpointer context)
{
    pid_t parent = (pid_t)GPOINTER_TO_INT(context);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

/* What it complains of goes to its log. */
static GSubprocess *
spawn(const Child *child, const char *folder, GError **error)
{
    const ChildrenSpec *spec = &child->children->spec;
    g_autofree char *log = g_build_filename(folder, spec->log, NULL);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);

    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    g_subprocess_launcher_set_child_setup(launcher, die_with_parent,
                                          GINT_TO_POINTER((int)getpid()), NULL);
    g_ptr_array_add(words, g_strdup(child->children->program));
    spec->command(spec->context, child->index, folder, words);
    g_ptr_array_add(words, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const gchar *const *)words->pdata,
                                        error);
}

bool
children_start(Children *children, uint32_t index, GError **error)
{
    const ChildrenSpec *spec = &children->spec;
    Child *child = &children->child[index];
    g_autofree char *folder = NULL;
    uint8_t seed[KEY_BYTES];

    if (child->process != NULL)
        return true;
    if (spec->starts != NULL)
        spec->starts(spec->context, index);
    folder = spec->folder(spec->context, index);
    spec->seed(spec->context, index, seed);
    if (!key_file_write(folder, seed, error))
        return false;
    child->process = spawn(child, folder, error);
    if (child->process == NULL)
        return false;
    child->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(child->process));
    read_line(child);
    g_subprocess_wait_async(child->process, children->cancellable, ended, child);
    if (spec->started != NULL)
        spec->started(spec->context, index);
    set_state(child, CHILD_STARTING, "starts");
    return true;
}

/* --- from outside ------------------------------------------------------------ */

/* The last word counts: who is to end does not start again because it was to before. */
static void
end(Child *child, int signal, const char *what)
{
    child->again = false;
    if (child->process == NULL)
        return;
    g_subprocess_send_signal(child->process, signal);
    set_state(child, CHILD_ENDING, what);
}

void
children_stop(Children *children, uint32_t index)
{
    Child *child = &children->child[index];

    end(child, child->state == CHILD_FROZEN ? SIGKILL : SIGTERM, "is stopped");
}

void
children_kill(Children *children, uint32_t index)
{
    end(&children->child[index], SIGKILL, "is killed");
}

void
children_start_again(Children *children, uint32_t index)
{
    Child *child = &children->child[index];

    child->again = true;
    if (child->process == NULL)
        start_again(child);
}

void
children_freeze(Children *children, uint32_t index)
{
    Child *child = &children->child[index];

    if (child->process == NULL || child->state == CHILD_ENDING)
        return;
    g_subprocess_send_signal(child->process, SIGSTOP);
    set_state(child, CHILD_FROZEN, "is frozen");
}

void
children_say(Children *children, uint32_t index, char *line)
{
    GSubprocess *process = children->child[index].process;
    GOutputStream *in;

    if (process != NULL) {
        in = g_subprocess_get_stdin_pipe(process);
        (void)g_output_stream_write_all(in, line, strlen(line), NULL, NULL, NULL);
    }
    g_free(line);
}

/* --- all of them ------------------------------------------------------------- */

Children *
children_new(const ChildrenSpec *spec)
{
    Children *children = g_new0(Children, 1);

    children->spec = *spec;
    children->program = g_file_read_link("/proc/self/exe", NULL);
    children->child = g_new0(Child, spec->n);
    children->cancellable = g_cancellable_new();
    for (uint32_t i = 0; i < spec->n; i++) {
        children->child[i].children = children;
        children->child[i].index = i;
    }
    return children;
}

void
children_free(Children *children)
{
    if (children == NULL)
        return;
    g_cancellable_cancel(children->cancellable);
    for (uint32_t i = 0; i < children->spec.n; i++) {
        Child *child = &children->child[i];

        if (child->process != NULL) {
            g_subprocess_force_exit(child->process);
            (void)g_subprocess_wait(child->process, NULL, NULL);
        }
        g_clear_object(&child->output);
        g_clear_object(&child->process);
    }
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_object_unref(children->cancellable);
    g_free(children->child);
    g_free(children->program);
    g_free(children);
}

ChildState
children_state(const Children *children, uint32_t child)
{
    return children->child[child].state;
}

int
children_pid(const Children *children, uint32_t child)
{
    GSubprocess *process = children->child[child].process;
    const char *text = process == NULL ? NULL : g_subprocess_get_identifier(process);

    return text == NULL ? 0 : atoi(text);
}
