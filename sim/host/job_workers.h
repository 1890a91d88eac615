/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Worker threads for jobs: the only threads of the simulator that run its code.  The thread
 * that runs actors submits and joins; a job that no worker has begun when it is joined runs
 * there. */
#pragma once

#include "nodes/base/jobs.h"

/* @workers threads beside the caller's; at least 1. */
Jobs *job_workers_new(unsigned workers);
/* Every job must have been joined. */
void job_workers_free(Jobs *jobs);
