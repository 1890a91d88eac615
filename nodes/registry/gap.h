/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time between blocks in the proof of work era (protocol 6.3). */
#pragma once

#include "nodes/base/port.h"

/* An exponential duration, drawn from @purpose by von Neumann's method: comparisons of
 * uniform numbers alone, so that no machine's logarithm matters.  At least a millisecond.
 */
Duration gap_exponential(Port *port, Purpose purpose, Duration mean);
