/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/rhythm.h"

#include <assert.h>
#include <stddef.h>

#include "sim/core/sampling.h"

#define TROUGH_HOUR 4.0
#define PEAK_HOUR 18.0
#define DAY_S 86400.0

enum { BISECTIONS = 60 };

static double
shape_at(double hour)
{
    if (hour < TROUGH_HOUR)
        hour += 24;
    if (hour < PEAK_HOUR)
        return -1 + 2 * (hour - TROUGH_HOUR) / (PEAK_HOUR - TROUGH_HOUR);
    return 1 - 2 * (hour - PEAK_HOUR) / (TROUGH_HOUR + 24 - PEAK_HOUR);
}

double
rhythm_at(const Rhythm *rhythm, Time local)
{
    assert(local >= 0);
    return 1 + rhythm->strength * shape_at((double)(local % DAY) / (double)HOUR);
}

double
rhythm_present(const Rhythm *rhythm, Time local)
{
    assert(local >= 0);
    return rhythm->present[local % DAY / (DAY / RHYTHM_STEPS)];
}

/* One step of dp/dt = a (1 - p) - b p: towards @level by all but @keep of the distance. */
typedef struct Step {
    double level, keep;
    double mean_keep; /* of the distance at the step's beginning, on average over it */
} Step;

static Step
step_of(const Rhythm *rhythm, unsigned i, double off_s, double session_s)
{
    Time middle = (2 * (Time)i + 1) * (DAY / RHYTHM_STEPS / 2);
    double a = rhythm_at(rhythm, middle) / off_s;
    double rate = a + 1 / session_s;
    double h = DAY_S / RHYTHM_STEPS;
    double keep = portable_exp(-rate * h);

    return (Step){ a / (a + 1 / session_s), keep, (1 - keep) / (rate * h) };
}

/* Fill `present` with the periodic solution, and return its mean. */
static double
solve(Rhythm *rhythm, double off_s, double session_s)
{
    double all_keep = 1, from_zero = 0, sum = 0, p;

    for (unsigned i = 0; i < RHYTHM_STEPS; i++) {
        Step s = step_of(rhythm, i, off_s, session_s);

        from_zero = s.level + (from_zero - s.level) * s.keep;
        all_keep *= s.keep;
    }
    p = from_zero / (1 - all_keep);
    for (unsigned i = 0; i < RHYTHM_STEPS; i++) {
        Step s = step_of(rhythm, i, off_s, session_s);

        rhythm->present[i] = s.level + (p - s.level) * s.mean_keep;
        sum += rhythm->present[i];
        p = s.level + (p - s.level) * s.keep;
    }
    return sum / RHYTHM_STEPS;
}

static void
set_present(Rhythm *rhythm, double online)
{
    rhythm->online = online;
    for (unsigned i = 0; i < RHYTHM_STEPS; i++)
        rhythm->present[i] = online;
}

/* In the long run as many sessions end as begin: (online share) / (mean length) a day. */
void
rhythm_init(Rhythm *rhythm, double strength, double sessions_per_day, Duration session)
{
    double session_s = (double)session / (double)SECOND;
    double online = sessions_per_day * session_s / DAY_S;
    double low = 0, high;

    assert(strength >= 0 && strength <= 1);
    *rhythm = (Rhythm){ .strength = strength };
    if (online <= 0 || online >= 1) {
        set_present(rhythm, online <= 0 ? 0 : 1);
        return;
    }
    /* Sessions begin at the mean rate of (1 - present) rhythm / off, at most 1 / off. */
    high = session_s / online;
    for (int i = 0; i < BISECTIONS; i++) {
        double middle = (low + high) / 2;

        if (solve(rhythm, middle, session_s) > online)
            low = middle;
        else
            high = middle;
    }
    rhythm->off_s = high;
    rhythm->online = solve(rhythm, high, session_s);
}

Duration
rhythm_time_zone(uint64_t word)
{
    static const struct {
        int8_t hours; /* ahead of UTC */
        uint8_t percent;
    } ZONES[] = { { -8, 6 }, { -7, 2 }, { -6, 7 }, { -5, 11 }, { -4, 3 },
                  { -3, 5 }, { 0, 9 },  { 1, 25 }, { 2, 9 },   { 3, 9 },
                  { 5, 4 },  { 7, 4 },  { 8, 4 },  { 9, 2 } };
    uint64_t at = sample_below(word, 100);
    size_t i = 0;

    while (at >= ZONES[i].percent)
        at -= ZONES[i++].percent;
    /* A day ahead of those behind: local times stay positive. */
    return ZONES[i].hours * HOUR + (ZONES[i].hours < 0 ? DAY : 0);
}
