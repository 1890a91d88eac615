/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client's storage request of 2020 (protocol 3.7).  The first byte says whether the node
 * asks for proof of work.  What is kept reaches the other node of the swarm, by a push of
 * version 0. */
#include "tests/fuzz/node.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_nodes_init(STORAGE_RPC_2020);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const Answer *answer;

    if (n == 0)
        return 0;
    fuzz_nodes_config()->proof_of_work = data[0] & 1;
    answer = fuzz_nodes_ask(KIND_STORAGE_RPC, false, (Bytes){ data + 1, n - 1 });
    fuzz_check(answer->status == 200 || fuzz_nodes_stored(0) == 1);
    fuzz_check(fuzz_nodes_stored(0) <= 2);
    fuzz_check(fuzz_nodes_stored(0) == fuzz_nodes_stored(1));
    fuzz_check(fuzz_nodes_stored(2) == 1);
    return 0;
}
