/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include "cli/cli.h"

#include <stdio.h>

enum { TERMINAL_EVERY_US = 200000, ELSEWHERE_EVERY_US = 15000000 };

void
progress_begin(Progress *p, const char *title, bool on)
{
    *p = (Progress){ .begin_us = g_get_monotonic_time(),
                     .shown_us = g_get_monotonic_time(),
                     .on = on,
                     .terminal = cli_has_terminal() };
    g_strlcpy(p->title, title, sizeof p->title);
}

static void
write_duration(char *text, size_t size, double s)
{
    if (s < 120)
        snprintf(text, size, "%.0f s", s);
    else if (s < 2 * 3600)
        snprintf(text, size, "%.1f min", s / 60);
    else if (s < 2 * 86400)
        snprintf(text, size, "%.1f h", s / 3600);
    else
        snprintf(text, size, "%.2f d", s / 86400);
}

/* Whether something is to be shown again. */
static bool
is_due(Progress *p, int64_t time_us)
{
    if (!p->on ||
        time_us - p->shown_us < (p->terminal ? TERMINAL_EVERY_US : ELSEWHERE_EVERY_US))
        return false;
    p->shown_us = time_us;
    return true;
}

void
progress_show(void *context, Time now, Time end, uint64_t events)
{
    Progress *p = context;
    int64_t time_us = g_get_monotonic_time();
    double wall_s = (double)(time_us - p->begin_us) / 1e6;
    double done = (double)now / (double)end;
    char simulated[32], left[32];

    if (!is_due(p, time_us))
        return;
    write_duration(simulated, sizeof simulated, (double)now / SECOND);
    write_duration(left, sizeof left, done > 0 ? wall_s * (1 - done) / done : 0);
    fprintf(stderr,
            "%s%s: %5.1f %%  %s simulated, %.2f M events, "
            "%.0f k/s, %s left%s",
            p->terminal ? "\r" : "", p->title, 100 * done, simulated, (double)events / 1e6,
            (double)events / wall_s / 1e3, left, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
}

void
progress_show_live(void *context, Time now, Time end, uint64_t sent, uint64_t opened)
{
    Progress *p = context;
    char left[32];

    if (!is_due(p, g_get_monotonic_time()))
        return;
    write_duration(left, sizeof left, (double)MAX(0, end - now) / SECOND);
    fprintf(stderr,
            "%s%s: %5.1f %%  %" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT
            " opened, %s left%s",
            p->terminal ? "\r" : "", p->title, MIN(100, 100 * (double)now / (double)end),
            sent, opened, left, p->terminal ? "\033[K" : "\n");
    fflush(stderr);
}

void
progress_say(void *context, const char *text)
{
    Progress *p = context;

    if (p->terminal)
        fprintf(stderr, "\r\033[K%s", text);
    else if (text[0] != '\0' && is_due(p, g_get_monotonic_time()))
        fprintf(stderr, "%s\n", text);
    fflush(stderr);
}

void
progress_end(Progress *p, const char *why)
{
    char wall[32];

    if (!p->on)
        return;
    write_duration(wall, sizeof wall, (double)(g_get_monotonic_time() - p->begin_us) / 1e6);
    fprintf(stderr, "%s%s: %s after %s%s\n", p->terminal ? "\r" : "", p->title,
            why != NULL ? why : "done", wall, p->terminal ? "\033[K" : "");
}
