/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/seed.h"

#include "nodes/wire/json.h"

#define ERROR_TEXT(code, message)                                                          \
    "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"error\":{\"code\":" code                          \
    ",\"message\":\"" message "\"}}"

/* What stands in the request, or NULL with the fields set. */
static const char *
parse_request(Bytes request, bool *ret_active_only)
{
    JsonValue json, method, params, active_only;
    Bytes name;

    if (json_parse(request, &json) != ST_OK)
        return ERROR_TEXT("-32700", "Parse error");
    if (!json_get(json, "method", &method) || !json_string_plain(method, &name))
        return ERROR_TEXT("-32600", "Invalid Request");
    if (!bytes_equal_text(name, "get_n_service_nodes") &&
        !bytes_equal_text(name, "get_service_nodes"))
        return ERROR_TEXT("-32601", "Method not found");
    *ret_active_only = false;
    if (!json_get(json, "params", &params) ||
        !json_get(params, "active_only", &active_only))
        return NULL;
    return json_bool(active_only, ret_active_only) ? NULL
                                                   : ERROR_TEXT("-32602", "Invalid params");
}

static Blob *
list_blob(SeedAnswers *answers, const Snapshot *snapshot, bool active_only)
{
    if (answers->height != snapshot->height) {
        seed_answers_clear(answers);
        answers->height = snapshot->height;
    }
    if (answers->blobs[active_only] == NULL)
        answers->blobs[active_only] = node_list_blob(snapshot->nodes, snapshot->height,
                                                     snapshot->block_hash, active_only);
    return answers->blobs[active_only];
}

void
seed_answer(SeedAnswers *answers, Port *port, const Snapshot *snapshot, ReplyToken token,
            const Packet *request)
{
    bool active_only;
    const char *error = parse_request(packet_bytes(request), &active_only);
    Packet packet;

    if (error != NULL) {
        port_reply_text(port, token, 200, error); /* JSON-RPC says it in the body */
        return;
    }
    packet = packet_of_blob(blob_ref(list_blob(answers, snapshot, active_only)));
    port_reply(port, token, 200, &packet);
}

void
seed_answers_clear(SeedAnswers *answers)
{
    blob_unref(answers->blobs[0]);
    blob_unref(answers->blobs[1]);
    *answers = (SeedAnswers){ 0 };
}
