/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage request that a member of the swarm forwarded: method and bencoded parameters.
 */
#include "tests/fuzz/fuzz.h"

#include "nodes/service/node_internal.h"

static void
parse(RpcMethod method, BencodeValue params, const Packet *packet)
{
    Bytes whole = packet_bytes(packet);
    Buffer error = BUFFER_EMPTY;
    Request request;

    if (request_parse_bencode(method, params, packet, &service_config_2024, &request,
                              &error)) {
        Bytes body = packet_bytes(&request.data);

        fuzz_check(error.n == 0 && request.forwarded);
        fuzz_check(body.n == 0 ||
                   (body.p >= whole.p && body.p + body.n <= whole.p + whole.n));
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
    if (rpc_method_is_recursive(method) && bencode_parse(text, &params) == ST_OK &&
        params.type == BENCODE_DICT)
        parse(method, params, &packet);
    packet_clear(&packet);
    return 0;
}
