/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * store of 2020 (protocol 3.7): check times and proof of work, keep, answer, and let the
 * relay buffer replicate. */
#include "nodes/crypto/proof_of_work.h"
#include "nodes/service/rpc_2020.h"
#include "nodes/wire/base64.h"

/* --- the row: a byte with the nonce's length, the nonce, the data ------------------- */

Packet
body_2020(Bytes nonce, Bytes data)
{
    Buffer body = BUFFER_EMPTY;
    uint8_t n = (uint8_t)nonce.n;

    buffer_reserve(&body, 1 + nonce.n + data.n);
    buffer_append(&body, &n, 1);
    buffer_append_bytes(&body, nonce);
    buffer_append_bytes(&body, data);
    return packet_of_buffer(&body);
}

bool
body_2020_split(Bytes body, Bytes *ret_nonce, Bytes *ret_data)
{
    Reader r = reader_over(body);
    Bytes nonce;
    uint8_t n;

    if (!reader_u8(&r, &n) || !reader_bytes(&r, n, &nonce))
        return false;
    *ret_nonce = nonce;
    *ret_data = (Bytes){ r.p, r.left };
    return true;
}

/* --- the request -------------------------------------------------------------------- */

typedef struct Store2020 {
    Bytes pubkey, ttl, nonce, timestamp, data; /* as they stand in the request */
    uint8_t account[ACCOUNT_BYTES];
    int64_t ttl_ms, timestamp_ms;
} Store2020;

/* Digits alone, and not too many. */
static bool
decimal(Bytes text, int64_t *ret)
{
    int64_t v = 0;

    if (text.n == 0 || text.n > 18)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        v = v * 10 + (text.p[i] - '0');
    }
    *ret = v;
    return true;
}

/* 400s; true when there was one. */
static bool
read_request(const ServiceNode *node, Params2020 *params, Store2020 *ret)
{
    ret->pubkey = params_2020_text(params, "pubKey");
    ret->ttl = params_2020_text(params, "ttl");
    ret->nonce = params_2020_text(params, "nonce");
    ret->timestamp = params_2020_text(params, "timestamp");
    ret->data = params_2020_text(params, "data");
    if (params->error.n > 0 || !params_2020_account(params, ret->pubkey, ret->account))
        return false;
    if (ret->data.n <= node->config->body_bytes_max)
        return true;
    buffer_append_literal(&params->error,
                          "Message body exceeds maximum allowed length of ");
    buffer_append_u64_decimal(&params->error, node->config->body_bytes_max);
    buffer_append_literal(&params->error, "\n");
    return false;
}

static bool
ttl_allowed(const ServiceNode *node, Store2020 *r)
{
    return decimal(r->ttl, &r->ttl_ms) &&
           r->ttl_ms >= node->config->ttl_min / MILLISECOND &&
           r->ttl_ms <= node->config->ttl_max_public / MILLISECOND;
}

static bool
time_allowed(const ServiceNode *node, Store2020 *r, UnixMs t)
{
    return decimal(r->timestamp, &r->timestamp_ms) &&
           r->timestamp_ms <= t + node->config->timestamp_tolerance / MILLISECOND &&
           r->timestamp_ms + r->ttl_ms >= t;
}

static void
answer_difficulty(ServiceNode *node, Time now, const ReplyTo *to, int status)
{
    Buffer json = BUFFER_EMPTY;

    buffer_append_literal(&json, "{\"difficulty\":");
    buffer_append_u64_decimal(&json, node->config->pow_difficulty);
    buffer_append_literal(&json, "}");
    answer_json(node, now, to, RPC_STORE, status, &json);
}

/* The message's hash; false when its proof of work is not good enough. */
static bool
check_work(ServiceNode *node, const Store2020 *r, char ret_hash[MESSAGE_HASH_MAX])
{
    const Bytes parts[] = { r->timestamp, r->ttl, r->pubkey, r->data };
    uint8_t nonce[WORK_NONCE_BYTES] = { 0 }, hash[WORK_HASH_BYTES];
    WorkText text = work_text(node->crypto, parts, 4, (uint64_t)r->ttl_ms / 1000);
    bool good = r->nonce.n <= UINT8_MAX &&
                base64_decode_exact(r->nonce, nonce, sizeof nonce) == ST_OK;

    if (node->config->proof_of_work &&
        !(good && work_is_done(node->crypto, &text, node->config->pow_difficulty, nonce)))
        return false;
    work_message_hash(node->crypto, &text, nonce, hash);
    hex_encode((Bytes){ hash, sizeof hash }, ret_hash);
    return true;
}

/* False when the store is full. */
static bool
keep(ServiceNode *node, Time now, const Store2020 *r, Bytes hash)
{
    Store *store = node->port->store;
    Bytes nonce = r->nonce.n <= UINT8_MAX ? r->nonce : (Bytes){ NULL, 0 };
    StoreMessage message = { .hash = hash,
                             .timestamp = r->timestamp_ms,
                             .expiry = r->timestamp_ms + r->ttl_ms,
                             .data = body_2020(nonce, r->data) };
    PutResult result;

    memcpy(message.account, r->account, ACCOUNT_BYTES);
    result = store->ops->put(store, &message, false);
    if (result != PUT_FULL) {
        meter_add(node->port->meter, METER_STORE_PUT, message.data.length);
        sweep_consider(node, now, message.expiry);
        relay_add(node, now, &message);
    }
    packet_clear(&message.data);
    return result != PUT_FULL;
}

void
store_2020(ServiceNode *node, Time now, Params2020 *params, const ReplyTo *to)
{
    char hash[MESSAGE_HASH_MAX];
    Store2020 r;

    if (!read_request(node, params, &r))
        answer_text_taken(node, now, to, RPC_STORE, 400, &params->error);
    else if (refuse_swarm_2020(node, now, to, RPC_STORE, r.account))
        return;
    else if (!ttl_allowed(node, &r))
        answer_text(node, now, to, RPC_STORE, 403, "Provided TTL is not valid.\n");
    else if (!time_allowed(node, &r, port_unix_ms(node->port)))
        answer_text(node, now, to, RPC_STORE, 406, "Timestamp error: check your clock\n");
    else if (!check_work(node, &r, hash))
        answer_difficulty(node, now, to, 432);
    else if (!keep(node, now, &r, (Bytes){ (uint8_t *)hash, sizeof hash }))
        answer_text(node, now, to, RPC_STORE, 500, "could not store the message\n");
    else
        answer_difficulty(node, now, to, 200);
}
