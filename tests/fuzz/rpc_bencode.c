/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage request in bencode, of a client or that a member of the swarm forwarded: method
 * and parameters. */
#include "tests/fuzz/fuzz.h"

#include "nodes/service/node_internal.h"

static void
parse(RpcMethod method, BencodeValue params, const Packet *packet, bool forwarded)
{
    RequestSource source = { &service_config_2024, packet, forwarded };
    Bytes whole = packet_bytes(packet);
    Buffer error = BUFFER_EMPTY;
    Request request;

    if (request_parse(method, rpc_value_of_bencode(params), &source, &request, &error)) {
        Bytes body = packet_bytes(&request.data);

        fuzz_check(error.n == 0 && request.forwarded == forwarded);
        fuzz_check(body.n == 0 || !forwarded ||
                   (body.p >= whole.p && body.p + body.n <= whole.p + whole.n));
        fuzz_check((request.forward.blob != NULL) ==
                   (!forwarded && rpc_method_is_recursive(method)));
    } else {
        fuzz_check(error.n > 0);
    }
    request_clear(&request);
    buffer_clear(&error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Packet packet = packet_of_bytes((Bytes){ data, n });
    RpcMethod method = RPC_UNKNOWN;
    Bytes name, text;
    BencodeValue params;

    if (storage_cc_split(packet_bytes(&packet), &name, &text))
        method = rpc_method_parse(name);
    if (method != RPC_UNKNOWN && bencode_parse(text, &params) == ST_OK &&
        params.type == BENCODE_DICT) {
        parse(method, params, &packet, false);
        if (rpc_method_is_recursive(method))
            parse(method, params, &packet, true);
    }
    packet_clear(&packet);
    return 0;
}
