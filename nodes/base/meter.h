/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The meter counts the logical work that protocol code does: so many key agreements, so
 * many bytes sealed, a store write.  A host turns counts into processing time.  Counts are
 * the same whether the cryptography is real or null, computed or remembered. */
#pragma once

#include <stdint.h>

typedef enum MeterOp {
    METER_X25519,        /* a key agreement */
    METER_X25519_KEYGEN, /* a fresh key pair */
    METER_SIGN,          /* an Ed25519 signature */
    METER_VERIFY,        /* an Ed25519 verification */
    METER_SEAL,          /* sealing: bytes count */
    METER_OPEN,          /* opening: bytes count */
    METER_HASH,          /* hashing: bytes count */
    METER_WORK,          /* a proof of work made or checked: bytes count its hashes */
    METER_PARSE,         /* reading JSON, bencode, protobuf: bytes count */
    METER_WRITE,         /* writing the same: bytes count */
    METER_STORE_PUT,     /* one message committed to the store */
    METER_STORE_GET,     /* one query to the store: bytes count what it returned */
    METER_REQUEST,       /* handling one incoming message at all */
    METER_OPS
} MeterOp;

typedef struct Meter {
    uint64_t count[METER_OPS];
    uint64_t bytes[METER_OPS];
    /* Cost in nanoseconds since a host last set it to zero, by the two tables below. */
    uint64_t cost_ns;
    uint32_t ns_per_op[METER_OPS];
    uint32_t ps_per_byte[METER_OPS]; /* picoseconds */
} Meter;

static inline void
meter_add(Meter *meter, MeterOp op, uint64_t bytes)
{
    meter->count[op]++;
    meter->bytes[op] += bytes;
    meter->cost_ns += meter->ns_per_op[op] + bytes * meter->ps_per_byte[op] / 1000;
}

/* The constant's name in lower case without its prefix. */
const char *meter_op_name(MeterOp op);
