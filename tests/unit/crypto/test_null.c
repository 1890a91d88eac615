/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * real and null side by side: the same sizes, the same failures, the same counts; and that
 * null's tags, masks and signatures fail when they must. */
#include <glib.h>

#include "nodes/crypto/null_hash.h"
#include "nodes/crypto/session_message.h"

enum { IMPLEMENTATIONS = 2 };

static Meter meters[IMPLEMENTATIONS];
static const Crypto both[IMPLEMENTATIONS] = { { &crypto_real, &meters[0] },
                                              { &crypto_null, &meters[1] } };

static void
forget_meters(void)
{
    memset(meters, 0, sizeof meters);
}

/* Of the work since they were forgotten. */
static void
check_same_meters(void)
{
    g_assert_cmpmem(meters[0].count, sizeof meters[0].count, meters[1].count,
                    sizeof meters[1].count);
    g_assert_cmpmem(meters[0].bytes, sizeof meters[0].bytes, meters[1].bytes,
                    sizeof meters[1].bytes);
}

static uint64_t
fill_state(uint64_t *state)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return *state >> 33;
}

static void
fill(uint64_t seed, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)fill_state(&seed);
}

static void
make_identity(uint64_t seed, Ed25519Pair *ed, X25519Pair *x)
{
    uint8_t bytes[KEY_BYTES];

    fill(seed, bytes, sizeof bytes);
    identity_ed25519(bytes, ed);
    identity_x25519(ed, x);
}

/* A client's ephemeral pair and a node's identity agree, in both directions. */
static void
make_channel(const Crypto *crypto, EncType enc, uint64_t seed, ChannelKey *client_key,
             ChannelKey *server_key)
{
    Ed25519Pair ed;
    X25519Pair server, client;
    uint8_t random[KEY_BYTES];

    make_identity(seed, &ed, &server);
    fill(seed + 1, random, sizeof random);
    crypto_keygen(crypto, random, &client);
    g_assert_cmpint(channel_agree(crypto, enc, &client, server.pk, true, client_key), ==,
                    ST_OK);
    g_assert_cmpint(channel_agree(crypto, enc, &server, client.pk, false, server_key), ==,
                    ST_OK);
    g_assert_cmpmem(client_key->key, KEY_BYTES, server_key->key, KEY_BYTES);
}

/* Seal @n bytes; the caller frees. */
static uint8_t *
make_sealed(const Crypto *crypto, const ChannelKey *key, size_t n, uint8_t **ret_plain)
{
    uint8_t nonce[CHANNEL_NONCE_MAX];
    uint8_t *p = g_malloc(channel_sealed_bytes(key->enc, n));

    fill(n, nonce, sizeof nonce);
    fill(n + 1, p + channel_nonce_bytes(key->enc), n);
    *ret_plain = g_memdup2(p + channel_nonce_bytes(key->enc), n);
    channel_seal(crypto, key, nonce, p, n);
    g_assert_cmpmem(p, channel_nonce_bytes(key->enc), nonce, channel_nonce_bytes(key->enc));
    return p;
}

static void
check_round_trip(const Crypto *crypto, EncType enc, size_t n)
{
    ChannelKey client, server;
    size_t back = SIZE_MAX;
    uint8_t *plain, *p;

    make_channel(crypto, enc, n, &client, &server);
    p = make_sealed(crypto, &client, n, &plain);
    g_assert_cmpint(channel_open(crypto, &server, p, channel_sealed_bytes(enc, n), &back),
                    ==, ST_OK);
    g_assert_cmpmem(p + channel_nonce_bytes(enc), back, plain, n);
    g_free(p);
    g_free(plain);
}

static void
test_round_trips_of_every_length(void)
{
    forget_meters();
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        for (size_t n = 0; n <= 80; n++)
            for (int i = 0; i < IMPLEMENTATIONS; i++)
                check_round_trip(&both[i], enc, n);
    g_assert_cmpuint(meters[0].count[METER_X25519], ==, 2 * ENC_COUNT * 81);
    g_assert_cmpuint(meters[0].count[METER_X25519_KEYGEN], ==, ENC_COUNT * 81);
    g_assert_cmpuint(meters[0].bytes[METER_SEAL], ==, ENC_COUNT * 80 * 81 / 2);
    g_assert_cmpuint(meters[0].bytes[METER_OPEN], >, ENC_COUNT * 80 * 81 / 2);
    check_same_meters();
}

static Status
try_open(const Crypto *crypto, const ChannelKey *key, const uint8_t *p, size_t n)
{
    g_autofree uint8_t *copy = g_memdup2(p, n);
    size_t back = SIZE_MAX;
    Status status = channel_open(crypto, key, copy, n, &back);

    if (status != ST_OK)
        g_assert_cmpuint(back, ==, SIZE_MAX);
    return status;
}

/* Every bit of the sealed form, every shorter length, one byte more, and another key. */
static void
check_failures(const Crypto *crypto, EncType enc, size_t n)
{
    ChannelKey key, wrong, unused;
    size_t sealed_n = channel_sealed_bytes(enc, n);
    uint8_t *plain, *p;

    make_channel(crypto, enc, 5, &key, &unused);
    make_channel(crypto, enc, 6, &wrong, &unused);
    p = make_sealed(crypto, &key, n, &plain);
    for (size_t bit = 0; bit < 8 * sealed_n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        g_assert_cmpint(try_open(crypto, &key, p, sealed_n), ==, ST_AUTH);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t m = 0; m < sealed_n; m++)
        g_assert_cmpint(try_open(crypto, &key, p, m), ==,
                        m < channel_sealed_bytes(enc, 0) ? ST_TRUNCATED : ST_AUTH);
    g_assert_cmpint(try_open(crypto, &wrong, p, sealed_n), ==, ST_AUTH);
    g_assert_cmpint(try_open(crypto, &key, p, sealed_n), ==, ST_OK);
    g_free(p);
    g_free(plain);
}

static void
test_changed_bytes_do_not_open(void)
{
    static const size_t lengths[] = { 0, 1, 15, 16, 17, 32, 100 };

    forget_meters();
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
        for (int j = 0; j < IMPLEMENTATIONS; j++) {
            check_failures(&both[j], ENC_AES_GCM, lengths[i]);
            check_failures(&both[j], ENC_XCHACHA20, lengths[i]);
        }
    check_same_meters();
}

/* aes-cbc has no tag: only lengths and padding are checked.  (What a changed byte opens to
 * is the named exception between real and null.) */
static void
check_cbc_failures(const Crypto *crypto)
{
    ChannelKey key, unused;
    uint8_t *plain, *p;
    int opened = 0;

    make_channel(crypto, ENC_AES_CBC, 5, &key, &unused);
    p = make_sealed(crypto, &key, 40, &plain);
    for (size_t m = 0; m < 64; m++)
        if (m % 16 != 0 || m < 32)
            g_assert_cmpint(try_open(crypto, &key, p, m), ==,
                            m < 32 ? ST_TRUNCATED : ST_AUTH);
    g_assert_cmpint(try_open(crypto, &key, p, 64), ==, ST_OK);
    p[63] ^= 0x40; /* null: the padding itself; real: the whole last block */
    g_assert_cmpint(try_open(crypto, &key, p, 64), ==, ST_AUTH);
    p[63] ^= 0x40;
    for (uint64_t i = 0; i < 2000; i++) { /* 1 wrong key in 256 finds some padding */
        make_channel(crypto, ENC_AES_CBC, 1000 + i % 8, &key, &unused);
        key.key[i % KEY_BYTES] ^= (uint8_t)(1 + i / 8);
        opened += try_open(crypto, &key, p, 64) == ST_OK;
    }
    g_assert_cmpint(opened, <, 40);
    g_free(p);
    g_free(plain);
}

static void
test_cbc_failures(void)
{
    for (int i = 0; i < IMPLEMENTATIONS; i++)
        check_cbc_failures(&both[i]);
}

/* No 4 bytes in a row of a plaintext of equal bytes, nor a repeated block, show. */
static void
test_the_mask_hides(void)
{
    enum { N = 16384 };
    const uint8_t nonce[CHANNEL_NONCE_MAX] = { 1 };
    g_autofree uint8_t *p = g_malloc0(N + CHANNEL_OVERHEAD_MAX);
    g_autoptr(GHashTable) words = g_hash_table_new(g_int64_hash, g_int64_equal);
    ChannelKey key, unused;
    int ones = 0;

    make_channel(&both[1], ENC_AES_GCM, 1, &key, &unused);
    channel_seal(&both[1], &key, nonce, p, N);
    memmove(p, p + 12, N);
    for (size_t i = 0; i < N; i += 8) {
        g_assert_true(g_hash_table_add(words, p + i));
        g_assert_false(memcmp(p + i, "\0\0\0\0", 4) == 0);
        g_assert_false(memcmp(p + i + 4, "\0\0\0\0", 4) == 0);
    }
    for (size_t i = 0; i < 8 * N; i++)
        ones += p[i / 8] >> i % 8 & 1;
    g_assert_cmpint(ABS(ones - 4 * N), <, 1000); /* 5 standard deviations are 905 */
}

/* Equal plaintexts under another nonce have nothing in common. */
static void
test_the_nonce_counts(void)
{
    const uint8_t key[32] = { 9 };
    uint8_t a[64] = { 0 }, b[64] = { 0 }, tag_a[16], tag_b[16];

    null_seal(key, (const uint8_t *)"123456789012", 12, a, 64, tag_a);
    null_seal(key, (const uint8_t *)"123456789013", 12, b, 64, tag_b);
    for (int i = 0; i < 64; i += 4)
        g_assert_false(memcmp(a + i, b + i, 4) == 0);
    g_assert_false(memcmp(tag_a, tag_b, 16) == 0);
}

/* Two whole blocks changing places, and blocks moved by one. */
static void
test_blocks_keep_their_places(void)
{
    const uint8_t key[32] = { 3 }, nonce[12] = { 4 };
    uint8_t p[160], q[160], tag[16];

    for (int i = 0; i < 10; i++)
        for (int j = 0; j < i; j++) {
            fill(8, p, sizeof p);
            null_seal(key, nonce, 12, p, sizeof p, tag);
            memcpy(q, p, sizeof p);
            memcpy(q + 16 * i, p + 16 * j, 16);
            memcpy(q + 16 * j, p + 16 * i, 16);
            g_assert_false(null_open(key, nonce, 12, q, sizeof q, tag));
            g_assert_true(null_open(key, nonce, 12, p, sizeof p, tag));
        }
}

static void
check_signatures(const Crypto *crypto, size_t n)
{
    Ed25519Pair key, other;
    X25519Pair unused;
    uint8_t message[64], signature[SIGNATURE_BYTES];
    Bytes in = { message, n };

    make_identity(1, &key, &unused);
    make_identity(2, &other, &unused);
    fill(n, message, n);
    crypto_sign_message(crypto, &key, in, signature);
    g_assert_true(crypto_verify(crypto, key.pk, in, signature));
    g_assert_false(crypto_verify(crypto, other.pk, in, signature));
    for (size_t bit = 0; bit < 8 * SIGNATURE_BYTES; bit++) {
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        g_assert_false(crypto_verify(crypto, key.pk, in, signature));
        signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * n; bit++) {
        message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        g_assert_false(crypto_verify(crypto, key.pk, in, signature));
        message[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    if (n > 0)
        g_assert_false(crypto_verify(crypto, key.pk, (Bytes){ message, n - 1 }, signature));
}

static void
test_signatures(void)
{
    static const size_t lengths[] = { 0, 1, 16, 33 };

    forget_meters();
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
        for (int j = 0; j < IMPLEMENTATIONS; j++)
            check_signatures(&both[j], lengths[i]);
    check_same_meters();
}

/* Every point of small order and each of its encodings: both refuse. */
static void
test_small_order(void)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    const uint8_t random[KEY_BYTES] = { 1 };

    forget_meters();
    for (int i = 0; i < IMPLEMENTATIONS; i++)
        for (size_t j = 0; j < 2 * G_N_ELEMENTS(points); j++) {
            uint8_t point[KEY_BYTES];
            X25519Pair mine;
            ChannelKey key = { ENC_COUNT, { 0 } };

            crypto_keygen(&both[i], random, &mine);
            g_assert_true(hex_decode(bytes_of_text(points[j / 2]), point, KEY_BYTES));
            point[31] |= (uint8_t)(j % 2 << 7);
            g_assert_cmpint(channel_agree(&both[i], ENC_AES_GCM, &mine, point, true, &key),
                            ==, ST_AUTH);
            g_assert_cmpint(key.enc, ==, ENC_COUNT);
            point[1] ^= 1;
            g_assert_cmpint(channel_agree(&both[i], ENC_AES_GCM, &mine, point, true, &key),
                            ==, ST_OK);
        }
    check_same_meters();
}

static Buffer
make_message(const Crypto *crypto, size_t n, bool deterministic, X25519Pair *recipient,
             X25519Pair *sender_x)
{
    Ed25519Pair sender, ed;
    uint8_t message[300], random[KEY_BYTES];
    Buffer out = BUFFER_EMPTY;

    make_identity(1, &sender, sender_x);
    make_identity(2, &ed, recipient);
    fill(n, message, n);
    fill(3, random, sizeof random);
    g_assert_cmpint(deterministic
                        ? session_message_seal_deterministic(crypto, &sender, recipient->pk,
                                                             (Bytes){ message, n }, &out)
                        : session_message_seal(crypto, &sender, recipient->pk, random,
                                               (Bytes){ message, n }, &out),
                    ==, ST_OK);
    g_assert_cmpuint(out.n, ==, n + SESSION_MESSAGE_OVERHEAD);
    return out;
}

static void
test_messages_of_both(void)
{
    forget_meters();
    for (int i = 0; i < IMPLEMENTATIONS; i++)
        for (size_t n = 0; n <= 300; n += 20) {
            X25519Pair recipient, sender;
            Buffer sealed = make_message(&both[i], n, n % 40 == 0, &recipient, &sender);
            Buffer out = BUFFER_EMPTY;
            uint8_t from[KEY_BYTES], message[300];

            fill(n, message, n);
            g_assert_cmpint(session_message_open(&both[i], &recipient,
                                                 buffer_bytes(&sealed), &out, from),
                            ==, ST_OK);
            g_assert_cmpmem(out.p, out.n, message, n);
            g_assert_cmpmem(from, KEY_BYTES, sender.pk, KEY_BYTES);
            buffer_clear(&out);
            buffer_clear(&sealed);
        }
    check_same_meters();
}

static void
check_message_refused(const Crypto *crypto, const X25519Pair *recipient, Bytes sealed,
                      Status expected)
{
    uint8_t from[KEY_BYTES] = { 99 };
    Buffer out = BUFFER_EMPTY;

    g_assert_cmpint(session_message_open(crypto, recipient, sealed, &out, from), ==,
                    expected);
    g_assert_cmpuint(out.n, ==, 0);
    g_assert_cmpuint(from[0], ==, 99);
    buffer_clear(&out);
}

static void
test_changed_messages_do_not_open(void)
{
    for (int i = 0; i < IMPLEMENTATIONS; i++) {
        X25519Pair recipient, sender;
        Buffer sealed = make_message(&both[i], 20, false, &recipient, &sender);

        for (size_t n = 0; n < sealed.n; n++)
            check_message_refused(&both[i], &recipient, (Bytes){ sealed.p, n },
                                  n < SESSION_MESSAGE_OVERHEAD ? ST_TRUNCATED : ST_AUTH);
        for (size_t bit = 0; bit < 8 * sealed.n; bit++) {
            if (bit == 255)
                continue; /* X25519 ignores the highest bit, the nonce does not: below */
            if (i == 0 && bit % 8 != bit / 8 % 8)
                continue; /* real costs 60 us a try: one bit of each byte */
            sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            check_message_refused(&both[i], &recipient, buffer_bytes(&sealed), ST_AUTH);
            sealed.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        sealed.p[31] ^= 0x80;
        check_message_refused(&both[i], &recipient, buffer_bytes(&sealed), ST_AUTH);
        sealed.p[31] ^= 0x80;
        check_message_refused(&both[i], &sender, buffer_bytes(&sealed), ST_AUTH);
        buffer_clear(&sealed);
    }
}

/* A recipient's key of small order: refused, nothing appended, by both. */
static void
test_no_message_to_small_order(void)
{
    const uint8_t zero[KEY_BYTES] = { 0 }, random[KEY_BYTES] = { 1 };
    Ed25519Pair sender;
    X25519Pair unused;

    make_identity(1, &sender, &unused);
    for (int i = 0; i < IMPLEMENTATIONS; i++) {
        Buffer out = BUFFER_EMPTY;

        g_assert_cmpint(session_message_seal(&both[i], &sender, zero, random,
                                             BYTES_LITERAL("text"), &out),
                        ==, ST_AUTH);
        g_assert_cmpuint(out.n, ==, 0);
        buffer_clear(&out);
    }
}

/* The same on every CPU and compiler: from a second implementation, in Python. */
static void
test_null_bytes_are_fixed(void)
{
    NullHash hash = null_hash_begin(NULL_PUBLIC_KEY);
    const uint8_t key[32] = { 1 };
    uint8_t out[32], p[40] = { 0 }, tag[16];
    char hex[80];

    null_hash_add(&hash, (const uint8_t *)"the quick brown fox", 19);
    null_hash_end(&hash, out, sizeof out);
    hex_encode((Bytes){ out, sizeof out }, hex);
    g_assert_cmpmem(hex, 64,
                    "b0e355a1e139cafc0c322def02a944b8f487450c19edc36340c46e401e94a91c", 64);
    null_seal(key, (const uint8_t *)"nonce", 5, p, sizeof p, tag);
    hex_encode((Bytes){ p, sizeof p }, hex);
    g_assert_cmpmem(
        hex, 80,
        "c58860cfab81f7d8ea8e0b59225529ae316f42296ea478d8721c55062858afb230e902073360c363",
        80);
    hex_encode((Bytes){ tag, sizeof tag }, hex);
    g_assert_cmpmem(hex, 32, "f39564f04eec88cd6961d06a67346c05", 32);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/null/round-trips", test_round_trips_of_every_length);
    g_test_add_func("/null/changed-bytes-do-not-open", test_changed_bytes_do_not_open);
    g_test_add_func("/null/cbc-failures", test_cbc_failures);
    g_test_add_func("/null/the-mask-hides", test_the_mask_hides);
    g_test_add_func("/null/the-nonce-counts", test_the_nonce_counts);
    g_test_add_func("/null/blocks-keep-their-places", test_blocks_keep_their_places);
    g_test_add_func("/null/signatures", test_signatures);
    g_test_add_func("/null/small-order", test_small_order);
    g_test_add_func("/null/messages-of-both", test_messages_of_both);
    g_test_add_func("/null/changed-messages", test_changed_messages_do_not_open);
    g_test_add_func("/null/no-message-to-small-order", test_no_message_to_small_order);
    g_test_add_func("/null/bytes-are-fixed", test_null_bytes_are_fixed);
    return g_test_run();
}
