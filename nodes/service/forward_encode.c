/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request as it goes to the other members of the swarm: sn.storage_cc has two parts, the
 * method and a bencoded dict; here they are the two strings of one bencoded list.  It is
 * encoded once for all members, and the body of a store lies in it once, shared by the
 * messages on the way and by every store that keeps it. */
#include <assert.h>

#include "nodes/service/request.h"
#include "nodes/wire/base64.h"

/* How many bytes base64 @text stands for, if it is base64. */
static size_t
base64_decoded_bytes(Bytes text)
{
    size_t n = text.n;

    if (n > 0 && n % 4 == 0) {
        if (text.p[n - 1] == '=')
            n--;
        if (text.p[n - 1] == '=')
            n--;
    }
    return n / 4 * 3 + (n % 4 * 6) / 8;
}

static void
key_bytes(Buffer *out, const char *key, const void *p, size_t n)
{
    bencode_write_text(out, key);
    bencode_write_string(out, (Bytes){ p, n });
}

static void
key_number(Buffer *out, const char *key, int64_t v)
{
    bencode_write_text(out, key);
    bencode_write_i64(out, v);
}

static void
key_hashes(Buffer *out, const char *key, const Request *r)
{
    bencode_write_text(out, key);
    buffer_append_literal(out, "l");
    for (uint32_t i = 0; i < r->n_hashes; i++)
        bencode_write_string(out, r->hashes[i]);
    buffer_append_literal(out, "e");
}

static void
key_expiry(Buffer *out, const Request *r)
{
    if (r->method != RPC_EXPIRE) {
        key_number(out, "expiry", r->expiry);
        return;
    }
    bencode_write_text(out, "expiry");
    if (r->n_expiries > 1)
        buffer_append_literal(out, "l");
    for (uint32_t i = 0; i < r->n_expiries; i++)
        bencode_write_i64(out, r->expiries[i]);
    if (r->n_expiries > 1)
        buffer_append_literal(out, "e");
}

static bool
takes_namespace(RpcMethod method)
{
    return method == RPC_DELETE_ALL || method == RPC_DELETE_BEFORE ||
           method == RPC_EXPIRE_ALL;
}

static void
key_namespace(Buffer *out, const Request *r)
{
    if (r->method == RPC_STORE && r->name_space != 0)
        key_number(out, "namespace", r->name_space);
    if (!takes_namespace(r->method))
        return;
    if (r->name_space != STORE_NAMESPACE_ALL) {
        key_number(out, "namespace", r->name_space);
        return;
    }
    bencode_write_text(out, "namespace");
    bencode_write_text(out, "all");
}

/* Everything after `data`, keys ascending, with the end of the dict. */
static void
write_tail(Buffer *out, const Request *r)
{
    RpcMethod m = r->method;

    if (m == RPC_STORE || m == RPC_EXPIRE || m == RPC_EXPIRE_ALL)
        key_expiry(out, r);
    if (r->extend)
        key_number(out, "extend", 1);
    if (m == RPC_DELETE || m == RPC_EXPIRE)
        key_hashes(out, "messages", r);
    key_namespace(out, r);
    key_bytes(out, "pubkey", r->account, sizeof r->account);
    if (r->has_ed25519)
        key_bytes(out, "pubkey_ed25519", r->ed25519, sizeof r->ed25519);
    if (m == RPC_REVOKE)
        key_hashes(out, "revoke", r);
    if (r->shorten)
        key_number(out, "shorten", 1);
    if (m == RPC_STORE && r->signed_)
        key_number(out, "sig_timestamp", r->signed_at);
    if (r->signed_)
        key_bytes(out, "signature", r->signature, sizeof r->signature);
    if (r->has_subaccount) {
        key_bytes(out, "subaccount", r->subaccount, sizeof r->subaccount);
        key_bytes(out, "subaccount_sig", r->subaccount_signature,
                  sizeof r->subaccount_signature);
    }
    if (m == RPC_STORE || m == RPC_DELETE_ALL || m == RPC_REVOKE || m == RPC_UNREVOKE)
        key_number(out, "timestamp", r->timestamp);
    if (m == RPC_UNREVOKE)
        key_hashes(out, "unrevoke", r);
    buffer_append_literal(out, "e");
}

static void
write_length(Buffer *out, size_t n)
{
    buffer_append_u64_decimal(out, n);
    buffer_append_literal(out, ":");
}

Status
forward_encode(Request *request, Bytes data, bool base64)
{
    Buffer head = BUFFER_EMPTY, tail = BUFFER_EMPTY, out = BUFFER_EMPTY;
    size_t data_bytes = base64 ? base64_decoded_bytes(data) : data.n;
    size_t data_offset;
    Status status = ST_OK;

    buffer_append_literal(&head, "d");
    if (request->method == RPC_DELETE_BEFORE)
        key_number(&head, "before", request->timestamp);
    if (request->method == RPC_STORE) {
        bencode_write_text(&head, "data");
        write_length(&head, data_bytes);
    }
    write_tail(&tail, request);

    buffer_reserve(&out, 48 + head.n + data_bytes + tail.n);
    buffer_append_literal(&out, "l");
    bencode_write_text(&out, rpc_method_name(request->method));
    write_length(&out, head.n + data_bytes + tail.n);
    buffer_append_bytes(&out, buffer_bytes(&head));
    data_offset = out.n;
    if (request->method == RPC_STORE && base64)
        status = base64_decode(data, &out);
    else if (request->method == RPC_STORE)
        buffer_append_bytes(&out, data);
    if (status == ST_OK) {
        assert(out.n == data_offset + data_bytes);
        buffer_append_bytes(&out, buffer_bytes(&tail));
        buffer_append_literal(&out, "e");
        request->forward = packet_of_buffer(&out);
        if (request->method == RPC_STORE) {
            packet_clear(&request->data);
            request->data = packet_slice(&request->forward, data_offset, data_bytes);
        }
    }
    buffer_clear(&head);
    buffer_clear(&tail);
    buffer_clear(&out);
    return status;
}
