/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jobs on worker threads: each runs once, whoever runs it, and its result is there when it
 * was joined. */
#include <glib.h>
#include <stdint.h>

#include "sim/host/job_workers.h"

enum { JOBS = 2000, ROUNDS = 200 };

typedef struct Square {
    Job job; /* first */
    uint64_t in, out;
    unsigned runs;
} Square;

static void
run_square(Job *job)
{
    Square *square = (Square *)(void *)job;
    uint64_t x = square->in;

    for (int i = 0; i < ROUNDS; i++)
        x = x * 6364136223846793005 + 1442695040888963407;
    square->out = x;
    square->runs++;
}

static uint64_t
expected(uint64_t in)
{
    Square square = { .in = in };

    run_square(&square.job);
    return square.out;
}

static void
submit(Jobs *jobs, Square *square, uint64_t in)
{
    *square = (Square){ .job = { .run = run_square }, .in = in };
    jobs_submit(jobs, &square->job);
}

static void
assert_joined(Jobs *jobs, Square *square)
{
    jobs_join(jobs, &square->job);
    g_assert_cmpuint(square->out, ==, expected(square->in));
    g_assert_cmpuint(square->runs, ==, 1);
    /* Once more is nothing. */
    jobs_join(jobs, &square->job);
    g_assert_cmpuint(square->runs, ==, 1);
}

static void
test_order(gconstpointer data)
{
    unsigned workers = GPOINTER_TO_UINT(data);
    Jobs *jobs = workers == 0 ? NULL : job_workers_new(workers);
    Square *squares = g_new0(Square, JOBS);

    /* In the order of submission, in the reverse one, and from the middle. */
    for (int order = 0; order < 3; order++) {
        for (uint64_t i = 0; i < JOBS; i++)
            submit(jobs, &squares[i], i + JOBS * (uint64_t)order);
        for (uint64_t i = 0; i < JOBS; i++)
            assert_joined(jobs, &squares[order == 0   ? i
                                         : order == 1 ? JOBS - 1 - i
                                                      : (i + JOBS / 2) % JOBS]);
    }
    g_free(squares);
    job_workers_free(jobs);
}

/* As a world does: submit and join by turns, with a few under way. */
static void
test_turns(gconstpointer data)
{
    enum { UNDER_WAY = 8 };
    Jobs *jobs = job_workers_new(GPOINTER_TO_UINT(data));
    Square squares[UNDER_WAY];

    for (uint64_t i = 0; i < JOBS; i++) {
        if (i >= UNDER_WAY)
            assert_joined(jobs, &squares[i % UNDER_WAY]);
        submit(jobs, &squares[i % UNDER_WAY], i);
    }
    for (int i = 0; i < UNDER_WAY; i++)
        assert_joined(jobs, &squares[i]);
    job_workers_free(jobs);
}

/* Nobody waits for workers that have nothing to do. */
static void
test_idle(void)
{
    for (unsigned workers = 1; workers <= 16; workers++)
        job_workers_free(job_workers_new(workers));
    job_workers_free(NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/host/jobs/none", GUINT_TO_POINTER(0), test_order);
    g_test_add_data_func("/host/jobs/one", GUINT_TO_POINTER(1), test_order);
    g_test_add_data_func("/host/jobs/two", GUINT_TO_POINTER(2), test_order);
    g_test_add_data_func("/host/jobs/seven", GUINT_TO_POINTER(7), test_order);
    g_test_add_data_func("/host/jobs/turns", GUINT_TO_POINTER(2), test_turns);
    g_test_add_func("/host/jobs/idle", test_idle);
    return g_test_run();
}
