/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answer to an onion request at the client.  First byte: how the rest of the input is
 * taken, as the plaintext (sealed here, raw or in base64) or as what came. */
#include "tests/fuzz/fuzz.h"

#include "nodes/onion/onion.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_null, .meter = &meter };
static ChannelKey keys[ENC_COUNT];

static void
check_plaintext(Bytes plaintext)
{
    Buffer body = BUFFER_EMPTY, again = BUFFER_EMPTY;
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    int status = -1, status_again;
    Packet sealed, opened;

    if (onion_reply_parse(plaintext, &status, &body) != ST_OK) {
        fuzz_check(status == -1);
        buffer_clear(&body);
        return;
    }
    fuzz_check(status >= 0 && status <= ONION_STATUS_MAX);
    sealed = onion_reply_seal(&crypto, &keys[ENC_XCHACHA20], nonce, status,
                              buffer_bytes(&body), false, true);
    fuzz_check(onion_reply_open(&crypto, &keys[ENC_XCHACHA20], &sealed, &opened) == ST_OK);
    fuzz_check(onion_reply_parse(packet_bytes(&opened), &status_again, &again) == ST_OK);
    fuzz_check(status_again == status);
    fuzz_check(bytes_equal(buffer_bytes(&again), buffer_bytes(&body)));
    packet_clear(&opened);
    buffer_clear(&again);
    buffer_clear(&body);
}

/* Bytes from somewhere: taken, and opened or refused. */
static void
open_foreign(EncType enc, Bytes in)
{
    Packet sealed = packet_of_bytes(in), opened = PACKET_EMPTY;
    Status status = onion_reply_open(&crypto, &keys[enc], &sealed, &opened);

    fuzz_check(sealed.blob == NULL);
    fuzz_check((opened.blob != NULL) == (status == ST_OK));
    fuzz_check(opened.length <= in.n);
    packet_clear(&opened);
}

static void
reply_as(Bytes body, bool as_json, bool base64, EncType enc)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 2 };
    Packet sealed =
        onion_reply_seal(&crypto, &keys[enc], nonce, 200, body, as_json, base64);
    Buffer again = BUFFER_EMPTY;
    Packet opened;
    int status;

    fuzz_check(onion_reply_open(&crypto, &keys[enc], &sealed, &opened) == ST_OK);
    fuzz_check(onion_reply_parse(packet_bytes(&opened), &status, &again) == ST_OK);
    fuzz_check(status == 200);
    packet_clear(&opened);
    buffer_clear(&again);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    X25519Pair node, client;

    (void)argc;
    (void)argv;
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 1 }, &node);
    crypto_keygen(&crypto, (const uint8_t[KEY_BYTES]){ 2 }, &client);
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        fuzz_check(channel_agree(&crypto, enc, &client, node.pk, true, &keys[enc]) ==
                   ST_OK);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes rest = { data + 1, n - 1 };
    EncType enc;

    if (n == 0)
        return 0;
    enc = data[0] / 4 % ENC_COUNT;
    if (data[0] % 4 <= 1)
        check_plaintext(rest);
    else if (data[0] % 4 == 2)
        open_foreign(enc, rest);
    else
        reply_as(rest, data[0] >> 6 & 1, data[0] >> 7, enc);
    return 0;
}
