/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/host/host_internal.h"

#include <stdlib.h>

void *
host_lines(void *p, size_t old, size_t count, size_t size)
{
    uint8_t *grown;

    assert(size % CACHE_LINE_BYTES == 0 && count >= old);
    grown = aligned_alloc(CACHE_LINE_BYTES, count * size);
    if (grown == NULL)
        abort();
    if (old > 0)
        memcpy(grown, p, old * size);
    memset(grown + old * size, 0, (count - old) * size);
    free(p);
    return grown;
}
