/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subaccounts: what their flags allow, and what becomes of it when they are revoked
 * (protocol 3.2, 3.5). */
#include <jansson.h>

#include "nodes/wire/bencode.h"
#include "nodes/wire/base64.h"
#include "tests/unit/service/world.h"

enum { READ = 1, WRITE = 2, DELETE = 4, ANY_PREFIX = 8 };

#define HASH "0000000000000000000000000000000000000000001"
#define T "1700000000000"

/* A request that a subaccount may make, what it signs, and the flag that it needs. */
typedef struct Use {
    const char *method, *rest, *text;
    uint8_t needs;
    const char *refusal;
} Use;

static const Use uses[] = {
    { "retrieve", "\"namespace\":3,\"timestamp\":" T, "retrieve3" T, READ,
      "retrieve signature verification failed" },
    { "get_expiries", "\"messages\":[\"" HASH "\"],\"timestamp\":" T, "get_expiries" T HASH,
      READ, "get_expiries signature verification failed" },
    { "store", "\"namespace\":3,\"timestamp\":" T ",\"ttl\":86400000,\"data\":\"aGVsbG8=\"",
      "store3" T, WRITE, "store signature verification failed" },
    { "store",
      "\"namespace\":-21,\"timestamp\":" T ",\"ttl\":86400000,\"data\":\"aGVsbG8=\"",
      "store-21" T, WRITE | DELETE, "store signature verification failed" },
    { "expire", "\"messages\":[\"" HASH "\"],\"expiry\":1700000100000",
      "expire1700000100000" HASH, WRITE, "expire: signature verification failed" },
    { "delete", "\"messages\":[\"" HASH "\"]", "delete" HASH, DELETE,
      "delete_msgs signature verification failed" },
    { "delete_all", "\"namespace\":\"all\",\"timestamp\":" T, "delete_allall" T, DELETE,
      "delete_all signature verification failed" },
    { "delete_before", "\"namespace\":3,\"before\":" T, "delete_before3" T, DELETE,
      "delete_before signature verification failed" },
    { "expire_all", "\"expiry\":1700000100000", "expire_all1700000100000", DELETE,
      "expire_all signature verification failed" },
};

static void
use(World *world, const Subaccount *subaccount, const Use *how, bool allowed)
{
    char *request =
        subaccount_request(subaccount, &world->of_a, how->method, how->rest, how->text);
    const char *text = client_expect(world->network, 0, request, allowed ? 200 : 401);

    g_test_message("%s with flags %d", how->method, subaccount->token[1]);
    if (!allowed)
        g_assert_cmpstr(text, ==, how->refusal);
}

static void
test_flags(World *world, gconstpointer data)
{
    (void)data;
    for (uint8_t flags = 0; flags < 8; flags++) {
        Subaccount subaccount;

        subaccount_init(&subaccount, &world->of_a, flags, 5, flags);
        for (size_t i = 0; i < G_N_ELEMENTS(uses); i++)
            use(world, &subaccount, &uses[i], (flags & uses[i].needs) == uses[i].needs);
        subaccount_clear(&subaccount);
    }
}

/* The token names the kind of account, unless it is for any. */
static void
test_prefix(World *world, gconstpointer data)
{
    Subaccount other, any, forged;

    (void)data;
    subaccount_init(&other, &world->of_a, 1, 3, READ);
    subaccount_init(&any, &world->of_a, 2, 3, READ | ANY_PREFIX);
    subaccount_init(&forged, &world->of_b, 3, 5, READ); /* signed by another account */
    use(world, &other, &uses[0], false);
    use(world, &any, &uses[0], true);
    use(world, &forged, &uses[0], false);
    subaccount_clear(&other);
    subaccount_clear(&any);
    subaccount_clear(&forged);
}

/* Without the right to delete, an expiry can only grow. */
static void
test_extends_only(World *world, gconstpointer data)
{
    Store *store = network_member(world->network, 1)->port.store;
    Bytes hash = BYTES_LITERAL(HASH);
    Subaccount subaccount;

    (void)data;
    for (guint i = 0; i < 5; i++)
        world_put(world, i, &world->of_a, 3, 1);
    subaccount_init(&subaccount, &world->of_a, 1, 5, READ | WRITE);
    use(world, &subaccount, &uses[4], true);
    g_assert_cmpint(store->ops->expiry(store, world->of_a.account, hash), ==,
                    EPOCH + DAY_MS);
    client_expect(world->network, 0,
                  subaccount_request(&subaccount, &world->of_a, "expire",
                                     "\"messages\":[\"" HASH
                                     "\"],\"shorten\":true,\"expiry\":1700000100000",
                                     "expireshorten1700000100000" HASH),
                  400);
    client_expect(world->network, 0,
                  subaccount_request(&subaccount, &world->of_a, "expire",
                                     "\"messages\":[\"" HASH "\"],\"expiry\":1700086400001",
                                     "expire1700086400001" HASH),
                  200);
    g_assert_cmpint(store->ops->expiry(store, world->of_a.account, hash), ==,
                    EPOCH + DAY_MS + 1);
    subaccount_clear(&subaccount);
}

/* --- revoking --------------------------------------------------------------------- */

/* "revoke" or "unrevoke" the tokens; @list: as a list, else the first alone. */
static char *
revocation(const Client *client, const char *what, const Subaccount *const *subaccounts,
           size_t n, bool hex, UnixMs timestamp)
{
    GString *text = g_string_new(NULL), *tokens = g_string_new(NULL);
    char *signature, *request;

    g_string_append_printf(text, "%s_subaccount%" G_GINT64_FORMAT, what, timestamp);
    for (size_t i = 0; i < n; i++) {
        char digits[2 * SUBACCOUNT_BYTES + 1] = "";

        hex_encode((Bytes){ subaccounts[i]->token, SUBACCOUNT_BYTES }, digits);
        g_string_append_len(text, (const char *)subaccounts[i]->token, SUBACCOUNT_BYTES);
        g_string_append_printf(tokens, "%s\"%s\"", i > 0 ? "," : "",
                               hex ? digits : subaccounts[i]->token_base64);
    }
    signature = client_sign_bytes(client, text->str, text->len);
    request =
        g_strdup_printf("{\"method\":\"%s_subaccount\",\"params\":{\"pubkey\":\"%s\","
                        "\"pubkey_ed25519\":\"%s\",\"%s\":%s%s%s,"
                        "\"timestamp\":%" G_GINT64_FORMAT ",\"signature\":\"%s\"}}",
                        what, client->hex, client->ed25519_hex, what, n == 1 ? "" : "[",
                        tokens->str, n == 1 ? "" : "]", timestamp, signature);
    g_string_free(text, TRUE);
    g_string_free(tokens, TRUE);
    g_free(signature);
    return request;
}

static void
assert_count(const World *world, const char *text, guint member, json_int_t count,
             const char *signed_text, size_t n)
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    json_t *body = json_loads(text, 0, NULL);
    json_t *entry =
        json_object_get(json_object_get(body, "swarm"), world_member_hex(world, member));
    uint8_t signature[SIGNATURE_BYTES];

    g_assert_cmpint(json_integer_value(json_object_get(entry, "count")), ==, count);
    g_assert_cmpint(base64_decode_exact(bytes_of_text(json_string_value(
                                            json_object_get(entry, "signature"))),
                                        signature, sizeof signature),
                    ==, ST_OK);
    g_assert_true(crypto_verify(&crypto,
                                network_member(world->network, member)->record.ed25519,
                                (Bytes){ (const uint8_t *)signed_text, n }, signature));
    json_decref(body);
}

static void
test_revoke(World *world, gconstpointer data)
{
    Subaccount one, two;
    const Subaccount *both[] = { &one, &two };
    GString *text = g_string_new(NULL);
    const char *answer;

    (void)data;
    subaccount_init(&one, &world->of_a, 1, 5, READ | WRITE | DELETE);
    subaccount_init(&two, &world->of_a, 2, 5, READ | WRITE | DELETE);
    use(world, &one, &uses[0], true);
    g_string_append_printf(text, "%s%s", world->of_a.hex, T);
    g_string_append_len(text, (const char *)one.token, SUBACCOUNT_BYTES);
    answer = client_expect(world->network, 0,
                           revocation(&world->of_a, "revoke", both, 1, false, EPOCH), 200);
    for (guint i = 0; i < 5; i++) /* every member, and each says so */
        assert_count(world, answer, i, 1, text->str, text->len);
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        use(world, &one, &uses[i], false);
        use(world, &two, &uses[i], true);
    }
    /* Both in one request, in hex: one of them is new. */
    g_string_append_len(text, (const char *)two.token, SUBACCOUNT_BYTES);
    answer = client_expect(world->network, 1,
                           revocation(&world->of_a, "revoke", both, 2, true, EPOCH), 200);
    assert_count(world, answer, 3, 1, text->str, text->len);
    use(world, &two, &uses[2], false);
    answer =
        client_expect(world->network, 2,
                      revocation(&world->of_a, "unrevoke", both, 2, false, EPOCH), 200);
    assert_count(world, answer, 4, 2, text->str, text->len);
    use(world, &one, &uses[2], true);
    answer =
        client_expect(world->network, 2,
                      revocation(&world->of_a, "unrevoke", both, 2, false, EPOCH), 200);
    assert_count(world, answer, 4, 0, text->str, text->len);
    g_string_free(text, TRUE);
    subaccount_clear(&one);
    subaccount_clear(&two);
}

/* Notices of a removal reach whom they concern: -11, -111 and so on. */
static void
test_unrevocable(World *world, gconstpointer data)
{
    static const struct {
        int name_space;
        bool allowed;
    } cases[] = { { -11, true },  { -111, true }, { -32711, true }, { -12, false },
                  { -21, true },  { 11, false },  { -1, true },     { -110, false },
                  { -101, true }, { -211, true } };
    Subaccount one;
    const Subaccount *list[] = { &one };

    (void)data;
    subaccount_init(&one, &world->of_a, 1, 5, READ);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, 1, false, EPOCH), 200);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *rest =
            g_strdup_printf("\"namespace\":%d,\"timestamp\":" T, cases[i].name_space);
        char *text = g_strdup_printf("retrieve%d" T, cases[i].name_space);
        bool unsigned_read = cases[i].name_space % 100 != -11 && cases[i].allowed;

        g_test_message("namespace %d", cases[i].name_space);
        /* A public outbox is read without signature; a signature must still be good. */
        client_expect(world->network, 0,
                      subaccount_request(&one, &world->of_a, "retrieve", rest, text),
                      cases[i].allowed && !unsigned_read ? 200 : 401);
        g_free(rest);
        g_free(text);
    }
    subaccount_clear(&one);
}

static void
test_refused(World *world, gconstpointer data)
{
    Subaccount one;
    const Subaccount *list[] = { &one };
    Store *store = network_member(world->network, 0)->port.store;
    char *request;

    (void)data;
    subaccount_init(&one, &world->of_a, 1, 5, READ | WRITE | DELETE | ANY_PREFIX);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, 1, false, EPOCH - 60000), 200);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, 1, false, EPOCH + 60000), 200);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "unrevoke", list, 1, false, EPOCH), 200);
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      revocation(&world->of_a, "revoke", list, 1, false, EPOCH - 60001),
                      406),
        ==, "revoke_subaccount timestamp too far from current time");
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      revocation(&world->of_a, "unrevoke", list, 1, false, EPOCH + 60001),
                      406),
        ==, "unrevoke_subaccount timestamp too far from current time");
    client_expect(world->network, 0,
                  revocation(&world->of_b, "revoke", list, 1, false, EPOCH), 421);
    /* Signed for the other of the two methods. */
    request = revocation(&world->of_a, "revoke", list, 1, false, EPOCH);
    memcpy(strstr(request, "\"timestamp\":") + 12, "1700000000001", 13);
    g_assert_cmpstr(client_expect(world->network, 0, request, 401), ==,
                    "revoke_subaccount signature verification failed");
    /* A subaccount, whatever it may, does not revoke. */
    client_expect(world->network, 0,
                  subaccount_request(&one, &world->of_a, "revoke_subaccount",
                                     "\"revoke\":[],\"timestamp\":" T,
                                     "revoke_subaccount" T),
                  401);
    g_assert_cmpuint(store->ops->revoked(store), ==, 0);
    subaccount_clear(&one);
}

static void
assert_400(World *world, const char *method, const char *token, const char *answer)
{
    char *rest = g_strdup_printf("%s,\"timestamp\":" T, token);

    g_assert_cmpstr(client_expect(world->network, 0,
                                  client_request(&world->of_a, method, rest, ""), 400),
                    ==, answer);
    g_free(rest);
}

static void
test_malformed(World *world, gconstpointer data)
{
    static const char *const bad[] = {
        "\"\"", "\"AAAA\"", "[\"\"]",
        /* 47 and 49 characters, one that is no base64 */
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-\""
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *revoke = g_strdup_printf("\"revoke\":%s", bad[i]);
        char *unrevoke = g_strdup_printf("\"unrevoke\":%s", bad[i]);

        assert_400(world, "revoke_subaccount", revoke,
                   "invalid request: invalid revoke: expected base64 or hex-encoded "
                   "subaccount tag");
        assert_400(world, "unrevoke_subaccount", unrevoke,
                   "invalid request: invalid unrevoke: expected base64 or hex-encoded "
                   "subaccount tag");
        g_free(revoke);
        g_free(unrevoke);
    }
    assert_400(world, "revoke_subaccount", "\"revoke\":[1]",
               "invalid request: Invalid value given for 'revoke': expected string array");
    assert_400(world, "revoke_subaccount", "\"revoke\":{}",
               "invalid request: Invalid value given for 'revoke': expected string array");
    assert_400(world, "revoke_subaccount", "\"unrevoke\":\"\"",
               "invalid request: Required field 'revoke' missing");
}

/* At most so many in one request. */
static void
test_at_once(World *world, gconstpointer data)
{
    enum { LIMIT = 1000 };
    static Subaccount subaccounts[LIMIT + 1];
    const Subaccount *list[LIMIT + 1];
    Store *store = network_member(world->network, 4)->port.store;

    (void)data;
    for (int i = 0; i <= LIMIT; i++) {
        list[i] = &subaccounts[i];
        subaccounts[i].token[35] = (uint8_t)i;
        subaccounts[i].token[34] = (uint8_t)(i >> 8);
        subaccounts[i].token_base64 =
            g_base64_encode(subaccounts[i].token, SUBACCOUNT_BYTES);
    }
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, LIMIT + 1, false, EPOCH), 400);
    g_assert_cmpuint(store->ops->revoked(store), ==, 0);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, LIMIT, false, EPOCH), 200);
    /* The last 50 are kept. */
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_REVOKED_PER_ACCOUNT);
    g_assert_false(
        store->ops->is_revoked(store, world->of_a.account, list[LIMIT - 51]->token));
    g_assert_true(
        store->ops->is_revoked(store, world->of_a.account, list[LIMIT - 50]->token));
    for (int i = 0; i <= LIMIT; i++)
        subaccount_clear(&subaccounts[i]);
}

/* What a joiner is pushed is messages: a revoked subaccount is none to it. */
static void
test_not_pushed(World *world, gconstpointer data)
{
    Subaccount one;
    const Subaccount *list[] = { &one };
    char *request;

    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    subaccount_init(&one, &world->of_a, 1, 5, READ);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, 1, false, EPOCH), 200);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 1);
    for (guint member = 0; member <= 10; member += 10) {
        UnixMs t = network_unix_ms(world->network);
        char *rest = g_strdup_printf("\"namespace\":3,\"timestamp\":%" G_GINT64_FORMAT, t);
        char *text = g_strdup_printf("retrieve3%" G_GINT64_FORMAT, t);

        request = subaccount_request(&one, &world->of_a, "retrieve", rest, text);
        client_expect(world->network, member, request, member == 0 ? 401 : 200);
        g_free(rest);
        g_free(text);
    }
    subaccount_clear(&one);
}

/* A forwarded copy comes with raw bytes, and only from a member. */
static void
test_forwarded(World *world, gconstpointer data)
{
    Subaccount one;
    const Subaccount *list[] = { &one };
    const uint8_t *peer = network_member(world->network, 1)->record.x25519;
    const Answer *answer;
    Packet copy;
    BencodeValue dict, count;
    int64_t n;

    (void)data;
    subaccount_init(&one, &world->of_a, 1, 5, READ);
    client_expect(world->network, 0,
                  revocation(&world->of_a, "revoke", list, 1, false, EPOCH), 200);
    copy = packet_share(&network_sent(world->network, 0)->packet);
    answer = network_answer(world->network,
                            network_ask_as(world->network, 0, KIND_STORAGE_CC, peer,
                                           packet_bytes(&copy).p, copy.length));
    g_assert_cmpint(answer->status, ==, 200);
    g_assert_cmpint(
        bencode_parse((Bytes){ (uint8_t *)answer->body->str, answer->body->len }, &dict),
        ==, ST_OK);
    g_assert_true(bencode_get(dict, "count", &count));
    g_assert_true(bencode_i64(count, &n));
    g_assert_cmpint(n, ==, 0); /* it was revoked before */
    answer = network_answer(world->network,
                            network_ask_as(world->network, 0, KIND_STORAGE_CC, NULL,
                                           packet_bytes(&copy).p, copy.length));
    g_assert_cmpint(answer->status, ==, 403);
    /* One minute for the copy, too. */
    network_run(world->network, 60 * SECOND + MILLISECOND);
    answer = network_answer(world->network,
                            network_ask_as(world->network, 0, KIND_STORAGE_CC, peer,
                                           packet_bytes(&copy).p, copy.length));
    g_assert_cmpint(answer->status, ==, 406);
    packet_clear(&copy);
    subaccount_clear(&one);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/subaccounts/" path, World, NULL, world_set_up, function,          \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("flags", test_flags);
    ADD("prefix", test_prefix);
    ADD("extends-only", test_extends_only);
    ADD("revoke", test_revoke);
    ADD("unrevocable", test_unrevocable);
    ADD("refused", test_refused);
    ADD("malformed", test_malformed);
    ADD("at-once", test_at_once);
    ADD("not-pushed", test_not_pushed);
    ADD("forwarded", test_forwarded);
    return g_test_run();
}
