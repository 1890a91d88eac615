/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/source.h"

void
source_drop(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}
