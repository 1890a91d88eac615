/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer that is sealed when somebody reads it is, to everybody, the sealed answer. */
#include "nodes/onion/reply_later.h"

#include "nodes/wire/json_around.h"

#include <glib.h>

static const char *const bodies[] = { "",
                                      "plain",
                                      "{\"a\":\"quotes \\\" and \\\\\"}",
                                      "line\nbreak",
                                      "caf\xc3\xa9",
                                      "bad \xff byte",
                                      "del\x7f" };

static ChannelKey
key_of(EncType enc)
{
    ChannelKey key = { .enc = enc };

    memset(key.key, 7, sizeof key.key);
    return key;
}

/* The same bytes, and the same counts, as onion_reply_seal. */
static void
assert_same(const CryptoOps *ops, EncType enc, int status, const char *body, bool as_json,
            bool base64)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1, 2, 3 };
    Meter now_meter = { .cost_ns = 0 }, later_meter = { .cost_ns = 0 };
    Crypto now = { .ops = ops, .meter = &now_meter };
    Crypto later = { .ops = ops, .meter = &later_meter };
    ChannelKey key = key_of(enc);
    Packet text = packet_of_bytes(bytes_of_text(body));
    Packet a =
        onion_reply_seal(&now, &key, nonce, status, bytes_of_text(body), as_json, base64);
    Packet b = onion_reply_later(&later, &key, nonce, status, &text, as_json, base64);

    g_assert_cmpuint(b.length, ==, a.length);
    g_assert_cmpmem(&now_meter, sizeof now_meter, &later_meter, sizeof later_meter);
    g_assert_true(bytes_equal(packet_bytes(&a), packet_bytes(&b)));
    packet_clear(&a);
    packet_clear(&b);
}

static void
test_same_bytes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++)
        for (EncType enc = 0; enc < ENC_COUNT; enc++)
            for (int flags = 0; flags < 4; flags++) {
                assert_same(&crypto_real, enc, 200, bodies[i], flags & 1, flags & 2);
                assert_same(&crypto_null, enc, 7, bodies[i], flags & 1, flags & 2);
            }
}

/* Read with @key what was sealed with key_of(ENC_XCHACHA20). */
static Status
read_with(const Crypto *crypto, const ChannelKey *key, bool changed, int *ret_status,
          Packet *ret_body)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 9 };
    ChannelKey made_with = key_of(ENC_XCHACHA20);
    Packet text = packet_of_bytes(BYTES_LITERAL("what \"it\" says"));
    Packet sealed = onion_reply_later(crypto, &made_with, nonce, 421, &text, false, true);

    if (changed)
        packet_make_mutable(&sealed)[40] ^= 1;
    return onion_reply_read(crypto, key, &sealed, ret_status, ret_body);
}

/* With and without the shortcut: the same body, status and counts. */
static void
test_reading(void)
{
    Meter meters[2] = { { .cost_ns = 0 }, { .cost_ns = 0 } };
    ChannelKey key = key_of(ENC_XCHACHA20);

    for (int i = 0; i < 2; i++) {
        Crypto crypto = { .ops = &crypto_real,
                          .meter = &meters[i],
                          .no_shortcuts = i == 1 };
        Packet body;
        int status;

        g_assert_cmpint(read_with(&crypto, &key, false, &status, &body), ==, ST_OK);
        g_assert_cmpint(status, ==, 421);
        g_assert_true(bytes_equal_text(packet_bytes(&body), "what \"it\" says"));
        packet_clear(&body);
    }
    g_assert_cmpmem(&meters[0], sizeof meters[0], &meters[1], sizeof meters[1]);
}

/* Any other key, and any changed byte, meets the real thing. */
static void
test_refused(void)
{
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_null, .meter = &meter };
    Crypto real = { .ops = &crypto_real, .meter = &meter };
    ChannelKey key = key_of(ENC_XCHACHA20), other = key_of(ENC_XCHACHA20);
    Packet body = PACKET_EMPTY;
    int status = -1;

    g_assert_cmpint(read_with(&crypto, &key, true, &status, &body), !=, ST_OK);
    g_assert_cmpint(read_with(&real, &key, true, &status, &body), !=, ST_OK);
    for (size_t i = 0; i < sizeof other.key; i++) {
        other.key[i] ^= 0x80;
        g_assert_cmpint(read_with(&crypto, &other, false, &status, &body), ==, ST_AUTH);
        g_assert_cmpint(read_with(&real, &other, false, &status, &body), ==, ST_AUTH);
        other.key[i] ^= 0x80;
    }
    other.enc = ENC_AES_GCM;
    g_assert_cmpint(read_with(&real, &other, false, &status, &body), !=, ST_OK);
    g_assert_cmpint(status, ==, -1);
    g_assert_null(body.blob);
}

/* A body that holds what others hold too is not made, and is handed on as it is. */
static void
test_shared_body(void)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 9 };
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    ChannelKey key = key_of(ENC_AES_GCM);
    Buffer text = BUFFER_EMPTY;
    Packet body, sealed, got;
    SharedText shared;
    int status;

    buffer_append_literal(&text, "{\"many\":\"have this\"}");
    shared = shared_text_of_buffer(&text);
    body =
        json_around(BYTES_LITERAL("{\"result\":"), &shared, BYTES_LITERAL(",\"t\":\"1\"}"));
    sealed = onion_reply_later(&crypto, &key, nonce, 200, &body, false, true);
    g_assert_cmpint(onion_reply_read(&crypto, &key, &sealed, &status, &got), ==, ST_OK);
    g_assert_null(got.blob->data);
    g_assert_true(bytes_equal_text(packet_bytes(&got),
                                   "{\"result\":{\"many\":\"have this\"},\"t\":\"1\"}"));
    packet_clear(&got);
    /* The same size as if it were one text. */
    body =
        json_around(BYTES_LITERAL("{\"result\":"), &shared, BYTES_LITERAL(",\"t\":\"1\"}"));
    sealed = onion_reply_later(&crypto, &key, nonce, 200, &body, false, true);
    g_assert_cmpuint(packet_bytes(&sealed).n, ==, sealed.length);
    packet_clear(&sealed);
    shared_text_clear(&shared);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/onion/reply-later/same-bytes", test_same_bytes);
    g_test_add_func("/onion/reply-later/reading", test_reading);
    g_test_add_func("/onion/reply-later/refused", test_refused);
    g_test_add_func("/onion/reply-later/shared-body", test_shared_body);
    return g_test_run();
}
