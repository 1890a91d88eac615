/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The life of a message: what happened to it, event after event.  A large world writes
 * hundreds of millions of them, so they are kept as differences in variable-length numbers:
 * 8 to 12 bytes each, and nothing is rounded. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nodes/base/time.h"

typedef struct LifeEvent {
    Time at;
    uint64_t detail;
    uint32_t who; /* person, or node */
    uint8_t what; /* a NoteKind, or one of ledger.h's LEDGER_ */
} LifeEvent;

/* NULL: nothing happened yet. */
typedef struct Life Life;

/* One more event at the end of *@life, which the caller frees with free(). */
void life_add(Life **life, const LifeEvent *event);

/* Reads a life from its first event on; what is added meanwhile ends it. */
typedef struct LifeReader {
    const uint8_t *at, *end;
    Time time; /* of the event before */
} LifeReader;

LifeReader life_read(const Life *life);
/* False at the end. */
bool life_next(LifeReader *reader, LifeEvent *ret);
