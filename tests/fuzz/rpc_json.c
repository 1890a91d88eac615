/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client's storage request, the whole call: its method and parameters, batches and their
 * parts.  What is forwarded to the swarm's other members reads there as it was meant. */
#include "tests/fuzz/fuzz.h"

#include "nodes/service/node_internal.h"

static void
check_forwarded(const Request *request)
{
    RequestSource source = { &service_config_2024, &request->forward, true };
    Buffer error = BUFFER_EMPTY;
    Bytes method, params;
    BencodeValue dict;
    Request again;

    fuzz_check(storage_cc_split(packet_bytes(&request->forward), &method, &params));
    fuzz_check(rpc_method_parse(method) == request->method);
    fuzz_check(bencode_parse(params, &dict) == ST_OK);
    fuzz_check(request_parse(request->method, rpc_value_of_bencode(dict), &source, &again,
                             &error));
    fuzz_check(memcmp(again.account, request->account, ACCOUNT_BYTES) == 0);
    fuzz_check(again.signed_ == request->signed_ && again.expiry == request->expiry);
    fuzz_check(again.name_space == request->name_space);
    fuzz_check(again.n_hashes == request->n_hashes);
    fuzz_check(again.n_expiries == request->n_expiries);
    fuzz_check(bytes_equal(packet_bytes(&again.data), packet_bytes(&request->data)));
    request_clear(&again);
    buffer_clear(&error);
}

static void
parse(RpcMethod method, RpcValue params)
{
    Packet none = PACKET_EMPTY;
    RequestSource source = { &service_config_2024, &none, false };
    Buffer error = BUFFER_EMPTY;
    Request request;

    if (request_parse(method, params, &source, &request, &error)) {
        fuzz_check(error.n == 0);
        if (rpc_method_is_recursive(method))
            check_forwarded(&request);
    } else {
        fuzz_check(error.n > 0);
    }
    request_clear(&request);
    buffer_clear(&error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Buffer scratch = BUFFER_EMPTY;
    JsonValue call;
    RpcValue name, params;
    RpcMethod method = RPC_UNKNOWN;
    Bytes text;

    if (json_parse((Bytes){ data, n }, &call) != ST_OK)
        return 0;
    if (call_of(rpc_value_of_json(call), &name, &params) && rpc_value_is_dict(params) &&
        rpc_value_string(name, &scratch, &text))
        method = rpc_method_parse(text);
    if (method != RPC_UNKNOWN)
        parse(method, params);
    buffer_clear(&scratch);
    return 0;
}
