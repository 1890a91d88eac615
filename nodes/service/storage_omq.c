/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What clients send over OxenMQ (protocol 3.1), which those of 2020 did not:
 * storage.<method> with parameters in JSON or bencode, answered in the same; and
 * monitor.messages. */
#include "nodes/service/node_internal.h"

/* Nothing stands for no parameters. */
static bool
parse_params(Bytes text, RpcValue *ret)
{
    BencodeValue bencode;
    JsonValue json;

    if (text.n == 0)
        text = BYTES_LITERAL("{}");
    if (text.p[0] == 'd') {
        if (bencode_parse(text, &bencode) != ST_OK)
            return false;
        *ret = rpc_value_of_bencode(bencode);
    } else {
        if (json_parse(text, &json) != ST_OK)
            return false;
        *ret = rpc_value_of_json(json);
    }
    return rpc_value_is_dict(*ret);
}

static void
receive_storage(ServiceNode *node, Time now, const Incoming *in)
{
    ReplyTo to = { .form = REPLY_PLAIN, .token = in->token };
    Bytes method, text;
    RpcValue params;

    if (!service_check_ready(node, in))
        return;
    meter_add(node->port->meter, METER_PARSE, in->packet->length);
    if (!storage_cc_split(packet_bytes(in->packet), &method, &text)) {
        answer_text(node, now, &to, RPC_UNKNOWN, 400,
                    "Invalid request: expected 2 message parts");
        return;
    }
    if (!parse_params(text, &params)) {
        answer_text(node, now, &to, RPC_UNKNOWN, 400,
                    "invalid body: expected json or bt_dict");
        return;
    }
    to.bencoded = params.bencoded;
    rpc_call(node, now, method, params, in->packet, &to);
}

void
client_omq_receive(ServiceNode *node, Time now, const Incoming *in)
{
    if (node->config->storage_rpc == STORAGE_RPC_2020)
        port_reply_text(node->port, in->token, 404, "Not Found");
    else if (in->kind == KIND_MONITOR)
        monitor_receive(node, now, in);
    else
        receive_storage(node, now, in);
}
