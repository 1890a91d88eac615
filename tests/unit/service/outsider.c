/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/service/outsider.h"

static void
outsider_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    network_reply(((Outsider *)(void *)port)->network, token, status, packet);
}

static const PortOps outsider_ops = { .reply = outsider_reply };

Outsider *
network_add_outsider(Network *network, const char *name, uint32_t ip, const ActorOps *ops,
                     void *self)
{
    Outsider *outsider = g_new0(Outsider, 1);

    outsider->port = (Port){ .ops = &outsider_ops };
    outsider->network = network;
    outsider->name = name;
    outsider->ip = ip;
    outsider->ops = ops;
    outsider->self = self;
    g_ptr_array_add(network->outsiders, outsider);
    return outsider;
}

uint32_t
network_lookup(const Network *network, const char *name)
{
    for (guint i = 0; i < network->outsiders->len; i++) {
        const Outsider *outsider = g_ptr_array_index(network->outsiders, i);

        if (strcmp(outsider->name, name) == 0)
            return outsider->ip;
    }
    return 0;
}

Outsider *
network_outsider_at(const Network *network, Address address)
{
    for (guint i = 0; i < network->outsiders->len; i++) {
        Outsider *outsider = g_ptr_array_index(network->outsiders, i);

        if (address_ip(address) == outsider->ip)
            return outsider;
    }
    return NULL;
}
