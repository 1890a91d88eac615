/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/host/host_internal.h"

static void
grow(Host *host)
{
    uint32_t old = host->messages_capacity;
    uint32_t capacity = host_grown(old);

    host->messages = host_lines(host->messages, old, capacity, sizeof *host->messages);
    for (uint32_t i = capacity; i > old; i--) {
        host->messages[i - 1].next = host->messages_free;
        host->messages_free = i - 1;
    }
    host->messages_capacity = capacity;
}

uint32_t
message_new(Host *host)
{
    uint32_t index;

    if (host->messages_free == NO_INDEX)
        grow(host);
    index = host->messages_free;
    host->messages_free = host->messages[index].next;
    return index;
}

void
message_free(Host *host, uint32_t index)
{
    packet_clear(&host->messages[index].packet);
    host->messages[index].next = host->messages_free;
    host->messages_free = index;
}
