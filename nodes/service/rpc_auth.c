/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who signed a storage request (protocol 3.1, 3.5). */
#include "nodes/service/node_internal.h"

static bool
keys_belong_together(const ServiceNode *node, const uint8_t ed25519[KEY_BYTES],
                     const uint8_t x25519[KEY_BYTES])
{
    uint8_t converted[KEY_BYTES];

    return identity_memo_x25519_pk(node->crypto->memo, ed25519, converted) == ST_OK &&
           memcmp(converted, x25519, KEY_BYTES) == 0;
}

bool
subaccount_valid(ServiceNode *node, const uint8_t token[SUBACCOUNT_BYTES],
                 const uint8_t signature[SIGNATURE_BYTES], uint8_t account_prefix,
                 uint8_t access, const uint8_t account_pk[KEY_BYTES])
{
    uint8_t prefix = token[0], flags = token[1];

    if (prefix != account_prefix && (flags & SUBACCOUNT_ANY_PREFIX) == 0)
        return false;
    if ((flags & access) != access)
        return false;
    return crypto_verify(node->crypto, account_pk, (Bytes){ token, SUBACCOUNT_BYTES },
                         signature);
}

static bool
is_revoked(ServiceNode *node, const Request *r)
{
    Store *store = node->port->store;

    if (r->method == RPC_RETRIEVE && namespace_reads_unrevocably(r->name_space))
        return false;
    return store->ops->is_revoked(store, r->account, r->subaccount);
}

static bool
verify(ServiceNode *node, const Request *r, uint8_t access, Bytes text)
{
    const uint8_t *pk = r->account + 1;

    if (r->account[0] == 0x05 && r->has_ed25519) {
        if (!keys_belong_together(node, r->ed25519, pk))
            return false;
        pk = r->ed25519;
    }
    if (r->has_subaccount) {
        if (is_revoked(node, r) ||
            !subaccount_valid(node, r->subaccount, r->subaccount_signature, r->account[0],
                              access, pk))
            return false;
        pk = subaccount_key(r->subaccount);
    }
    return crypto_verify(node->crypto, pk, text, r->signature);
}

bool
request_signs(ServiceNode *node, const Request *request, uint8_t access, Bytes text)
{
    return request->signed_ && verify(node, request, access, text);
}

bool
request_verify(ServiceNode *node, const Request *request, uint8_t access, Buffer *text)
{
    bool good = request_signs(node, request, access, buffer_bytes(text));

    buffer_clear(text);
    return good;
}

bool
timestamp_is_near(UnixMs timestamp, UnixMs now, Duration tolerance)
{
    UnixMs ms = tolerance / MILLISECOND;

    return timestamp >= now - ms && timestamp <= now + ms;
}

void
write_signed_namespace(Buffer *text, int32_t name_space)
{
    if (name_space == STORE_NAMESPACE_ALL)
        buffer_append_literal(text, "all");
    else if (name_space != 0)
        buffer_append_i64_decimal(text, name_space);
}
