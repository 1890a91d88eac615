/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a client reads in answers: a swarm, a mailbox, the parts of a batch, a node list, a
 * message sealed to it.  The first byte says which. */
#include "tests/fuzz/fuzz.h"

#include "clients/session/session_internal.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"
#include "tests/lib/recording_port.h"

static RecordingPort *recording;
static Crypto crypto;
static SessionConfig config;
static Session *session;
static Ed25519Pair sender;

static void
read_swarm(Bytes in)
{
    static const uint8_t key[KEY_BYTES] = { 7 };
    FreshSwarm fresh = { .n = 0 };
    JsonValue body;

    if (json_parse(in, &body) == ST_OK && session_swarm_parse(session, key, body, &fresh))
        fuzz_check(fresh.n > 0 && fresh.n <= SWARM_NODES_MAX);
}

static void
read_mailbox(Bytes in)
{
    JsonValue body;
    bool more = false;

    session_seen_clear(&session->seen_hashes);
    session_seen_clear(&session->seen_sent);
    if (json_parse(in, &body) == ST_OK)
        fuzz_check(session_receive(session, NODE_NONE, 0, body, &more) > 0 || !more);
}

static void
read_batch(Bytes in)
{
    OnionRequest request = { .use = USE_REFRESH };
    JsonIndex index;
    JsonIterator it;
    JsonValue body;
    int code;

    if (!session_batch_parse(session, in, &index, &it))
        return;
    for (int i = 0; i < 32 && session_batch_next(session, &request, &it, &code, &body); i++)
        fuzz_check(code >= 100 && code <= 999);
}

static void
read_list(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *list = NULL;

    fuzz_check((node_list_of_answer(&memo, &packet, &list) == ST_OK) == (list != NULL));
    node_list_unref(list);
    node_list_memo_clear(&memo);
    packet_clear(&packet);
}

/* @in is the padded content of a message to this client. */
static void
read_sealed(Bytes in)
{
    static const uint8_t ephemeral[KEY_BYTES] = { 5 };
    Buffer sealed = BUFFER_EMPTY, wrapped = BUFFER_EMPTY, json = BUFFER_EMPTY;

    fuzz_check(session_message_seal(&crypto, &sender, session->x25519.pk, ephemeral, in,
                                    &sealed) == ST_OK);
    message_wrap(ENVELOPE_SESSION_MESSAGE, (Bytes){ NULL, 0 }, 1700000000000,
                 buffer_bytes(&sealed), &wrapped);
    buffer_append_literal(&json, "{\"messages\":[{\"hash\":\"h\",\"data\":\"");
    base64_encode(buffer_bytes(&wrapped), true, &json);
    buffer_append_literal(&json, "\"}]}");
    read_mailbox(buffer_bytes(&json));
    buffer_clear(&sealed);
    buffer_clear(&wrapped);
    buffer_clear(&json);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const uint8_t seed[KEY_BYTES] = { 1 }, sender_seed[KEY_BYTES] = { 2 };
    static const Address seeds[] = { 1 };

    (void)argc;
    (void)argv;
    recording = recording_port_new(1, 1700000000000);
    crypto = (Crypto){ .ops = &crypto_null, .meter = &recording->meter };
    crypto.memo = identity_memo_new(64);
    config = session_config_2024;
    identity_ed25519(sender_seed, &sender);
    session = session_new(&crypto, &recording->port, &config, seed, seeds, 1);
    session_ops.start(session, 0);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const ways[])(Bytes in) = { read_swarm, read_mailbox, read_batch,
                                              read_list, read_sealed };

    if (n == 0)
        return 0;
    ways[data[0] % G_N_ELEMENTS(ways)]((Bytes){ data + 1, n - 1 });
    recording_port_forget(recording);
    return 0;
}
