/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage node: requests of clients, and what a member of its swarm sends. */
#include "tests/fuzz/fuzz.h"

#include "tests/unit/service/network.h"

#define EPOCH_MS ((UnixMs)1700000000000)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const MessageKind kinds[] = { KIND_STORAGE_RPC, KIND_DATA, KIND_STORAGE_CC };
    static bool ready;
    Network *network;
    MessageKind kind;
    guint number;

    if (!ready)
        ready = crypto_setup() == ST_OK;
    if (n == 0)
        return 0;
    kind = kinds[data[0] % G_N_ELEMENTS(kinds)];
    network = network_new(EPOCH_MS);
    network_add(network, &service_config_2024, 0);
    network_add(network, &service_config_2024, 0);
    network_block(network);
    /* The other member proves its key; a client has none. */
    number = network_ask_as(
        network, 0, kind,
        kind == KIND_STORAGE_RPC ? NULL : network_member(network, 1)->record.x25519,
        data + 1, n - 1);
    network_run(network, network->now + 6 * SECOND);
    fuzz_check(network_answer(network, number)->given);
    network_free(network);
    return 0;
}
