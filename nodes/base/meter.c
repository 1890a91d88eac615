/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/meter.h"

const char *
meter_op_name(MeterOp op)
{
    static const char *const names[METER_OPS] = {
        [METER_X25519] = "x25519",       [METER_X25519_KEYGEN] = "x25519_keygen",
        [METER_SIGN] = "sign",           [METER_VERIFY] = "verify",
        [METER_SEAL] = "seal",           [METER_OPEN] = "open",
        [METER_HASH] = "hash",           [METER_WORK] = "work",
        [METER_PARSE] = "parse",         [METER_WRITE] = "write",
        [METER_STORE_PUT] = "store_put", [METER_STORE_GET] = "store_get",
        [METER_REQUEST] = "request",
    };

    return (unsigned)op < METER_OPS ? names[op] : "unknown";
}
