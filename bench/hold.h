/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HOLD model (model.h) on the event queue, and through the engine. */
#pragma once

#include "bench/measure.h"

/* What holds the pending events. */
typedef enum HoldThrough {
    HOLD_LADDER,   /* the event queue alone */
    HOLD_HEAP,     /* its oracle */
    HOLD_TASKS,    /* the host's tasks (total order) */
    HOLD_MESSAGES, /* messages to 1,000 actors (total order and trace hash) */
    HOLD_ALARMS    /* an actor's alarm each (total order and trace hash) */
} HoldThrough;

typedef struct HoldSpec {
    HoldThrough through;
    uint64_t pending, events;
} HoldSpec;

/* Fields of a Measured. */
enum { HOLD_EVENTS_PER_S, HOLD_BYTES_PER_EVENT };

/* As BenchCase.measure of a HoldSpec; events a second of CPU time, and the bytes of memory
 * that each pending event took when all were there. */
bool hold_measure(const void *spec, Measured *ret);
/* Events before the measured ones. */
uint64_t hold_warm_up(uint64_t pending);
