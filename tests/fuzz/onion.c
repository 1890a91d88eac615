/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests as a guard and as a relay gets them; and what stands inside a layer. */
#include "tests/fuzz/fuzz.h"

#include "nodes/onion/onion_v1.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };

/* The request is opened with a key that it is not for. */
static void
peel(Packet *packet, const OnionEnvelope *envelope)
{
    X25519Pair me;
    OnionPeeled peeled;

    fuzz_check(envelope->cipher_offset + envelope->cipher_length <= packet->length);
    fuzz_check(envelope->hop_no >= 0 && envelope->hop_no <= ONION_HOPS_MAX + 1);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    onion_peel(&crypto, &me, envelope, packet, &peeled);
    fuzz_check(peeled.kind < ONION_KINDS);
    onion_peeled_clear(&peeled);
}

static void
guard(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    Buffer text = BUFFER_EMPTY;
    OnionEnvelope envelope, library;
    const char *error = NULL;

    if (onion_parse_guard(&packet, &envelope, &error) == ST_OK) {
        peel(&packet, &envelope);
    } else {
        fuzz_check(error != NULL);
        onion_guard_error(&packet, &text);
        fuzz_check(text.n > 0);
        (void)!onion_parse_library(&packet, &library, &error);
    }
    buffer_clear(&text);
    packet_clear(&packet);
}

static void
relay(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    OnionEnvelope envelope;
    const char *error = NULL;

    if (onion_parse_hop(&packet, &envelope, &error) == ST_OK)
        peel(&packet, &envelope);
    else
        fuzz_check(error != NULL);
    packet_clear(&packet);
}

/* @in is what the layer holds. */
static void
inside(Bytes in)
{
    X25519Pair me, client;
    ChannelKey key;
    OnionEnvelope envelope = { .enc = ENC_XCHACHA20 };
    OnionPeeled peeled;
    Packet packet;
    uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    size_t sealed = channel_sealed_bytes(ENC_XCHACHA20, in.n);
    Blob *blob = blob_new(sealed);
    uint8_t *p = blob_data_mutable(blob);

    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    fuzz_check(channel_agree(&crypto, ENC_XCHACHA20, &client, me.pk, true, &key) == ST_OK);
    if (in.n > 0)
        memcpy(p + channel_nonce_bytes(ENC_XCHACHA20), in.p, in.n);
    channel_seal(&crypto, &key, nonce, p, in.n);
    memcpy(envelope.ephemeral_pk, client.pk, KEY_BYTES);
    envelope.cipher_length = sealed;
    packet = packet_of_blob(blob);
    onion_peel(&crypto, &me, &envelope, &packet, &peeled);
    fuzz_check(peeled.kind < ONION_UNREADABLE);
    if (peeled.kind == ONION_RELAY) {
        OnionEnvelope next;
        const char *error;

        fuzz_check(onion_parse_hop(&peeled.next, &next, &error) == ST_OK);
        fuzz_check(next.hop_no == 1);
    } else if (peeled.kind == ONION_FINAL) {
        fuzz_check(onion_peeled_control(&peeled).n > 0);
    } else if (peeled.kind == ONION_SERVER) {
        fuzz_check(onion_target_allowed(bytes_of_text(peeled.target)));
        fuzz_check(bytes_equal(packet_bytes(&peeled.server_body), in));
    }
    onion_peeled_clear(&peeled);
}

/* Version 1, as a guard or a relay gets it. */
static void
version_1(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    OnionV1Layer layer;
    OnionPeeled peeled;
    const char *error = NULL;
    X25519Pair me;

    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    if (onion_v1_parse(&packet, &layer, &error) == ST_OK) {
        onion_v1_peel(&crypto, &me, &layer, &peeled);
        fuzz_check(peeled.kind < ONION_KINDS);
        onion_peeled_clear(&peeled);
    } else {
        fuzz_check(error != NULL);
    }
    packet_clear(&packet);
}

/* @in is what a layer of version 1 holds. */
static void
inside_version_1(Bytes in)
{
    X25519Pair me, client;
    ChannelKey key;
    OnionV1Layer layer, next;
    OnionPeeled peeled;
    uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    size_t sealed = channel_sealed_bytes(ENC_AES_GCM, in.n);
    Blob *blob = blob_new(sealed);
    uint8_t *p = blob_data_mutable(blob);
    const char *error;

    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    fuzz_check(channel_agree(&crypto, ENC_AES_GCM, &client, me.pk, true, &key) == ST_OK);
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

static void
reply(Bytes in)
{
    Buffer body = BUFFER_EMPTY;
    int status;

    (void)!onion_reply_parse(in, &status, &body);
    buffer_clear(&body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const ways[8])(
        Bytes) = { guard, relay, inside, reply, version_1, inside_version_1, guard, relay };

    if (n > 0 && n <= ONION_REQUEST_MAX)
        ways[data[0] % 8]((Bytes){ data + 1, n - 1 });
    return 0;
}
