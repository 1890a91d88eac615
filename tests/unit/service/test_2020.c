/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Storage nodes of spring 2020 (protocol 3.7, 2.4): four requests, proof of work, answers
 * before replication, pushes of version 0. */
#include "nodes/crypto/proof_of_work.h"
#include "nodes/wire/base64.h"
#include "tests/unit/service/world.h"

static Meter meter;
static const Crypto crypto = { .ops = &crypto_real, .meter = &meter };

static void
set_up(World *world, gconstpointer data)
{
    (void)data;
    world_begin_2020(world, 5, 0);
}

/* A store whose work was done at @difficulty (0: not at all). */
static char *
store_request(World *world, const char *data, const char *timestamp, const char *ttl,
              uint32_t difficulty)
{
    const Bytes parts[] = { bytes_of_text(timestamp), bytes_of_text(ttl),
                            bytes_of_text(world->of_a.hex), bytes_of_text(data) };
    uint8_t nonce[WORK_NONCE_BYTES] = { 0 };
    g_autofree char *base64 = NULL;

    if (difficulty > 0) {
        WorkText text =
            work_text(&crypto, parts, 4, g_ascii_strtoull(ttl, NULL, 10) / 1000);

        work_find(&crypto, &text, difficulty, nonce);
    }
    base64 = g_base64_encode(nonce, sizeof nonce);
    return g_strdup_printf(
        "{\"method\":\"store\",\"params\":{\"pubKey\":\"%s\",\"ttl\":\"%s\","
        "\"nonce\":\"%s\",\"timestamp\":\"%s\",\"data\":\"%s\"}}",
        world->of_a.hex, ttl, base64, timestamp, data);
}

static const char *
expect_store(World *world, guint member, const char *data, const char *timestamp,
             const char *ttl, uint32_t difficulty, int status)
{
    return client_expect(world->network, member,
                         store_request(world, data, timestamp, ttl, difficulty), status);
}

static const char *
retrieve(World *world, guint member, const char *last_hash)
{
    return client_expect(
        world->network, member,
        g_strdup_printf(
            "{\"method\":\"retrieve\",\"params\":{\"pubKey\":\"%s\",\"lastHash\":\"%s"
            "\"}}",
            world->of_a.hex, last_hash),
        200);
}

/* The answer says the difficulty alone, and comes before anybody else has the message. */
static void
test_store(World *world, gconstpointer data)
{
    Network *network = world->network;

    (void)data;
    g_assert_cmpstr(expect_store(world, 0, "QUJD", "1700000000000", "86400000", 2, 200), ==,
                    "{\"difficulty\":2}");
    g_assert_cmpuint(network_stored(network, 0), ==, 1);
    for (guint i = 1; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 0);
    network_run(network, 350 * MILLISECOND - 1);
    g_assert_cmpuint(network_count_sent(network, KIND_DATA, CLIENT), ==, 0);
    network_run(network, 350 * MILLISECOND);
    g_assert_cmpuint(network_count_sent(network, KIND_DATA, CLIENT), ==, 4);
    for (guint i = 1; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 1);
    /* Nobody forwards it again. */
    network_run(network, 10 * SECOND);
    g_assert_cmpuint(network_count_sent(network, KIND_DATA, CLIENT), ==, 4);
    g_assert_cmpuint(network_count_sent(network, KIND_STORAGE_CC, CLIENT), ==, 0);
}

/* 8.16: what was acknowledged is lost when the entry node dies within the window. */
static void
test_loss_window(World *world, gconstpointer data)
{
    Network *network = world->network;

    (void)data;
    expect_store(world, 0, "QUJD", "1700000000000", "86400000", 2, 200);
    network_run(network, 349 * MILLISECOND);
    network_crash(network, 0);
    network_run(network, MINUTE);
    for (guint i = 1; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 0);
    /* After a restart nobody fills in: the entry node alone has it, on its disk. */
    network_restart(network, 0);
    network_run(network, 2 * MINUTE);
    for (guint i = 1; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 0);
    /* A moment later in its life the crash costs nothing. */
    network_block(network);
    expect_store(world, 1, "REVG", "1700000000000", "86400000", 2, 200);
    network_run(network, network->now + 350 * MILLISECOND);
    network_crash(network, 1);
    network_run(network, network->now + MINUTE);
    g_assert_cmpuint(network_stored(network, 2), ==, 1);
}

/* Member 1's blob, by hand: protocol 2.4. */
static void
test_blob(World *world, gconstpointer data)
{
    Network *network = world->network;
    g_autoptr(GString) wanted = g_string_new(world->of_a.hex);
    const char *body;
    const Sent *sent = NULL;
    Bytes got;

    (void)data;
    expect_store(world, 0, "QUJDREVG", "1700000000000", "86400000", 2, 200);
    network_run(network, SECOND);
    for (guint i = 0; i < network->sent->len; i++)
        if (network_sent(network, i)->kind == KIND_DATA)
            sent = network_sent(network, i);
    g_assert_nonnull(sent);
    got = packet_bytes(&sent->packet);
    g_string_append_len(wanted, "\x80\0\0\0\0\0\0\0", 8);
    g_assert_cmpuint(got.n, ==, 66 + 8 + 128 + 8 + 8 + 8 + 8 + 8 + 12);
    g_assert_cmpmem(got.p, wanted->len, wanted->str, wanted->len);
    /* The hash that a retrieve names is the one in the blob. */
    body = retrieve(world, 3, "");
    g_assert_nonnull(g_strstr_len(body, -1,
                                  "\"data\":\"QUJDREVG\",\"expiration\":1700086400000,"
                                  "\"hash\":\""));
    g_assert_cmpmem(strstr(body, "\"hash\":\"") + 8, 128, got.p + 74, 128);
    g_assert_cmpmem(got.p + 202, 16, "\x08\0\0\0\0\0\0\0QUJDREVG", 16);
    g_assert_cmpmem(got.p + 218, 8, "\0\x5c\x26\x05\0\0\0\0", 8); /* 86 400 000 */
    g_assert_cmpmem(got.p + 234, 8, "\x0c\0\0\0\0\0\0\0", 8);
}

static void
test_refused(World *world, gconstpointer data)
{
    g_autofree char *long_body = g_strnfill(102401, 'A');
    g_autofree char *full_body = g_strnfill(102400, 'A');

    (void)data;
    g_assert_cmpstr(expect_store(world, 0, "QUJD", "1700000000000", "86400000", 0, 432), ==,
                    "{\"difficulty\":2}");
    g_assert_cmpstr(expect_store(world, 0, "QUJD", "1700000000000", "9999", 0, 403), ==,
                    "Provided TTL is not valid.\n");
    expect_store(world, 0, "QUJD", "1700000000000", "10000", 2, 200);
    expect_store(world, 0, "QUJD", "1700000000000", "345600001", 2, 403);
    expect_store(world, 0, "QUJD", "1700000000000", "345600000", 2, 200);
    expect_store(world, 0, "QUJD", "1700000000000", "-5", 0, 403);
    expect_store(world, 0, "QUJD", "1700000000000", "99999999999999999999", 0, 403);
    g_assert_cmpstr(expect_store(world, 0, "QUJD", "1700000010001", "86400000", 2, 406), ==,
                    "Timestamp error: check your clock\n");
    expect_store(world, 0, "QUJD", "1700000010000", "86400000", 2, 200);
    expect_store(world, 0, "QUJD", "1699913599999", "86400000", 2, 406);
    expect_store(world, 0, "QUJD", "1699913600000", "86400000", 2, 200);
    g_assert_cmpstr(expect_store(world, 0, long_body, "1700000000000", "10000", 0, 400), ==,
                    "Message body exceeds maximum allowed length of 102400\n");
    expect_store(world, 0, full_body, "1700000000000", "10000", 2, 200);
}

static void
expect(World *world, const char *body, int status, const char *text)
{
    g_assert_cmpstr(network_expect(world->network, 0, KIND_STORAGE_RPC, body, status), ==,
                    text);
}

static void
test_malformed(World *world, gconstpointer data)
{
    g_autofree char *get = g_strdup_printf(
        "{\"method\":\"get_snodes_for_pubkey\",\"params\":{\"pubKey\":\"%s\"}}",
        world->of_a.hex);
    const char *body;

    (void)data;
    expect(world, "{", 400, "invalid json\n");
    expect(world, "{}", 400, "invalid json: no `method` field\n");
    expect(world, "{\"method\":\"store\"}", 400, "invalid json: no `params` field\n");
    expect(world, "{\"method\":\"store\",\"params\":{}}", 400,
           "invalid json: no `pubKey` field\n");
    expect(world, "{\"method\":\"store\",\"params\":{\"pubKey\":7}}", 400,
           "invalid json: no `pubKey` field\n");
    expect(world, "{\"method\":\"retrieve\",\"params\":{\"pubKey\":\"05\"}}", 400,
           "invalid json: no `lastHash` field\n");
    expect(world,
           "{\"method\":\"retrieve\",\"params\":{\"pubKey\":\"05\",\"lastHash\":\"\"}}",
           400, "Pubkey must be 66 characters long\n");
    expect(world, "{\"method\":\"delete_all\",\"params\":{}}", 400, "no method delete_all");
    expect(world, "{\"method\":\"batch\",\"params\":{}}", 400, "no method batch");
    expect(world, "{\"method\":\"get_lns_mapping\",\"params\":{}}", 400,
           "invalid json: no `name_hash` field\n");
    body = network_expect(world->network, 0, KIND_STORAGE_RPC, get, 200);
    g_assert_true(g_str_has_prefix(body, "{\"snodes\":[{\"address\":\""));
    g_assert_null(strstr(body, "swarm"));
}

/* Ten at a time, on from the last one. */
static void
test_pages(World *world, gconstpointer data)
{
    g_autofree char *last = NULL;
    const char *body;
    guint n = 0;

    (void)data;
    for (guint i = 0; i < 13; i++) {
        g_autofree char *timestamp = g_strdup_printf("17000000000%02u", i);

        expect_store(world, 0, "QUJD", timestamp, "86400000", 2, 200);
    }
    body = retrieve(world, 0, "");
    for (const char *p = body; (p = strstr(p, "\"hash\":\"")) != NULL; n++) {
        g_free(last);
        p += 8;
        last = g_strndup(p, 128);
    }
    g_assert_cmpuint(n, ==, 10);
    body = retrieve(world, 0, last);
    n = 0;
    for (const char *p = body; (p = strstr(p, "\"hash\":\"")) != NULL; p++)
        n++;
    g_assert_cmpuint(n, ==, 3);
}

/* Of a blob that is cut or lies about a length, nothing is stored. */
static void
test_bad_blobs(World *world, gconstpointer data)
{
    Network *network = world->network;
    g_autoptr(GByteArray) blob = g_byte_array_new();
    const Sent *sent = NULL;

    (void)data;
    expect_store(world, 0, "QUJD", "1700000000000", "86400000", 2, 200);
    network_member(network, 1)->reach = REACH_REFUSED;
    network_run(network, SECOND);
    network_member(network, 1)->reach = REACH_UP;
    for (guint i = 0; i < network->sent->len; i++)
        if (network_sent(network, i)->kind == KIND_DATA)
            sent = network_sent(network, i);
    g_assert_nonnull(sent);
    g_byte_array_append(blob, packet_bytes(&sent->packet).p, sent->packet.length);
    for (guint n = 0; n < blob->len; n++) {
        guint number =
            network_ask_as(network, 1, KIND_DATA, network_member(network, 0)->record.x25519,
                           blob->data, n);

        network_run(network, network->now);
        g_assert_cmpint(network_answer(network, number)->status, ==, 400);
    }
    for (guint i = 73; i < blob->len; i += i == 73 ? 128 + 8 : blob->len) {
        guint number;

        blob->data[i] ^= 0x80; /* the highest byte of a length */
        number =
            network_ask_as(network, 1, KIND_DATA, network_member(network, 0)->record.x25519,
                           blob->data, blob->len);
        network_run(network, network->now);
        g_assert_cmpint(network_answer(network, number)->status, ==, 400);
        blob->data[i] ^= 0x80;
    }
    g_assert_cmpuint(network_stored(network, 1), ==, 0);
    {
        guint number =
            network_ask_as(network, 1, KIND_DATA, network_member(network, 0)->record.x25519,
                           blob->data, blob->len);

        network_run(network, network->now);
        g_assert_cmpint(network_answer(network, number)->status, ==, 200);
    }
    g_assert_cmpuint(network_stored(network, 1), ==, 1);
}

/* The wrong swarm says which is right, as get_snodes_for_pubkey does. */
static void
test_wrong_swarm(World *world, gconstpointer data)
{
    Network *network = network_new(EPOCH);
    const char *body;
    Client client;
    char *request;

    (void)data;
    for (int i = 0; i < 5; i++)
        network_add(network, &world->config, i == 0 ? ~A : A);
    network_block(network);
    client_init_in(&client, network, A);
    request = g_strdup_printf(
        "{\"method\":\"retrieve\",\"params\":{\"pubKey\":\"%s\",\"lastHash\":\"\"}}",
        client.hex);
    body = client_expect(network, 0, request, 421);
    g_assert_true(g_str_has_prefix(body, "{\"snodes\":[{\"address\":\""));
    network_free(network);
}

/* Buffered replication is a switch of its own: 2024's store has it too. */
static void
test_buffered_2024(World *world, gconstpointer data)
{
    ServiceConfig config = service_config_2024;
    Network *network = network_new(EPOCH);
    const char *body;

    config.store_replication = REPLICATION_BUFFERED;
    config.test_interval = config.proof_interval = 0;
    (void)data;
    for (int i = 0; i < 5; i++)
        network_add(network, &config, A);
    network_block(network);
    body = client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 200);
    g_assert_nonnull(strstr(body, "\"swarm\":{"));
    g_assert_cmpuint(network_count_sent(network, KIND_STORAGE_CC, CLIENT), ==, 0);
    g_assert_cmpuint(network_stored(network, 0), ==, 1);
    g_assert_cmpuint(network_stored(network, 1), ==, 0);
    network_run(network, SECOND);
    for (guint i = 1; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 1);
    network_free(network);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(World *, gconstpointer);
    } tests[] = {
        { "store", test_store },
        { "loss-window", test_loss_window },
        { "blob", test_blob },
        { "refused", test_refused },
        { "malformed", test_malformed },
        { "pages", test_pages },
        { "bad-blobs", test_bad_blobs },
        { "wrong-swarm", test_wrong_swarm },
        { "buffered-2024", test_buffered_2024 },
    };

    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *name = g_strconcat("/service-2020/", tests[i].name, NULL);

        g_test_add(name, World, NULL, set_up, tests[i].test, world_tear_down);
    }
    return g_test_run();
}
