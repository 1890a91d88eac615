/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sn.anti_entropy.  The first byte says what: 255, and the rest is a member's request; else
 * the rest are a member's answers to a node that asks, so many bytes of the first one, and
 * the second one. */
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
    size_t first;

    if (n == 0)
        return 0;
    if (data[0] == UINT8_MAX) {
        fuzz_nodes_config()->anti_entropy_interval = HOUR;
        fuzz_nodes_ask(KIND_ANTI_ENTROPY, true, (Bytes){ data + 1, n - 1 });
        return 0;
    }
    first = data[0] < n - 1 ? data[0] : n - 1;
    fuzz_nodes_config()->anti_entropy_interval = MINUTE;
    fuzz_nodes_differ((Bytes){ data + 1, first },
                      (Bytes){ data + 1 + first, n - 1 - first });
    return 0;
}
