/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/quantity.h"

#include <glib.h>
#include <math.h>
#include <string.h>

const RecordUnit record_units[] = {
    { "", "1", 1 },
    { "%", "1", 0.01 },
    { "ns", "s", 1e-9 },
    { "us", "s", 1e-6 },
    { "ms", "s", 1e-3 },
    { "s", "s", 1 },
    { "m", "s", 60 },
    { "h", "s", 3600 },
    { "d", "s", 86400 },
    { "B", "bytes", 1 },
    { "kB", "bytes", 1e3 },
    { "MB", "bytes", 1e6 },
    { "GB", "bytes", 1e9 },
    { "KiB", "bytes", 1024 },
    { "MiB", "bytes", 1 << 20 },
    { "GiB", "bytes", 1 << 30 },
    { "bit/s", "bit/s", 1 },
    { "kbit/s", "bit/s", 1e3 },
    { "Mbit/s", "bit/s", 1e6 },
    { "Gbit/s", "bit/s", 1e9 },
    { NULL, NULL, 0 },
};

bool
record_quantity(const char *text, double *ret, const char **ret_unit)
{
    char *end;
    double number;

    if (!g_ascii_isdigit(text[0]) && text[0] != '-' && text[0] != '.')
        return false;
    number = g_ascii_strtod(text, &end);
    if (end == text || !isfinite(number) || strpbrk(text, "xX") != NULL)
        return false;
    end += strspn(end, " ");
    for (const RecordUnit *u = record_units; u->name != NULL; u++) {
        if (strcmp(u->name, end) != 0)
            continue;
        *ret = number * u->factor;
        if (ret_unit != NULL)
            *ret_unit = u->unit;
        return true;
    }
    return false;
}
