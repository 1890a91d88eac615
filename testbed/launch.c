/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/launch.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Nothing stays when the supervisor is killed. */
static void
die_with_parent(gpointer context)
{
    pid_t parent = (pid_t)GPOINTER_TO_INT(context);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

GSubprocessLauncher *
launch_new(const char *log)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);

    g_subprocess_launcher_set_stderr_file_path(launcher, log);
    g_subprocess_launcher_set_child_setup(launcher, die_with_parent,
                                          GINT_TO_POINTER((int)getpid()), NULL);
    return launcher;
}

bool
launch_write_key(const char *folder, const uint8_t seed[KEY_BYTES], GError **error)
{
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    char text[2 * KEY_BYTES + 2] = "";

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot be made", folder);
        return false;
    }
    hex_encode((Bytes){ seed, KEY_BYTES }, text);
    text[2 * KEY_BYTES] = '\n';
    return g_file_set_contents_full(path, text, sizeof text - 1,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

char *
launch_describe_end(GSubprocess *process)
{
    if (g_subprocess_get_if_signaled(process))
        return g_strdup_printf("was ended by signal %d",
                               g_subprocess_get_term_sig(process));
    return g_strdup_printf("ended with status %d", g_subprocess_get_exit_status(process));
}

int
launch_pid(GSubprocess *process)
{
    const char *text = process == NULL ? NULL : g_subprocess_get_identifier(process);

    return text == NULL ? 0 : atoi(text);
}
