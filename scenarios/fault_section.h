/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A [fault NAME] section: one thing that goes wrong, as its keys say.  Which key belongs to
 * which kind stands in the key table (keys.c); what each kind does, in docs/faults.md. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nodes/base/time.h"
#include "scenarios/named_section.h"
#include "sim/fault/law.h"

/* As in the choices of the key fault.NAME.kind. */
typedef enum FaultSort {
    FAULT_SORT_EXIT,
    FAULT_SORT_JOIN,
    FAULT_SORT_CRASH,
    FAULT_SORT_SHOCKS,
    FAULT_SORT_OUTAGE,
    FAULT_SORT_PARTITION,
    FAULT_SORT_LINK,
    FAULT_SORT_SLOW,
    FAULT_SORT_SKEW,
    FAULT_SORT_UPGRADE,
    FAULT_SORT_MISBEHAVE,
    FAULT_SORT_ATTACK,
    FAULT_SORT_OFFLINE,
    FAULT_SORTS
} FaultSort;

typedef enum FaultWho { FAULT_WHO_NODES, FAULT_WHO_CLIENTS, FAULT_WHO_BOTH } FaultWho;
typedef enum FaultOrder {
    FAULT_ORDER_RANDOM,
    FAULT_ORDER_SWARM,
    FAULT_ORDER_HOSTER
} FaultOrder;
typedef enum FaultChain { FAULT_CHAIN_REST, FAULT_CHAIN_BOTH } FaultChain;

typedef struct FaultSection {
    NamedSection head;
    /* when */
    Duration at, over; /* what happens once, or spread over a time */
    Duration from, to; /* what lasts; to 0: to the end */
    double per_day;    /* Poisson */
    Duration every;    /* at even distances instead; 0: not */
    bool each_swarm;   /* of its own */
    /* whom */
    double share;
    uint32_t count;
    char country[WORDS_BYTES], region[WORDS_BYTES], hoster[WORDS_BYTES];
    uint32_t largest_hosters;
    /* what */
    bool announced;
    double chance;
    double correlation; /* of that chance, between nodes of one site */
    uint32_t site;      /* so many nodes that follow each other; 0: swarm.size */
    Law down;
    double disk_loss;
    bool clients;  /* partition: people have a side too */
    int32_t chain; /* FaultChain */
    char links[WORDS_BYTES];
    double loss;
    Duration delay;
    double speed;
    int32_t who; /* FaultWho */
    Duration sigma, offset;
    double drift_ppm;
    int32_t order;    /* FaultOrder */
    int32_t does;     /* Misbehaviour */
    Duration age;     /* of stale answers */
    int32_t swarm_of; /* a person; -1: nobody */
    uint32_t members; /* of that swarm; 0: all */
    Duration turn;    /* 0: all at once */
} FaultSection;
