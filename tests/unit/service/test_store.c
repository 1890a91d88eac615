/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * store: who may, what reaches whom, what the client is told. */
#include <jansson.h>

#include "nodes/store/memory_store.h"
#include "tests/unit/service/world.h"

static json_t *
entry_of(const World *world, const json_t *body, guint member)
{
    return json_object_get(json_object_get(body, "swarm"), world_member_hex(world, member));
}

static void
assert_entry(const World *world, const json_t *body, guint member, const char *expected)
{
    char *text = json_dumps(entry_of(world, body, member), JSON_COMPACT | JSON_SORT_KEYS);

    g_assert_cmpstr(text, ==, expected);
    free(text);
}

/* --- the fan-out ------------------------------------------------------------------ */

static void
test_everybody(World *world, gconstpointer data)
{
    Network *network = world->network;
    const char *text =
        client_expect(network, 0, client_store(&world->of_a, "aGVsbG8=", EPOCH), 200);
    json_t *body = json_loads(text, 0, NULL);
    const Blob *blob = NULL;

    (void)data;
    g_assert_cmpuint(json_object_size(json_object_get(body, "swarm")), ==, 5);
    g_assert_cmpint(json_integer_value(json_object_get(body, "t")), ==, EPOCH);
    for (guint i = 0; i < 10; i++)
        g_assert_cmpuint(network_stored(network, i), ==, i < 5 ? 1 : 0);
    g_assert_cmpuint(network_count_sent(network, KIND_STORAGE_CC, CLIENT), ==, 4);
    for (guint i = 0; i < network->sent->len; i++) {
        const Sent *sent = network_sent(network, i);

        g_assert_cmpint(sent->timeout, ==, 5 * SECOND);
        g_assert_true(sent->has_peer_key);
        /* Encoded once. */
        g_assert_true(blob == NULL || blob == sent->packet.blob);
        blob = sent->packet.blob;
    }
    g_assert_cmpuint(network_member(network, 0)->note_a_sum[NOTE_REPLICA], ==, 4);
    g_assert_cmpuint(network_member(network, 0)->notes[NOTE_REPLICA], ==, 4);
    json_decref(body);
}

static bool
remember_blob(void *context, int64_t row, const StoreMessage *message)
{
    (void)row;
    *(const Blob **)context = message->data.blob;
    return true;
}

/* What all members keep of a body is one blob: the packet that was forwarded. */
static void
test_one_body(World *world, gconstpointer data)
{
    char *body = g_strnfill(4000, 'A');
    const Blob *blobs[5] = { NULL };

    (void)data;
    client_expect(world->network, 0, client_store(&world->of_a, body, EPOCH), 200);
    for (guint i = 0; i < 5; i++) {
        Store *store = network_member(world->network, i)->port.store;

        store->ops->each(store, remember_blob, &blobs[i]);
        g_assert_nonnull(blobs[i]);
        g_assert_true(blobs[i] == blobs[0]);
    }
    g_assert_true(blobs[0] == network_sent(world->network, 0)->packet.blob);
    g_free(body);
}

static void
test_outcomes(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *request = client_store(&world->of_a, "aGVsbG8=", EPOCH);
    guint number;
    const Answer *answer;
    json_t *body;

    (void)data;
    network_member(network, 1)->reach = REACH_SILENT;
    network_member(network, 2)->reach = REACH_REFUSED;
    network_member(network, 3)->reach = REACH_MUTE;
    number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_run(network, 5 * SECOND - 1);
    g_assert_false(network_answer(network, number)->given);
    network_run(network, 5 * SECOND);
    answer = network_answer(network, number);
    g_assert_true(answer->given);
    g_assert_cmpint(answer->status, ==, 200);
    body = json_loads(answer->body->str, 0, NULL);
    for (guint i = 1; i <= 3; i++)
        assert_entry(world, body, i, "{\"failed\":true,\"timeout\":true}");
    g_assert_nonnull(json_object_get(entry_of(world, body, 4), "hash"));
    /* The mute one has it all the same. */
    g_assert_cmpuint(network_stored(network, 3), ==, 1);
    g_assert_cmpuint(network_stored(network, 2), ==, 0);
    g_assert_cmpuint(network_member(network, 0)->note_a_sum[NOTE_REPLICA], ==, 1);
    g_assert_cmpuint(network_member(network, 0)->notes[NOTE_REPLICA], ==, 4);
    json_decref(body);
    g_free(request);
}

/* The real server means to say 500 here, and says 200 (protocol 8.7). */
static void
test_all_fail(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *request = client_store(&world->of_a, "aGVsbG8=", EPOCH);
    guint number;

    (void)data;
    for (guint i = 1; i < 5; i++)
        network_member(network, i)->reach = REACH_SILENT;
    number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_run(network, 5 * SECOND);
    g_assert_cmpint(network_answer(network, number)->status, ==, 200);
    g_free(request);
}

/* A member that does not know the sender yet refuses it as OxenMQ does: at once, and to the
 * client it looks like a timeout. */
static void
test_member_does_not_know(World *world, gconstpointer data)
{
    Network *network = world->network;
    json_t *body;

    (void)data;
    network_crash(network, 1);
    network_restart(network, 1);
    body = json_loads(
        client_expect(network, 0, client_store(&world->of_a, "aGVsbG8=", EPOCH), 200), 0,
        NULL);
    assert_entry(world, body, 1, "{\"failed\":true,\"timeout\":true}");
    g_assert_cmpuint(network_stored(network, 1), ==, 0);
    json_decref(body);
}

/* A member with another view of the network answers with its code. */
static void
test_member_disagrees(World *world, gconstpointer data)
{
    Network *network = world->network;
    Snapshot *other;
    json_t *body, *entry;

    (void)data;
    for (guint i = 0; i < 10; i++) /* another id: another part of the ring */
        if (i < 5)
            network_member(network, i)->record.swarm_id = B - 1;
    other = network_make_snapshot(network, NULL, 0, NULL, 0, NULL);
    network_tell(network, 1, other);
    for (guint i = 0; i < 5; i++)
        network_member(network, i)->record.swarm_id = A;
    body = json_loads(
        client_expect(network, 0, client_store(&world->of_a, "aGVsbG8=", EPOCH), 200), 0,
        NULL);
    entry = entry_of(world, body, 1);
    g_assert_cmpstr(json_string_value(json_object_get(entry, "code")), ==, "421");
    g_assert_true(json_is_true(json_object_get(entry, "failed")));
    g_assert_nonnull(strstr(json_string_value(json_object_get(entry, "reason")), "snodes"));
    json_decref(body);
    snapshot_unref(other);
}

static void
test_again(World *world, gconstpointer data)
{
    Network *network = world->network;
    json_t *body;

    (void)data;
    client_expect(network, 0, client_store(&world->of_a, "aGVsbG8=", EPOCH), 200);
    /* Later: the expiry moves.  Earlier: it stays. */
    body =
        json_loads(client_expect(network, 1,
                                 client_store(&world->of_a, "aGVsbG8=", EPOCH + 5000), 200),
                   0, NULL);
    g_assert_true(json_is_true(json_object_get(entry_of(world, body, 1), "already")));
    g_assert_cmpint(
        json_integer_value(json_object_get(entry_of(world, body, 2), "already")), ==, 1);
    g_assert_cmpint(json_integer_value(json_object_get(entry_of(world, body, 2), "expiry")),
                    ==, EPOCH + 86405000);
    json_decref(body);
    body = json_loads(
        client_expect(network, 1, client_store(&world->of_a, "aGVsbG8=", EPOCH), 200), 0,
        NULL);
    g_assert_cmpint(json_integer_value(json_object_get(entry_of(world, body, 1), "expiry")),
                    ==, EPOCH + 86405000);
    json_decref(body);
}

static void
test_busy(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *first = client_store(&world->of_a, "AAAA", EPOCH);

    (void)data;
    world->config.pending_max = 7;
    for (guint i = 1; i < 5; i++)
        network_member(network, i)->reach = REACH_SILENT;
    network_ask(network, 0, KIND_STORAGE_RPC, first, strlen(first));
    g_assert_cmpstr(
        client_expect(network, 0, client_store(&world->of_a, "BBBB", EPOCH), 503), ==,
        "Server busy, try again later");
    g_assert_cmpuint(network_stored(network, 0), ==, 1);
    network_run(network, 5 * SECOND);
    for (guint i = 1; i < 5; i++)
        network_member(network, i)->reach = REACH_UP;
    client_expect(network, 0, client_store(&world->of_a, "BBBB", EPOCH), 200);
    g_free(first);
}

/* The incarnation ends with the request open: nobody is answered, nothing is lost track
 * of. */
static void
test_crash(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *request = client_store(&world->of_a, "aGVsbG8=", EPOCH);
    guint number;

    (void)data;
    network_member(network, 1)->reach = REACH_SILENT;
    number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_crash(network, 0);
    network_restart(network, 0);
    network_run(network, 10 * SECOND);
    g_assert_false(network_answer(network, number)->given);
    g_assert_cmpuint(network_stored(network, 0), ==, 1);
    g_free(request);
}

/* --- limits ----------------------------------------------------------------------- */

static char *
timed_store(const World *world, UnixMs timestamp, int64_t ttl)
{
    return g_strdup_printf("{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\","
                           "\"timestamp\":%" G_GINT64_FORMAT ",\"ttl\":%" G_GINT64_FORMAT
                           ",\"data\":\"AAAA\"}}",
                           world->of_a.hex, timestamp, ttl);
}

static void
test_times(World *world, gconstpointer data)
{
    const int64_t day = 86400000;
    const struct {
        UnixMs timestamp;
        int64_t ttl;
        int status;
    } cases[] = {
        { EPOCH, 10000, 200 },         { EPOCH, 9999, 403 },
        { EPOCH, 14 * day, 200 },      { EPOCH, 14 * day + 1, 403 },
        { EPOCH, INT64_MAX, 403 },     { EPOCH + 10000, 10000, 200 },
        { EPOCH + 10001, 10000, 406 }, { EPOCH - 20000, 10000, 200 }, /* expired 10 s ago */
        { EPOCH - 20001, 10000, 406 }, { EPOCH - 14 * day, 14 * day, 200 },
        { 0, 14 * day, 406 },
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("case %zu", i);
        client_expect(world->network, 0,
                      timed_store(world, cases[i].timestamp, cases[i].ttl),
                      cases[i].status);
    }
    world->network->epoch_ms = 0; /* a node whose clock stands at 1970 */
    client_expect(world->network, 0, timed_store(world, EPOCH, day), 406);
}

static void
test_signature_window(World *world, gconstpointer data)
{
    const struct {
        UnixMs signed_at;
        int status;
    } cases[] = { { EPOCH, 200 },
                  { EPOCH - 60000, 200 },
                  { EPOCH + 60000, 200 },
                  { EPOCH - 60001, 406 },
                  { EPOCH + 60001, 406 } };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        client_expect(
            world->network, 0,
            client_store_signed(&world->of_a, 2, "AAAA", EPOCH, cases[i].signed_at),
            cases[i].status);
}

static void
test_signatures(World *world, gconstpointer data)
{
    Network *network = world->network;
    Client other;
    char *request, *forged;

    (void)data;
    client_init(&other, 200);
    /* Another's signature, the right one for another namespace. */
    request = client_store_signed(&world->of_a, 2, "AAAA", EPOCH, EPOCH);
    forged = g_strdup(request);
    memcpy(strstr(forged, "pubkey_ed25519") + 17, other.ed25519_hex, 64);
    g_assert_cmpstr(client_expect(network, 0, forged, 401), ==,
                    "store signature verification failed");
    memcpy(strstr(request, "\"namespace\":2"), "\"namespace\":3", 13);
    g_assert_cmpstr(client_expect(network, 0, request, 401), ==,
                    "store signature verification failed");
    /* Anybody may write to an inbox; an unneeded bad signature does no harm there. */
    client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 200);
}

static void
test_body_limit(World *world, gconstpointer data)
{
    (void)data;
    world->config.body_bytes_max = 9;
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      client_store(&world->of_a, "AAAAAAAAAAAAAAAA", EPOCH), 400),
        ==, "invalid request: Message body exceeds maximum allowed length of 9 bytes");
    client_expect(world->network, 0, client_store(&world->of_a, "AAAAAAAAAAAA", EPOCH),
                  200);
}

static void
test_full(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *text;
    json_t *body;

    (void)data;
    for (guint i = 0; i < 2; i++) {
        Member *member = network_member(network, i);

        member->port.store->ops->close(member->port.store);
        member->port.store = memory_store_new(200);
    }
    body = json_loads(
        client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 200), 0, NULL);
    g_assert_null(json_object_get(body, "hash"));
    text = g_strdup_printf(
        "{\"failed\":true,\"query_failure\":true,\"t\":%" G_GINT64_FORMAT "}", EPOCH);
    assert_entry(world, body, 0, text);
    assert_entry(world, body, 1, "{\"failed\":1,\"query_failure\":1}");
    g_assert_cmpuint(network_stored(network, 2), ==, 1);
    g_assert_cmpuint(network_member(network, 0)->note_a_sum[NOTE_REPLICA], ==, 3);
    json_decref(body);
    g_free(text);
}

/* The defect hides that nobody could; without it the client learns (8.7). */
static void
test_all_full(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *request = client_store(&world->of_a, "BBBB", EPOCH);
    guint number;

    (void)data;
    for (guint i = 0; i < 4; i++) {
        Member *member = network_member(network, i);

        member->port.store->ops->close(member->port.store);
        member->port.store = memory_store_new(200);
    }
    world->config.defect_all_failed_answers_200 = false;
    client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 200);
    g_assert_cmpuint(network_stored(network, 4), ==, 1); /* one is enough */
    network_member(network, 4)->reach = REACH_SILENT;
    for (int defect = 0; defect < 2; defect++) {
        world->config.defect_all_failed_answers_200 = defect == 1;
        number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
        network_run(network, network->now + 5 * SECOND);
        g_assert_cmpint(network_answer(network, number)->status, ==,
                        defect == 1 ? 200 : 500);
        g_assert_true(g_str_has_prefix(network_answer(network, number)->body->str,
                                       "{\"hf\":[19,4],\"swarm\":{"));
    }
    g_free(request);
}

/* --- others' business ------------------------------------------------------------- */

static void
test_wrong_swarm(World *world, gconstpointer data)
{
    json_t *body = json_loads(
        client_expect(world->network, 5, client_store(&world->of_a, "AAAA", EPOCH), 421), 0,
        NULL);

    (void)data;
    g_assert_cmpuint(json_array_size(json_object_get(body, "snodes")), ==, 5);
    g_assert_cmpstr(json_string_value(json_object_get(body, "swarm")), ==,
                    "4000000000000000");
    json_decref(body);
}

static void
test_forwarded_by_strangers(World *world, gconstpointer data)
{
    Network *network = world->network;
    Member *member = network_member(network, 1), *stranger = network_member(network, 7);
    uint8_t nobody[32] = { 1 };
    Bytes forward;
    guint number;

    (void)data;
    client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 200);
    forward = packet_bytes(&network_sent(network, 0)->packet);
    number = network_ask_as(network, 2, KIND_STORAGE_CC, member->record.x25519, forward.p,
                            forward.n);
    g_assert_cmpint(network_answer(network, number)->status, ==, 200);
    /* Nobody, an unknown key, a node of the other swarm. */
    number = network_ask_as(network, 2, KIND_STORAGE_CC, NULL, forward.p, forward.n);
    g_assert_cmpint(network_answer(network, number)->status, ==, 403);
    number = network_ask_as(network, 2, KIND_STORAGE_CC, nobody, forward.p, forward.n);
    g_assert_cmpint(network_answer(network, number)->status, ==, 403);
    number = network_ask_as(network, 2, KIND_STORAGE_CC, stranger->record.x25519, forward.p,
                            forward.n);
    g_assert_cmpint(network_answer(network, number)->status, ==, 403);
}

/* A forwarded copy is verified again: a member cannot store what the client may not. */
static void
test_forwarded_is_verified(World *world, gconstpointer data)
{
    Network *network = world->network;
    Member *member = network_member(network, 1);
    Packet copy;
    uint8_t *p;
    guint number;

    (void)data;
    client_expect(network, 0, client_store_signed(&world->of_a, 2, "AAAA", EPOCH, EPOCH),
                  200);
    copy = packet_of_bytes(packet_bytes(&network_sent(network, 0)->packet));
    p = packet_make_mutable(&copy);
    p[copy.length - 60] ^= 1; /* within the signature */
    number =
        network_ask_as(network, 2, KIND_STORAGE_CC, member->record.x25519, p, copy.length);
    g_assert_cmpint(network_answer(network, number)->status, ==, 401);
    packet_clear(&copy);
    /* The window of the signature holds for it, too. */
    network->epoch_ms += 60001;
    number = network_ask_as(network, 2, KIND_STORAGE_CC, member->record.x25519,
                            packet_bytes(&network_sent(network, 0)->packet).p,
                            network_sent(network, 0)->packet.length);
    g_assert_cmpint(network_answer(network, number)->status, ==, 406);
}

static void
test_outbox(World *world, gconstpointer data)
{
    Network *network = world->network;
    const char *text;

    (void)data;
    client_expect(network, 0, client_store_signed(&world->of_a, -21, "AAAA", EPOCH, EPOCH),
                  200);
    client_expect(network, 0, client_store_signed(&world->of_a, -21, "BBBB", EPOCH, EPOCH),
                  200);
    for (guint i = 0; i < 5; i++)
        g_assert_cmpuint(network_stored(network, i), ==, 1);
    /* Everybody reads it. */
    text = client_expect(
        network, 1,
        g_strdup_printf("{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"%s\","
                        "\"namespace\":-21}}",
                        world->of_a.hex),
        200);
    g_assert_nonnull(strstr(text, "\"BBBB\""));
}

static void
test_not_ready(World *world, gconstpointer data)
{
    Network *network = world->network;

    (void)data;
    network_member(network, 3)->record.active = false;
    network_member(network, 3)->record.swarm_id = SWARM_NONE;
    network_block(network);
    g_assert_cmpstr(
        client_expect(network, 3, client_store(&world->of_a, "AAAA", EPOCH), 503), ==,
        "Service node is not ready: not in any swarm\n");
    network_crash(network, 0);
    network_restart(network, 0);
    g_assert_cmpstr(
        client_expect(network, 0, client_store(&world->of_a, "AAAA", EPOCH), 503), ==,
        "Service node is not ready: not yet on hardfork 19.3; not in any swarm; not done "
        "syncing\n");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/store/" path, World, NULL, world_set_up, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("everybody", test_everybody);
    ADD("one-body", test_one_body);
    ADD("outcomes", test_outcomes);
    ADD("all-fail", test_all_fail);
    ADD("member-does-not-know", test_member_does_not_know);
    ADD("member-disagrees", test_member_disagrees);
    ADD("again", test_again);
    ADD("busy", test_busy);
    ADD("crash", test_crash);
    ADD("times", test_times);
    ADD("signature-window", test_signature_window);
    ADD("signatures", test_signatures);
    ADD("body-limit", test_body_limit);
    ADD("full", test_full);
    ADD("all-full", test_all_full);
    ADD("wrong-swarm", test_wrong_swarm);
    ADD("forwarded-by-strangers", test_forwarded_by_strangers);
    ADD("forwarded-is-verified", test_forwarded_is_verified);
    ADD("outbox", test_outbox);
    ADD("not-ready", test_not_ready);
    return g_test_run();
}
