/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/memory.h"

#include <stdlib.h>

void *
memory_zeroed(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size);

    if (p == NULL)
        abort();
    return p;
}

void *
memory_resized(void *p, size_t n, size_t size)
{
    p = reallocarray(p, n > 0 ? n : 1, size);
    if (p == NULL)
        abort();
    return p;
}
