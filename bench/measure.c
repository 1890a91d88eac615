/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/measure.h"

#include <errno.h>
#include <gio/gio.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double
bench_cpu_s(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double
bench_thread_cpu_s(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double
bench_heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return (double)info.uordblks + (double)info.hblkhd;
}

static bool
is_interrupted(const BenchOptions *o)
{
    return o->interrupted != NULL && *o->interrupted;
}

static bool
fail(GError **error, int code, const char *name, const char *why)
{
    g_set_error(error, G_IO_ERROR, code, "bench %s: %s", name, why);
    return false;
}

/* In the child, which never returns. */
static void
run_child(const BenchCase *c, Measured *shared)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    _exit(c->measure(c->what, shared) ? 0 : 1);
}

/* Wait for the child; it dies when the user interrupts. */
static bool
wait_for_child(const BenchOptions *o, pid_t pid, int *ret_status, struct rusage *ret_usage)
{
    while (wait4(pid, ret_status, 0, ret_usage) < 0) {
        if (errno != EINTR)
            return false;
        if (is_interrupted(o))
            kill(pid, SIGKILL);
    }
    return true;
}

static double
seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

static bool
measure_once(const BenchOptions *o, const char *name, const BenchCase *c, Measured *shared,
             Measured *ret, GError **error)
{
    gint64 begin = g_get_monotonic_time();
    struct rusage usage;
    int status;
    pid_t pid;

    memset(shared, 0, sizeof *shared);
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        run_child(c, shared);
    if (pid < 0 || !wait_for_child(o, pid, &status, &usage))
        return fail(error, G_IO_ERROR_FAILED, name, g_strerror(errno));
    if (is_interrupted(o) || (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT))
        return fail(error, G_IO_ERROR_CANCELLED, name, "interrupted");
    *ret = *shared;
    ret->why[sizeof ret->why - 1] = '\0';
    ret->cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    ret->wall_s = (double)(g_get_monotonic_time() - begin) / 1e6;
    ret->peak_rss = (double)usage.ru_maxrss * 1024;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail(error, G_IO_ERROR_FAILED, name,
                    ret->why[0] != '\0' ? ret->why : "the process that measures died");
    return true;
}

static bool
measure_all(const BenchOptions *o, const char *name, BenchCase *cases, size_t n,
            unsigned runs, Measured *shared, GError **error)
{
    for (unsigned run = 0; run < runs; run++) {
        for (size_t i = 0; i < n; i++) {
            g_autofree char *text = g_strdup_printf("%s: run %u of %u, case %zu of %zu",
                                                    name, run + 1, runs, i + 1, n);

            if (o->progress != NULL)
                o->progress(o->progress_context, text);
            if (!measure_once(o, name, &cases[i], shared, &cases[i].runs[run], error))
                return false;
            if (cases[i].runs[run].check != cases[i].runs[0].check)
                return fail(error, G_IO_ERROR_FAILED, name,
                            "two runs of one case computed different things");
        }
    }
    return true;
}

bool
bench_measure_times(const BenchOptions *o, const char *name, BenchCase *cases, size_t n,
                    unsigned runs, GError **error)
{
    Measured *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool fine;

    if (shared == MAP_FAILED)
        return fail(error, G_IO_ERROR_FAILED, name, g_strerror(errno));
    for (size_t i = 0; i < n; i++) {
        g_free(cases[i].runs);
        cases[i].runs = g_new0(Measured, runs);
    }
    fine = measure_all(o, name, cases, n, runs, shared, error);
    munmap(shared, sizeof *shared);
    return fine;
}

bool
bench_measure(const BenchOptions *o, const char *name, BenchCase *cases, size_t n,
              GError **error)
{
    return bench_measure_times(o, name, cases, n, o->runs, error);
}

void
bench_cases_clear(BenchCase *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_clear_pointer(&cases[i].runs, g_free);
}
