/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/host/job_workers.h"

#include <pthread.h>
#include <stdlib.h>

typedef struct JobWorkers {
    Jobs jobs; /* first: a Jobs* is a JobWorkers* */
    pthread_mutex_t mutex;
    pthread_cond_t submitted, done;
    Job *first, *last; /* waiting, oldest first */
    pthread_t *threads;
    unsigned n_threads;
    bool ending;
} JobWorkers;

static Job *
take_first(JobWorkers *w)
{
    Job *job = w->first;

    if (job != NULL) {
        w->first = job->next;
        if (w->first == NULL)
            w->last = NULL;
        atomic_store(&job->state, JOB_RUNNING);
    }
    return job;
}

static void *
work(void *argument)
{
    JobWorkers *w = argument;

    pthread_mutex_lock(&w->mutex);
    for (;;) {
        Job *job = take_first(w);

        if (job == NULL && w->ending)
            break;
        if (job == NULL) {
            pthread_cond_wait(&w->submitted, &w->mutex);
            continue;
        }
        pthread_mutex_unlock(&w->mutex);
        job->run(job);
        pthread_mutex_lock(&w->mutex);
        atomic_store_explicit(&job->state, JOB_DONE, memory_order_release);
        pthread_cond_broadcast(&w->done);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

static void
workers_submit(Jobs *jobs, Job *job)
{
    JobWorkers *w = (JobWorkers *)jobs;

    pthread_mutex_lock(&w->mutex);
    job->next = NULL;
    if (w->last == NULL)
        w->first = job;
    else
        w->last->next = job;
    w->last = job;
    pthread_cond_signal(&w->submitted);
    pthread_mutex_unlock(&w->mutex);
}

/* Take a job that nobody has begun out of the queue. */
static bool
take_back(JobWorkers *w, const Job *job)
{
    Job *before = NULL;

    for (Job *j = w->first; j != NULL; before = j, j = j->next) {
        if (j != job)
            continue;
        if (before == NULL)
            w->first = j->next;
        else
            before->next = j->next;
        if (w->last == j)
            w->last = before;
        return true;
    }
    return false;
}

static void
workers_join(Jobs *jobs, Job *job)
{
    JobWorkers *w = (JobWorkers *)jobs;
    bool mine;

    pthread_mutex_lock(&w->mutex);
    mine = take_back(w, job);
    while (!mine && atomic_load(&job->state) != JOB_DONE)
        pthread_cond_wait(&w->done, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
    if (mine) {
        job->run(job);
        atomic_store_explicit(&job->state, JOB_DONE, memory_order_release);
    }
}

static const JobsOps workers_ops = { workers_submit, workers_join };

Jobs *
job_workers_new(unsigned workers)
{
    JobWorkers *w = calloc(1, sizeof *w);

    if (w == NULL)
        abort();
    w->jobs.ops = &workers_ops;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->submitted, NULL);
    pthread_cond_init(&w->done, NULL);
    w->threads = calloc(workers, sizeof *w->threads);
    if (w->threads == NULL)
        abort();
    for (unsigned i = 0; i < workers; i++)
        if (pthread_create(&w->threads[w->n_threads], NULL, work, w) == 0)
            w->n_threads++;
    return &w->jobs;
}

void
job_workers_free(Jobs *jobs)
{
    JobWorkers *w = (JobWorkers *)jobs;

    if (w == NULL)
        return;
    pthread_mutex_lock(&w->mutex);
    w->ending = true;
    pthread_cond_broadcast(&w->submitted);
    pthread_mutex_unlock(&w->mutex);
    for (unsigned i = 0; i < w->n_threads; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->submitted);
    pthread_cond_destroy(&w->done);
    pthread_mutex_destroy(&w->mutex);
    free(w->threads);
    free(w);
}
