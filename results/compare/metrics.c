/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/compare/metrics.h"

#include <math.h>
#include <string.h>

/* Margins: science 3.2 for delivery, latency and bytes; replicas as bytes. */
static const KnownMetric table[] = {
    { "delivered", BETTER_MORE, "0.1pp", true, true },
    { "loss", BETTER_LESS, "0.1pp", true, true },
    { "accepted", BETTER_MORE, "0.1pp", true, false },
    { "near_loss", BETTER_LESS, "0.1pp", true, false },
    { "replicas_at_birth", BETTER_MORE, "2%", true, false },
    { "replicas_oldest", BETTER_MORE, "2%", true, false },
    { "latency.p50", BETTER_LESS, "5%", true, false },
    { "latency.p99", BETTER_LESS, "5%", true, false },
    { "acknowledgement.p50", BETTER_LESS, "5%", true, false },
    { "wire_bytes", BETTER_LESS, "2%", true, false },
    { "survival", BETTER_MORE, "0.1pp", true, true },
    { "availability", BETTER_MORE, "0.1pp", true, false },
    { "mttdl", BETTER_MORE, "5%", false, false },
    { "dissolved", BETTER_LESS, "0.1pp", false, false },
    { "sojourn", BETTER_LESS, "5%", false, false },
    { "latency.", BETTER_LESS, "5%", false, false },
    { "acknowledgement.", BETTER_LESS, "5%", false, false },
    { "poll.", BETTER_LESS, "5%", false, false },
    { "late", BETTER_LESS, "1pp", false, false },
    { "duplicates", BETTER_LESS, "0.1pp", false, false },
    { "unreadable", BETTER_LESS, "0", false, false },
    { "unstored_acknowledgements", BETTER_LESS, "0", false, false },
    { "attempts_per_message", BETTER_LESS, "1%", false, false },
    { "polls_answered", BETTER_MORE, "0.1pp", false, false },
    { "replicas_failed", BETTER_LESS, "0.1pp", false, false },
    { "repair_bytes", BETTER_LESS, "5%", false, false },
    { "repair_bytes_per_stored_byte_day", BETTER_LESS, "5%", false, false },
    { "repair_needed", BETTER_MORE, "1pp", false, false },
    { "wire_bytes_received", BETTER_LESS, "2%", false, false },
    { "wire_bytes_lost", BETTER_LESS, "5%", false, false },
    { "late_answers", BETTER_LESS, "5%", false, false },
    { "stores_per_node_hour", BETTER_LESS, "2%", false, false },
    { "retrieves_per_node_hour", BETTER_LESS, "2%", false, false },
    { "onions_per_node_hour", BETTER_LESS, "2%", false, false },
    { "breaches.", BETTER_LESS, "0", false, false },
};

const KnownMetric *
known_metric(gsize index)
{
    return index < G_N_ELEMENTS(table) ? &table[index] : NULL;
}

const KnownMetric *
known_metric_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_has_suffix(table[i].name, ".") && g_str_has_prefix(name, table[i].name))
            return &table[i];
    return NULL;
}

static const struct {
    const char *suffix, *unit;
    double factor;
} units[] = {
    { "", NULL, 1 },        { "%", NULL, 0.01 },    { "pp", "1", 0.01 },
    { "ns", "s", 1e-9 },    { "us", "s", 1e-6 },    { "ms", "s", 1e-3 },
    { "s", "s", 1 },        { "m", "s", 60 },       { "h", "s", 3600 },
    { "d", "s", 86400 },    { "B", "bytes", 1 },    { "kB", "bytes", 1e3 },
    { "MB", "bytes", 1e6 }, { "GB", "bytes", 1e9 },
};

bool
margin_parse(const char *text, Margin *ret)
{
    char *end;
    double number = g_ascii_strtod(text, &end);

    if (end == text || !(number >= 0) || isinf(number) ||
        strlen(text) >= sizeof ret->text || strpbrk(text, "xX") != NULL ||
        !(g_ascii_isdigit(text[0]) || text[0] == '.'))
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(units[i].suffix, end) != 0)
            continue;
        *ret = (Margin){ .value = number * units[i].factor,
                         .relative = strcmp(end, "%") == 0,
                         .unit = units[i].unit };
        g_strlcpy(ret->text, text, sizeof ret->text);
        return true;
    }
    return false;
}
