/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When nodes go down and come back: a schedule per node from laws, or replayed from a trace
 * of real servers, with short outages added.  Pure and seeded; knows no actor.
 *
 * A node's schedule hangs on (seed, node) alone.  A node alternates between up and down:
 * after FAULT_PROCESS_STOPS or FAULT_HOST_STOPS comes FAULT_RETURNS, or its end (a node may
 * leave for good while it is down).  A short outage that would begin during another outage
 * does not happen; one that would still last when a long one begins is the beginning of the
 * long one. */
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
    Law life;                    /* in the network (laws only); never: nobody leaves */
    bool life_residual;          /* those in service at the start are in the middle of their
                                  * lives and up times (laws only) */
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

/* Schedules for @n nodes that are in service, and up, at time 0.  With a trace, each node
 * replays one traced server that is up at trace_window, drawn without replacement (ST_RANGE
 * when the trace has too few).  A server that is down when the record ends has left when it
 * went down; one that is up then stays.  A network that begins with every node up needs a
 * few mean outages until its share of nodes that are down is the lasting one. */
Status churn_new(const ChurnConfig *config, uint32_t n, uint64_t seed, Time horizon,
                 Churn **ret) WARN_UNUSED;
void churn_free(Churn *churn);
/* A node's life begins once more, fresh, at @now (no trace): it has departed, or its lives
 * have no memory. */
void churn_renew(Churn *churn, uint32_t node, Time now);
/* From its next life on the node draws by @luck instead of its number. */
void churn_luck(Churn *churn, uint32_t node, uint64_t luck);
/* The next fault of a node, in time order; FAULT_NONE from its end or the horizon on. */
Fault churn_next(Churn *churn, uint32_t node);
/* The traced server a node replays, or -1 without a trace. */
int64_t churn_traced(const Churn *churn, uint32_t node);
/* A node that arrived later (index >= n, ascending): its schedule begins at @now, fresh.
 * With a trace it replays, from its first interval on, a server that is seen to appear in
 * the record; such servers may be drawn more than once. */
void churn_add(Churn *churn, uint32_t node, Time now);
