/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests as a guard and as a relay gets them (the first byte says which): the
 * container, its JSON, the bencoded dict.  The fast way of reading the one form that
 * everybody writes agrees with the general way, which a space or a further key asks for. */
#include "tests/fuzz/fuzz.h"

#include "nodes/onion/onion.h"
#include "nodes/wire/bencode.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static X25519Pair me;

static bool
same_envelope(const OnionEnvelope *a, const OnionEnvelope *b)
{
    return a->enc == b->enc && a->hop_no == b->hop_no &&
           memcmp(a->ephemeral_pk, b->ephemeral_pk, KEY_BYTES) == 0 &&
           a->cipher_offset == b->cipher_offset && a->cipher_length == b->cipher_length;
}

/* The request is opened with a key that it is not for. */
static void
peel(Packet *packet, const OnionEnvelope *envelope)
{
    OnionPeeled peeled;

    fuzz_check(envelope->cipher_offset <= packet->length);
    fuzz_check(envelope->cipher_length <= packet->length - envelope->cipher_offset);
    fuzz_check(envelope->hop_no >= 0 && envelope->hop_no <= ONION_HOPS_MAX + 1);
    onion_peel(&crypto, &me, envelope, packet, &peeled);
    fuzz_check(peeled.kind < ONION_KINDS);
    onion_peeled_clear(&peeled);
}

/* With a space behind the ciphertext nothing else changes. */
static void
check_spaced_guard(Bytes in, const OnionEnvelope *envelope)
{
    size_t at = envelope->cipher_offset + envelope->cipher_length;
    Buffer text = BUFFER_EMPTY;
    OnionEnvelope again;
    const char *error;
    Packet packet;

    buffer_append(&text, in.p, at);
    buffer_append_literal(&text, " ");
    buffer_append(&text, in.p + at, in.n - at);
    packet = packet_of_buffer(&text);
    fuzz_check(onion_parse_guard(&packet, &again, &error) == ST_OK);
    fuzz_check(same_envelope(envelope, &again));
    packet_clear(&packet);
}

static void
guard(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    Buffer text = BUFFER_EMPTY;
    OnionEnvelope envelope = { .hop_no = 99 }, library;
    const char *error = NULL;

    if (onion_parse_guard(&packet, &envelope, &error) == ST_OK) {
        check_spaced_guard(in, &envelope);
        fuzz_check(onion_parse_library(&packet, &library, &error) == ST_OK);
        fuzz_check(same_envelope(&envelope, &library));
        peel(&packet, &envelope);
    } else {
        fuzz_check(error != NULL && envelope.hop_no == 99);
        onion_guard_error(&packet, &text);
        fuzz_check(text.n > 0);
        (void)!onion_parse_library(&packet, &library, &error);
    }
    buffer_clear(&text);
    packet_clear(&packet);
}

/* The last key of a dict. */
static Bytes
last_key(Bytes in)
{
    BencodeValue dict, value;
    BencodeIterator it;
    Bytes key = { NULL, 0 };

    fuzz_check(bencode_parse(in, &dict) == ST_OK && dict.type == BENCODE_DICT);
    it = bencode_iterate(dict);
    while (bencode_next(&it, &key, &value))
        continue;
    return key;
}

/* One key more, where it is in order, changes nothing. */
static void
check_longer_hop(Bytes in, const OnionEnvelope *envelope)
{
    Buffer text = BUFFER_EMPTY;
    Bytes last = last_key(in);
    OnionEnvelope again;
    const char *error;
    Packet packet;

    if (last.n > 0 && last.p[0] >= '~')
        return;
    buffer_append(&text, in.p, in.n - 1);
    buffer_append_literal(&text, "1:~0:e");
    packet = packet_of_buffer(&text);
    fuzz_check(onion_parse_hop(&packet, &again, &error) == ST_OK);
    fuzz_check(same_envelope(envelope, &again));
    packet_clear(&packet);
}

static void
relay(Bytes in)
{
    Packet packet = packet_of_bytes(in);
    OnionEnvelope envelope = { .hop_no = 99 };
    const char *error = NULL;

    if (onion_parse_hop(&packet, &envelope, &error) == ST_OK) {
        check_longer_hop(in, &envelope);
        peel(&packet, &envelope);
    } else {
        fuzz_check(error != NULL && envelope.hop_no == 99);
    }
    packet_clear(&packet);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &me);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    (data[0] % 2 == 0 ? guard : relay)((Bytes){ data + 1, n - 1 });
    return 0;
}
