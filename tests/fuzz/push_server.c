/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The push server: what a node posts, whom a member notifies it of, and what seeds and
 * members answer.  Each post is answered once; what reads as a subscription is the same
 * request to nodes whenever it is written. */
#include "tests/fuzz/fuzz.h"

#include "nodes/outside/push_server.h"
#include "nodes/outside/push_subscription.h"
#include "nodes/wire/bencode.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

static void
check_subscription(const Crypto *crypto, Bytes in)
{
    PushSubscription subscription;
    Buffer text = BUFFER_EMPTY;
    BencodeValue value;

    if (push_subscription_read(crypto, in, &subscription) != NULL)
        return;
    (void)push_subscription_valid(crypto, &subscription);
    push_subscription_write(&subscription, &text);
    fuzz_check(bencode_parse(buffer_bytes(&text), &value) == ST_OK);
    buffer_clear(&text);
}

static void
deliver(RecordingPort *recording, PushServer *server, MessageKind kind, Packet *packet)
{
    guint before = recording->replies->len;
    ReplyToken token = kind == KIND_NOTIFY ? 0 : before + 1;

    recording_port_deliver(recording, &push_server_ops, server, 5, NULL, kind, token,
                           packet);
    fuzz_check(recording->replies->len == before + (token != 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t seed[KEY_BYTES] = { 9 };
    RecordingPort *recording = recording_port_new(1, 1700000000000);
    Crypto crypto = { .ops = &crypto_null, .meter = &recording->meter };
    PushServer *server = push_server_new(
        &crypto, &recording->port, &push_server_config_default, seed, address_of(7, 443));
    Bytes in = { data, n };
    Packet packet = packet_of_bytes(in);

    check_subscription(&crypto, in);
    push_server_ops.start(server, 0);
    recording_port_end(recording, &push_server_ops, server, 1, OUTCOME_ANSWER, 200,
                       &packet);
    packet = packet_of_bytes(in);
    recording_port_end(recording, &push_server_ops, server, 2, OUTCOME_ANSWER, 200,
                       &packet);
    packet = packet_of_bytes(in);
    deliver(recording, server, KIND_SERVER, &packet);
    packet = posted(&crypto, push_server_key(server)->pk, in);
    deliver(recording, server, KIND_SERVER, &packet);
    packet = packet_of_bytes(in);
    deliver(recording, server, KIND_NOTIFY, &packet);
    fuzz_check(push_server_counts(server).subscriptions <= 2);
    push_server_ops.stop(server);
    push_server_ops.free(server);
    recording_port_free(recording);
    return 0;
}
