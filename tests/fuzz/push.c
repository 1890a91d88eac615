/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sn.data: the messages that a member of the swarm pushes to a node, and what it asks
 * about them. */
#include "tests/fuzz/node.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_nodes_init(STORAGE_RPC_2024);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_nodes_ask(KIND_DATA, true, (Bytes){ data, n });
    return 0;
}
