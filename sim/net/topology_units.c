/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers with their units, as Shadow writes them. */
#include "sim/net/topology_gml.h"

#include <stdlib.h>

enum { NUMBER_BYTES_MAX = 32 };

typedef struct Unit {
    const char *name;
    double factor;
} Unit;

static const Unit time_units[] = {
    { "ns", 1e-3 },       { "nanosecond", 1e-3 }, { "us", 1 },
    { "microsecond", 1 }, { "ms", 1e3 },          { "millisecond", 1e3 },
    { "s", 1e6 },         { "sec", 1e6 },         { "second", 1e6 },
    { NULL, 0 },
};

static const Unit bit_prefixes[] = {
    { "", 1 },
    { "K", 1e3 },
    { "k", 1e3 },
    { "kilo", 1e3 },
    { "M", 1e6 },
    { "m", 1e6 },
    { "mega", 1e6 },
    { "G", 1e9 },
    { "g", 1e9 },
    { "giga", 1e9 },
    { "T", 1e12 },
    { "t", 1e12 },
    { "tera", 1e12 },
    { "Ki", 1024 },
    { "kibi", 1024 },
    { "Mi", 1024.0 * 1024 },
    { "mebi", 1024.0 * 1024 },
    { "Gi", 1024.0 * 1024 * 1024 },
    { "gibi", 1024.0 * 1024 * 1024 },
    { NULL, 0 },
};

static bool
find_unit(const Unit *units, Bytes name, double *ret_factor)
{
    for (; units->name != NULL; units++) {
        if (!bytes_equal_text(name, units->name))
            continue;
        *ret_factor = units->factor;
        return true;
    }
    return false;
}

static void
skip_blanks(Bytes *text)
{
    while (text->n > 0 && text->p[0] == ' ') {
        text->p++;
        text->n--;
    }
}

/* The digits, with or without a fraction, at the beginning; the rest is the unit. */
static bool
split_number(Bytes text, double *ret_value, Bytes *ret_unit)
{
    char number[NUMBER_BYTES_MAX + 1];
    size_t n = 0, points = 0;

    skip_blanks(&text);
    while (n < text.n && n < NUMBER_BYTES_MAX &&
           ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.')) {
        points += text.p[n] == '.';
        number[n] = (char)text.p[n];
        n++;
    }
    number[n] = '\0';
    if (n == points || points > 1)
        return false;
    *ret_value = strtod(number, NULL);
    *ret_unit = (Bytes){ text.p + n, text.n - n };
    skip_blanks(ret_unit);
    while (ret_unit->n > 0 && ret_unit->p[ret_unit->n - 1] == ' ')
        ret_unit->n--;
    return true;
}

bool
gml_read_latency(Bytes text, uint32_t *ret_us)
{
    double value, factor;
    Bytes unit;

    if (!split_number(text, &value, &unit) || !find_unit(time_units, unit, &factor))
        return false;
    value = value * factor + 0.5;
    if (value >= (double)TOPOLOGY_NO_PATH)
        return false;
    *ret_us = (uint32_t)value;
    return true;
}

bool
gml_read_bandwidth(Bytes text, double *ret_bits_per_s)
{
    static const char *const ends[] = { "bits", "bit" };
    double value, factor;
    Bytes unit;

    if (!split_number(text, &value, &unit))
        return false;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);

        if (unit.n < n || memcmp(unit.p + unit.n - n, ends[i], n) != 0)
            continue;
        unit.n -= n;
        if (!find_unit(bit_prefixes, unit, &factor) || !(value * factor > 0) ||
            value * factor > 1e15)
            return false;
        *ret_bits_per_s = value * factor;
        return true;
    }
    return false;
}
