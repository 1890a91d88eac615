/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage request from outside: {"method":M,"params":{..}} in, the right function called
 * (protocol 3.1). */
#include <assert.h>

#include "nodes/service/node_internal.h"
#include "nodes/wire/json_shapes.h"

typedef struct MethodName {
    const char *name;
    RpcMethod method;
} MethodName;

static const MethodName method_names[] = {
    { "store", RPC_STORE },
    { "retrieve", RPC_RETRIEVE },
    { "batch", RPC_BATCH },
    { "sequence", RPC_SEQUENCE },
    { "get_swarm", RPC_GET_SWARM },
    { "get_snodes_for_pubkey", RPC_GET_SWARM },
    { "info", RPC_INFO },
    { "oxend_request", RPC_OXEND_REQUEST },
    { "delete", RPC_DELETE },
    { "delete_all", RPC_DELETE_ALL },
    { "delete_before", RPC_DELETE_BEFORE },
    { "expire", RPC_EXPIRE },
    { "expire_all", RPC_EXPIRE_ALL },
    { "get_expiries", RPC_GET_EXPIRIES },
    { "ifelse", RPC_IFELSE },
    { "revoke_subaccount", RPC_REVOKE },
    { "unrevoke_subaccount", RPC_UNREVOKE },
};

RpcMethod
rpc_method_parse(Bytes name)
{
    for (size_t i = 0; i < sizeof method_names / sizeof method_names[0]; i++)
        if (bytes_equal_text(name, method_names[i].name))
            return method_names[i].method;
    return RPC_UNKNOWN;
}

bool
rpc_method_is_recursive(RpcMethod method)
{
    return method == RPC_STORE || method == RPC_DELETE || method == RPC_DELETE_ALL ||
           method == RPC_DELETE_BEFORE || method == RPC_EXPIRE ||
           method == RPC_EXPIRE_ALL || method == RPC_REVOKE || method == RPC_UNREVOKE;
}

static const RequestFunction functions[RPC_METHODS] = {
    [RPC_STORE] = request_store,
    [RPC_RETRIEVE] = request_retrieve,
    [RPC_DELETE] = request_delete,
    [RPC_DELETE_ALL] = request_delete_all,
    [RPC_DELETE_BEFORE] = request_delete_before,
    [RPC_EXPIRE] = request_expire,
    [RPC_EXPIRE_ALL] = request_expire_all,
    [RPC_GET_EXPIRIES] = request_get_expiries,
    [RPC_REVOKE] = request_revoke,
    [RPC_UNREVOKE] = request_unrevoke,
    [RPC_GET_SWARM] = request_get_swarm,
    [RPC_INFO] = request_info,
    [RPC_OXEND_REQUEST] = request_oxend,
    [RPC_BATCH] = request_batch,
    [RPC_SEQUENCE] = request_batch,
    [RPC_IFELSE] = request_batch,
};

void
rpc_execute(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    assert(functions[request->method] != NULL);
    functions[request->method](node, now, request, to);
}

bool
call_of(RpcValue object, RpcValue *ret_method, RpcValue *ret_params)
{
    static const JsonValue null = { .type = JSON_TYPE_NULL };
    RpcIterator it = rpc_value_iterate(object);
    RpcValue value;
    Bytes key;

    *ret_method = *ret_params = rpc_value_of_json(null);
    if (!rpc_value_is_dict(object))
        return false;
    while (rpc_value_next(&it, &key, &value)) {
        if (rpc_key_is(&it, key, BYTES_LITERAL("method")))
            *ret_method = value;
        else if (rpc_key_is(&it, key, BYTES_LITERAL("params")))
            *ret_params = value;
    }
    return true;
}

void
rpc_call(ServiceNode *node, Time now, Bytes name, RpcValue params, const Packet *text,
         const ReplyTo *to)
{
    RequestSource source = { .config = node->config, .packet = text };
    RpcMethod method = rpc_method_parse(name);
    Buffer error = BUFFER_EMPTY;
    Request request;

    if (method == RPC_UNKNOWN) {
        buffer_append_literal(&error, "no method ");
        buffer_append_bytes(&error, name);
        answer_text_taken(node, now, to, RPC_UNKNOWN, 400, &error);
        return;
    }
    if (request_parse(method, params, &source, &request, &error)) {
        if (request.batch != NULL)
            batch_keep_text(request.batch, text);
        rpc_execute(node, now, &request, to);
    } else {
        answer_invalid(node, now, to, method, buffer_bytes(&error));
    }
    request_clear(&request);
    buffer_clear(&error);
}

void
rpc_handle(ServiceNode *node, Time now, const Packet *packet, const ReplyTo *to)
{
    Bytes text, name;
    Buffer scratch = BUFFER_EMPTY;
    RpcValue method, params;
    JsonValue body;
    JsonIndex index;

    if (node->config->storage_rpc == STORAGE_RPC_2020) {
        rpc_2020_handle(node, now, packet, to);
        return;
    }
    text = packet_bytes(packet);
    meter_add(node->port->meter, METER_PARSE, text.n);
    if (json_parse_shaped(node->crypto->shapes, text, &index, &body) != ST_OK)
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json");
    else if (!call_of(rpc_value_of_json(body), &method, &params) ||
             !rpc_value_string(method, &scratch, &name))
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json: no `method` field");
    else if (!rpc_value_is_dict(params))
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json: no `params` field");
    else
        rpc_call(node, now, name, params, packet, to);
    buffer_clear(&scratch);
}
