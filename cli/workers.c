/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/workers.h"

#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOBS_MAX = 256 };

typedef struct Pool {
    struct {
        pid_t pid;
        uint64_t seed;
    } running[JOBS_MAX];
    int n;
} Pool;

static char **
worker_arguments(uint64_t seed, const char *folder, const char *path, char *const *options)
{
    GPtrArray *a = g_ptr_array_new();
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);

    g_ptr_array_add(a, g_strdup(self != NULL ? self : "swarmbed"));
    g_ptr_array_add(a, g_strdup("run"));
    g_ptr_array_add(a, g_strdup(path));
    g_ptr_array_add(a, g_strdup_printf("--seeds=%" G_GUINT64_FORMAT, seed));
    g_ptr_array_add(a, g_strconcat("--out=", folder, NULL));
    g_ptr_array_add(a, g_strdup("--worker"));
    for (int i = 0; options[i] != NULL; i++)
        g_ptr_array_add(a, g_strdup(options[i]));
    g_ptr_array_add(a, NULL);
    return (char **)g_ptr_array_free(a, FALSE);
}

static bool
start_worker(Pool *pool, uint64_t seed, const char *folder, const char *path,
             char *const *options)
{
    g_auto(GStrv) arguments = worker_arguments(seed, folder, path, options);
    pid_t pid = fork();

    if (pid == 0) {
        /* When we are killed, nobody writes on behind our back. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execv(arguments[0], arguments);
        _exit(127);
    }
    if (pid < 0)
        return false;
    pool->running[pool->n].pid = pid;
    pool->running[pool->n++].seed = seed;
    return true;
}

/* Wait for one worker; its exit code. */
static int
wait_for_one(Pool *pool, bool quiet, uint64_t done, uint64_t all)
{
    int status;
    pid_t pid;

    do
        pid = wait(&status);
    while (pid < 0 && errno == EINTR);
    for (int i = 0; i < pool->n; i++) {
        if (pool->running[i].pid != pid)
            continue;
        if (!quiet)
            fprintf(stderr,
                    "seed %" G_GUINT64_FORMAT ": %s (%" G_GUINT64_FORMAT
                    " of %" G_GUINT64_FORMAT ")\n",
                    pool->running[i].seed,
                    WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "done" : "not finished",
                    done, all);
        pool->running[i] = pool->running[--pool->n];
        break;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAULT;
}

int
workers_run(int jobs, uint64_t first, uint64_t last, Recorder *recorder, const char *folder,
            const char *path, char *const *options, bool quiet,
            const volatile bool *interrupted)
{
    Pool pool = { .n = 0 };
    uint64_t next = first, done = 0;
    int code = EXIT_FINE;

    jobs = CLAMP(jobs, 1, JOBS_MAX);
    while (pool.n > 0 || (next <= last && code == EXIT_FINE && !*interrupted)) {
        if (pool.n < jobs && next <= last && code == EXIT_FINE && !*interrupted) {
            if (recorder_has_run(recorder, next))
                done++;
            else if (!start_worker(&pool, next, folder, path, options))
                code = cli_fail_text(EXIT_FAULT, "cannot start another process");
            next++;
            continue;
        }
        int one = wait_for_one(&pool, quiet, ++done, last - first + 1);

        if (one != EXIT_FINE && code == EXIT_FINE)
            code = one;
    }
    return *interrupted ? EXIT_INTERRUPTED : code;
}
