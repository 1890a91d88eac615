/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request of monitor.messages (protocol 3.2): its fields, and who signed it. */
#pragma once

#include "nodes/service/request.h"

/* errcode */
typedef enum MonitorCode {
    MONITOR_OK,
    MONITOR_BAD_ARGS,
    MONITOR_BAD_PUBKEY,
    MONITOR_BAD_NS,
    MONITOR_BAD_TS,
    MONITOR_BAD_SIG,
    MONITOR_WRONG_SWARM
} MonitorCode;

typedef struct MonitorError {
    MonitorCode code;
    const char *text;
} MonitorError;

#define MONITOR_GOOD ((MonitorError){ MONITOR_OK, NULL })

enum { MONITOR_NAMESPACES_MAX = 256 /* of one subscription */ };

typedef struct MonitorRequest {
    bool is_session_id; /* `ed25519` was given, `account` follows from it */
    bool has_subaccount, want_data;
    uint8_t ed25519[KEY_BYTES];
    uint8_t account[ACCOUNT_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t subaccount[SUBACCOUNT_BYTES], subaccount_signature[SIGNATURE_BYTES];
    int16_t name_spaces[MONITOR_NAMESPACES_MAX]; /* ascending */
    uint16_t n_name_spaces;
    int64_t signed_at_s; /* seconds */
} MonitorRequest;

MonitorError monitor_parse(BencodeValue dict, MonitorRequest *ret);
/* The account is kept here, and its owner or a reader signed, not too long ago.  Fills in
 * the account of a Session ID. */
MonitorError monitor_verify(ServiceNode *node, MonitorRequest *request);
