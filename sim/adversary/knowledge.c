/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/knowledge.h"

#include <assert.h>

#include "nodes/base/port.h"
#include "nodes/onion/onion.h"
#include "sim/adversary/knowledge_internal.h"

const char *
part_name(Part part)
{
    static const char *const names[PARTS] = {
        [PART_GUARD] = "guard",
        [PART_HOP] = "hop",
        [PART_DESTINATION] = "destination",
        [PART_ASKED] = "asked",
        [PART_MEMBER] = "member",
        [PART_SERVER] = "server",
        [PART_LINE] = "line",
        [PART_FILES] = "files",
        [PART_WEB] = "web",
        [PART_PUSH] = "push",
    };

    assert(part < PARTS);
    return names[part];
}

static Part
part_of_server(ServerNumber number)
{
    switch (number) {
    case SERVER_FILES:
        return PART_FILES;
    case SERVER_WEB:
        return PART_WEB;
    case SERVER_PUSH:
        return PART_PUSH;
    case SERVER_LISTS:
    case SERVERS:
        break;
    }
    return PART_SERVER;
}

Part
part_of(const ObservationLog *log, const Observation *record)
{
    uint32_t n;
    const Observer *observer = &observation_log_observers(log, &n)[record->observer];

    if (observer->role == OBSERVER_LINK)
        return PART_LINE;
    if (observer->role == OBSERVER_SERVER)
        return part_of_server((ServerNumber)observer->number);
    switch ((int)record->kind) {
    case KIND_ONION:
        return record->layer == ONION_FINAL ? PART_DESTINATION : PART_GUARD;
    case KIND_ONION_HOP:
        return record->layer == ONION_FINAL ? PART_DESTINATION : PART_HOP;
    case KIND_STORAGE_RPC:
    case KIND_STORAGE_OMQ:
        return PART_ASKED;
    case KIND_STORAGE_CC:
    case KIND_DATA:
        return PART_MEMBER;
    default:
        return PARTS;
    }
}

/* --- different ones ---------------------------------------------------------------- */

static uint64_t
mixed(uint64_t a, uint64_t b)
{
    uint64_t key = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);

    key ^= key >> 29;
    return key == 0 ? 1 : key;
}

/* Counts @a (0: nothing) where it was not seen at this part before. */
static void
count(Map64 *seen, uint64_t *counter, Part part, uint64_t what, uint64_t a)
{
    uint64_t key = mixed(a, (uint64_t)part << 8 | what);
    uint32_t ignored;

    if (a == 0 || map64_get(seen, key, &ignored))
        return;
    map64_set(seen, key, 1);
    ++*counter;
}

void
client_addresses_init(ClientAddresses *known, const ObservationLog *log)
{
    uint32_t n;
    const Observer *observers = observation_log_observers(log, &n);

    *known = (ClientAddresses){ .log = log };
    for (uint32_t i = 0; i < n; i++)
        if (observers[i].role != OBSERVER_LINK && observers[i].ip != 0)
            map64_set(&known->network, observers[i].ip, 1);
}

void
client_addresses_clear(ClientAddresses *known)
{
    map64_clear(&known->network);
}

uint32_t
client_address(const ClientAddresses *known, const Observation *record)
{
    uint32_t n, ignored;

    if (record->outgoing)
        return observation_log_observers(known->log, &n)[record->observer].ip;
    /* A server beyond the network sees the last node of a path, or a member of a swarm. */
    if (record->kind == KIND_SERVER || record->kind == KIND_NOTIFY)
        return 0;
    /* The list of nodes is public. */
    return map64_get(&known->network, record->neighbour, &ignored) ? 0 : record->neighbour;
}

static uint64_t
pair(uint64_t a, uint64_t b)
{
    return a == 0 || b == 0 ? 0 : mixed(a, b);
}

void
knowledge_of(const ObservationLog *log, Knowledge ret[PARTS])
{
    const Observation *records = observation_log_all(log);
    ClientAddresses known;
    Map64 seen = { 0 };

    for (int p = 0; p < PARTS; p++)
        ret[p] = (Knowledge){ 0 };
    client_addresses_init(&known, log);
    for (size_t i = 0; i < observation_log_count(log); i++) {
        const Observation *o = &records[i];
        Part part = part_of(log, o);
        uint64_t address = client_address(&known, o);
        Knowledge *k;

        if (part == PARTS)
            continue;
        k = &ret[part];
        k->requests++;
        count(&seen, &k->parties, part, 0, o->observer + 1u);
        count(&seen, &k->addresses, part, 1, address);
        count(&seen, &k->accounts, part, 2, o->account);
        count(&seen, &k->messages, part, 3, o->content);
        count(&seen, &k->address_accounts, part, 4, pair(address, o->account));
        count(&seen, &k->address_messages, part, 5, pair(address, o->content));
        count(&seen, &k->account_messages, part, 6, pair(o->account, o->content));
    }
    map64_clear(&seen);
    client_addresses_clear(&known);
}
