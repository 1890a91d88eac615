/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text whose signatures are made later is, to everybody, the text; and what is remembered
 * of them changes no verdict. */
#include <glib.h>

#include "nodes/wire/base64.h"
#include "nodes/wire/sign_later.h"

enum { TEXTS = 3, SIGNATURE_TEXT_BYTES = 88 };

static const char *const texts[TEXTS] = { "retrieve1700000000000", "retrieve2", "x" };

static Ed25519Pair key;

static Packet
make(const Crypto *crypto)
{
    Buffer out = BUFFER_EMPTY;
    SignLater later;

    later.n = 0;
    for (int i = 0; i < TEXTS; i++) {
        buffer_append_literal(&out, "[");
        sign_later_append(&later, crypto, &key, bytes_of_text(texts[i]), &out);
        buffer_append_literal(&out, "]");
    }
    return sign_later_packet(&later, crypto, &key, &out);
}

static void
signature_in(const Packet *packet, int i, uint8_t ret[SIGNATURE_BYTES])
{
    Bytes text = { packet_bytes(packet).p + i * (SIGNATURE_TEXT_BYTES + 2) + 1,
                   SIGNATURE_TEXT_BYTES };

    g_assert_cmpint(base64_decode_exact(text, ret, SIGNATURE_BYTES), ==, ST_OK);
}

static void
test_same_text(void)
{
    SignatureMemo *memo = signature_memo_new(4096);
    Meter now_meter = { 0 }, later_meter = { 0 };
    Crypto now = { .ops = &crypto_real, .meter = &now_meter };
    Crypto later = { .ops = &crypto_real, .meter = &later_meter, .signatures = memo };
    Packet a = make(&now), b = make(&later);

    g_assert_cmpuint(a.length, ==, b.length);
    g_assert_cmpmem(&now_meter, sizeof now_meter, &later_meter, sizeof later_meter);
    g_assert_true(bytes_equal(packet_bytes(&a), packet_bytes(&b)));
    g_assert_cmpmem(&now_meter, sizeof now_meter, &later_meter, sizeof later_meter);
    packet_clear(&a);
    packet_clear(&b);
    a = make(&later); /* never read */
    packet_clear(&a);
    signature_memo_free(memo);
}

static void
test_remembered(void)
{
    SignatureMemo *memo = signature_memo_new(4096);
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter, .signatures = memo };
    Packet packet = make(&crypto);
    uint8_t signature[SIGNATURE_BYTES], other[KEY_BYTES] = { 1 };
    Bytes text = bytes_of_text(texts[0]);

    signature_in(&packet, 0, signature);
    g_assert_true(signature_memo_has(memo, key.pk, text, signature));
    g_assert_true(crypto_verify(&crypto, key.pk, text, signature));
    g_assert_false(signature_memo_has(memo, other, text, signature));
    g_assert_false(crypto_verify(&crypto, key.pk, bytes_of_text("retrieve17"), signature));
    signature[SIGNATURE_BYTES - 1] ^= 1;
    g_assert_false(signature_memo_has(memo, key.pk, text, signature));
    g_assert_false(crypto_verify(&crypto, key.pk, text, signature));
    g_assert_cmpuint(meter.count[METER_VERIFY], ==, 3);
    packet_clear(&packet);
    signature_memo_free(memo);
}

/* More than there are gaps, and a text that is too long, are signed at once. */
static void
test_limits(void)
{
    SignatureMemo *memo = signature_memo_new(1);
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_null, .meter = &meter, .signatures = memo };
    char longer[SIGNATURE_MEMO_TEXT_MAX + 2] = { 0 };
    Buffer out = BUFFER_EMPTY;
    SignLater later;
    Packet packet;

    later.n = 0;
    memset(longer, 'a', sizeof longer - 1);
    sign_later_append(&later, &crypto, &key, bytes_of_text(longer), &out);
    g_assert_cmpuint(later.n, ==, 0);
    for (int i = 0; i < SIGN_LATER_MAX + 2; i++)
        sign_later_append(&later, &crypto, &key, bytes_of_text("t"), &out);
    g_assert_cmpuint(later.n, ==, SIGN_LATER_MAX);
    packet = sign_later_packet(&later, &crypto, &key, &out);
    g_assert_null(memchr(packet_bytes(&packet).p, 0, packet.length));
    packet_clear(&packet);
    signature_memo_free(memo);
}

int
main(int argc, char **argv)
{
    static const uint8_t seed[KEY_BYTES] = { 9 };

    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    identity_ed25519(seed, &key);
    g_test_add_func("/wire/sign-later-same-text", test_same_text);
    g_test_add_func("/wire/sign-later-remembered", test_remembered);
    g_test_add_func("/wire/sign-later-limits", test_limits);
    return g_test_run();
}
