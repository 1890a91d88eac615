/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An [adversary NAME] section: who is corrupted, or could be, as its keys say (docs/
 * adversary.md). */
#pragma once

#include "nodes/base/time.h"
#include "scenarios/named_section.h"

/* As in the choices of the key adversary.NAME.kind. */
typedef enum AdversarySort {
    ADVERSARY_NODES, /* service nodes, honest in what they do, that write down what they see
                      */
    ADVERSARY_LINES, /* people's access lines: envelopes alone */
    ADVERSARY_SERVER, /* the server that gives out node lists */
    ADVERSARY_FILES   /* the file server */
} AdversarySort;

typedef struct AdversarySection {
    NamedSection head;
    int32_t corrupt; /* so many at a time; -1: each with probability share */
    double share;
    char country[WORDS_BYTES], region[WORDS_BYTES], hoster[WORDS_BYTES];
    uint32_t largest_hosters;
    uint32_t draws; /* corrupt sets drawn after the run */
    Duration from, to;
    uint64_t observations_max; /* bytes of records */
} AdversarySection;
