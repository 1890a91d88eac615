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
    ADVERSARY_FILES,  /* the file server */
    ADVERSARY_WEB,    /* the web server that gives out the program */
    ADVERSARY_PUSH    /* the push server */
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
    /* Nodes of its own, registered again until they are near somebody; world_sybils.c. */
    uint32_t stakes; /* each good for one node; 0: none */
    Duration register_at;
    uint32_t near;    /* a person */
    uint32_t targets; /* so many people in turn, from that one on */
    uint32_t members; /* of a target's swarm that it wants */
    uint32_t
        tries; /* registrations under way at a time; 0: all that there are stakes for */
    Duration unlock;   /* a stake is bound so long after its node was let go */
    uint32_t budget;   /* registrations for one target; 0: any number */
    Duration patience; /* time for one target; 0: any */
} AdversarySection;
