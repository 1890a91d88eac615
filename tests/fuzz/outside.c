/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file server: what a node posts, as it is and as the payload of a layer that opens. It
 * answers each request once, and keeps no more than it may. */
#include "tests/fuzz/fuzz.h"

#include "nodes/outside/file_server.h"
#include "nodes/wire/server_later.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

static void
deliver(RecordingPort *recording, FileServer *server, Packet *packet)
{
    guint before = recording->replies->len;

    recording_port_deliver(recording, &file_server_ops, server, 5, NULL, KIND_SERVER,
                           before + 1, packet);
    fuzz_check(recording->replies->len == before + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t seed[KEY_BYTES] = { 9 };
    FileServerConfig config = { .size_max = 64, .life = DAY, .bytes_max = 100 };
    RecordingPort *recording = recording_port_new(1, 1700000000000);
    Crypto crypto = { .ops = &crypto_null, .meter = &recording->meter };
    FileServer *server = file_server_new(&crypto, &recording->port, &config, seed);
    Bytes in = { data, n };
    Packet packet = packet_of_bytes(in);
    uint64_t bytes;

    file_server_ops.start(server, 0);
    deliver(recording, server, &packet);
    for (int i = 0; i < 3; i++) {
        packet = posted(&crypto, file_server_key(server), in);
        deliver(recording, server, &packet);
    }
    fuzz_check(file_server_count(server, &bytes) <= 3 && bytes <= config.bytes_max);
    file_server_ops.free(server);
    recording_port_free(recording);
    return 0;
}
