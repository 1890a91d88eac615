/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/attack/correlation.h"
#include "nodes/base/memory.h"

#include <math.h>
#include <stdlib.h>

/* --- windowed counts --------------------------------------------------------------- */

static Counts
counts_new(uint32_t rows, uint32_t windows)
{
    size_t n = (size_t)rows * windows;
    Counts c = { memory_zeroed(n, sizeof *c.counts), rows, windows };

    return c;
}

void
counts_of_clients(const Edges *edges, const Windows *windows, Counts *ret)
{
    *ret = counts_new(edges->n_clients, windows->count);
    for (size_t i = 0; i < edges->n_sendings; i++) {
        uint32_t window = window_of(windows, edges->sendings[i].at);

        if (window != UINT32_MAX)
            ret->counts[(size_t)edges->sendings[i].client * ret->windows + window]++;
    }
}

void
counts_of_accounts(const Edges *edges, const Windows *windows, bool stores, Counts *ret)
{
    *ret = counts_new(edges->accounts + 1, windows->count);
    for (size_t i = 0; i < edges->n_arrivals; i++) {
        uint32_t window = window_of(windows, edges->arrivals[i].at);

        if (window != UINT32_MAX && edges->arrivals[i].store == stores)
            ret->counts[(size_t)edges->arrivals[i].account * ret->windows + window]++;
    }
}

void
counts_clear(Counts *counts)
{
    free(counts->counts);
    *counts = (Counts){ 0 };
}

double
attack_correlation(const Counts *a, uint32_t row_a, const Counts *b, uint32_t row_b)
{
    const uint32_t *x = a->counts + (size_t)row_a * a->windows;
    const uint32_t *y = b->counts + (size_t)row_b * b->windows;
    double n = a->windows, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, vary;

    for (uint32_t i = 0; i < a->windows; i++) {
        sx += x[i];
        sy += y[i];
        sxx += (double)x[i] * x[i];
        syy += (double)y[i] * y[i];
        sxy += (double)x[i] * y[i];
    }
    vary = (sxx - sx * sx / n) * (syy - sy * sy / n);
    return vary > 0 ? (sxy - sx * sy / n) / sqrt(vary) : 0;
}

/* --- in order of time -------------------------------------------------------------- */

/* Of @n items of @size that begin with their time, in its order: the first at or after
 * @at. */
static size_t
first_from(const void *items, size_t n, size_t size, Time at)
{
    size_t low = 0;

    while (n > 0) {
        size_t half = n / 2;
        const Time *middle =
            (const Time *)(const void *)((const char *)items + (low + half) * size);

        if (*middle < at) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static size_t
first_sending(const Edges *edges, Time at)
{
    return first_from(edges->sendings, edges->n_sendings, sizeof *edges->sendings, at);
}

static size_t
first_arrival(const Edges *edges, Time at)
{
    return first_from(edges->arrivals, edges->n_arrivals, sizeof *edges->arrivals, at);
}

/* --- cadence ----------------------------------------------------------------------- */

void
attack_cadence(const Edges *edges, Lag lag, bool stores, double *ret)
{
    size_t columns = edges->accounts + 1;
    double *sent = memory_zeroed(edges->n_clients, sizeof *sent);
    double *arrived = memory_zeroed(columns, sizeof *arrived);

    for (size_t i = 0; i < edges->n_clients * columns; i++)
        ret[i] = 0;
    for (size_t i = 0; i < edges->n_sendings; i++)
        sent[edges->sendings[i].client]++;
    for (size_t i = 0; i < edges->n_arrivals; i++) {
        const Arrival *arrival = &edges->arrivals[i];

        if (arrival->store != stores)
            continue;
        arrived[arrival->account]++;
        for (size_t k = first_sending(edges, arrival->at - lag.to);
             k < edges->n_sendings && edges->sendings[k].at <= arrival->at - lag.from; k++)
            ret[edges->sendings[k].client * columns + arrival->account]++;
    }
    for (size_t i = 0; i < edges->n_clients; i++)
        for (size_t a = 1; a < columns; a++)
            if (arrived[a] > 0)
                ret[i * columns + a] /= sqrt(sent[i] * arrived[a]);
    free(sent);
    free(arrived);
}

/* --- single requests --------------------------------------------------------------- */

size_t
attack_window(const Edges *edges, const Sending *sending, const Reach *reach, size_t *ret,
              size_t max)
{
    size_t n = 0;

    for (size_t k = first_arrival(edges, sending->at + reach->lag.from);
         k < edges->n_arrivals && edges->arrivals[k].at <= sending->at + reach->lag.to;
         k++) {
        const Arrival *arrival = &edges->arrivals[k];

        if (arrival->store != reach->stores ||
            (reach->overhead >= 0 && arrival->bytes + reach->overhead != sending->bytes))
            continue;
        if (n < max)
            ret[n] = k;
        n++;
    }
    return n;
}

/* Looked at, at most: enough for what is always the same to stand out. */
enum { DIFFERENCES_MAX = 1 << 20 };

static int
compare_differences(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The value that is there most often; of several the lowest. */
static int64_t
most_frequent(int64_t *values, size_t n)
{
    size_t most = 0, run = 0;
    int64_t found = -1;

    qsort(values, n, sizeof *values, compare_differences);
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
        if (run > most) {
            most = run;
            found = values[i];
        }
    }
    return found;
}

int64_t
attack_overhead(const Edges *edges, Lag lag, bool stores)
{
    int64_t *differences = memory_resized(NULL, DIFFERENCES_MAX, sizeof *differences);
    int64_t found;
    size_t n = 0;

    for (size_t i = 0; i < edges->n_sendings; i++) {
        const Sending *sending = &edges->sendings[i];

        for (size_t k = first_arrival(edges, sending->at + lag.from);
             n < DIFFERENCES_MAX && k < edges->n_arrivals &&
             edges->arrivals[k].at <= sending->at + lag.to;
             k++) {
            const Arrival *arrival = &edges->arrivals[k];

            if (arrival->store == stores && arrival->bytes <= sending->bytes)
                differences[n++] = (int64_t)sending->bytes - arrival->bytes;
        }
    }
    found = most_frequent(differences, n);
    free(differences);
    return found;
}
