/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests of version 1 (first byte even), and what a layer of one holds (odd). */
#include "tests/fuzz/fuzz.h"

#include "nodes/onion/onion_v1.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static X25519Pair me, client;
static ChannelKey key;

/* A request as a guard or a relay gets it; it is opened with a key that it is not for. */
static void
request(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    OnionV1Layer layer;
    OnionPeeled peeled;
    const char *error = NULL;

    if (onion_v1_parse(&packet, &layer, &error) == ST_OK) {
        onion_v1_peel(&crypto, &me, &layer, &peeled);
        fuzz_check(peeled.kind < ONION_KINDS);
        onion_peeled_clear(&peeled);
    } else {
        fuzz_check(error != NULL);
    }
    packet_clear(&packet);
}

static void
inside(Bytes in)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    OnionV1Layer layer, next;
    OnionPeeled peeled;
    size_t sealed = channel_sealed_bytes(ENC_AES_GCM, in.n);
    Blob *blob = blob_new(sealed);
    uint8_t *p = blob_data_mutable(blob);
    const char *error;

    if (in.n > 0)
        memcpy(p + channel_nonce_bytes(ENC_AES_GCM), in.p, in.n);
    channel_seal(&crypto, &key, nonce, p, in.n);
    memcpy(layer.ephemeral_pk, client.pk, KEY_BYTES);
    layer.cipher = packet_of_blob(blob);
    onion_v1_peel(&crypto, &me, &layer, &peeled);
    fuzz_check(peeled.kind < ONION_UNREADABLE);
    if (peeled.kind == ONION_RELAY) {
        fuzz_check(onion_v1_parse(&peeled.next, &next, &error) == ST_OK);
        packet_clear(&next.cipher);
    } else if (peeled.kind == ONION_SERVER) {
        fuzz_check(onion_target_allowed(bytes_of_text(peeled.target)));
        fuzz_check(bytes_equal(packet_bytes(&peeled.server_body), in));
    }
    onion_peeled_clear(&peeled);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    fuzz_check(channel_agree(&crypto, ENC_AES_GCM, &client, me.pk, true, &key) == ST_OK);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 0)
        (data[0] % 2 == 0 ? request : inside)((Bytes){ data + 1, n - 1 });
    return 0;
}
