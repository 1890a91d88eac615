/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a preset changes (protocol 7): keys whose default hangs on protocol.preset.  The
 * values of 2024 are the defaults in keys.c. */
#include "scenarios/keys.h"

/* clang-format off */
const PresetValue preset_values[] = {
    /* section, name, 2020 (spring), 2025; NULL: as in 2024 */
    { "swarm", "block_exponential", "yes", NULL },
    { "swarm", "notify_delay", "1s", NULL },
    { "protocol", "onion_version", "1", NULL },
    { "protocol", "hop_timeout", "10s", NULL },
    { "protocol", "storage_rpc", "2020", NULL },
    { "protocol", "storage_version", "2.0.6", "2.11.3" },
    { "protocol", "proof_of_work", "yes", NULL },
    { "protocol", "store_replication", "buffered", NULL },
    { "protocol", "push_version", "0", NULL },
    { "protocol", "push_batch", "500000B", NULL },
    { "protocol", "retrieve_messages", "10", NULL },
    { "protocol", "body_maximum", "102400B", NULL }, /* of the base64 text */
    { "protocol", "defect_swarm_wrap", "yes", NULL },
    { "protocol", "reachability", "2020", NULL },
    { "protocol", "test_deviation", "0s", NULL },
    { "protocol", "unreachable_after", "2h", NULL },
    { "protocol", "tests_per_tick", NULL, "4" }, /* "several": 4 is an assumption */
    { "protocol", "relay_needs_swarm", NULL, "no" },
    { "protocol", "ttl_public", "4d", NULL },
    { "protocol", "ttl_private", "4d", NULL },
    { "protocol", "store_maximum", "10000GB", "10GiB" },
    { "protocol", "defect_push_loses_namespace", NULL, "no" },
    { "protocol", "defect_no_replica_retry", NULL, "no" },
    { "protocol", "defect_push_without_handshake", NULL, "no" },
    { "protocol", "defect_no_fill_after_outage", NULL, "no" },
    { "protocol", "defect_push_everything", NULL, "no" },
    { "protocol", "defect_swarm_forgotten", NULL, "no" },
    { "client", "encryption", NULL, "xchacha20" },
    { "client", "hops", "1", NULL },
    { "client", "paths", "3", NULL },
    { "client", "path_bad_at_once", "yes", NULL },
    { "client", "paths_minimum", "2", NULL },
    { "client", "send_parallel", "3", NULL },
    { "client", "poll_loops", "3", NULL },
    { "client", "swarm_sources", "3", NULL },
    { "client", "poll_interval", "2s", NULL },
    { "client", "poll_timeout", "40s", NULL },
    { "client", "poll_configs", "no", NULL },
    { "client", "pool_refresh_nodes", "0", NULL }, /* seeds were asked */
    { "client", "message_ttl", "1d", NULL },
    { "client", "sync_copies", "no", NULL },
    { "client", "groups_pairwise", "yes", NULL },
    { "workload", "group_maximum", "10", NULL },
    { "client", "path_build_tries", NULL, "10" },
    { "client", "path_build_gap", NULL, "200ms" },
    { "client", "path_build_gap_maximum", NULL, "5s" },
    { "client", "failure_life", NULL, "48h" },
    { "client", "pool_refresh", NULL, "2h" },
    { "client", "pool_minimum", NULL, "12" },
    { "client", "swarm_lookup", NULL, "compute" },
    { "client", "defect_blame_whole_path", NULL, "no" },
    { "client", "defect_named_node_alone", NULL, "no" },
};
/* clang-format on */

const size_t n_preset_values = G_N_ELEMENTS(preset_values);

const char *
preset_value_in(const PresetValue *value, Preset preset)
{
    switch (preset) {
    case PRESET_2020:
        return value->in_2020;
    case PRESET_2025:
        return value->in_2025;
    case PRESET_2024:
        break;
    }
    return NULL;
}

const PresetValue *
preset_value_find(const Key *key)
{
    for (size_t i = 0; i < n_preset_values; i++)
        if (key_find(preset_values[i].section, preset_values[i].name) == key)
            return &preset_values[i];
    return NULL;
}
