/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Network time (protocol 5.4): each answer carries the node's clock.  Real clients let the
 * offset of the last one count (8.11); the plain path takes the median of what the last few
 * nodes said, of which one bad clock is one.  Neither corrects for the way. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

typedef struct ClockSamples {
    uint32_t n;
    /* Oldest first; a node has one. */
    uint64_t node[CLOCK_SAMPLES_MAX]; /* first bytes of its key */
    int64_t offset_ms[CLOCK_SAMPLES_MAX];
} ClockSamples;

UnixMs
session_network_ms(Session *s)
{
    return port_unix_ms(s->port) - s->clock_offset_ms;
}

/* Take the sample at @index out. */
static void
samples_remove(ClockSamples *samples, uint32_t index)
{
    uint32_t after = samples->n - index - 1;

    memmove(samples->node + index, samples->node + index + 1,
            after * sizeof samples->node[0]);
    memmove(samples->offset_ms + index, samples->offset_ms + index + 1,
            after * sizeof samples->offset_ms[0]);
    samples->n--;
}

static void
samples_add(ClockSamples *samples, uint64_t node, int64_t offset_ms)
{
    uint32_t i = 0;

    while (i < samples->n && samples->node[i] != node)
        i++;
    if (i < samples->n)
        samples_remove(samples, i);
    else if (samples->n == CLOCK_SAMPLES_MAX)
        samples_remove(samples, 0);
    samples->node[samples->n] = node;
    samples->offset_ms[samples->n++] = offset_ms;
}

/* Of two in the middle the one nearer to the local clock. */
static int64_t
samples_median(const ClockSamples *samples)
{
    int64_t sorted[CLOCK_SAMPLES_MAX], low, high;

    assert(samples->n > 0);
    for (uint32_t i = 0; i < samples->n; i++) {
        uint32_t at = i;

        for (; at > 0 && sorted[at - 1] > samples->offset_ms[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = samples->offset_ms[i];
    }
    low = sorted[(samples->n - 1) / 2];
    high = sorted[samples->n / 2];
    return llabs(low) <= llabs(high) ? low : high;
}

void
session_learn_time(Session *s, const Target *from, JsonValue body)
{
    JsonValue t;
    int64_t network_ms;

    if (!json_get(body, "t", &t) || !json_i64(t, &network_ms))
        return;
    if (network_ms < 0 || network_ms > NETWORK_TIME_MAX_MS)
        return;
    s->clock_offset_ms = port_unix_ms(s->port) - network_ms;
    if (s->config->defect_clock_of_last_answer)
        return;
    if (s->clock_samples == NULL) {
        s->clock_samples = memory_resized(NULL, 1, sizeof *s->clock_samples);
        s->clock_samples->n = 0;
    }
    samples_add(s->clock_samples, load_u64be(from->ed25519), s->clock_offset_ms);
    s->clock_offset_ms = samples_median(s->clock_samples);
}

size_t
session_clock_memory(const Session *s)
{
    return s->clock_samples == NULL ? 0 : sizeof *s->clock_samples;
}

void
session_forget_time(Session *s)
{
    free(s->clock_samples);
    s->clock_samples = NULL;
    s->clock_offset_ms = 0;
}
