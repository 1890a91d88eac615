/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a client signs in each storage request (protocol 3.2): the texts of the method's
 * parts, one after the other with nothing between. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

typedef enum SignedMethod {
    SIGNED_STORE,
    SIGNED_RETRIEVE,
    SIGNED_DELETE,
    SIGNED_DELETE_ALL,
    SIGNED_DELETE_BEFORE,
    SIGNED_EXPIRE,
    SIGNED_EXPIRE_ALL,
    SIGNED_GET_EXPIRIES,
    SIGNED_REVOKE_SUBACCOUNT,
    SIGNED_UNREVOKE_SUBACCOUNT,
    SIGNED_METHODS
} SignedMethod;

/* What stands in a method's text, in this order behind its name. */
enum {
    SIGNED_PART_MODIFIER = 1,  /* "shorten", "extend" or nothing */
    SIGNED_PART_NAMESPACE = 2, /* decimal, nothing for 0, "all" */
    SIGNED_PART_TIME = 4,      /* decimal milliseconds */
    SIGNED_PART_EXPIRIES = 8,  /* the same, each */
    SIGNED_PART_ITEMS = 16     /* message hashes, or tokens of 36 raw bytes */
};

typedef struct SignedRequest {
    SignedMethod method;
    const char *modifier; /* NULL: none */
    int32_t name_space;   /* or STORE_NAMESPACE_ALL */
    UnixMs time; /* the timestamp; store: its sig_timestamp; delete_before: `before`;
                  * expire_all: `expiry` */
    const UnixMs *expiries;
    size_t n_expiries;
    const Bytes *items;
    size_t n_items;
} SignedRequest;

/* ST_NOT_FOUND for a method that nobody signs. */
Status signed_method_parse(Bytes name, SignedMethod *ret) WARN_UNUSED;
/* The parts (a sum of the above) that this method has. */
unsigned signed_method_parts(SignedMethod method);
/* Append the text; parts that the method does not have are passed over. */
void signed_text(const SignedRequest *request, Buffer *out);
