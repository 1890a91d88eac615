/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sn.data of 2020: the blob of version 0 (protocol 2.4).  It is taken whole or not at all,
 * and what was read is written as it was. */
#include "tests/fuzz/node.h"

#include <ctype.h>

#include "nodes/service/node_internal.h"

static void
check_same(Bytes written, Bytes text)
{
    fuzz_check(written.n == text.n);
    for (size_t i = 0; i < text.n; i++) /* an account may have been in capitals */
        fuzz_check(tolower(written.p[i]) == tolower(text.p[i]));
}

/* Whether all of it can be read. */
static bool
read_and_write(const ServiceNode *node, Bytes text)
{
    Packet packet = packet_of_bytes(text);
    Buffer written = BUFFER_EMPTY;
    bool good = false, v0 = false;
    PushReader reader;
    StoreMessage message;

    push_begin(node, &written);
    if (push_read_begin(node, &packet, &reader)) {
        v0 = reader.v0;
        good = true;
        while (good && push_read_next(node, &reader, &message, &good)) {
            if (!good)
                break;
            push_write_entry(node, &message, &written);
            packet_clear(&message.data);
        }
    }
    push_end(node, &written);
    if (good && v0)
        check_same(buffer_bytes(&written), text);
    buffer_clear(&written);
    packet_clear(&packet);
    return good;
}

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
    const ServiceNode node = { .config = fuzz_nodes_config() };
    Bytes text = { data, n };
    bool good = read_and_write(&node, text);
    int status = fuzz_nodes_ask(KIND_DATA, true, text)->status;

    /* The other forms of sn.data have a first byte of their own. */
    if (n > 0 && data[0] > DATA_DUMP)
        fuzz_check(status == (good ? 200 : 400));
    fuzz_check(status == 200 || fuzz_nodes_stored(0) == 1);
    return 0;
}
