/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/monitor_parse.h"

#include "nodes/service/node_internal.h"

/* How old, and how far ahead, a signature may be. */
#define SIGNATURE_AGE_MAX (14 * DAY)
#define SIGNATURE_AHEAD_MAX (24 * HOUR)

static MonitorError
bad_arguments(const char *text)
{
    return (MonitorError){ MONITOR_BAD_ARGS, text };
}

/* --- fields ----------------------------------------------------------------------- */

typedef enum Found { ABSENT, GOOD, WRONG_TYPE, WRONG_LENGTH } Found;

static Found
take_bytes(BencodeValue dict, const char *key, uint8_t *ret, size_t n)
{
    BencodeValue value;
    Bytes bytes;

    if (!bencode_get(dict, key, &value))
        return ABSENT;
    if (!bencode_string(value, &bytes))
        return WRONG_TYPE;
    if (bytes.n != n)
        return WRONG_LENGTH;
    memcpy(ret, bytes.p, n);
    return GOOD;
}

static MonitorError
parse_key(BencodeValue dict, MonitorRequest *ret)
{
    Found found = take_bytes(dict, "P", ret->ed25519, KEY_BYTES);

    if (found == WRONG_TYPE)
        return bad_arguments("Invalid arguments: P= must be a string");
    if (found == WRONG_LENGTH)
        return (MonitorError){ MONITOR_BAD_PUBKEY,
                               "Provided P= Session Ed25519 pubkey must "
                               "be 32 bytes" };
    ret->is_session_id = found == GOOD;
    return MONITOR_GOOD;
}

static MonitorError
parse_subaccount(BencodeValue dict, MonitorRequest *ret)
{
    Found found = take_bytes(dict, "S", ret->subaccount_signature, SIGNATURE_BYTES);

    if (found == ABSENT)
        return MONITOR_GOOD;
    if (found == WRONG_TYPE)
        return bad_arguments("Invalid arguments: S= must be a string");
    if (found == WRONG_LENGTH)
        return (MonitorError){ MONITOR_BAD_PUBKEY,
                               "Provided S subaccount signature must be 64 bytes" };
    found = take_bytes(dict, "T", ret->subaccount, SUBACCOUNT_BYTES);
    if (found == ABSENT || found == WRONG_TYPE)
        return bad_arguments("Invalid arguments: T= is missing or no string");
    if (found == WRONG_LENGTH)
        return (MonitorError){ MONITOR_BAD_PUBKEY,
                               "Provided T subaccount token must be 36 bytes" };
    ret->has_subaccount = true;
    return MONITOR_GOOD;
}

static MonitorError
parse_want_data(BencodeValue dict, MonitorRequest *ret)
{
    BencodeValue value;
    int64_t v;

    if (!bencode_get(dict, "d", &value))
        return MONITOR_GOOD;
    if (!bencode_i64(value, &v) || v < 0 || v > 1)
        return bad_arguments("Invalid arguments: d= must be 0 or 1");
    ret->want_data = v == 1;
    return MONITOR_GOOD;
}

static MonitorError
parse_name_spaces(BencodeValue dict, MonitorRequest *ret)
{
    BencodeValue list, item;
    BencodeIterator it;
    Bytes key;
    int64_t v;

    if (!bencode_get(dict, "n", &list) || list.type != BENCODE_LIST)
        return bad_arguments("Invalid arguments: n= is missing or no list");
    for (it = bencode_iterate(list); bencode_next(&it, &key, &item);) {
        if (!bencode_i64(item, &v) || v < INT16_MIN || v > INT16_MAX)
            return bad_arguments("Invalid arguments: n= must hold 16-bit integers");
        if (ret->n_name_spaces > 0 && v <= ret->name_spaces[ret->n_name_spaces - 1])
            return (MonitorError){
                MONITOR_BAD_NS, "Invalid n= namespace list: namespaces must be ascending"
            };
        if (ret->n_name_spaces == MONITOR_NAMESPACES_MAX)
            return (MonitorError){ MONITOR_BAD_NS, "Invalid n= namespace list: too long" };
        ret->name_spaces[ret->n_name_spaces++] = (int16_t)v;
    }
    if (ret->n_name_spaces == 0)
        return bad_arguments("Invalid arguments: n= is empty");
    return MONITOR_GOOD;
}

static MonitorError
parse_account(BencodeValue dict, MonitorRequest *ret)
{
    Found found = take_bytes(dict, "p", ret->account, ACCOUNT_BYTES);

    if (found == ABSENT)
        return ret->is_session_id
                   ? MONITOR_GOOD
                   : bad_arguments("Invalid arguments: Either p= or P= must be given");
    if (ret->is_session_id)
        return bad_arguments(
            "Invalid arguments: Cannot provide both p= and P= pubkey values");
    if (found == WRONG_TYPE)
        return bad_arguments("Invalid arguments: p= must be a string");
    if (found == WRONG_LENGTH)
        return (MonitorError){ MONITOR_BAD_PUBKEY, "Provided p= pubkey must be 33 bytes" };
    return MONITOR_GOOD;
}

static MonitorError
parse_signature(BencodeValue dict, MonitorRequest *ret)
{
    Found found = take_bytes(dict, "s", ret->signature, SIGNATURE_BYTES);
    BencodeValue value;

    if (found == ABSENT || found == WRONG_TYPE)
        return bad_arguments("Invalid arguments: s= is missing or no string");
    if (found == WRONG_LENGTH)
        return (MonitorError){ MONITOR_BAD_SIG, "Provided s= signature must be 64 bytes" };
    if (!bencode_get(dict, "t", &value) || !bencode_i64(value, &ret->signed_at_s))
        return bad_arguments("Invalid arguments: required signature timestamp is missing");
    return MONITOR_GOOD;
}

MonitorError
monitor_parse(BencodeValue dict, MonitorRequest *ret)
{
    static MonitorError (*const parts[])(BencodeValue dict, MonitorRequest * ret) = {
        parse_key,         parse_subaccount, parse_want_data,
        parse_name_spaces, parse_account,    parse_signature,
    };
    MonitorError error = MONITOR_GOOD;

    *ret = (MonitorRequest){ .is_session_id = false };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && error.code == 0; i++)
        error = parts[i](dict, ret);
    return error;
}

/* --- who signed ------------------------------------------------------------------- */

static MonitorError
check_time(ServiceNode *node, const MonitorRequest *request)
{
    UnixMs t = port_unix_ms(node->port), signed_at;

    if (__builtin_mul_overflow(request->signed_at_s, 1000, &signed_at))
        signed_at = request->signed_at_s < 0 ? INT64_MIN : INT64_MAX;
    if (signed_at < t - SIGNATURE_AGE_MAX / MILLISECOND)
        return (MonitorError){ MONITOR_BAD_TS,
                               "Invalid t= signature timestamp: timestamp is too old" };
    if (signed_at > t + SIGNATURE_AHEAD_MAX / MILLISECOND)
        return (MonitorError){ MONITOR_BAD_TS, "Invalid t= signature timestamp: timestamp "
                                               "is in the future" };
    return MONITOR_GOOD;
}

static MonitorError
check_account(ServiceNode *node, MonitorRequest *request)
{
    if (!request->is_session_id) {
        memcpy(request->ed25519, request->account + 1, KEY_BYTES);
    } else {
        request->account[0] = 0x05;
        if (identity_memo_x25519_pk(node->crypto->memo, request->ed25519,
                                    request->account + 1) != ST_OK)
            return (MonitorError){ MONITOR_BAD_PUBKEY, "Invalid P= ed25519 public key" };
    }
    if (!node_keeps(node, request->account))
        return (MonitorError){ MONITOR_WRONG_SWARM,
                               "This account does not belong to this swarm" };
    return MONITOR_GOOD;
}

static void
write_signed(const MonitorRequest *request, Buffer *text)
{
    buffer_append_literal(text, "MONITOR");
    buffer_append_hex(text, (Bytes){ request->account, ACCOUNT_BYTES });
    buffer_append_i64_decimal(text, request->signed_at_s);
    buffer_append_text(text, request->want_data ? "1" : "0");
    for (uint16_t i = 0; i < request->n_name_spaces; i++) {
        if (i > 0)
            buffer_append_literal(text, ",");
        buffer_append_i64_decimal(text, request->name_spaces[i]);
    }
}

static MonitorError
check_signature(ServiceNode *node, const MonitorRequest *request)
{
    Store *store = node->port->store;
    const uint8_t *key = request->ed25519;
    Buffer text = BUFFER_EMPTY;
    bool good;

    if (request->has_subaccount) {
        if (store->ops->is_revoked(store, request->account, request->subaccount) ||
            !subaccount_valid(node, request->subaccount, request->subaccount_signature,
                              request->account[0], SUBACCOUNT_READ, request->ed25519))
            return (MonitorError){ MONITOR_BAD_SIG, "Subaccount verification failed" };
        key = subaccount_key(request->subaccount);
    }
    write_signed(request, &text);
    good = crypto_verify(node->crypto, key, buffer_bytes(&text), request->signature);
    buffer_clear(&text);
    return good ? MONITOR_GOOD
                : (MonitorError){ MONITOR_BAD_SIG, "Signature verification failed" };
}

MonitorError
monitor_verify(ServiceNode *node, MonitorRequest *request)
{
    MonitorError error = check_time(node, request);

    if (error.code == 0)
        error = check_account(node, request);
    return error.code == 0 ? check_signature(node, request) : error;
}
