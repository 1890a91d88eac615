/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage node: requests of clients, what a member of its swarm sends, onion requests.
 * The first byte says which, the rest is the body (or what the onion's layer holds). */
#include "tests/fuzz/node.h"

#include "nodes/onion/onion.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static X25519Pair client;
static ChannelKey key;

/* An onion request of one layer, whose plaintext is @plain. */
static void
ask_onion(Bytes plain)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    size_t sealed = channel_sealed_bytes(ENC_XCHACHA20, plain.n);
    Buffer request = BUFFER_EMPTY;
    uint8_t *p = buffer_reserve(&request, 4 + sealed);

    store_u32le(p, (uint32_t)sealed);
    if (plain.n > 0)
        memcpy(p + 4 + channel_nonce_bytes(ENC_XCHACHA20), plain.p, plain.n);
    channel_seal(&crypto, &key, nonce, p + 4, plain.n);
    request.n = 4 + sealed;
    buffer_append_literal(&request, "{\"enc_type\":\"xchacha20\",\"ephemeral_key\":\"");
    buffer_append_hex(&request, (Bytes){ client.pk, KEY_BYTES });
    buffer_append_literal(&request, "\"}");
    fuzz_nodes_ask(KIND_ONION, false, buffer_bytes(&request));
    buffer_clear(&request);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_nodes_init(STORAGE_RPC_2024);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    fuzz_check(channel_agree(&crypto, ENC_XCHACHA20, &client, fuzz_nodes_x25519(), true,
                             &key) == ST_OK);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const MessageKind kinds[] = { KIND_STORAGE_RPC, KIND_DATA,      KIND_STORAGE_CC,
                                         KIND_ONION,       KIND_ONION_HOP, KIND_PING_OMQ,
                                         KIND_PING_HTTPS };
    Bytes body = { data + 1, n - 1 };
    size_t way;

    if (n == 0)
        return 0;
    way = data[0] % (G_N_ELEMENTS(kinds) + 1);
    if (way == G_N_ELEMENTS(kinds))
        ask_onion(body);
    else
        fuzz_nodes_ask(kinds[way],
                       kinds[way] != KIND_STORAGE_RPC && kinds[way] != KIND_ONION, body);
    return 0;
}
