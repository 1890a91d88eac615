/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The proof of work of 2020 against its formula, written down once more with GLib's
 * SHA-512; and null beside real. */
#include <glib.h>

#include "nodes/crypto/proof_of_work.h"

static Meter meters[2];
static const Crypto both[2] = { { &crypto_real, &meters[0], NULL },
                                { &crypto_null, &meters[1], NULL } };

static WorkText
text_of(const Crypto *crypto, const char *timestamp, const char *ttl, const char *pubkey,
        const char *data)
{
    const Bytes parts[] = { bytes_of_text(timestamp), bytes_of_text(ttl),
                            bytes_of_text(pubkey), bytes_of_text(data) };

    return work_text(crypto, parts, 4, g_ascii_strtoull(ttl, NULL, 10) / 1000);
}

/* The longest life that a scenario may allow. */
static void
test_longest_life(void)
{
    WorkText text = text_of(&both[0], "", "100000000000", "", "");

    g_assert_cmpuint(text.unit, ==, 20 + 100000000 * 20 / 65535);
}

static void
sha512(const void *p, gsize n, guint8 ret[64])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA512);
    gsize room = 64;

    g_checksum_update(checksum, p, (gssize)n);
    g_checksum_get_digest(checksum, ret, &room);
}

/* target = (2^64 - 1) / (difficulty (n + ttl n / 65535)), n with the 8 bytes of the nonce.
 */
static void
test_target(void)
{
    WorkText text = text_of(&both[0], "1587000000000", "86400000", "05ab", "hello");

    /* 13 + 8 + 4 + 5 + 8 = 38; 86400 * 38 / 65535 = 50. */
    g_assert_cmpuint(text.unit, ==, 88);
    g_assert_cmpuint(work_target(&text, 1), ==, G_MAXUINT64 / 88);
    g_assert_cmpuint(work_target(&text, 10), ==, G_MAXUINT64 / 880);
    g_assert_cmpuint(work_target(&text, WORK_DIFFICULTY_MAX), ==, G_MAXUINT64 / 88000);
}

static void
test_real(void)
{
    for (guint i = 0; i < 20; i++) {
        g_autofree char *data = g_strdup_printf("message number %u", i);
        g_autofree char *joined =
            g_strconcat("1587000000000", "86400000", "05ab", data, NULL);
        WorkText text = text_of(&both[0], "1587000000000", "86400000", "05ab", data);
        uint8_t nonce[WORK_NONCE_BYTES], hash[WORK_HASH_BYTES], again[8 + 64], outer[64];
        uint64_t value = 0;

        work_find(&both[0], &text, 3, nonce);
        g_assert_true(work_is_done(&both[0], &text, 3, nonce));
        memcpy(again, nonce, 8);
        sha512(joined, strlen(joined), again + 8);
        sha512(again, sizeof again, outer);
        for (int b = 0; b < 8; b++)
            value = value << 8 | outer[b];
        g_assert_cmpuint(value, <, work_target(&text, 3));
        work_message_hash(&both[0], &text, nonce, hash);
        g_assert_cmpmem(hash, sizeof hash, outer, sizeof outer);
    }
}

/* How often does a nonce out of the air do?  Once in `unit` times the difficulty. */
static void
test_chance(void)
{
    WorkText text = text_of(&both[0], "1", "10000", "05", "");
    guint good = 0;

    for (guint i = 0; i < 40000; i++) {
        uint8_t nonce[WORK_NONCE_BYTES] = { (uint8_t)i, (uint8_t)(i >> 8), 9 };

        good += work_is_done(&both[0], &text, 2, nonce);
    }
    /* 1 in 32: 1250 expected, standard deviation 35. */
    g_assert_cmpuint(text.unit, ==, 16);
    g_assert_cmpuint(good, >, 1250 - 5 * 35);
    g_assert_cmpuint(good, <, 1250 + 5 * 35);
}

/* In both: another text, another nonce, a higher difficulty are refused. */
static void
test_refused(gconstpointer data)
{
    const Crypto *crypto = data;
    WorkText text = text_of(crypto, "1587000000000", "345600000", "05ab", "a");
    WorkText other = text_of(crypto, "1587000000001", "345600000", "05ab", "a");
    uint8_t nonce[WORK_NONCE_BYTES], zero[WORK_NONCE_BYTES] = { 0 };

    work_find(crypto, &text, 4, nonce);
    g_assert_true(work_is_done(crypto, &text, 4, nonce));
    g_assert_true(work_is_done(crypto, &text, 1, nonce));
    g_assert_false(work_is_done(crypto, &other, 4, nonce));
    g_assert_false(work_is_done(crypto, &text, WORK_DIFFICULTY_MAX, nonce));
    g_assert_false(work_is_done(crypto, &text, 4, zero));
}

static void
test_meters(void)
{
    for (guint i = 0; i < 2; i++) {
        WorkText text = text_of(&both[i], "1587000000000", "86400000", "05ab", "hello");
        uint8_t nonce[WORK_NONCE_BYTES];

        memset(&meters[i], 0, sizeof meters[i]);
        work_find(&both[i], &text, 5, nonce);
        g_assert_true(work_is_done(&both[i], &text, 5, nonce));
        g_assert_cmpuint(meters[i].bytes[METER_WORK], ==, 5 * 88 + 1);
        g_assert_cmpuint(meters[i].count[METER_HASH], ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/work/target", test_target);
    g_test_add_func("/work/longest-life", test_longest_life);
    g_test_add_func("/work/real", test_real);
    g_test_add_func("/work/chance", test_chance);
    g_test_add_data_func("/work/refused/real", &both[0], test_refused);
    g_test_add_data_func("/work/refused/null", &both[1], test_refused);
    g_test_add_func("/work/meters", test_meters);
    return g_test_run();
}
