/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/attack/disclosure.h"
#include "nodes/base/memory.h"

#include <math.h>
#include <stdlib.h>

static bool *
windows_with(const Edges *edges, const Windows *windows, uint32_t client)
{
    bool *with = memory_zeroed(windows->count, sizeof *with);

    for (size_t i = 0; i < edges->n_sendings; i++) {
        uint32_t window = window_of(windows, edges->sendings[i].at);

        if (edges->sendings[i].client == client && window != UINT32_MAX)
            with[window] = true;
    }
    return with;
}

/* Arrivals are in order of time: a window's end at @from, whose counts are in @count. */
static void
add_window(Disclosure *d, const Edges *edges, const Windows *windows, size_t from,
           size_t to, uint32_t window, bool with, uint32_t *count)
{
    for (size_t i = from; i < to; i++)
        if (edges->arrivals[i].store && window_of(windows, edges->arrivals[i].at) == window)
            count[edges->arrivals[i].account]++;
    for (size_t i = from; i < to; i++) {
        uint32_t account = edges->arrivals[i].account;

        if (with) {
            d->mean[account] += count[account];
            d->variance[account] += (double)count[account] * count[account];
        } else {
            d->background[account] += count[account];
        }
        count[account] = 0;
    }
}

void
attack_disclosure(const Edges *edges, const Windows *windows, uint32_t client,
                  Disclosure *ret)
{
    bool *with = windows_with(edges, windows, client);
    uint32_t *count = memory_zeroed(edges->accounts + 1, sizeof *count);
    Disclosure d = { .accounts = edges->accounts };
    size_t to;

    d.mean = memory_zeroed(d.accounts + 1, sizeof *d.mean);
    d.variance = memory_zeroed(d.accounts + 1, sizeof *d.variance);
    d.background = memory_zeroed(d.accounts + 1, sizeof *d.background);
    for (uint32_t i = 0; i < windows->count; i++)
        with[i] ? d.rounds++ : d.others++;
    for (size_t from = 0; from < edges->n_arrivals; from = to) {
        uint32_t window = window_of(windows, edges->arrivals[from].at);

        for (to = from + 1; to < edges->n_arrivals; to++)
            if (window_of(windows, edges->arrivals[to].at) != window)
                break;
        if (window != UINT32_MAX)
            add_window(&d, edges, windows, from, to, window, with[window], count);
    }
    for (uint32_t a = 1; a <= d.accounts; a++) {
        double rounds = d.rounds, squares = d.variance[a];

        d.mean[a] /= fmax(1, rounds);
        d.variance[a] = (squares - rounds * d.mean[a] * d.mean[a]) / fmax(1, rounds - 1);
        d.background[a] /= fmax(1, d.others);
    }
    free(count);
    free(with);
    *ret = d;
}

/* Clients that sent something in a window, each once: those of window w are
 * clients[first[w]] .. clients[first[w + 1] - 1]. */
typedef struct Senders {
    uint32_t *clients;
    size_t *first; /* windows + 1 */
} Senders;

static Senders
senders_of(const Edges *edges, const Windows *windows)
{
    Senders s = { memory_resized(NULL, edges->n_sendings, sizeof *s.clients),
                  memory_resized(NULL, (size_t)windows->count + 1, sizeof *s.first) };
    uint32_t *last = memory_zeroed(edges->n_clients, sizeof *last), next = 0;
    size_t n = 0;

    /* Sendings are in order of time, so windows are. */
    for (size_t i = 0; i < edges->n_sendings; i++) {
        uint32_t window = window_of(windows, edges->sendings[i].at);
        uint32_t client = edges->sendings[i].client;

        if (window == UINT32_MAX)
            continue;
        while (next <= window)
            s.first[next++] = n;
        if (last[client] != window + 1)
            s.clients[n++] = client;
        last[client] = window + 1;
    }
    while (next <= windows->count)
        s.first[next++] = n;
    free(last);
    return s;
}

void
attack_disclosure_all(const Edges *edges, const Windows *windows, double *ret)
{
    size_t columns = (size_t)edges->accounts + 1;
    double *total = memory_zeroed(columns, sizeof *total);
    double *rounds = memory_zeroed(edges->n_clients, sizeof *rounds);
    Senders senders = senders_of(edges, windows);

    for (size_t i = 0; i < edges->n_clients * columns; i++)
        ret[i] = 0;
    for (size_t k = 0; k < senders.first[windows->count]; k++)
        rounds[senders.clients[k]]++;
    for (size_t i = 0; i < edges->n_arrivals; i++) {
        const Arrival *arrival = &edges->arrivals[i];
        uint32_t window = window_of(windows, arrival->at);

        if (!arrival->store || window == UINT32_MAX)
            continue;
        total[arrival->account]++;
        for (size_t k = senders.first[window]; k < senders.first[window + 1]; k++)
            ret[senders.clients[k] * columns + arrival->account]++;
    }
    for (size_t c = 0; c < edges->n_clients; c++)
        for (size_t a = 1; a < columns; a++) {
            double with = ret[c * columns + a];

            ret[c * columns + a] = with / fmax(1, rounds[c]) -
                                   (total[a] - with) / fmax(1, windows->count - rounds[c]);
        }
    free(senders.clients);
    free(senders.first);
    free(total);
    free(rounds);
}

void
disclosure_clear(Disclosure *disclosure)
{
    free(disclosure->mean);
    free(disclosure->variance);
    free(disclosure->background);
    *disclosure = (Disclosure){ 0 };
}

typedef struct Ranked {
    double score;
    uint64_t tie;
    uint32_t account;
} Ranked;

static int
highest_first(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->tie > y->tie) - (x->tie < y->tie);
}

/* SplitMix64's finish (Steele, Lea and Flood 2014). */
static uint64_t
mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void
disclosure_rank(const Disclosure *d, uint64_t seed, uint32_t *ret)
{
    Ranked *ranked = memory_resized(NULL, d->accounts, sizeof *ranked);

    for (uint32_t a = 1; a <= d->accounts; a++)
        ranked[a - 1] = (Ranked){ d->mean[a] - d->background[a],
                                  mix(seed + a * UINT64_C(0x9e3779b97f4a7c15)), a };
    qsort(ranked, d->accounts, sizeof *ranked, highest_first);
    for (uint32_t i = 0; i < d->accounts; i++)
        ret[i] = ranked[i].account;
    free(ranked);
}
