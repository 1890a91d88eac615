/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling the nodes of a block: each learns of it after a delay of its own, which hangs on
 * the block and the node alone. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/swarm/swarm.h"

/* Delays come in this many equal steps, so that a block costs that many alarms at most. */
enum { NOTIFY_STEPS = 250 };

/* One block on its way to the nodes.  Zero: nothing on its way. */
typedef struct Notification {
    Packet packet;
    Time start;
    Duration delay_max;
    Address *to; /* by step; kept for the next block */
    uint32_t n, capacity;
    uint32_t first_of_step[NOTIFY_STEPS + 1]; /* in `to` */
    uint32_t step;                            /* the next one */
} Notification;

/* Send what is left of the block before, then begin with @snapshot: every node of its list
 * that has an address, and those of @leaving, the ones that it dropped. */
void notification_begin(Notification *notification, Port *port, Snapshot *snapshot,
                        const NodeRecord *leaving, size_t n_leaving, Time now,
                        Duration delay_max);
/* Send what is due. */
void notification_send_due(Notification *notification, Port *port, Time now);
/* When the next one is due, or TIME_NEVER. */
Time notification_next(const Notification *notification);
/* Send nothing more; free everything. */
void notification_clear(Notification *notification);
