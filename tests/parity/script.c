/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/parity/script.h"

#define STORE(data)                                                                        \
    "{\"method\":\"store\",\"params\":{\"pubkey\":\"{A}\",\"timestamp\":{T},"              \
    "\"ttl\":86400000,\"data\":\"" data "\"}}"
#define RETRIEVE                                                                           \
    "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"{A}\",\"pubkey_ed25519\":\"{E}\","  \
    "\"timestamp\":{T},\"signature\":\"{S retrieve{T}}\"}}"
#define SIGNED(method, more, text)                                                         \
    "{\"method\":\"" method "\",\"params\":{\"pubkey\":\"{A}\",\"pubkey_ed25519\":"        \
    "\"{E}\"," more "\"signature\":\"{S " text "}\"}}"

#define ASK(where, what)                                                                   \
    {                                                                                      \
        .node = (where), .body = what                                                      \
    }
#define ASK_AND_WAIT(where, what)                                                          \
    {                                                                                      \
        .node = (where), .body = what, .waits = true                                       \
    }
#define ONION(where, what)                                                                 \
    {                                                                                      \
        .node = (where), .body = what, .onion = true                                       \
    }
#define FAULT(word, where)                                                                 \
    {                                                                                      \
        .fault = (word), .node = (where)                                                   \
    }
#define LEVEL(word, value, where)                                                          \
    {                                                                                      \
        .fault = (word), .level = (value), .node = (where)                                 \
    }

const Step script[] = {
    /* Every node says who it is, and who has the account. */
    ASK(0, "{\"method\":\"info\",\"params\":{}}"),
    ASK(OTHERS, "{\"method\":\"get_swarm\",\"params\":{\"pubkey\":\"{A}\"}}"),
    ASK(OTHERS, STORE("bWlzZGlyZWN0ZWQ=")),
    ASK(0, "{\"method\":\"no_such_method\",\"params\":{}}"),
    ASK(0, "{\"method\":\"store\",\"params\":{}}"),
    ASK(0, "not JSON"),
    /* A message, its replicas, and what can be done with it. */
    ASK(0, STORE("Zmlyc3Q=")),
    ASK(1, STORE("Zmlyc3Q=")),
    ASK(2, RETRIEVE),
    ASK(2, "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"{A}\"}}"),
    ASK(3, SIGNED("get_expiries", "\"messages\":[\"{H}\"],\"timestamp\":{T},",
                  "get_expiries{T}{H}")),
    ASK(3, SIGNED("expire", "\"messages\":[\"{H}\"],\"expiry\":9{T},", "expire9{T}{H}")),
    ASK(4, "{\"method\":\"batch\",\"params\":{\"requests\":[{\"method\":\"info\","
           "\"params\":{}}," RETRIEVE "]}}"),
    ASK(4, "{\"method\":\"sequence\",\"params\":{\"requests\":[" STORE(
               "c2VxdWVuY2U=") "," RETRIEVE "]}}"),
    ASK(5, SIGNED("delete", "\"messages\":[\"{H}\"],", "delete{H}")),
    ONION(1, RETRIEVE),
    ONION(2, STORE("b25pb24=")),
    ONION(OTHERS + 3, STORE("b25pb24=")),
    /* kill -9, and a store meanwhile: its replica is missing, until it is tried again. */
    FAULT("kill", 2),
    ASK_AND_WAIT(0, STORE("d2hpbGUga2lsbGVk")),
    ASK(1, RETRIEVE),
    FAULT("restart", 2),
    ASK(2, RETRIEVE),
    /* stop is polite, and means the same to others. */
    FAULT("stop", 3),
    ASK_AND_WAIT(1, STORE("d2hpbGUgc3RvcHBlZA==")),
    FAULT("restart", 3),
    ASK(3, RETRIEVE),
    /* Late. */
    LEVEL("delay", "200", 4),
    ASK(4, RETRIEVE),
    ASK(0, STORE("bGF0ZQ==")),
    ONION(4, RETRIEVE),
    LEVEL("delay", "0", 4),
    /* Lost: the replicas that it is sent come in, its answers do not go out. */
    LEVEL("drop", "1", 5),
    ASK_AND_WAIT(0, STORE("bG9zdA==")),
    LEVEL("drop", "0", 5),
    ASK(5, RETRIEVE),
    /* Apart from the others, who cannot reach it. */
    FAULT("partition", 1),
    ASK_AND_WAIT(0, STORE("YXBhcnQ=")),
    FAULT("partition", -1),
    ASK(1, RETRIEVE),
    /* Its clock is an hour ahead. */
    LEVEL("skew", "3600000", 0),
    ASK(0, STORE("ZWFybHk=")),
    ASK(0, RETRIEVE),
    LEVEL("skew", "0", 0),
    ASK(0, STORE("aW4gdGltZQ==")),
    /* Its disk is gone. */
    FAULT("wipe", 2),
    ASK(2, RETRIEVE),
    ASK(2, STORE("YWZ0ZXI=")),
    ASK(2, RETRIEVE),
    ASK(3, SIGNED("delete_all", "\"timestamp\":{T},", "delete_all{T}")),
    ASK(4, RETRIEVE),
};

const size_t script_steps = G_N_ELEMENTS(script);
