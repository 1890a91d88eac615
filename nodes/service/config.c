/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/service.h"

const ServiceConfig service_config_2024 = {
    .storage_rpc = STORAGE_RPC_2024,
    .storage_version = STORAGE_2_8_0,
    .proof_of_work = false,
    .pow_difficulty = 1,
    .store_replication = REPLICATION_SYNCHRONOUS,
    .relay_interval = 350 * MILLISECOND,
    .push_version = 1,
    .retrieve_messages_max = 0,
    .forward_timeout = 5 * SECOND,
    .onion_version = 2,
    .hop_timeout = 30 * SECOND,
    .url_timeout = 25 * SECOND,
    .push_timeout = 15 * SECOND,
    .push_batch_bytes = 9000000,
    .sweep_interval = 10 * SECOND,
    .proof_interval = HOUR,
    .reach_rule = REACH_RULE_2024,
    .test_interval = 10 * SECOND,
    .test_deviation = 3 * SECOND,
    .test_timeout = 5 * SECOND,
    .retest_step = 10 * SECOND,
    .retest_max = 2 * MINUTE,
    .retests_per_tick = 4,
    .tests_per_tick = 1,
    .unreachable_after = 65 * MINUTE,
    .unreachable_fresh = 5 * MINUTE,
    .proof_validity = 125 * MINUTE,
    .voting_uptime = 2 * HOUR,
    .retry_interval = 5 * SECOND,
    .retry_timeout = 10 * SECOND,
    .retry_queue_max = 512,
    .ready_scan = 10 * SECOND,
    .ready_retry = 30 * SECOND,
    .store_bytes_max = 3584U * 1024 * 1024,
    .body_bytes_max = 76800,
    .ttl_min = 10 * SECOND,
    .ttl_max_public = 14 * DAY,
    .ttl_max_private = 30 * DAY,
    .timestamp_tolerance = 10 * SECOND,
    .signature_tolerance = 60 * SECOND,
    .retrieve_bytes_max = 7800000,
    .pending_max = 4096,
    .relay_needs_swarm = true,
    .repair_push = true,
    .defect_push_loses_namespace = true,
    .defect_no_replica_retry = true,
    .defect_push_without_handshake = true,
    .defect_no_fill_after_outage = true,
    .defect_push_everything = true,
    .defect_swarm_forgotten = true,
    .defect_move_skips_birth = true,
    .defect_decommissioned_push_nothing = true,
    .defect_push_unpaced = true,
    .defect_decommissioned_test = false, /* mended in April 2020 */
    .defect_guard_hides_errors = false,  /* mended in April 2020 */
    .defect_retrieve_expired = true,
    .defect_all_failed_answers_200 = true,
    .defect_delete_before_all_fails = true,
};

static const int64_t versions[STORAGE_VERSIONS][3] = {
    [STORAGE_2_0_6] = { 2, 0, 6 },
    [STORAGE_2_6_2] = { 2, 6, 2 },
    [STORAGE_2_8_0] = { 2, 8, 0 },
    [STORAGE_2_11_3] = { 2, 11, 3 },
};

const int64_t *
storage_version_numbers(const ServiceConfig *config)
{
    return versions[config->storage_version];
}

static const char *const method_names[RPC_METHODS] = {
    [RPC_STORE] = "store",
    [RPC_RETRIEVE] = "retrieve",
    [RPC_DELETE] = "delete",
    [RPC_DELETE_ALL] = "delete_all",
    [RPC_DELETE_BEFORE] = "delete_before",
    [RPC_EXPIRE] = "expire",
    [RPC_EXPIRE_ALL] = "expire_all",
    [RPC_GET_EXPIRIES] = "get_expiries",
    [RPC_REVOKE] = "revoke_subaccount",
    [RPC_UNREVOKE] = "unrevoke_subaccount",
    [RPC_GET_SWARM] = "get_swarm",
    [RPC_INFO] = "info",
    [RPC_OXEND_REQUEST] = "oxend_request",
    [RPC_BATCH] = "batch",
    [RPC_SEQUENCE] = "sequence",
    [RPC_IFELSE] = "ifelse",
    [RPC_STORE_FORWARDED] = "store_forwarded",
    [RPC_UNKNOWN] = "unknown",
};

const char *
rpc_method_name(RpcMethod method)
{
    return (unsigned)method < RPC_METHODS ? method_names[method] : "unknown";
}
