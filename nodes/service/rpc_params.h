/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parameters of a storage request, JSON from clients or bencode from members: one pass
 * sorts them by name, then each is taken with the type that the request wants.  The first
 * thing that is wrong is kept as text; everything after it is as if absent, so that a
 * request is parsed straight on and looked at once at the end. */
#pragma once

#include "nodes/service/request.h"

typedef enum Field {
    FIELD_BEFORE,
    FIELD_DATA,
    FIELD_ENDPOINT,
    FIELD_EXPIRY,
    FIELD_EXTEND,
    FIELD_LAST_HASH_OLD, /* lastHash */
    FIELD_LAST_HASH,
    FIELD_MAX_COUNT,
    FIELD_MAX_SIZE,
    FIELD_MESSAGES,
    FIELD_NAMESPACE,
    FIELD_PARAMS,
    FIELD_PUBKEY_OLD, /* pubKey */
    FIELD_PUBKEY,
    FIELD_PUBKEY_ED25519,
    FIELD_REQUIRED,
    FIELD_REVOKE,
    FIELD_SHORTEN,
    FIELD_SIG_TIMESTAMP,
    FIELD_SIGNATURE,
    FIELD_SUBACCOUNT,
    FIELD_SUBACCOUNT_SIG,
    FIELD_TIMESTAMP,
    FIELD_TTL,
    FIELD_UNREVOKE,
    FIELDS
} Field;

typedef struct Params {
    bool bencoded;
    bool failed;    /* @error holds why */
    uint32_t given; /* bit for each field that is there (and not null) */
    RpcValue value[FIELDS];
    Arena *arena;
    Buffer *error; /* borrowed */
} Params;

_Static_assert(FIELDS <= 32, "Params.given has a bit for each field");

typedef struct OptionalBytes {
    bool given;
    Bytes bytes;
} OptionalBytes;

typedef struct OptionalNumber {
    bool given;
    int64_t value;
} OptionalNumber;

void params_of(Params *ret, RpcValue dict, Arena *arena, Buffer *error);

static inline bool
params_has(const Params *params, Field field)
{
    return !params->failed && (params->given >> field & 1) != 0;
}

/* Say what is wrong, unless something was wrong before. */
void params_fail(Params *params, const char *text);
/* The same, with @name put where @text has its '%'. */
void params_fail_named(Params *params, const char *text, Bytes name);

OptionalBytes take_string(Params *params, Field field);
/* Milliseconds; a value below a million seconds was meant as seconds and is refused. */
OptionalNumber take_timestamp(Params *params, Field field);
OptionalNumber take_integer(Params *params, Field field);
/* An integer, in JSON also as a string (`timestamp` and `ttl` of a store). */
OptionalNumber take_stringified(Params *params, Field field, bool is_unsigned);
OptionalNumber take_namespace(Params *params, Field field);
/* A namespace or "all". */
OptionalNumber take_namespace_or_all(Params *params, Field field);
bool take_bool(Params *params, Field field); /* absent: false */
/* One string or a list of them. */
bool take_strings(Params *params, Field field, Bytes **ret, uint32_t *ret_n);
/* One time or a list of them. */
bool take_timestamps(Params *params, Field field, UnixMs **ret, uint32_t *ret_n);

void require(Params *params, bool given, const char *name);
/* One of two names for the same thing. */
OptionalBytes require_one_name(Params *params, OptionalBytes a, const char *name,
                               OptionalBytes b, const char *other);
