/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The echo model (model.h) on the engine: hosts are actors, and use their port alone. */
#pragma once

#include "bench/measure.h"

typedef struct EchoSpec {
    uint32_t hosts;
    uint32_t simulated_s;
    bool one_way; /* two one-way messages instead of a request and its answer */
} EchoSpec;

/* Fields of a Measured.  Its check is the number of messages delivered. */
enum { ECHO_MESSAGES_PER_S, ECHO_EVENTS_PER_S, ECHO_BYTES_PER_HOST };

/* As BenchCase.measure of an EchoSpec; rates are per second of CPU time. */
bool echo_measure(const void *spec, Measured *ret);
