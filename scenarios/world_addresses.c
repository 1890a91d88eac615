/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of nodes, by the networks of their hosters. */
#include "scenarios/world_internal.h"

enum {
    /* Hosters' /16 networks: the first is 32.0.0.0/16. */
    NETWORK_FIRST = 0x2000,
    NETWORK_LAST = 0xee00,
    NETWORKS = NETWORK_LAST - NETWORK_FIRST,
    HOSTS_OF_24 = 254
};

/* A free address in the hoster's /16 network; neighbours in it differ in their /24. */
static uint32_t
free_ip(const World *w, uint32_t network, uint64_t word)
{
    uint32_t prefix = NETWORK_FIRST + network % NETWORKS;
    uint32_t low = (uint32_t)(word % 65521);

    for (;;) {
        uint32_t ip = prefix << 16 | low;

        if ((low & 0xff) != 0 && host_actor_at(w->host, ip) == 0)
            return ip;
        low = (low + 257) % 65521;
    }
}

/* The same where each hoster has a /16 of its own, and its nodes stand close together in
 * some /24 of it. */
static uint32_t
free_ip_near(const World *w, uint32_t hoster, uint64_t word)
{
    uint32_t prefix = NETWORK_FIRST + hoster % NETWORKS;
    uint32_t subnet = (uint32_t)(word >> 32) % w->scenario->hoster_subnets;
    uint32_t host = (uint32_t)word % HOSTS_OF_24;

    for (uint32_t i = 0;; i++) {
        uint32_t at = (subnet + i / HOSTS_OF_24) & 0xff;
        uint32_t ip = prefix << 16 | at << 8 | (1 + (host + i) % HOSTS_OF_24);

        if (host_actor_at(w->host, ip) == 0)
            return ip;
        if (i >= 256 * HOSTS_OF_24)
            return free_ip(w, hoster + NETWORKS / 2, word); /* its network is full */
    }
}

uint32_t
world_free_ip(const World *w, uint32_t network, uint32_t hoster, uint64_t word)
{
    return w->scenario->hoster_subnets > 0 ? free_ip_near(w, hoster, word)
                                           : free_ip(w, network, word);
}
