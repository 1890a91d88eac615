/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When nodes go down and come back: a schedule per node from laws, or replayed from a trace
 * of real servers, with short outages added.  Pure and seeded; knows no actor. */
#pragma once

#include "sim/fault/law.h"
#include "sim/fault/uptime_trace.h"

typedef enum FaultKind {
    FAULT_PROCESS_STOPS, /* the process dies: connections are reset */
    FAULT_HOST_STOPS,    /* the host dies: silence; uncommitted writes may be lost */
    FAULT_RETURNS,       /* it is up again; disk_lost says with what */
    FAULT_DEPARTS,       /* for good, unannounced */
    FAULT_EXITS,         /* for good, announced on the chain */
    FAULT_NONE           /* nothing more before the horizon */
} FaultKind;

typedef struct Fault {
    FaultKind kind;
    Time at;
    bool disk_lost; /* FAULT_RETURNS */
} Fault;

typedef struct ChurnConfig {
    const UptimeTrace *trace;    /* NULL: laws.  Borrowed */
    Time trace_window;           /* replay begins at this time of the trace */
    Law life;                    /* of a node in the network; never: nobody leaves */
    bool life_residual;          /* nodes in service at the start have residual lives */
    bool exits_announced;        /* a life's end is announced (FAULT_EXITS) */
    Law up, down;                /* long outages (laws only): time between, and length */
    Law short_outage;            /* length of short outages; never: none */
    Duration short_outage_every; /* mean time between them (exponential), per node */
    double process_share;  /* share of short outages that are of the process alone: 0.9 */
    double disk_loss;      /* chance that an outage loses the disk */
    double disk_loss_long; /* the same for outages longer than disk_loss_long_after */
    Duration disk_loss_long_after;
} ChurnConfig;

typedef struct Churn Churn;

/* Schedules for @n nodes that are in service at time 0.  With a trace, each node replays
 * one traced server that is up at trace_window, drawn without replacement (ST_RANGE when
 * the trace has too few). */
Status churn_new(const ChurnConfig *config, uint32_t n, uint64_t seed, Time horizon,
                 Churn **ret) WARN_UNUSED;
void churn_free(Churn *churn);
/* The next fault of a node, in time order. */
Fault churn_next(Churn *churn, uint32_t node);
/* The traced server a node replays, or -1 without a trace. */
int64_t churn_traced(const Churn *churn, uint32_t node);
/* A node that arrived later (index >= n, ascending): its schedule begins at @now, fresh. */
void churn_add(Churn *churn, uint32_t node, Time now);
