/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/faults.h"

#include <string.h>

static const char prefix[] = "fault:";

static gint
compare(gconstpointer a, gconstpointer b)
{
    const FaultInterval *x = a, *y = b;

    if (x->from_s != y->from_s)
        return x->from_s < y->from_s ? -1 : 1;
    return strcmp(x->title, y->title);
}

GArray *
fault_intervals(RecordReader *reader)
{
    g_autoptr(GArray) names = record_reader_names(reader, RECORD_BINS, prefix);
    GArray *intervals = g_array_new(FALSE, FALSE, sizeof(FaultInterval));

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_array_index(names, const char *, i);
        g_autoptr(GArray) bins = record_reader_bins(reader, name);
        FaultInterval interval = { .title = name + strlen(prefix), .runs = bins->len };

        for (guint k = 0; k < bins->len; k++) {
            const RecordBin *bin = &g_array_index(bins, RecordBin, k);

            interval.from_s = k == 0 ? bin->low : MIN(interval.from_s, bin->low);
            interval.to_s = k == 0 ? bin->high : MAX(interval.to_s, bin->high);
            interval.events += bin->weight / bins->len;
        }
        g_array_append_val(intervals, interval);
    }
    g_array_sort(intervals, compare);
    return intervals;
}
