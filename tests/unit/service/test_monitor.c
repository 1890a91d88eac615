/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscriptions: who may, for how long, what is told to whom (protocol 3.2). */
#include "nodes/wire/bencode.h"
#include "tests/unit/service/world.h"

#define EPOCH_S (EPOCH / 1000)

enum { OK, BAD_ARGS, BAD_PUBKEY, BAD_NS, BAD_TS, BAD_SIG, WRONG_SWARM };

static void
put_string(GString *out, const char *key, const void *p, size_t n)
{
    g_string_append_printf(out, "%zu:%s%zu:", strlen(key), key, n);
    g_string_append_len(out, p, (gssize)n);
}

/* "i0ei3e" of "0,3" */
static char *
bencoded_list(const char *name_spaces)
{
    g_auto(GStrv) numbers = g_strsplit(name_spaces, ",", -1);
    GString *out = g_string_new("l");

    for (char **number = numbers; *number != NULL; number++)
        g_string_append_printf(out, "i%se", *number);
    g_string_append_c(out, 'e');
    return g_string_free(out, FALSE);
}

/* A request for a Session ID, as the client sends it. */
static GString *
request_for(const Client *client, gint64 t, bool want_data, const char *name_spaces,
            const Subaccount *subaccount)
{
    GString *out = g_string_new("d");
    g_autofree char *list = bencoded_list(name_spaces);
    g_autofree char *text = g_strdup_printf("MONITOR%s%" G_GINT64_FORMAT "%d%s",
                                            client->hex, t, want_data, name_spaces);
    Client signer = *client;
    g_autofree char *base64 = NULL;
    g_autofree guchar *signature = NULL;
    gsize n;

    if (subaccount != NULL)
        signer.pair = subaccount->pair;
    base64 = client_sign_bytes(&signer, text, strlen(text));
    signature = g_base64_decode(base64, &n);
    put_string(out, "P", client->pair.pk, 32);
    if (subaccount != NULL) {
        g_autofree guchar *token_signature =
            g_base64_decode(subaccount->signature_base64, &n);

        put_string(out, "S", token_signature, 64);
        put_string(out, "T", subaccount->token, SUBACCOUNT_BYTES);
    }
    if (want_data)
        g_string_append(out, "1:di1e");
    g_string_append_printf(out, "1:n%s", list);
    put_string(out, "s", signature, 64);
    g_string_append_printf(out, "1:ti%" G_GINT64_FORMAT "ee", t);
    return out;
}

static const Answer *
ask_text(World *world, guint member, GString *text)
{
    guint number = network_ask(world->network, member, KIND_MONITOR, text->str, text->len);

    g_string_free(text, TRUE);
    g_assert_true(network_answer(world->network, number)->given);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 200);
    return network_answer(world->network, number);
}

static int
code_of(BencodeValue dict)
{
    BencodeValue value;
    Bytes text;
    int64_t n;

    if (bencode_get(dict, "success", &value)) {
        g_assert_true(bencode_i64(value, &n));
        g_assert_cmpint(n, ==, 1);
        return OK;
    }
    g_assert_true(bencode_get(dict, "error", &value) && bencode_string(value, &text));
    g_test_message("%.*s", (int)text.n, (const char *)text.p);
    g_assert_cmpuint(text.n, >, 5);
    g_assert_true(bencode_get(dict, "errcode", &value));
    g_assert_true(bencode_i64(value, &n));
    return (int)n;
}

static BencodeValue
parsed(const Answer *answer)
{
    BencodeValue value;

    g_assert_cmpint(
        bencode_parse((Bytes){ (uint8_t *)answer->body->str, answer->body->len }, &value),
        ==, ST_OK);
    return value;
}

/* Takes the text. */
static int
ask(World *world, guint member, GString *text)
{
    return code_of(parsed(ask_text(world, member, text)));
}

static int
subscribe(World *world, guint member, bool want_data, const char *name_spaces)
{
    return ask(world, member,
               request_for(&world->of_a, network_unix_ms(world->network) / 1000, want_data,
                           name_spaces, NULL));
}

static void
store(World *world, guint member, const char *base64)
{
    client_expect(world->network, member,
                  client_store(&world->of_a, base64, network_unix_ms(world->network)), 200);
}

static guint
told(const World *world)
{
    return network_count_sent(world->network, KIND_NOTIFY, CLIENT);
}

/* The i-th notification. */
static const Sent *
notification(const World *world, guint i)
{
    for (guint j = 0; j < world->network->sent->len; j++) {
        const Sent *sent = network_sent(world->network, j);

        if (sent->kind == KIND_NOTIFY && i-- == 0)
            return sent;
    }
    g_assert_not_reached();
}

static void
assert_notification(const World *world, guint i, guint from, bool data)
{
    const Sent *sent = notification(world, i);
    Bytes bytes = packet_bytes(&sent->packet);
    GString *expected = g_string_new("d");

    put_string(expected, "@", world->of_a.account, ACCOUNT_BYTES);
    g_string_append(expected, "1:h43:");
    g_string_append_len(expected, (const char *)bytes.p + 1 + 3 + 36 + 6, 43);
    g_string_append_printf(expected,
                           "1:ni0e1:ti%" G_GINT64_FORMAT "e1:zi%" G_GINT64_FORMAT "e%se",
                           EPOCH, EPOCH + DAY_MS, data ? "1:~5:hello" : "");
    g_assert_cmpmem(bytes.p, bytes.n, expected->str, expected->len);
    g_assert_cmpuint(sent->from, ==, from);
    g_assert_cmpuint(sent->to, ==, world->network->client);
    g_assert_cmpint(sent->timeout, ==, 0);
    g_string_free(expected, TRUE);
}

/* --- what is told ----------------------------------------------------------------- */

static void
test_new_messages(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(subscribe(world, 0, true, "0,3"), ==, OK);
    g_assert_cmpint(subscribe(world, 1, false, "-10,0"), ==, OK);
    store(world, 0, "aGVsbG8=");
    /* At the node that forwards, and at the one that it forwards to. */
    g_assert_cmpuint(told(world), ==, 2);
    assert_notification(world, 0, 0, true);
    assert_notification(world, 1, 1, false);
    store(world, 0, "aGVsbG8="); /* known now */
    g_assert_cmpuint(told(world), ==, 2);
    /* A namespace that one of them watches, and one that none does. */
    client_expect(world->network, 2,
                  client_store_signed(&world->of_a, 3, "aGVsbG8=", EPOCH, EPOCH), 200);
    client_expect(world->network, 2,
                  client_store_signed(&world->of_a, 5, "aGVsbG8=", EPOCH, EPOCH), 200);
    g_assert_cmpuint(told(world), ==, 3);
}

/* Messages that come by a push are not new to the swarm. */
static void
test_no_pushes(World *world, gconstpointer data)
{
    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    network_add(world->network, &world->config, A);
    network_block(world->network);
    g_assert_cmpint(subscribe(world, 10, true, "0"), ==, OK);
    network_run(world->network, SECOND);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 1);
    g_assert_cmpuint(told(world), ==, 0);
    store(world, 0, "aGVsbG8=");
    g_assert_cmpuint(told(world), ==, 1);
}

static void
test_renewal(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, OK);
    network_run(world->network, 60 * MINUTE);
    g_assert_cmpint(subscribe(world, 0, true, "5"), ==, OK); /* and what was there stays */
    network_run(world->network, 125 * MINUTE);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 1);
    g_assert_nonnull(memmem(packet_bytes(&notification(world, 0)->packet).p,
                            notification(world, 0)->packet.length, "1:~1:a", 6));
    network_run(world->network, 125 * MINUTE + MILLISECOND);
    store(world, 0, "Yg==");
    g_assert_cmpuint(told(world), ==, 1); /* it ran out */
}

/* One that never renewed, at 65 minutes and after. */
static void
test_life(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, OK);
    network_run(world->network, 65 * MINUTE);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 1);
    network_run(world->network, 65 * MINUTE + 1);
    store(world, 0, "Yg==");
    g_assert_cmpuint(told(world), ==, 1);
}

static void
test_incarnation(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, OK);
    network_crash(world->network, 0);
    network_restart(world->network, 0);
    network_tell(world->network, 0, world->network->snapshot);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 0);
}

/* --- who may ---------------------------------------------------------------------- */

static void
test_times(World *world, gconstpointer data)
{
    static const struct {
        gint64 t;
        int code;
    } cases[] = {
        { EPOCH_S - 14 * 86400, OK },
        { EPOCH_S - 14 * 86400 - 1, BAD_TS },
        { EPOCH_S + 86400, OK },
        { EPOCH_S + 86400 + 1, BAD_TS },
        { 0, BAD_TS },
        { -1, BAD_TS },
        { G_MAXINT64, BAD_TS },
        { G_MININT64 + 1, BAD_TS },
        { G_MAXINT64 / 1000 + 1, BAD_TS },
        { EPOCH, BAD_TS }, /* milliseconds */
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(
            ask(world, 0, request_for(&world->of_a, cases[i].t, false, "0", NULL)), ==,
            cases[i].code);
}

static void
test_subaccounts(World *world, gconstpointer data)
{
    static const struct {
        uint8_t prefix, flags;
        int code;
    } cases[] = { { 5, 1, OK }, { 5, 6, BAD_SIG }, { 3, 1, BAD_SIG }, { 3, 9, OK } };
    Store *kept = network_member(world->network, 0)->port.store;

    (void)data;
    for (uint8_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Subaccount subaccount;

        subaccount_init(&subaccount, &world->of_a, i, cases[i].prefix, cases[i].flags);
        g_assert_cmpint(
            ask(world, 0, request_for(&world->of_a, EPOCH_S, true, "0", &subaccount)), ==,
            cases[i].code);
        kept->ops->revoke(kept, world->of_a.account, subaccount.token, EPOCH);
        g_assert_cmpint(
            ask(world, 0, request_for(&world->of_a, EPOCH_S, true, "0", &subaccount)), ==,
            BAD_SIG);
        subaccount_clear(&subaccount);
    }
}

static void
test_wrong_swarm(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(ask(world, 0, request_for(&world->of_b, EPOCH_S, false, "0", NULL)), ==,
                    WRONG_SWARM);
    g_assert_cmpint(ask(world, 5, request_for(&world->of_b, EPOCH_S, false, "0", NULL)), ==,
                    OK);
}

/* A group's key signs for itself: p, not P. */
static GString *
request_for_group(const Client *client)
{
    uint8_t account[ACCOUNT_BYTES] = { 3 };
    char hex[2 * ACCOUNT_BYTES + 1] = "";
    GString *request = g_string_new("d1:nli0ee");
    g_autofree char *text = NULL, *base64 = NULL;
    g_autofree guchar *signature = NULL;
    gsize n;

    memcpy(account + 1, client->pair.pk, 32);
    hex_encode((Bytes){ account, ACCOUNT_BYTES }, hex);
    text = g_strdup_printf("MONITOR%s%" G_GINT64_FORMAT "00", hex, EPOCH_S);
    base64 = client_sign_bytes(client, text, strlen(text));
    signature = g_base64_decode(base64, &n);
    put_string(request, "p", account, ACCOUNT_BYTES);
    put_string(request, "s", signature, 64);
    g_string_append_printf(request, "1:ti%" G_GINT64_FORMAT "ee", EPOCH_S);
    return request;
}

static void
test_group(World *world, gconstpointer data)
{
    const Swarm *mine = snapshot_swarm_of(world->network->snapshot, world->of_a.pair.pk);

    (void)data;
    g_assert_cmpint(ask(world, mine->id == A ? 0 : 5, request_for_group(&world->of_a)), ==,
                    OK);
    g_assert_cmpint(ask(world, mine->id == A ? 5 : 0, request_for_group(&world->of_a)), ==,
                    WRONG_SWARM);
}

/* --- what is no request ----------------------------------------------------------- */

#define BYTES_32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BYTES_64 BYTES_32 BYTES_32
#define REST "1:s64:" BYTES_64 "1:ti1700000000ee"

static void
test_malformed(World *world, gconstpointer data)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        { "", BAD_ARGS },
        { "d", BAD_ARGS },
        { "e", BAD_ARGS },
        { "i1e", BAD_ARGS },
        { "de", BAD_ARGS },
        { "lde", BAD_ARGS },
        { "li1ee", BAD_ARGS },
        { "d1:Pi1e1:nli0ee" REST, BAD_ARGS },
        { "d1:P31:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1:nli0ee" REST, BAD_PUBKEY },
        { "d1:P33:" BYTES_32 "a1:nli0ee" REST, BAD_PUBKEY },
        { "d1:nli0ee" REST, BAD_ARGS }, /* neither P nor p */
        { "d1:nli0ee1:p32:" BYTES_32 REST, BAD_PUBKEY },
        { "d1:P32:" BYTES_32 "1:nli0ee1:p33:\003" BYTES_32 REST, BAD_ARGS }, /* both */
        { "d1:P32:" BYTES_32 REST, BAD_ARGS },                               /* no n */
        { "d1:P32:" BYTES_32 "1:nle" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:ni0e" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:nli32768ee" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:nli-32769ee" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:nl1:0e" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:nli0ei0ee" REST, BAD_NS },
        { "d1:P32:" BYTES_32 "1:nli3ei-10ee" REST, BAD_NS },
        { "d1:P32:" BYTES_32 "1:di2e1:nli0ee" REST, BAD_ARGS },
        { "d1:P32:" BYTES_32 "1:nli0ee1:s63:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" BYTES_32
          "1:ti1700000000ee",
          BAD_SIG },
        { "d1:P32:" BYTES_32 "1:nli0ee1:ti1700000000ee", BAD_ARGS },    /* no s */
        { "d1:P32:" BYTES_32 "1:nli0ee1:s64:" BYTES_64 "e", BAD_ARGS }, /* no t */
        { "d1:P32:" BYTES_32 "1:S63:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" BYTES_32
          "1:nli0ee" REST,
          BAD_PUBKEY },
        { "d1:P32:" BYTES_32 "1:S64:" BYTES_64 "1:nli0ee" REST, BAD_ARGS }, /* no T */
        { "d1:P32:" BYTES_32 "1:S64:" BYTES_64 "1:T35:" BYTES_32 "aaa1:nli0ee" REST,
          BAD_PUBKEY },
        /* Twice the same key, and keys in no order. */
        { "d1:nli0ee1:nli0ee1:P32:" BYTES_32 REST, BAD_ARGS },
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%zu: %s", i, cases[i].text);
        g_assert_cmpint(ask(world, 0, g_string_new(cases[i].text)), ==, cases[i].code);
    }
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 0);
}

/* Every beginning of a good request, and every changed byte. */
static void
test_truncated(World *world, gconstpointer data)
{
    GString *whole = request_for(&world->of_a, EPOCH_S, true, "-10,0,3", NULL);

    (void)data;
    for (gsize n = 0; n < whole->len; n++)
        g_assert_cmpint(ask(world, 0, g_string_new_len(whole->str, (gssize)n)), !=, OK);
    for (gsize i = 0; i < whole->len; i++) {
        GString *changed = g_string_new_len(whole->str, (gssize)whole->len);

        changed->str[i] ^= 1;
        g_assert_cmpint(ask(world, 0, changed), !=, OK);
    }
    g_string_append_c(whole, 'e');
    g_assert_cmpint(ask(world, 0, whole), ==, BAD_ARGS);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 0);
}

/* --- lists and limits ------------------------------------------------------------- */

static GString *
list_of(const World *world, guint n)
{
    GString *one = request_for(&world->of_a, EPOCH_S, false, "0", NULL);
    GString *list = g_string_new("l");

    for (guint i = 0; i < n; i++)
        g_string_append_len(list, one->str, (gssize)one->len);
    g_string_append_c(list, 'e');
    g_string_free(one, TRUE);
    return list;
}

static void
test_list(World *world, gconstpointer data)
{
    GString *mine = request_for(&world->of_a, EPOCH_S, false, "0", NULL);
    GString *other = request_for(&world->of_b, EPOCH_S, false, "0", NULL);
    GString *list = g_string_new("l");
    BencodeIterator it;
    BencodeValue item;
    Bytes key;
    const int expected[] = { OK, WRONG_SWARM, BAD_ARGS };
    guint n = 0;

    (void)data;
    g_string_append_len(list, mine->str, (gssize)mine->len);
    g_string_append_len(list, other->str, (gssize)other->len);
    g_string_append(list, "dee");
    for (it = bencode_iterate(parsed(ask_text(world, 0, list)));
         bencode_next(&it, &key, &item); n++)
        g_assert_cmpint(code_of(item), ==, expected[n]);
    g_assert_cmpuint(n, ==, 3);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, 1);
    g_string_free(mine, TRUE);
    g_string_free(other, TRUE);
    g_assert_cmpint(parsed(ask_text(world, 0, list_of(world, 1000))).type, ==,
                    BENCODE_LIST);
    g_assert_cmpint(ask(world, 0, list_of(world, 1001)), ==, BAD_ARGS);
}

static void
test_limits(World *world, gconstpointer data)
{
    enum { PER_ACCOUNT = 64, NAMESPACES = 256 };
    GString *name_spaces = g_string_new("-300");

    (void)data;
    for (guint i = 0; i < PER_ACCOUNT; i++) {
        world->network->client = 0x0b000001 + i;
        g_assert_cmpint(subscribe(world, 0, false, "0"), ==, OK);
    }
    world->network->client = 0x0c000001;
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, BAD_ARGS);
    store(world, 0, "YQ==");
    g_assert_cmpuint(told(world), ==, PER_ACCOUNT);
    /* One of them renews; an hour later the others make room. */
    world->network->client = 0x0b000001;
    network_run(world->network, 30 * MINUTE);
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, OK);
    network_run(world->network, 65 * MINUTE + 1);
    world->network->client = 0x0c000001;
    for (int i = 1; i < NAMESPACES; i++)
        g_string_append_printf(name_spaces, ",%d", i - 300);
    g_assert_cmpint(subscribe(world, 0, false, name_spaces->str), ==, OK);
    g_assert_cmpint(subscribe(world, 0, false, name_spaces->str), ==, OK);
    g_assert_cmpint(subscribe(world, 0, false, "0"), ==, BAD_NS); /* one more */
    g_string_append(name_spaces, ",0");
    g_assert_cmpint(subscribe(world, 0, false, name_spaces->str), ==, BAD_NS);
    network_forget_sent(world->network);
    store(world, 0, "Yg==");
    g_assert_cmpuint(told(world), ==, 1);
    g_string_free(name_spaces, TRUE);
}

/* All that a node takes: 256 accounts with 64 connections each. */
static void
test_node_limit(World *world, gconstpointer data)
{
    enum { ACCOUNTS = 256, CONNECTIONS = 64 };

    (void)data;
    for (guint i = 5; i < 10; i++) /* one swarm for all accounts */
        world_move(world, i, A);
    world_block(world);
    for (guint i = 0; i < ACCOUNTS; i++) {
        Client client;
        GString *request;

        client_init(&client, (uint8_t)i);
        request = request_for(&client, EPOCH_S, false, "0", NULL);
        for (guint j = 0; j < CONNECTIONS; j++) {
            world->network->client = 0x0b000001 + j;
            g_assert_cmpint(
                ask(world, 0, g_string_new_len(request->str, (gssize)request->len)), ==,
                OK);
        }
        g_string_free(request, TRUE);
    }
    g_assert_cmpint(ask(world, 0, request_for_group(&world->of_a)), ==, BAD_ARGS);
    /* A renewal takes no room. */
    g_assert_cmpint(ask(world, 0, request_for(&world->of_a, EPOCH_S, false, "3", NULL)), ==,
                    OK);
    network_run(world->network, world->network->now + 65 * MINUTE + 1);
    g_assert_cmpint(ask(world, 0, request_for_group(&world->of_a)), ==, OK);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/monitor/" path, World, NULL, world_set_up, function,              \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("new-messages", test_new_messages);
    ADD("no-pushes", test_no_pushes);
    ADD("renewal", test_renewal);
    ADD("life", test_life);
    ADD("incarnation", test_incarnation);
    ADD("times", test_times);
    ADD("subaccounts", test_subaccounts);
    ADD("wrong-swarm", test_wrong_swarm);
    ADD("group", test_group);
    ADD("malformed", test_malformed);
    ADD("truncated", test_truncated);
    ADD("list", test_list);
    ADD("limits", test_limits);
    ADD("node-limit", test_node_limit);
    return g_test_run();
}
