/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The short way of reading what is written in the usual form says the same as the general
 * way, for every changed byte and every cut of it. */
#include "nodes/onion/canonical.h"
#include "nodes/onion/control.h"
#include "nodes/wire/bencode.h"
#include "tests/unit/onion/layers.h"

#define KEY "0123456789abcdefABCDEF9876543210000011112222333344445555aaaabbbb"
#define NEXT "ffffeeeeddddccccbbbbaaaa9999888877776666555544443333222211110000"

static size_t accepted;

static void
check_guard(Bytes text)
{
    OnionEnvelope quick;
    JsonValue control, hop;
    uint8_t key[KEY_BYTES];
    EncType enc;

    if (!canonical_guard(text, &quick))
        return;
    accepted++;
    g_assert_cmpint(json_parse(text, &control), ==, ST_OK);
    g_assert_cmpint(control_cipher(control, &enc, key), ==, FAULT_NONE);
    g_assert_false(json_get(control, "hop_no", &hop));
    g_assert_cmpint(quick.enc, ==, enc);
    g_assert_cmpint(quick.hop_no, ==, 0);
    g_assert_cmpmem(quick.ephemeral_pk, KEY_BYTES, key, KEY_BYTES);
}

static void
check_relay(Bytes text)
{
    uint8_t quick_next[KEY_BYTES], quick_key[KEY_BYTES], next[KEY_BYTES], key[KEY_BYTES];
    EncType quick_enc, enc;
    JsonValue control, other;

    if (!canonical_relay(text, quick_next, &quick_enc, quick_key))
        return;
    accepted++;
    g_assert_cmpint(json_parse(text, &control), ==, ST_OK);
    g_assert_false(json_get(control, "headers", &other) ||
                   json_get(control, "host", &other));
    g_assert_cmpint(control_key(control, "destination", next), ==, FAULT_NONE);
    g_assert_cmpint(control_cipher(control, &enc, key), ==, FAULT_NONE);
    g_assert_cmpint(quick_enc, ==, enc);
    g_assert_cmpmem(quick_next, KEY_BYTES, next, KEY_BYTES);
    g_assert_cmpmem(quick_key, KEY_BYTES, key, KEY_BYTES);
}

static void
check_hop(Bytes text)
{
    OnionEnvelope quick;
    BencodeValue dict, value;
    Bytes data, key, name;
    int64_t hop_no;
    EncType enc;

    if (!canonical_hop(text, &quick))
        return;
    accepted++;
    g_assert_cmpint(bencode_parse(text, &dict), ==, ST_OK);
    g_assert_true(bencode_get(dict, "data", &value));
    g_assert_true(bencode_string(value, &data));
    g_assert_true(text.p + quick.cipher_offset == data.p);
    g_assert_cmpuint(quick.cipher_length, ==, data.n);
    g_assert_true(bencode_get(dict, "enc_type", &value));
    g_assert_true(bencode_string(value, &name));
    g_assert_cmpint(enc_type_parse(name, &enc), ==, ST_OK);
    g_assert_cmpint(quick.enc, ==, enc);
    g_assert_true(bencode_get(dict, "ephemeral_key", &value));
    g_assert_true(bencode_string(value, &key));
    g_assert_cmpmem(quick.ephemeral_pk, KEY_BYTES, key.p, key.n);
    g_assert_true(bencode_get(dict, "hop_no", &value));
    g_assert_true(bencode_i64(value, &hop_no));
    g_assert_cmpint(quick.hop_no, ==, hop_no);
}

/* The text itself, every other byte in each place, every cut, a byte more. */
static void
check_all(void (*check)(Bytes text), const char *text)
{
    size_t n = strlen(text);
    g_autofree uint8_t *p = g_malloc0(n + 1);

    memcpy(p, text, n);
    accepted = 0;
    check((Bytes){ p, n });
    g_assert_cmpuint(accepted, ==, 1);
    for (size_t i = 0; i < n; i++) {
        for (int c = 0; c < 256; c++) {
            p[i] = (uint8_t)c;
            check((Bytes){ p, n });
        }
        p[i] = (uint8_t)text[i];
    }
    g_assert_cmpuint(accepted, >, 1);
    accepted = 0;
    for (size_t i = 0; i < n; i++)
        check((Bytes){ p, i });
    for (int c = 0; c < 256; c++) {
        p[n] = (uint8_t)c;
        check((Bytes){ p, n + 1 });
    }
    g_assert_cmpuint(accepted, ==, 0);
}

static void
test_guards(void)
{
    check_all(check_guard, "{\"enc_type\":\"aes-gcm\",\"ephemeral_key\":\"" KEY "\"}");
    check_all(check_guard, "{\"enc_type\":\"aes-cbc\",\"ephemeral_key\":\"" KEY "\"}");
    check_all(check_guard, "{\"enc_type\":\"xchacha20\",\"ephemeral_key\":\"" KEY "\"}");
}

static void
test_relays(void)
{
    check_all(check_relay, "{\"destination\":\"" NEXT
                           "\",\"enc_type\":\"xchacha20\",\"ephemeral_key\":\"" KEY "\"}");
}

static void
test_hops(void)
{
    static const char *const texts[] = {
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:0123456789abcdef0123456789abcdef"
        "6:hop_noi1ee",
        "d4:data12:abcdefghijkl8:enc_type9:xchacha2013:ephemeral_key32:"
        "0123456789abcdef0123456789abcdef6:hop_noi15ee",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check_all(check_hop, texts[i]);
}

/* Numbers that the general way refuses, or bounds. */
static void
test_numbers_left_to_the_general_way(void)
{
    static const char *const texts[] = {
        "d4:data03:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi1ee",
        "d4:data4294967299:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi1ee",
        "d4:data3:abc8:enc_type07:aes-gcm13:ephemeral_key32:%s6:hop_noi1ee",
        "d4:data3:abc8:enc_type8:aes-gcm13:ephemeral_key32:%s6:hop_noi1ee",
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi01ee",
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi0ee",
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi16ee",
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noi-1ee",
        "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:%s6:hop_noiee",
    };
    OnionEnvelope envelope;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(GStrv) parts = g_strsplit(texts[i], "%s", 2);
        g_autofree char *text = g_strjoinv("0123456789abcdef0123456789abcdef", parts);

        g_assert_false(canonical_hop(bytes_of_text(text), &envelope));
    }
}

static void
test_final(void)
{
    static const char text[] = "{\"headers\":\"\"}";

    g_assert_true(canonical_final(bytes_of_text(text)));
    for (size_t n = 0; n < sizeof text - 1; n++)
        g_assert_false(canonical_final((Bytes){ (const uint8_t *)text, n }));
    g_assert_false(canonical_final(BYTES_LITERAL("{\"headers\":\"\"} ")));
    g_assert_false(canonical_final(BYTES_LITERAL("{\"headers\":\"a}")));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onion/canonical-guards", test_guards);
    g_test_add_func("/onion/canonical-relays", test_relays);
    g_test_add_func("/onion/canonical-hops", test_hops);
    g_test_add_func("/onion/canonical-numbers", test_numbers_left_to_the_general_way);
    g_test_add_func("/onion/canonical-final", test_final);
    return g_test_run();
}
