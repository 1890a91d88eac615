/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/notify.h"

#include <stdlib.h>

/* The finalizer of SplitMix64: any two inputs give unrelated outputs. */
static uint64_t
mixed(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t
step_of(const uint8_t block_hash[32], const NodeRecord *node, Duration delay_max)
{
    uint64_t z = mixed(load_u64be(block_hash + 8) + mixed(load_u64be(node->legacy)));

    if (delay_max == 0)
        return 0;
    return (uint32_t)((z >> 32) * NOTIFY_STEPS >> 32);
}

static Time
time_of_step(const Notification *notification, uint32_t step)
{
    return notification->start + notification->delay_max / NOTIFY_STEPS * step;
}

static void
send_step(Notification *notification, Port *port)
{
    uint32_t step = notification->step++;

    for (uint32_t i = notification->first_of_step[step];
         i < notification->first_of_step[step + 1]; i++) {
        Packet copy = packet_share(&notification->packet);

        port_send(port, notification->to[i], KIND_BLOCK, 0, 0, NULL, &copy);
    }
    /* Empty steps need no alarm. */
    while (notification->step < NOTIFY_STEPS &&
           notification->first_of_step[notification->step] ==
               notification->first_of_step[notification->step + 1])
        notification->step++;
    if (notification->step == NOTIFY_STEPS)
        packet_clear(&notification->packet);
}

/* The i-th of the nodes to tell. */
static const NodeRecord *
target(const Snapshot *snapshot, const NodeRecord *leaving, size_t i)
{
    const NodeList *list = snapshot->nodes;

    return i < list->n ? &list->nodes[i] : &leaving[i - list->n];
}

static void
make_room(Notification *notification, size_t n)
{
    if (notification->capacity >= n)
        return;
    free(notification->to);
    notification->capacity = (uint32_t)n;
    notification->to = malloc(n * sizeof *notification->to);
    if (notification->to == NULL)
        abort();
}

/* Sort the nodes by step, in the list's order within each. */
static void
order_by_step(Notification *notification, const Snapshot *snapshot,
              const NodeRecord *leaving, size_t n)
{
    uint32_t *first = notification->first_of_step;
    uint32_t next[NOTIFY_STEPS];

    memset(first, 0, sizeof notification->first_of_step);
    for (size_t i = 0; i < n; i++) {
        const NodeRecord *node = target(snapshot, leaving, i);

        if (node->ip != 0)
            first[1 + step_of(snapshot->block_hash, node, notification->delay_max)]++;
    }
    for (uint32_t step = 0; step < NOTIFY_STEPS; step++) {
        first[step + 1] += first[step];
        next[step] = first[step];
    }
    for (size_t i = 0; i < n; i++) {
        const NodeRecord *node = target(snapshot, leaving, i);
        uint32_t step;

        if (node->ip == 0)
            continue;
        step = step_of(snapshot->block_hash, node, notification->delay_max);
        notification->to[next[step]++] = node_address_omq(node);
    }
    notification->n = first[NOTIFY_STEPS];
}

void
notification_begin(Notification *notification, Port *port, Snapshot *snapshot,
                   const NodeRecord *leaving, size_t n_leaving, Time now,
                   Duration delay_max)
{
    size_t n = snapshot->nodes->n + n_leaving;

    while (notification->packet.blob != NULL)
        send_step(notification, port);
    make_room(notification, n);
    notification->start = now;
    notification->delay_max = delay_max;
    notification->step = 0;
    order_by_step(notification, snapshot, leaving, n);
    if (notification->n > 0)
        notification->packet = packet_of_blob(snapshot_blob(snapshot));
    notification_send_due(notification, port, now);
}

void
notification_send_due(Notification *notification, Port *port, Time now)
{
    while (notification_next(notification) <= now)
        send_step(notification, port);
}

Time
notification_next(const Notification *notification)
{
    if (notification->packet.blob == NULL)
        return TIME_NEVER;
    return time_of_step(notification, notification->step);
}

void
notification_clear(Notification *notification)
{
    packet_clear(&notification->packet);
    free(notification->to);
    *notification = (Notification){ 0 };
}
