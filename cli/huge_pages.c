/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/huge_pages.h"

#include <glib.h>
#include <unistd.h>

void
huge_pages_ask(char **argv)
{
    if (g_getenv("GLIBC_TUNABLES") == NULL &&
        g_setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", FALSE))
        execv("/proc/self/exe", argv);
}
