/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The open-group server: what a node posts, as the payload of a layer that opens; and, by
 * the first byte, as the body of a signed request to each of its endpoints, whose path the
 * second byte may spoil.  It answers each request once, and keeps no more than it may. */
#include "tests/fuzz/fuzz.h"

#include "nodes/crypto/blinding.h"
#include "nodes/outside/open_group_server.h"
#include "nodes/wire/server_auth.h"
#include "nodes/wire/server_later.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

static const uint8_t account_seed[KEY_BYTES] = { 3 };

typedef struct Target {
    RecordingPort *recording;
    Crypto crypto;
    OpenGroupServer *server;
    Ed25519Pair account;
    BlindedPair pair;
} Target;

static void
deliver(Target *t, Packet *packet)
{
    guint before = t->recording->replies->len;

    recording_port_deliver(t->recording, &open_group_server_ops, t->server, 5, NULL,
                           KIND_SERVER, before + 1, packet);
    fuzz_check(t->recording->replies->len == before + 1);
}

/* A signed request with this body. */
static void
ask(Target *t, const char *method, Bytes path, Bytes body)
{
    ServerRequest request = { .method = bytes_of_text(method),
                              .endpoint = path,
                              .has_body = body.n > 0,
                              .body = body };
    ServerAuth auth = { .nonce = { 1 }, .timestamp = 1700000000 };
    Buffer text = BUFFER_EMPTY, headers = BUFFER_EMPTY, payload = BUFFER_EMPTY;
    Packet packet = packet_of_bytes(body);

    memcpy(auth.id, t->pair.id, sizeof auth.id);
    server_auth_text(&t->crypto, open_group_server_key(t->server), &auth, request.method,
                     path, &packet, &text);
    blinded_sign(&t->crypto, &t->account, &t->pair, buffer_bytes(&text), auth.signature);
    server_auth_write(&auth, &headers);
    request.headers = buffer_bytes(&headers);
    server_request_write_v4(&request, &payload);
    packet_clear(&packet);
    packet = posted(&t->crypto, open_group_server_key(t->server), buffer_bytes(&payload));
    deliver(t, &packet);
    buffer_clear(&text);
    buffer_clear(&headers);
    buffer_clear(&payload);
}

static void
target_open(Target *t)
{
    static const OpenGroupConfig config = { .file_size_max = 64,
                                            .file_life = DAY,
                                            .files_max = 100,
                                            .post_max = 64,
                                            .posts_max = 4,
                                            .nonces_max = 8 };
    const uint8_t seed[KEY_BYTES] = { 9 };

    t->recording = recording_port_new(1, 1700000000000);
    t->crypto = (Crypto){ .ops = &crypto_null, .meter = &t->recording->meter };
    t->server = open_group_server_new(&t->crypto, &t->recording->port, &config, seed);
    fuzz_check(open_group_server_add_room(t->server, "lobby"));
    open_group_server_ops.start(t->server, 0);
    identity_ed25519(account_seed, &t->account);
    fuzz_check(blinded_pair(&t->crypto, BLIND_15, &t->account,
                            open_group_server_key(t->server), &t->pair) == ST_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct {
        const char *method, *path;
    } ways[] = { { "POST", "/room/lobby/message" },
                 { "POST", "/room/lobby/file" },
                 { "POST", "/batch" },
                 { "GET", "/room/lobby/messages/since/0" },
                 { "GET", "" } };
    Bytes in = { data, n };
    uint64_t bytes;
    Packet packet;
    Target t;

    if (n < 1)
        return 0;
    target_open(&t);
    in = (Bytes){ data + 1, n - 1 };
    if (data[0] % 8 < G_N_ELEMENTS(ways)) {
        size_t way = data[0] % 8;

        if (ways[way].path[0] == '\0')
            ask(&t, "GET", in, (Bytes){ NULL, 0 });
        else
            ask(&t, ways[way].method, bytes_of_text(ways[way].path), in);
    } else {
        packet = posted(&t.crypto, open_group_server_key(t.server), in);
        deliver(&t, &packet);
    }
    fuzz_check(open_group_server_files(t.server, &bytes) <= 1 && bytes <= 100);
    open_group_server_ops.free(t.server);
    recording_port_free(t.recording);
    return 0;
}
