/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network in which nothing happens by chance. */
#pragma once

#include "sim/net/net.h"

/* Random words that lose nothing and delay nothing. */
extern const uint64_t no_luck[2];

/* Nothing but latency, 50 ms: no jitter, loss, last mile or limit of bandwidth. */
NetConfig plain_config(void);
/* The nodes first; the caller frees. */
Net *net_of(const NetConfig *config, unsigned nodes, unsigned clients);
/* 100 bytes over OxenMQ. */
Transit request(Net *net, Time now, uint32_t from, uint32_t to);
