/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/signed_text.h"

#include <assert.h>

#include "nodes/base/store.h"

typedef struct MethodParts {
    const char *name;
    unsigned parts;
} MethodParts;

static const MethodParts methods[SIGNED_METHODS] = {
    [SIGNED_STORE] = { "store", SIGNED_PART_NAMESPACE | SIGNED_PART_TIME },
    [SIGNED_RETRIEVE] = { "retrieve", SIGNED_PART_NAMESPACE | SIGNED_PART_TIME },
    [SIGNED_DELETE] = { "delete", SIGNED_PART_ITEMS },
    [SIGNED_DELETE_ALL] = { "delete_all", SIGNED_PART_NAMESPACE | SIGNED_PART_TIME },
    [SIGNED_DELETE_BEFORE] = { "delete_before", SIGNED_PART_NAMESPACE | SIGNED_PART_TIME },
    [SIGNED_EXPIRE] = { "expire",
                        SIGNED_PART_MODIFIER | SIGNED_PART_EXPIRIES | SIGNED_PART_ITEMS },
    [SIGNED_EXPIRE_ALL] = { "expire_all", SIGNED_PART_NAMESPACE | SIGNED_PART_TIME },
    [SIGNED_GET_EXPIRIES] = { "get_expiries", SIGNED_PART_TIME | SIGNED_PART_ITEMS },
    [SIGNED_REVOKE_SUBACCOUNT] = { "revoke_subaccount",
                                   SIGNED_PART_TIME | SIGNED_PART_ITEMS },
    [SIGNED_UNREVOKE_SUBACCOUNT] = { "unrevoke_subaccount",
                                     SIGNED_PART_TIME | SIGNED_PART_ITEMS },
};

Status
signed_method_parse(Bytes name, SignedMethod *ret)
{
    for (unsigned i = 0; i < SIGNED_METHODS; i++) {
        if (bytes_equal_text(name, methods[i].name)) {
            *ret = (SignedMethod)i;
            return ST_OK;
        }
    }
    return ST_NOT_FOUND;
}

unsigned
signed_method_parts(SignedMethod method)
{
    assert(method < SIGNED_METHODS);
    return methods[method].parts;
}

void
signed_text(const SignedRequest *request, Buffer *out)
{
    unsigned parts = signed_method_parts(request->method);

    buffer_append_text(out, methods[request->method].name);
    if ((parts & SIGNED_PART_MODIFIER) != 0 && request->modifier != NULL)
        buffer_append_text(out, request->modifier);
    if ((parts & SIGNED_PART_NAMESPACE) != 0) {
        if (request->name_space == STORE_NAMESPACE_ALL)
            buffer_append_literal(out, "all");
        else if (request->name_space != 0)
            buffer_append_i64_decimal(out, request->name_space);
    }
    if ((parts & SIGNED_PART_TIME) != 0)
        buffer_append_i64_decimal(out, request->time);
    for (size_t i = 0; (parts & SIGNED_PART_EXPIRIES) != 0 && i < request->n_expiries; i++)
        buffer_append_i64_decimal(out, request->expiries[i]);
    for (size_t i = 0; (parts & SIGNED_PART_ITEMS) != 0 && i < request->n_items; i++)
        buffer_append_bytes(out, request->items[i]);
}
