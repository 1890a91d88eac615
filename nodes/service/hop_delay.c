/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Relays that hold each onion request for a random time before they pass it on (no real
 * network's): whoever sees it come in and go out at the edges is less sure that it is one
 * and the same.  What a crash finds waiting here is lost with its connection. */
#include "nodes/base/memory.h"
#include "nodes/service/node_internal.h"

#include <stdlib.h>
#include <string.h>

struct HeldRelay {
    Time due;
    Relay relay; /* owns its packet */
};

static void
set_timer(ServiceNode *node)
{
    timer_set(node, TIMER_HOP, node->held.n > 0 ? node->held.item[0].due : TIME_NEVER);
}

bool
hop_delay_has_room(const ServiceNode *node)
{
    return node->held.n < node->config->pending_max;
}

/* In order of time, of equal ones in order of coming. */
void
hop_delay_hold(ServiceNode *node, Time now, Relay *relay)
{
    HeldRelays *held = &node->held;
    Duration wait =
        port_random_exponential(node->port, RANDOM_TIMER, node->config->hop_delay);
    Time due = now + (wait > 0 ? wait : 1);
    uint32_t at;

    if (held->n == held->capacity) {
        held->capacity = held->capacity == 0 ? 16 : held->capacity * 2;
        held->item = memory_resized(held->item, held->capacity, sizeof *held->item);
    }
    for (at = held->n; at > 0 && held->item[at - 1].due > due; at--)
        held->item[at] = held->item[at - 1];
    held->item[at] = (HeldRelay){ due, *relay };
    relay->packet = PACKET_EMPTY;
    held->n++;
    set_timer(node);
}

void
hop_delay_due(ServiceNode *node, Time now)
{
    HeldRelays *held = &node->held;
    uint32_t n = 0;

    while (n < held->n && held->item[n].due <= now)
        onion_relay_send(node, now, &held->item[n++].relay);
    memmove(held->item, held->item + n, (held->n - n) * sizeof *held->item);
    held->n -= n;
    set_timer(node);
}

void
hop_delay_clear(ServiceNode *node)
{
    for (uint32_t i = 0; i < node->held.n; i++)
        packet_clear(&node->held.item[i].relay.packet);
    free(node->held.item);
    node->held = (HeldRelays){ 0 };
}
