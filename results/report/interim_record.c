/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/reader.h"

#include <glib/gstdio.h>

void
recorder_remove(const char *path)
{
    static const char *const endings[] = { "", "-wal", "-shm" };

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *file = g_strconcat(path, endings[i], NULL);

        g_unlink(file);
    }
}

GArray *
record_reader_messages(RecordReader *reader, uint32_t run, uint32_t max)
{
    (void)reader;
    (void)run;
    (void)max;
    return g_array_new(FALSE, FALSE, sizeof(RecordMessage));
}
