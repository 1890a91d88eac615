/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a layer of an onion request holds when it was opened: the rest of the onion and a
 * JSON that says where it goes.  The first byte is the encryption. */
#include "tests/fuzz/fuzz.h"

#include "nodes/onion/onion.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static X25519Pair me, client;
static ChannelKey keys[ENC_COUNT];

/* The layer that holds @plain, peeled. */
static void
peel(EncType enc, Bytes plain, OnionPeeled *ret)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    OnionEnvelope envelope = { .enc = enc };
    size_t sealed = channel_sealed_bytes(enc, plain.n);
    Blob *blob = blob_new(sealed);
    uint8_t *p = blob_data_mutable(blob);
    Packet packet;

    if (plain.n > 0)
        memcpy(p + channel_nonce_bytes(enc), plain.p, plain.n);
    channel_seal(&crypto, &keys[enc], nonce, p, plain.n);
    memcpy(envelope.ephemeral_pk, client.pk, KEY_BYTES);
    envelope.cipher_length = sealed;
    packet = packet_of_blob(blob);
    onion_peel(&crypto, &me, &envelope, &packet, ret);
    fuzz_check(packet.blob == NULL);
}

static void
check_relay(const OnionPeeled *peeled)
{
    OnionEnvelope next;
    const char *error;

    fuzz_check(onion_parse_hop(&peeled->next, &next, &error) == ST_OK);
    fuzz_check(next.hop_no == 1);
}

static void
check(EncType enc, Bytes plain, const OnionPeeled *peeled)
{
    fuzz_check(peeled->kind < ONION_UNREADABLE);
    fuzz_check(memcmp(&peeled->key.key, keys[enc].key, KEY_BYTES) == 0);
    fuzz_check((peeled->next.blob != NULL) == (peeled->kind == ONION_RELAY));
    fuzz_check((peeled->body.blob != NULL) == (peeled->kind == ONION_FINAL));
    fuzz_check((peeled->server_body.blob != NULL) == (peeled->kind == ONION_SERVER));
    if (peeled->kind == ONION_RELAY) {
        check_relay(peeled);
    } else if (peeled->kind == ONION_FINAL) {
        fuzz_check(onion_peeled_control(peeled).n > 0);
    } else if (peeled->kind == ONION_SERVER) {
        fuzz_check(onion_target_allowed(bytes_of_text(peeled->target)));
        fuzz_check(bytes_equal(packet_bytes(&peeled->server_body), plain));
    }
}

/* A space before the JSON, which the fast way of reading does not know, changes nothing. */
static void
check_spaced(EncType enc, Bytes plain, const OnionPeeled *peeled)
{
    Buffer spaced = BUFFER_EMPTY;
    Reader r = reader_over(plain);
    OnionPeeled again;
    uint32_t n;
    size_t at;

    if (!reader_u32le(&r, &n) || n > r.left)
        return;
    at = plain.n - r.left + n;
    buffer_append(&spaced, plain.p, at);
    buffer_append_literal(&spaced, " ");
    buffer_append(&spaced, plain.p + at, plain.n - at);
    peel(enc, buffer_bytes(&spaced), &again);
    fuzz_check(again.kind == peeled->kind && again.port == peeled->port);
    fuzz_check(again.reply_base64 == peeled->reply_base64);
    fuzz_check(again.reply_json == peeled->reply_json && again.https == peeled->https);
    fuzz_check(strcmp(again.host, peeled->host) == 0);
    fuzz_check(bytes_equal(packet_bytes(&again.next), packet_bytes(&peeled->next)));
    fuzz_check(bytes_equal(packet_bytes(&again.body), packet_bytes(&peeled->body)));
    if (again.kind == ONION_RELAY)
        fuzz_check(memcmp(again.next_ed25519, peeled->next_ed25519, KEY_BYTES) == 0);
    onion_peeled_clear(&again);
    buffer_clear(&spaced);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        fuzz_check(channel_agree(&crypto, enc, &client, me.pk, true, &keys[enc]) == ST_OK);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    OnionPeeled peeled;
    Bytes plain;
    EncType enc;

    if (n == 0)
        return 0;
    enc = data[0] % ENC_COUNT;
    plain = (Bytes){ data + 1, n - 1 };
    peel(enc, plain, &peeled);
    check(enc, plain, &peeled);
    check_spaced(enc, plain, &peeled);
    onion_peeled_clear(&peeled);
    return 0;
}
