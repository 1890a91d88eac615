/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of each storage method (protocol 3.2).  They are taken in the order of
 * the real server, so that of two faults the same one is told. */
#include <assert.h>

#include "nodes/service/rpc_load.h"
#include "nodes/wire/base64.h"

/* --- store ------------------------------------------------------------------------ */

static void
load_expiry(Params *params, Request *r, OptionalNumber expiry, OptionalNumber ttl)
{
    if (expiry.given && ttl.given)
        params_fail(params, "Cannot specify both 'expiry' and 'ttl'");
    if (!expiry.given && !ttl.given)
        params_fail(params, "Required field 'expiry' or 'ttl' missing");
    if (expiry.given)
        r->expiry = expiry.value;
    else if (__builtin_add_overflow(r->timestamp, ttl.value, &r->expiry))
        r->expiry = INT64_MAX; /* longer than any message may live */
}

static void
load_data(Params *params, Request *r, OptionalBytes data, const Packet *packet,
          const ServiceConfig *config)
{
    size_t bytes_max = config->body_bytes_max;
    Status status = ST_OK;

    require(params, data.given, "data");
    if (params->failed)
        return;
    if (params->bencoded) {
        if (data.bytes.n <= bytes_max)
            r->data = packet_slice(packet, (size_t)(data.bytes.p - packet_bytes(packet).p),
                                   data.bytes.n);
    } else if (data.bytes.n <= base64_encoded_bytes(bytes_max, true)) {
        status = forward_encode(r, data.bytes, true);
    } else {
        Buffer decoded = BUFFER_EMPTY;

        status = base64_decode(data.bytes, &decoded);
        buffer_clear(&decoded);
    }
    if (status != ST_OK) {
        params_fail(params, "Invalid 'data' value: not base64 encoded");
    } else if (data.bytes.n >
               (params->bencoded ? bytes_max : base64_encoded_bytes(bytes_max, true))) {
        params_fail(params, "Message body exceeds maximum allowed length of ");
        buffer_append_u64_decimal(params->error, bytes_max);
        buffer_append_literal(params->error, " bytes");
    }
}

static void
parse_store(Params *params, Request *r, const Packet *packet, const ServiceConfig *config)
{
    OptionalBytes data = take_string(params, FIELD_DATA);
    OptionalNumber expiry = take_timestamp(params, FIELD_EXPIRY);
    OptionalNumber name_space = take_namespace(params, FIELD_NAMESPACE);
    OptionalBytes old = take_string(params, FIELD_PUBKEY_OLD);
    OptionalBytes pubkey = take_string(params, FIELD_PUBKEY);
    OptionalBytes ed25519 = take_string(params, FIELD_PUBKEY_ED25519);
    OptionalNumber signed_at = take_timestamp(params, FIELD_SIG_TIMESTAMP);
    OptionalBytes signature = take_string(params, FIELD_SIGNATURE);
    OptionalBytes token = take_string(params, FIELD_SUBACCOUNT);
    OptionalBytes token_signature = take_string(params, FIELD_SUBACCOUNT_SIG);
    OptionalNumber timestamp = params->bencoded
                                   ? take_timestamp(params, FIELD_TIMESTAMP)
                                   : take_stringified(params, FIELD_TIMESTAMP, false);
    OptionalNumber ttl = take_stringified(params, FIELD_TTL, true);

    require(params, timestamp.given, "timestamp");
    r->timestamp = timestamp.value;
    load_expiry(params, r, expiry, ttl);
    pubkey = require_one_name(params, pubkey, "pubkey", old, "pubKey");
    r->name_space = namespace_or_default(name_space);
    if (signature.given) {
        load_signature(params, r, pubkey, ed25519, signature);
        load_subaccount(params, r, token, token_signature);
        r->signed_at = signed_at.given ? signed_at.value : r->timestamp;
    } else {
        load_account(params, r, pubkey);
    }
    load_data(params, r, data, packet, config);
}

/* --- retrieve --------------------------------------------------------------------- */

static void
load_last_hash(Params *params, Request *r, OptionalBytes old, OptionalBytes last_hash)
{
    if (last_hash.given && old.given)
        params_fail(params, "Cannot specify both 'last_hash' and 'lastHash'");
    if (params->failed)
        return;
    if (old.given)
        last_hash = old;
    if (!last_hash.given || last_hash.bytes.n == 0)
        return;
    if (last_hash.bytes.n != MESSAGE_HASH_BYTES)
        params_fail(params, "Invalid last_hash: expected base64 (43 chars)");
    else if (!is_base64_text(last_hash.bytes))
        params_fail(params, "Invalid last_hash: not base64");
    r->last_hash = last_hash.bytes;
}

static void
parse_retrieve(Params *params, Request *r)
{
    OptionalBytes old_hash = take_string(params, FIELD_LAST_HASH_OLD);
    OptionalBytes last_hash = take_string(params, FIELD_LAST_HASH);
    OptionalNumber max_count = take_integer(params, FIELD_MAX_COUNT);
    OptionalNumber max_size = take_integer(params, FIELD_MAX_SIZE);
    OptionalNumber name_space = take_namespace(params, FIELD_NAMESPACE);
    OptionalBytes old = take_string(params, FIELD_PUBKEY_OLD);
    OptionalBytes pubkey = take_string(params, FIELD_PUBKEY);
    OptionalBytes ed25519 = take_string(params, FIELD_PUBKEY_ED25519);
    OptionalBytes signature = take_string(params, FIELD_SIGNATURE);
    OptionalBytes token = take_string(params, FIELD_SUBACCOUNT);
    OptionalBytes token_signature = take_string(params, FIELD_SUBACCOUNT_SIG);
    OptionalNumber timestamp = take_timestamp(params, FIELD_TIMESTAMP);

    pubkey = require_one_name(params, pubkey, "pubkey", old, "pubKey");
    r->name_space = namespace_or_default(name_space);
    if (ed25519.given || signature.given || timestamp.given ||
        (name_space.given && !namespace_reads_unsigned(r->name_space))) {
        load_signature(params, r, pubkey, ed25519, signature);
        load_subaccount(params, r, token, token_signature);
        require(params, timestamp.given, "timestamp");
        r->timestamp = timestamp.value;
    } else {
        load_account(params, r, pubkey);
    }
    load_last_hash(params, r, old_hash, last_hash);
    r->max_count = max_count.value;
    r->max_size = max_size.value;
}

/* --- deleting and expiring -------------------------------------------------------- */

/* The signature's fields, taken in their alphabetical place. */
typedef struct SignatureFields {
    OptionalBytes pubkey, ed25519, signature, token, token_signature;
} SignatureFields;

static SignatureFields
take_signature_fields(Params *params)
{
    SignatureFields s;

    s.pubkey = take_string(params, FIELD_PUBKEY);
    s.ed25519 = take_string(params, FIELD_PUBKEY_ED25519);
    s.signature = take_string(params, FIELD_SIGNATURE);
    s.token = take_string(params, FIELD_SUBACCOUNT);
    s.token_signature = take_string(params, FIELD_SUBACCOUNT_SIG);
    return s;
}

static void
load_signature_fields(Params *params, Request *r, const SignatureFields *s)
{
    load_signature(params, r, s->pubkey, s->ed25519, s->signature);
    load_subaccount(params, r, s->token, s->token_signature);
}

static void
parse_delete(Params *params, Request *r)
{
    bool have = take_strings(params, FIELD_MESSAGES, &r->hashes, &r->n_hashes);
    SignatureFields s;

    r->required = take_bool(params, FIELD_REQUIRED);
    s = take_signature_fields(params);
    load_signature_fields(params, r, &s);
    load_hashes(params, r, have, true);
}

static void
parse_delete_all(Params *params, Request *r)
{
    OptionalNumber name_space = take_namespace_or_all(params, FIELD_NAMESPACE);
    SignatureFields s = take_signature_fields(params);
    OptionalNumber timestamp = take_timestamp(params, FIELD_TIMESTAMP);

    load_signature_fields(params, r, &s);
    require(params, timestamp.given, "timestamp");
    r->timestamp = timestamp.value;
    r->name_space = namespace_or_default(name_space);
}

static void
parse_delete_before(Params *params, Request *r)
{
    OptionalNumber before = take_timestamp(params, FIELD_BEFORE);
    OptionalNumber name_space = take_namespace_or_all(params, FIELD_NAMESPACE);
    SignatureFields s = take_signature_fields(params);

    load_signature_fields(params, r, &s);
    require(params, before.given, "before");
    r->timestamp = before.value;
    r->name_space = namespace_or_default(name_space);
}

static void
parse_expire_all(Params *params, Request *r)
{
    OptionalNumber expiry = take_timestamp(params, FIELD_EXPIRY);
    OptionalNumber name_space = take_namespace_or_all(params, FIELD_NAMESPACE);
    SignatureFields s = take_signature_fields(params);

    load_signature_fields(params, r, &s);
    require(params, expiry.given, "expiry");
    r->expiry = expiry.value;
    r->name_space = namespace_or_default(name_space);
}

static void
parse_expire(Params *params, Request *r)
{
    bool have_expiry = take_timestamps(params, FIELD_EXPIRY, &r->expiries, &r->n_expiries);
    bool have;
    SignatureFields s;

    r->extend = take_bool(params, FIELD_EXTEND);
    have = take_strings(params, FIELD_MESSAGES, &r->hashes, &r->n_hashes);
    s.pubkey = take_string(params, FIELD_PUBKEY);
    s.ed25519 = take_string(params, FIELD_PUBKEY_ED25519);
    r->shorten = take_bool(params, FIELD_SHORTEN);
    s.signature = take_string(params, FIELD_SIGNATURE);
    s.token = take_string(params, FIELD_SUBACCOUNT);
    s.token_signature = take_string(params, FIELD_SUBACCOUNT_SIG);
    load_signature_fields(params, r, &s);
    require(params, have_expiry, "expiry");
    if (r->n_expiries == 0)
        params_fail(params, "'expiry' does not contain any expiration timestamps");
    if (r->shorten && r->extend)
        params_fail(params, "cannot specify both 'shorten' and 'extend'");
    load_hashes(params, r, have, false);
    if (r->n_expiries > 1 && r->n_expiries != r->n_hashes)
        params_fail(params,
                    "'expiry' must be a single expiry, or the same length as 'messages'");
    load_hashes(params, r, have, true);
}

static void
parse_get_expiries(Params *params, Request *r)
{
    bool have = take_strings(params, FIELD_MESSAGES, &r->hashes, &r->n_hashes);
    SignatureFields s = take_signature_fields(params);
    OptionalNumber timestamp = take_timestamp(params, FIELD_TIMESTAMP);

    load_signature_fields(params, r, &s);
    require(params, timestamp.given, "timestamp");
    r->timestamp = timestamp.value;
    load_hashes(params, r, have, false);
}

/* --- subaccounts ------------------------------------------------------------------ */

/* Replace the texts of tokens by the tokens. */
static void
load_tokens(Params *params, Request *r, bool have, const char *name)
{
    uint8_t *tokens;

    require(params, have, name);
    if (params->failed)
        return;
    if (r->n_hashes > SUBACCOUNTS_AT_ONCE_MAX) {
        params_fail_named(params, "invalid %: too many subaccount tags",
                          bytes_of_text(name));
        return;
    }
    tokens = arena_take(params->arena, r->n_hashes * SUBACCOUNT_BYTES);
    for (uint32_t i = 0; i < r->n_hashes; i++) {
        uint8_t *token = tokens + (size_t)i * SUBACCOUNT_BYTES;

        if (!decode_token(params, r->hashes[i], token))
            params_fail_named(params,
                              params->bencoded
                                  ? "invalid % subaccount: invalid subaccount tag length"
                                  : "invalid %: expected base64 or hex-encoded "
                                    "subaccount tag",
                              bytes_of_text(name));
        r->hashes[i] = (Bytes){ token, SUBACCOUNT_BYTES };
    }
}

/* Only the account itself may: the fields of a subaccount are not looked at. */
static void
parse_revoke(Params *params, Request *r)
{
    bool undo = r->method == RPC_UNREVOKE;
    OptionalBytes pubkey = take_string(params, FIELD_PUBKEY);
    OptionalBytes ed25519 = take_string(params, FIELD_PUBKEY_ED25519);
    bool have = !undo && take_strings(params, FIELD_REVOKE, &r->hashes, &r->n_hashes);
    OptionalBytes signature = take_string(params, FIELD_SIGNATURE);
    OptionalNumber timestamp = take_timestamp(params, FIELD_TIMESTAMP);

    if (undo)
        have = take_strings(params, FIELD_UNREVOKE, &r->hashes, &r->n_hashes);
    load_signature(params, r, pubkey, ed25519, signature);
    if (undo)
        require(params, timestamp.given, "timestamp");
    load_tokens(params, r, have, undo ? "unrevoke" : "revoke");
    require(params, timestamp.given, "timestamp");
    r->timestamp = timestamp.value;
}

/* --- the others ------------------------------------------------------------------- */

static void
parse_get_swarm(Params *params, Request *r)
{
    OptionalBytes old = take_string(params, FIELD_PUBKEY_OLD);
    OptionalBytes pubkey = take_string(params, FIELD_PUBKEY);

    pubkey = require_one_name(params, pubkey, "pubkey", old, "pubKey");
    if (params->failed)
        return;
    if (pubkey.bytes.n == ACCOUNT_BYTES)
        memcpy(r->account, pubkey.bytes.p, ACCOUNT_BYTES);
    else if (!hex_decode(pubkey.bytes, r->account, ACCOUNT_BYTES))
        params_fail(params, "Pubkey must be 66 hex digits/33 bytes long");
}

/* JSON, in bencode as a string. */
static void
load_oxend_params(Params *params, Request *r)
{
    OptionalBytes text;

    if (!params->bencoded) {
        r->oxend_given = params_has(params, FIELD_PARAMS);
        if (r->oxend_given)
            r->oxend_params = json_without_index(params->value[FIELD_PARAMS].json);
        return;
    }
    text = take_string(params, FIELD_PARAMS);
    if (!text.given)
        return;
    if (json_parse(text.bytes, &r->oxend_params) != ST_OK)
        params_fail(params, "oxend_request params field does not contain valid json");
    r->oxend_given = r->oxend_params.type != JSON_TYPE_NULL;
}

static void
parse_oxend_request(Params *params, Request *r)
{
    OptionalBytes endpoint = take_string(params, FIELD_ENDPOINT);

    require(params, endpoint.given, "endpoint");
    if (params->failed)
        return;
    if (!bytes_equal_text(endpoint.bytes, "get_service_nodes") &&
        !bytes_equal_text(endpoint.bytes, "ons_resolve")) {
        params_fail_named(params, "Invalid oxend endpoint '%'", endpoint.bytes);
        return;
    }
    r->oxend_names = bytes_equal_text(endpoint.bytes, "ons_resolve");
    load_oxend_params(params, r);
}

static void
parse_fields(RpcMethod method, Params *params, Request *r, const Packet *packet,
             const ServiceConfig *config)
{
    switch (method) {
    case RPC_STORE:
        parse_store(params, r, packet, config);
        break;
    case RPC_RETRIEVE:
        parse_retrieve(params, r);
        break;
    case RPC_DELETE:
        parse_delete(params, r);
        break;
    case RPC_DELETE_ALL:
        parse_delete_all(params, r);
        break;
    case RPC_DELETE_BEFORE:
        parse_delete_before(params, r);
        break;
    case RPC_EXPIRE:
        parse_expire(params, r);
        break;
    case RPC_EXPIRE_ALL:
        parse_expire_all(params, r);
        break;
    case RPC_GET_EXPIRIES:
        parse_get_expiries(params, r);
        break;
    case RPC_GET_SWARM:
        parse_get_swarm(params, r);
        break;
    case RPC_OXEND_REQUEST:
        parse_oxend_request(params, r);
        break;
    case RPC_REVOKE:
    case RPC_UNREVOKE:
        parse_revoke(params, r);
        break;
    case RPC_INFO:
        break;
    case RPC_BATCH:
    case RPC_SEQUENCE:
    case RPC_IFELSE:
    case RPC_STORE_FORWARDED:
    case RPC_UNKNOWN:
    case RPC_METHODS:
        assert(!"a method with fields");
    }
}

/* A client's: it goes to the other members, too.  A store in JSON was encoded with its
 * data. */
static void
prepare_forward(Request *r, bool bencoded)
{
    Status status;

    if (!rpc_method_is_recursive(r->method) || (r->method == RPC_STORE && !bencoded))
        return;
    status = forward_encode(r, packet_bytes(&r->data), false);
    assert(status == ST_OK);
    (void)status;
}

bool
request_parse(RpcMethod method, RpcValue dict, const RequestSource *source, Request *ret,
              Buffer *error)
{
    Params params;

    *ret = (Request){ .method = method, .forwarded = source->forwarded };
    if (method == RPC_BATCH || method == RPC_SEQUENCE || method == RPC_IFELSE)
        return batch_parse(method, dict, source, &ret->batch, error);
    params_of(&params, dict, &ret->arena, error);
    parse_fields(method, &params, ret, source->packet, source->config);
    if (!params.failed && !source->forwarded)
        prepare_forward(ret, dict.bencoded);
    return !params.failed;
}

void
request_clear(Request *request)
{
    packet_clear(&request->data);
    packet_clear(&request->forward);
    arena_clear(&request->arena);
    batch_free(request->batch);
    request->batch = NULL;
    request->method = RPC_UNKNOWN;
}
