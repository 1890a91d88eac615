/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The storage RPC of spring 2020 (protocol 3.7): four methods, no signatures, no
 * namespaces.  Its files share the reading of parameters. */
#pragma once

#include "nodes/service/node_internal.h"

/* A request's parameter as text, held by the reader's arena where it had escapes. */
typedef struct Params2020 {
    JsonValue object;
    Arena arena;
    Buffer error; /* the text of the 400, once something is missing */
} Params2020;

/* The member's text; empty, with the error set, when it is not there or no string. */
Bytes params_2020_text(Params2020 *params, const char *name);
/* The account that a text of 66 hex digits names; false, with the error set, otherwise. */
bool params_2020_account(Params2020 *params, Bytes text, uint8_t ret[ACCOUNT_BYTES]);
/* Refuse what other swarms keep (421); true when it was refused. */
bool refuse_swarm_2020(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                       const uint8_t account[ACCOUNT_BYTES]);

void store_2020(ServiceNode *node, Time now, Params2020 *params, const ReplyTo *to);
