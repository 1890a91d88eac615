/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words for what a record has, as files of observations write them: one table for who
 * writes such a file and who reads it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The columns of such a file, in order; NULL at the end. */
typedef enum ObservationColumn {
    OBSERVATION_ROW, /* place of the record in the run's log */
    OBSERVATION_AT,
    OBSERVATION_ANSWERED_AFTER, /* seconds; empty: unanswered */
    OBSERVATION_OBSERVER,
    OBSERVATION_ROLE,
    OBSERVATION_OBSERVER_IP,
    OBSERVATION_NEIGHBOUR_IP,
    OBSERVATION_NEXT_IP,
    OBSERVATION_BYTES,
    OBSERVATION_BYTES_PASSED,
    OBSERVATION_BYTES_ANSWERED,
    OBSERVATION_ACCOUNT, /* hex; empty: none was named */
    OBSERVATION_CONTENT, /* hex; empty: none */
    OBSERVATION_CONTENT_BYTES,
    OBSERVATION_STATUS,
    OBSERVATION_KIND,
    OBSERVATION_LAYER,
    OBSERVATION_METHOD,
    OBSERVATION_OUTGOING,
    OBSERVATION_BATCHED,
    OBSERVATION_COLUMNS
} ObservationColumn;

extern const char *const observation_columns[OBSERVATION_COLUMNS + 1];

/* "node", "line", "server". */
const char *observer_role_name(uint8_t role);
/* "relay" and its like; "" for OBSERVED_NO_LAYER. */
const char *observed_layer_name(uint8_t layer);
/* The name of a MessageKind; "" for KIND_COUNT, a line's. */
const char *observed_kind_name(uint8_t kind);
/* The name of an RpcMethod; "" for RPC_UNKNOWN. */
const char *observed_method_name(uint8_t method);

/* The same the other way; false, with @ret untouched: there is no such word. */
bool observer_role_named(const char *name, uint8_t *ret);
bool observed_layer_named(const char *name, uint8_t *ret);
bool observed_kind_named(const char *name, uint8_t *ret);
bool observed_method_named(const char *name, uint8_t *ret);
