/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/resource.h>

#include "cli/cli.h"

void
cli_allow_many_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
