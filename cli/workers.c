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
    const Workers *workers;
    struct {
        pid_t pid;
        const Task *task;
    } running[JOBS_MAX];
    int n;
    size_t done, all;
    int64_t begin_us;
} Pool;

static char **
worker_arguments(const Workers *w, const Task *task)
{
    GPtrArray *a = g_ptr_array_new();
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);

    g_ptr_array_add(a, g_strdup(self != NULL ? self : "swarmbed"));
    g_ptr_array_add(a, g_strdup("run"));
    g_ptr_array_add(a, g_strdup(w->scenario_path));
    g_ptr_array_add(a, g_strdup_printf("--seeds=%" G_GUINT64_FORMAT, task->seed));
    g_ptr_array_add(a, g_strdup_printf("--variant=%" G_GUINT32_FORMAT, task->variant));
    g_ptr_array_add(a, g_strconcat("--out=", w->folder, NULL));
    g_ptr_array_add(a, g_strdup("--worker"));
    for (int i = 0; w->options[i] != NULL; i++)
        g_ptr_array_add(a, g_strdup(w->options[i]));
    g_ptr_array_add(a, NULL);
    return (char **)g_ptr_array_free(a, FALSE);
}

static bool
start_worker(Pool *pool, const Task *task)
{
    g_auto(GStrv) arguments = worker_arguments(pool->workers, task);
    pid_t parent = getpid(), pid = fork();

    if (pid == 0) {
        /* When we are killed, nobody writes on behind our back. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(127);
        execv(arguments[0], arguments);
        _exit(127);
    }
    if (pid < 0)
        return false;
    pool->running[pool->n].pid = pid;
    pool->running[pool->n++].task = task;
    return true;
}

/* "seed 3: done (12 of 480, 34 min left)" */
static void
say_done(const Pool *pool, const Task *task, bool fine)
{
    double wall_s = (double)(g_get_monotonic_time() - pool->begin_us) / 1e6;
    double left_s = wall_s / (double)pool->done * (double)(pool->all - pool->done);

    if (pool->workers->quiet)
        return;
    fprintf(stderr, "%s: %s (%zu of %zu", task->title, fine ? "done" : "not finished",
            pool->done, pool->all);
    if (left_s >= 90)
        fprintf(stderr, ", %.0f min left", left_s / 60);
    else if (pool->done < pool->all)
        fprintf(stderr, ", %.0f s left", left_s);
    fputs(")\n", stderr);
}

/* Wait for one worker; its exit code. */
static int
wait_for_one(Pool *pool)
{
    int status;
    pid_t pid;

    do
        pid = wait(&status);
    while (pid < 0 && errno == EINTR);
    pool->done++;
    for (int i = 0; i < pool->n; i++) {
        if (pool->running[i].pid != pid)
            continue;
        say_done(pool, pool->running[i].task,
                 WIFEXITED(status) && WEXITSTATUS(status) == 0);
        pool->running[i] = pool->running[--pool->n];
        break;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAULT;
}

int
workers_run(const Workers *workers, const Task *tasks, size_t count)
{
    Pool pool = { .workers = workers, .all = count, .begin_us = g_get_monotonic_time() };
    const volatile bool *interrupted = workers->interrupted;
    int jobs = CLAMP(workers->jobs, 1, JOBS_MAX), code = EXIT_FINE;
    size_t next = 0;

    while (pool.n > 0 || (next < count && code == EXIT_FINE && !*interrupted)) {
        int one;

        if (pool.n < jobs && next < count && code == EXIT_FINE && !*interrupted) {
            if (!start_worker(&pool, &tasks[next]))
                code = cli_fail_text(EXIT_FAULT, "cannot start another process");
            next++;
            continue;
        }
        one = wait_for_one(&pool);
        if (one != EXIT_FINE && code == EXIT_FINE)
            code = one;
    }
    return *interrupted ? EXIT_INTERRUPTED : code;
}
