/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests alone, with real cryptography: wrapped by a client, peeled by three relays
 * and the destination, answered, opened; against the floor of what was metered. */
#pragma once

#include "bench/measure.h"

typedef struct OnionMixSpec {
    uint32_t requests;
    bool no_shortcuts;
} OnionMixSpec;

/* Fields of a Measured.  Its check is the metered work. */
enum { MIX_REQUESTS_PER_S, MIX_FLOOR_RATIO };

/* As BenchCase.measure of an OnionMixSpec. */
bool onion_mix_measure(const void *spec, Measured *ret);
