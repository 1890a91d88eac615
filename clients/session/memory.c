/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a client holds in memory, for the target of design 9. */
#include "clients/session/more.h"

static size_t
swarms_memory(const SwarmCache *cache)
{
    size_t bytes = cache->capacity * sizeof(SwarmEntry *);

    if (cache->own != NULL)
        bytes += sizeof(SwarmEntry) + cache->own->n * sizeof(NodeRef);
    for (uint32_t i = 0; i < cache->n; i++)
        bytes += sizeof(SwarmEntry) + cache->contact[i]->n * sizeof(NodeRef);
    return bytes;
}

static size_t
requests_memory(const Session *s)
{
    size_t bytes = s->n_slots * sizeof(RequestSlot);

    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].request != NULL)
            bytes += sizeof(OnionRequest) + s->slot[i].request->payload.length;
    return bytes;
}

static size_t
outbox_memory(const Outbox *outbox)
{
    return outbox->capacity * sizeof(OutMessage *) + outbox->n * sizeof(OutMessage);
}

size_t
session_memory(const Session *session)
{
    const Session *s = session;
    size_t bytes = sizeof *s + swarms_memory(&s->swarms) + requests_memory(s);

    bytes += outbox_memory(&s->outbox) + session_guards_memory(s) + session_clock_memory(s);
    bytes += session_more_memory(s);
    bytes += s->pool.excluded_capacity * sizeof(NodeRef);
    bytes += s->cursor_capacity * session_cursor_bytes(s);
    bytes += session_rotation_memory(s);
    bytes += s->failure_capacity * sizeof(NodeFailures);
    if (s->path != NULL)
        bytes += s->config->paths * sizeof(Path);
    return bytes;
}
