/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain's constants and names. */
#include "nodes/registry/registry.h"

const ChainConfig chain_config_2024 = {
    .block_interval = 120 * SECOND,
    .block_exponential = false,
    .validators = 10,
    .votes_needed = 7,
    .workers_min = 50,
    .credit_initial = 60,
    .credit_max = 1440,
    .credit_minimum = 60,
    .credit_per_day = 24,
    .blocks_per_day = 720,
    .voting = true,
    .sizes = { .min = SWARM_SIZE_MIN,
               .new_size = SWARM_SIZE_NEW,
               .excess_base = SWARM_EXCESS_BASE,
               .ideal_margin = SWARM_IDEAL_MARGIN },
    .defect_recommission_moves = true,
    .defect_swarm_wrap = false,
    .fixed_swarm_size = 0,
    .notify_delay_max = 5 * SECOND,
};

const char *
chain_event_name(ChainEvent event)
{
    static const char *const names[CHAIN_EVENTS] = {
        [CHAIN_REGISTERED] = "registered",
        [CHAIN_DECOMMISSIONED] = "decommissioned",
        [CHAIN_RECOMMISSIONED] = "recommissioned",
        [CHAIN_DEREGISTERED] = "deregistered",
        [CHAIN_EXITED] = "exited",
        [CHAIN_SWARM_BORN] = "swarm_born",
        [CHAIN_SWARM_DISSOLVED] = "swarm_dissolved",
        [CHAIN_MOVED] = "moved",
    };

    return (unsigned)event < CHAIN_EVENTS ? names[event] : "unknown";
}
