/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pure work whose result nobody reads at once: handed to a worker and joined when the
 * result is first read (design 4).  Without workers a job runs when it is joined.  What a
 * job computes depends on nothing but its own inputs, so nothing depends on the number of
 * workers. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum JobState { JOB_NEW, JOB_RUNNING, JOB_DONE } JobState;

/* Embedded in what the job works on; must stay in place until it is joined. */
typedef struct Job {
    void (*run)(struct Job *job); /* any thread; touches only the job's own memory */
    struct Job *next;             /* of the workers' queue */
    _Atomic int state;            /* JobState */
} Job;

typedef struct Jobs Jobs;

typedef struct JobsOps {
    void (*submit)(Jobs *jobs, Job *job);
    /* Returns when the job is done; runs it here when no worker has begun it. */
    void (*join)(Jobs *jobs, Job *job);
} JobsOps;

struct Jobs {
    const JobsOps *ops;
};

/* @jobs NULL: the job waits for its join. */
static inline void
jobs_submit(Jobs *jobs, Job *job)
{
    atomic_store(&job->state, JOB_NEW);
    if (jobs != NULL)
        jobs->ops->submit(jobs, job);
}

static inline void
jobs_join(Jobs *jobs, Job *job)
{
    if (atomic_load_explicit(&job->state, memory_order_acquire) == JOB_DONE)
        return;
    if (jobs != NULL) {
        jobs->ops->join(jobs, job);
    } else {
        job->run(job);
        atomic_store(&job->state, JOB_DONE);
    }
}
