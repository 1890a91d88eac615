/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/net/plain.h"

#include <string.h>

#include "sim/core/stream.h"

const uint64_t no_luck[2] = { (uint64_t)1 << 63, UINT64_MAX };

NetConfig
plain_config(void)
{
    NetConfig config = net_config_default;

    config.constant_latency = 50 * MILLISECOND;
    config.last_mile_median = 0;
    config.jitter = 0;
    config.loss = 0;
    memset(config.uplink_bits_per_s, 0, sizeof config.uplink_bits_per_s);
    config.header_bytes = 0;
    return config;
}

Net *
net_of(const NetConfig *config, unsigned nodes, unsigned clients)
{
    Net *net = net_new(config, NULL, 0, 42);

    for (unsigned i = 0; i < nodes; i++)
        net_add_endpoint(net, "", ENDPOINT_NODE, stream_name("node", i));
    for (unsigned i = 0; i < clients; i++)
        net_add_endpoint(net, "", ENDPOINT_CLIENT, stream_name("client", i));
    return net;
}

Transit
request(Net *net, Time now, uint32_t from, uint32_t to)
{
    return net_send(net, now, from, to, TRANSPORT_OMQ, false, 100, no_luck, 0);
}
