/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What clients send over OxenMQ: monitor.messages, and storage.<method> in JSON or bencode.
 */
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
    fuzz_nodes_ask(KIND_MONITOR, false, (Bytes){ data, n });
    fuzz_nodes_ask(KIND_STORAGE_OMQ, false, (Bytes){ data, n });
    return 0;
}
