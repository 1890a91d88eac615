/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * batch, sequence and ifelse (protocol 3.2): requests of several parts.  All parts are
 * parsed before the first is carried out.  A batch starts all of them at once; a sequence
 * goes on after each success; ifelse carries out one of two. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/service/node_internal.h"
#include "nodes/service/rpc_condition.h"

typedef struct BatchPart {
    Request request;
    int status; /* 0: not answered yet */
    bool is_json;
    Packet body;
} BatchPart;

struct Batch {
    RpcMethod kind; /* RPC_BATCH, RPC_SEQUENCE or RPC_IFELSE */
    ReplyTo to;
    Packet text;         /* what the parts borrow from */
    Condition condition; /* ifelse: then is part 0, else part 1, if they are given */
    bool condition_holds;
    bool has_part[2];
    uint32_t n;    /* parts */
    uint32_t next; /* sequence: the part that comes next */
    uint32_t open; /* parts that are being carried out, and 1 while they are started */
    BatchPart parts[];
};

/* With room for @n parts. */
static Batch *
batch_new(RpcMethod kind, size_t n)
{
    Batch *batch = memory_resized(NULL, 1, sizeof *batch + n * sizeof batch->parts[0]);

    *batch = (Batch){ .kind = kind };
    return batch;
}

static Request *
batch_add(Batch *batch)
{
    BatchPart *part = &batch->parts[batch->n++];

    *part = (BatchPart){ .request = { .method = RPC_UNKNOWN } };
    return &part->request;
}

void
batch_free(Batch *batch)
{
    if (batch == NULL)
        return;
    for (uint32_t i = 0; i < batch->n; i++) {
        request_clear(&batch->parts[i].request);
        packet_clear(&batch->parts[i].body);
    }
    packet_clear(&batch->text);
    free(batch);
}

void
batch_keep_text(Batch *batch, const Packet *text)
{
    batch->text = packet_share(text);
}

/* --- parsing ---------------------------------------------------------------------- */

static bool
fail(Buffer *error, const char *text)
{
    buffer_append_text(error, text);
    return false;
}

static bool
is_meta(RpcMethod method)
{
    return method == RPC_BATCH || method == RPC_SEQUENCE || method == RPC_IFELSE;
}

/* What to say of the same fault in JSON and in bencode. */
static bool
fail_either(Buffer *error, bool bencoded, const char *in_json, const char *in_bencode)
{
    return fail(error, bencoded ? in_bencode : in_json);
}

/* A part's method and parameters, each looked at where the real server does: in bencode the
 * method comes first, known or not. */
static bool
part_method(RpcValue item, RpcValue *ret_params, RpcMethod *ret_method, Buffer *error)
{
    RpcValue name;
    Buffer scratch = BUFFER_EMPTY;
    Bytes text;
    bool is_dict, good = false;

    if (!call_of(item, &name, ret_params))
        return fail_either(error, item.bencoded,
                           "Invalid batch request: requests must be objects",
                           "Invalid batch request: requests must be dicts");
    is_dict = rpc_value_is_dict(*ret_params);
    if ((!item.bencoded && !is_dict) || !rpc_value_string(name, &scratch, &text))
        return fail_either(
            error, item.bencoded,
            "Invalid batch request: subrequests must have method/params keys",
            "Invalid batch request: subrequests must have a method");
    *ret_method = rpc_method_parse(text);
    if (*ret_method == RPC_UNKNOWN) {
        buffer_append_literal(error, "Invalid batch subrequest: invalid method \"");
        buffer_append_bytes(error, text);
        buffer_append_literal(error, "\"");
    } else if (!is_dict) {
        fail(error, "Invalid batch request: subrequests must have a params dict");
    } else {
        good = true;
    }
    buffer_clear(&scratch);
    return good;
}

static bool
parse_batch_part(RpcValue item, const RequestSource *source, Batch *batch, Buffer *error)
{
    RpcValue params;
    RpcMethod method;

    if (!part_method(item, &params, &method, error))
        return false;
    /* What is wrong within a meta-request is told before that it is one: but it is not
     * looked into here, so that nesting costs nothing. */
    if (is_meta(method))
        return fail(error,
                    "Invalid batch subrequest: subrequests may not contain meta-requests");
    return request_parse(method, params, source, batch_add(batch), error);
}

static bool
parse_batch(RpcMethod kind, RpcValue params, const RequestSource *source, Batch **ret,
            Buffer *error)
{
    RpcValue requests, items[BATCH_REQUESTS_MAX], item;
    RpcIterator it;
    Bytes key;
    size_t n = 0;

    if (!rpc_value_get(params, "requests", &requests) || !rpc_value_is_list(requests))
        return fail(error, "Invalid batch request: no valid \"requests\" field");
    for (it = rpc_value_iterate(requests); rpc_value_next(&it, &key, &item);) {
        if (n == BATCH_REQUESTS_MAX)
            return fail(error, "Invalid batch request: subrequest limit exceeded");
        items[n++] = item;
    }
    if (n == 0)
        return fail_either(error, params.bencoded,
                           "Invalid batch request: no valid \"requests\" field",
                           "Invalid batch request: empty \"requests\" list");
    *ret = batch_new(kind, n);
    for (size_t i = 0; i < n; i++)
        if (!parse_batch_part(items[i], source, *ret, error))
            return false;
    return true;
}

static bool
fail_branch(Buffer *error, const char *key, const char *text)
{
    buffer_append_literal(error, "Invalid ifelse request: ");
    buffer_append_text(error, key);
    return fail(error, text);
}

/* One branch of an ifelse, which may be absent. */
static bool
parse_branch(RpcValue params, const char *key, const RequestSource *source, bool *ret_has,
             Request *ret, Buffer *error)
{
    RpcValue branch, name, branch_params;
    Buffer scratch = BUFFER_EMPTY;
    Bytes text;
    RpcMethod method;

    if (!rpc_value_get(params, key, &branch))
        return true;
    if (!call_of(branch, &name, &branch_params))
        return fail_branch(error, key,
                           branch.bencoded ? " must be a dict" : " must be an object");
    if ((!branch.bencoded && !rpc_value_get(branch, "params", &branch_params)) ||
        !rpc_value_string(name, &scratch, &text))
        return fail_branch(error, key,
                           branch.bencoded ? " missing method"
                                           : " must have method/params keys");
    method = rpc_method_parse(text);
    buffer_clear(&scratch);
    if (method == RPC_UNKNOWN) {
        buffer_append_literal(error, "Invalid ifelse request method \"");
        buffer_append_text(error, key);
        return fail(error, "\"");
    }
    if (branch.bencoded && !rpc_value_is_dict(branch_params))
        return fail_branch(error, key, " missing params");
    *ret_has = true;
    return request_parse(method, branch_params, source, ret, error);
}

static bool
parse_then(RpcValue params, const RequestSource *source, Batch *batch, Buffer *error)
{
    return parse_branch(params, "then", source, &batch->has_part[0],
                        &batch->parts[0].request, error);
}

static bool
parse_else(RpcValue params, const RequestSource *source, Batch *batch, Buffer *error)
{
    return parse_branch(params, "else", source, &batch->has_part[1],
                        &batch->parts[1].request, error);
}

/* JSON: if, then, else; bencode in the order of its keys. */
static bool
parse_ifelse(RpcValue params, const RequestSource *source, Batch **ret, Buffer *error)
{
    RpcValue condition;
    Batch *batch;

    *ret = batch = batch_new(RPC_IFELSE, 2);
    (void)batch_add(batch);
    (void)batch_add(batch);
    if (params.bencoded && !parse_else(params, source, batch, error))
        return false;
    if (!rpc_value_get(params, "if", &condition) || !rpc_value_is_dict(condition))
        return fail(error, "Invalid ifelse request: no valid \"if\" field");
    if (!condition_parse(condition, &batch->condition, error) ||
        !parse_then(params, source, batch, error) ||
        (!params.bencoded && !parse_else(params, source, batch, error)))
        return false;
    if (!batch->has_part[0] && !batch->has_part[1])
        return fail(error, "Invalid ifelse request: at least one of \"then\"/\"else\" "
                           "required");
    return true;
}

bool
batch_parse(RpcMethod method, RpcValue params, const RequestSource *source, Batch **ret,
            Buffer *error)
{
    return method == RPC_IFELSE ? parse_ifelse(params, source, ret, error)
                                : parse_batch(method, params, source, ret, error);
}

/* --- answering -------------------------------------------------------------------- */

/* {"body":..,"code":N} : embedded JSON as it is, a text as a string. */
static void
write_part(Buffer *json, const BatchPart *part)
{
    buffer_append_literal(json, "{\"body\":");
    if (part->is_json)
        buffer_append_bytes(json, packet_bytes(&part->body));
    else
        json_write_string(json, packet_bytes(&part->body));
    buffer_append_literal(json, ",\"code\":");
    buffer_append_i64_decimal(json, part->status);
    buffer_append_literal(json, "}");
}

static void
write_results(Buffer *json, const Batch *batch)
{
    enum { AROUND = 16, AROUND_PART = 40 }; /* at least what is written around bodies */
    size_t n = AROUND;

    for (uint32_t i = 0; i < batch->n; i++)
        n += batch->parts[i].body.length + AROUND_PART;
    buffer_reserve(json, n);
    buffer_append_literal(json, "{\"results\":[");
    for (uint32_t i = 0; i < batch->n && batch->parts[i].status != 0; i++) {
        json_write_comma(json);
        write_part(json, &batch->parts[i]);
    }
    buffer_append_literal(json, "]}");
}

static void
write_ifelse(const ServiceNode *node, Buffer *json, const Batch *batch)
{
    const BatchPart *part = &batch->parts[batch->condition_holds ? 0 : 1];

    buffer_append_literal(json, "{\"condition\":");
    buffer_append_text(json, batch->condition_holds ? "true" : "false");
    json_write_key(json, "height");
    buffer_append_u64_decimal(json, node->snapshot == NULL ? 0 : node->snapshot->height);
    answer_write_hf(node, json);
    if (part->status != 0) {
        json_write_key(json, "result");
        write_part(json, part);
    }
    json_write_key(json, "v");
    write_version(node, json);
    buffer_append_literal(json, "}");
}

/* Everything is answered: so is the batch, which ends here. */
static void
finish(ServiceNode *node, Time now, Batch *batch)
{
    Buffer json = BUFFER_EMPTY;

    if (batch->kind == RPC_IFELSE)
        write_ifelse(node, &json, batch);
    else
        write_results(&json, batch);
    answer_json(node, now, &batch->to, batch->kind, 200, &json);
    batch_free(batch);
}

static void
start_part(ServiceNode *node, Time now, Batch *batch, uint32_t place)
{
    ReplyTo to = { .form = REPLY_PART, .place = place, .batch = batch };
    Request *request = &batch->parts[place].request;

    /* (The caller holds the batch open, so that its parts stay where they are.) */
    assert(batch->open > 0);
    batch->open++;
    rpc_execute(node, now, request, &to);
    request_clear(request);
}

static void
let_go(ServiceNode *node, Time now, Batch *batch)
{
    assert(batch->open > 0);
    if (--batch->open == 0)
        finish(node, now, batch);
}

static bool
succeeded(int status)
{
    return status >= 200 && status <= 299;
}

/* Start what comes next in a sequence, as long as the parts answer at once. */
static void
advance(ServiceNode *node, Time now, Batch *batch)
{
    batch->open++;
    while (batch->next < batch->n && batch->open == 1 &&
           (batch->next == 0 || succeeded(batch->parts[batch->next - 1].status)))
        start_part(node, now, batch, batch->next++);
    let_go(node, now, batch);
}

void
batch_part_answered(ServiceNode *node, Time now, Batch *batch, uint32_t place, int status,
                    bool is_json, Packet *body)
{
    BatchPart *part = &batch->parts[place];
    bool started_now = batch->open > 1;

    assert(part->status == 0 && status != 0);
    part->status = status;
    part->is_json = is_json;
    part->body = *body;
    *body = PACKET_EMPTY;
    if (batch->kind == RPC_SEQUENCE && !started_now) {
        batch->open--;
        advance(node, now, batch);
        return;
    }
    let_go(node, now, batch);
}

void
batch_part_dropped(Batch *batch)
{
    assert(batch->open > 0);
    if (--batch->open > 0)
        return;
    reply_drop(&batch->to);
    batch_free(batch);
}

void
request_batch(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    Batch *batch = request->batch;

    request->batch = NULL;
    batch->to = *to;
    if (batch->kind == RPC_SEQUENCE) {
        advance(node, now, batch);
        return;
    }
    batch->open = 1;
    if (batch->kind == RPC_IFELSE) {
        uint32_t place;

        batch->condition_holds = condition_holds(node, &batch->condition);
        place = batch->condition_holds ? 0 : 1;
        if (batch->has_part[place])
            start_part(node, now, batch, place);
    } else {
        for (uint32_t i = 0; i < batch->n; i++)
            start_part(node, now, batch, i);
    }
    let_go(node, now, batch);
}
