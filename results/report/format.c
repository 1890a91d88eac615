/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/format.h"

#include <math.h>
#include <string.h>

#define DASH "\u2014"

char *
format_count(uint64_t count)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    size_t length = strlen(digits);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(text, ',');
        g_string_append_c(text, digits[i]);
    }
    return g_string_free(text, FALSE);
}

static char *
in_unit(const char *format, double value, const char *unit)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(digits, sizeof digits, format, value);
    return g_strconcat(digits, unit[0] != '\0' ? " " : "", unit, NULL);
}

static char *
format_bytes(double bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    guint i = 0;

    while (fabs(bytes) >= 1000 && i + 1 < G_N_ELEMENTS(units)) {
        bytes /= 1000;
        i++;
    }
    return in_unit("%.4g", bytes, units[i]);
}

char *
format_duration(double seconds)
{
    static const struct {
        double seconds;
        const char *name;
    } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" } };

    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (fabs(seconds) >= 2 * units[i].seconds)
            return in_unit("%.3g", seconds / units[i].seconds, units[i].name);
    return in_unit("%.3g", seconds, "s");
}

static char *
format_whole(double value)
{
    g_autofree char *digits = format_count((uint64_t)llround(fabs(value)));

    return g_strconcat(value < 0 ? "-" : "", digits, NULL);
}

char *
format_value(double value, const char *unit)
{
    bool countable = strcmp(unit, "count") == 0 || strcmp(unit, "1") == 0;

    if (!isfinite(value))
        return g_strdup(isnan(value) ? DASH : value > 0 ? "infinite" : "-infinite");
    if (strcmp(unit, "bytes") == 0)
        return format_bytes(value);
    if (countable && (value == floor(value) || fabs(value) >= 1000) && fabs(value) < 1e15)
        return format_whole(value);
    return in_unit("%.5g", value, countable ? "" : unit);
}

char *
format_share(double share)
{
    double rare = 100 * MIN(share, 1 - share);
    int decimals;
    char format[16];

    if (isnan(share))
        return g_strdup(DASH);
    if (rare <= 0)
        return in_unit("%.4g", 100 * share, "%");
    decimals = CLAMP(2 - (int)floor(log10(rare)), 1, 9);
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    return in_unit(format, 100 * share, "%");
}

IntervalText
format_metric(const MetricSummary *metric)
{
    const StatsInterval *interval = &metric->interval;
    bool wide = interval->runs > 1;

    return (IntervalText){
        format_value(interval->value, metric->unit),
        wide ? format_value(interval->low, metric->unit) : g_strdup(""),
        wide ? format_value(interval->high, metric->unit) : g_strdup(""),
    };
}

IntervalText
format_share_summary(const ShareSummary *share)
{
    bool wide = share->share.runs > 1;

    if (share->count == 0 && share->share.runs > 0) {
        g_autofree char *bound = format_share(share->bound);

        return (IntervalText){ g_strdup("0"), g_strdup(""),
                               g_strconcat("below ", bound, NULL) };
    }
    return (IntervalText){
        format_share(share->share.value),
        wide ? format_share(share->share.low) : g_strdup(""),
        wide ? format_share(share->share.high) : g_strdup(""),
    };
}

void
interval_text_clear(IntervalText *text)
{
    g_free(text->value);
    g_free(text->low);
    g_free(text->high);
}
