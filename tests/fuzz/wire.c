/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verbs of `swarmbed wire` (the first byte says which): an object is answered with one,
 * or refused with words. */
#include "tests/fuzz/fuzz.h"

#include "cli/wire.h"

static const WireFunction verbs[] = {
    wire_account,    wire_onion_wrap,   wire_onion_peel,   wire_reply_seal,
    wire_reply_open, wire_message_seal, wire_message_open, wire_message_hash,
    wire_swarm_of,   wire_swarm_assign, wire_rpc_sign,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    g_autoptr(GError) error = NULL;
    json_t *in, *out;

    if (n == 0)
        return 0;
    in = json_loadb((const char *)data + 1, n - 1, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(in)) {
        out = verbs[data[0] % G_N_ELEMENTS(verbs)](in, &error);
        fuzz_check((out == NULL) == (error != NULL));
        fuzz_check(out == NULL || json_is_object(out));
        json_decref(out);
    }
    json_decref(in);
    return 0;
}
