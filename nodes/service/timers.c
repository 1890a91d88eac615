/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The node's timers: one slot each in a small heap, and the port's one alarm at the
 * earliest. */
#include "nodes/service/node_internal.h"

#include <assert.h>

void
timer_set(ServiceNode *node, TimerSlot slot, Time at)
{
    heap_set(&node->timers, slot, at);
}

static void
timer_rings(ServiceNode *node, TimerSlot slot, Time now)
{
    switch (slot) {
    case TIMER_SWEEP:
        sweep_due(node, now);
        break;
    case TIMER_PROOF:
        proof_due(node, now);
        break;
    case TIMER_TEST:
        reachability_test_due(node, now);
        break;
    case TIMER_RETEST:
        reachability_retests_due(node, now);
        break;
    case TIMER_SILENCE:
        pending_silences(node, now);
        break;
    case TIMER_RETRY:
        retry_due(node, now);
        break;
    case TIMER_READY:
        ready_due(node, now);
        break;
    case TIMER_DUMP:
        dump_due(node, now);
        break;
    case TIMER_RELAY:
        relay_due(node, now);
        break;
    case TIMER_ANTI_ENTROPY:
        anti_entropy_due(node, now);
        break;
    case TIMER_HOP:
        hop_delay_due(node, now);
        break;
    case TIMERS:
        assert(!"a timer");
    }
}

void
timers_run(ServiceNode *node, Time now)
{
    while (heap_first_time(&node->timers) <= now) {
        TimerSlot slot = (TimerSlot)heap_first_slot(&node->timers);

        heap_set(&node->timers, slot, TIME_NEVER);
        timer_rings(node, slot, now);
        /* Whoever sets a timer again sets it later than now, or this would not end. */
        assert(heap_get(&node->timers, slot) > now);
    }
}

void
timers_rearm(ServiceNode *node)
{
    Time first = heap_first_time(&node->timers);

    if (first == node->alarm)
        return;
    node->alarm = first;
    port_alarm(node->port, first);
}
