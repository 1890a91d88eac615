/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sn.storage_cc: a client's request that a member of the swarm forwarded (protocol 3.1,
 * 3.3).  It is verified again, carried out here and answered with a bencoded dict; it goes
 * nowhere further. */
#include "nodes/service/node_internal.h"

bool
storage_cc_split(Bytes text, Bytes *ret_method, Bytes *ret_params)
{
    BencodeValue list, part;
    BencodeIterator it;
    Bytes key;

    if (bencode_parse(text, &list) != ST_OK || list.type != BENCODE_LIST)
        return false;
    it = bencode_iterate(list);
    return bencode_next(&it, &key, &part) && bencode_string(part, ret_method) &&
           bencode_next(&it, &key, &part) && bencode_string(part, ret_params) &&
           !bencode_next(&it, &key, &part);
}

static void
carry_out(ServiceNode *node, Time now, RpcMethod method, BencodeValue params,
          const Packet *packet, const ReplyTo *to)
{
    RequestSource source = { node->config, packet, true };
    Buffer error = BUFFER_EMPTY;
    Request request;

    if (request_parse(method, rpc_value_of_bencode(params), &source, &request, &error)) {
        rpc_execute(node, now, &request, to);
    } else {
        answer_invalid(node, now, to, method, buffer_bytes(&error));
    }
    request_clear(&request);
    buffer_clear(&error);
}

void
storage_cc_receive(ServiceNode *node, Time now, const Incoming *in)
{
    const NodeRecord *from = node_by_peer_key(node, in->peer_key);
    ReplyTo to = { .form = REPLY_PLAIN, .token = in->token };
    BencodeValue params;
    Bytes method_text, params_text;
    RpcMethod method;

    if (from == NULL || !node_is_swarm_peer(node, from)) {
        port_reply_text(node->port, in->token, STATUS_FORBIDDEN_SN, FORBIDDEN_SN);
        return;
    }
    meter_add(node->port->meter, METER_PARSE, in->packet->length);
    if (!storage_cc_split(packet_bytes(in->packet), &method_text, &params_text)) {
        answer_text(node, now, &to, RPC_UNKNOWN, 400,
                    "Invalid request: expected 2 message parts");
        return;
    }
    method = rpc_method_parse(method_text);
    if (!rpc_method_is_recursive(method))
        answer_text(node, now, &to, method, 400,
                    "invalid request: received invalid forwarded non-forwardable request");
    else if (bencode_parse(params_text, &params) != ST_OK || params.type != BENCODE_DICT)
        answer_text(node, now, &to, method, 400, "invalid body: expected json or bt_dict");
    else
        carry_out(node, now, method, params, in->packet, &to);
}
