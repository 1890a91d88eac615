/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers that somebody wrote to do harm: cut at every length, changed at random, of the
 * wrong form, too much of everything.  A client that gets them stays whole and bounded, and
 * works again when they stop. */
#include "tests/lib/mutate.h"
#include "tests/unit/session/world.h"

static const uint8_t alice[32] = "alice";

static void
check_invariants(const World *world)
{
    const Session *s = world->session;
    bool used[1000] = { false };

    if (s->pool.list == NULL)
        return;
    g_assert_cmpuint(s->pool.list->n, <=, 1000);
    g_assert_cmpuint(s->pool.n_excluded, <=, s->pool.list->n);
    for (guint i = 1; i < s->pool.n_excluded; i++)
        g_assert_cmpuint(s->pool.excluded[i - 1], <, s->pool.excluded[i]);
    for (guint i = 0; i < s->n_paths; i++)
        for (guint j = 0; j < s->path[i].n; j++) {
            g_assert_cmpuint(s->path[i].hop[j], <, s->pool.list->n);
            g_assert_false(used[s->path[i].hop[j]]);
            used[s->path[i].hop[j]] = true;
        }
    for (guint i = 0; i < s->n_cursors; i++)
        g_assert_cmpuint(session_cursor_at(s, i)->node, <, s->pool.list->n);
    g_assert_cmpuint(s->n_cursors, <=, CURSORS_MAX);
    g_assert_cmpuint(s->n_failures, <=, FAILURES_MAX);
    g_assert_cmpuint(s->n_slots, <=, REQUESTS_MAX);
    g_assert_cmpuint(s->seen_hashes.n, <=, world->config.seen_max);
    g_assert_cmpuint(s->outbox.n, <=, world->config.outbox_max);
    if (s->swarms.own != NULL)
        g_assert_cmpuint(s->swarms.own->n, <=, SWARM_NODES_MAX);
}

/* A client that does everything often: polls, configurations, refreshes, messages. */
static World *
busy_world(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;
    World *world;

    config.poll_interval = 1 * SECOND;
    config.poll_configs = true;
    config.sync_copies = true;
    config.pool_first_refresh = 10 * SECOND;
    config.pool_refresh = 10 * SECOND;
    config.resend_interval = 20 * SECOND;
    config.seen_max = 50;
    world = world_new(70, &config);
    world->crypto.ops = &crypto_null;
    session_account(world->session, account);
    n = world_swarm(world, account, swarm);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *data = world_seal_text(world, alice, i, 40, WORLD_EPOCH_MS + i);

        for (guint j = 0; j < n; j++)
            world_put(world, swarm[j], account, i == 2 ? 3 : 0, data);
    }
    return world;
}

/* Everybody behaves again: the client must too.  (What was dropped comes back with the next
 * refresh, which the loss of too many nodes brings about by itself.) */
static void
check_recovery(World *world)
{
    uint8_t account[ACCOUNT_BYTES];
    Time now = world->recording->now;

    world->tamper = NULL;
    world->seed_says = NULL;
    check_invariants(world);
    world_run(world, now + 3 * MINUTE);
    world_account(40, account);
    recording_port_forget(world->recording);
    world->handled = 0;
    world_write(world, 999999, account, 50);
    world_run(world, now + 4 * MINUTE);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ACCEPTED, 999999), ==,
                     1);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    check_invariants(world);
}

static void
live_through(World *world, guint minutes)
{
    uint8_t account[ACCOUNT_BYTES];

    world_online(world);
    for (guint i = 0; i < minutes * 6; i++) {
        world_account(i % 20, account);
        world_write(world, 1000 + i, account, 50);
        world_run_for(world, 10 * SECOND);
        check_invariants(world);
        recording_port_forget(world->recording);
        world->handled = 0;
    }
}

static void
tamper_mutate(World *world, GString *body)
{
    static const char alphabet[] = "{}[]\",:0123456789abcdefntrue\\-";
    Bytes in = { (const uint8_t *)body->str, body->len };
    Bytes out = mutate(world->tampered++, in, bytes_of_text(alphabet));

    g_string_truncate(body, 0);
    g_string_append_len(body, (const char *)out.p, (gssize)out.n);
    bytes_free(out);
}

static void
test_mutated_bodies(void)
{
    World *world = busy_world();

    world->tamper = tamper_mutate;
    live_through(world, 4);
    g_assert_cmpuint(world->tampered, >, 300);
    check_recovery(world);
    world_free(world);
}

static void
tamper_truncate(World *world, GString *body)
{
    guint step = body->len > 4000 ? 97 : 1;

    g_string_truncate(body, world->tampered++ * step % (body->len + 1));
}

static void
test_truncated_bodies(void)
{
    World *world = busy_world();

    world->tamper = tamper_truncate;
    live_through(world, 4);
    g_assert_cmpuint(world->tampered, >, 300);
    check_recovery(world);
    world_free(world);
}

/* One poll's answer, cut everywhere. */
static void
test_poll_cut_at_every_length(void)
{
    World *world = busy_world();
    guint n = 1;

    world->config.pool_refresh = 0;
    world_online(world);
    world_run(world, 9 * SECOND);
    world->tamper = tamper_truncate;
    for (world->tampered = 0; world->tampered < n;) {
        guint before = world->tampered;

        world_run_for(world, 2 * SECOND);
        n = 1500;
        g_assert_cmpuint(world->tampered, >, before);
    }
    check_recovery(world);
    world_free(world);
}

static const char *const odd_bodies[] = {
    "",
    "null",
    "[]",
    "{}",
    "7",
    "\"results\"",
    "{\"results\":{}}",
    "{\"results\":[]}",
    "{\"results\":[7]}",
    "{\"results\":[{}]}",
    "{\"results\":[{\"code\":200}]}",
    "{\"results\":[{\"code\":200,\"body\":null}]}",
    "{\"results\":[{\"code\":\"200\",\"body\":{}}]}",
    "{\"results\":[{\"code\":-1,\"body\":{}}]}",
    "{\"results\":[{\"code\":99999999999999999999,\"body\":{}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"messages\":{},\"t\":-1}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"messages\":[7,{},null,{\"hash\":7}],\"t\":"
    "1e300}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"messages\":[{\"hash\":\"\",\"data\":\"AA==\"}]"
    ","
    "\"t\":9223372036854775807}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"messages\":[{\"hash\":\"short\"}],"
    "\"t\":9007199254740992}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"messages\":[{\"hash\":\"a\\u0000b\","
    "\"data\":\"AA==\"}],\"t\":0}}]}",
    "{\"results\":[{\"code\":200,\"body\":{\"snodes\":[7,null,{},{\"pubkey_ed25519\":7}]}}]"
    "}",
    "{\"results\":[{\"code\":200,\"body\":{\"snodes\":{}}}]}",
    "{\"results\":[{\"code\":421,\"body\":{\"snodes\":[]}}]}",
    "{\"results\":[{\"code\":421,\"body\":\"no\"}]}",
    "{\"result\":{\"service_node_states\":[]}}",
    "{\"result\":{\"service_node_states\":[{}]}}",
    "{\"result\":7}",
};

static void
tamper_odd(World *world, GString *body)
{
    g_string_assign(body, odd_bodies[world->tampered++ % G_N_ELEMENTS(odd_bodies)]);
}

static void
test_odd_bodies(void)
{
    World *world = busy_world();

    world->tamper = tamper_odd;
    live_through(world, 3);
    g_assert_cmpuint(world->tampered, >, 300);
    check_recovery(world);
    world_free(world);
}

/* A swarm of a thousand strangers, each twice, then the same one for ever. */
static void
tamper_crowd(World *world, GString *body)
{
    if (strstr(body->str, "snodes") == NULL)
        return;
    world->tampered++;
    g_string_assign(body, "{\"results\":[{\"code\":200,\"body\":{\"t\":1,\"snodes\":[");
    for (guint i = 0; i < 1000; i++)
        for (guint twice = 0; twice < 2; twice++)
            g_string_append_printf(body,
                                   "%s{\"pubkey_ed25519\":\"%064x\",\"pubkey_x25519\":"
                                   "\"%064x\",\"ip\":\"1.2.3.4\"}",
                                   i + twice > 0 ? "," : "", i, i);
    g_string_append(body, "]}}]}");
}

static void
test_swarm_of_strangers(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    FreshSwarm fresh;
    GString *text = g_string_new("snodes");
    JsonValue body;

    world->tamper = tamper_crowd;
    tamper_crowd(world, text);
    g_assert_cmpint(json_parse((Bytes){ (uint8_t *)text->str, text->len }, &body), ==,
                    ST_OK);
    g_assert_true(json_get(body, "results", &body));
    g_assert_cmpuint(json_length(body), ==, 1);
    g_string_free(text, TRUE);

    world_online(world);
    world_run(world, 2 * MINUTE);
    /* Nobody of them can be reached; paths are blamed, nothing is kept. */
    g_assert_cmpuint(world->tampered, >, 1);
    g_assert_cmpuint(world->session->swarms.own->n, ==, 0);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, !=, 200);
    check_invariants(world);

    text = g_string_new("snodes");
    tamper_crowd(world, text);
    g_assert_cmpint(json_parse((Bytes){ (uint8_t *)text->str, text->len }, &body), ==,
                    ST_OK);
    g_assert_true(json_get(body, "results", &body));
    {
        JsonIterator it = json_iterate(body);
        Bytes name;

        g_assert_true(json_next(&it, &name, &body));
        g_assert_true(json_get(body, "body", &body));
    }
    g_assert_true(
        session_swarm_parse(world->session, world->session->x25519.pk, body, &fresh));
    g_assert_cmpuint(fresh.n, ==, SWARM_NODES_MAX);
    for (guint i = 0; i < fresh.n; i++)
        g_assert_cmpuint(fresh.node[i].ed25519[31], ==, i);
    g_string_free(text, TRUE);
    world->tamper = NULL;
    world_run(world, 5 * MINUTE);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    world_free(world);
}

static Packet
seed_says_mutated(World *world)
{
    Buffer list = BUFFER_EMPTY;
    Packet packet;
    Bytes out;

    node_list_to_json(world->snapshot->nodes, 1, world->snapshot->block_hash, true, &list);
    out = mutate(world->tampered++, buffer_bytes(&list), bytes_of_text("{}[]\",:0123abc"));
    packet = packet_of_bytes(out);
    buffer_clear(&list);
    bytes_free(out);
    return packet;
}

static void
test_mutated_seeds(void)
{
    for (guint i = 0; i < 10; i++) {
        World *world = busy_world();

        world->tampered = i * 1000;
        world->seed_says = seed_says_mutated;
        world_online(world);
        world_run(world, 40 * SECOND);
        check_invariants(world);
        check_recovery(world);
        world_free(world);
    }
}

static Packet
seed_says_nobody(World *world)
{
    (void)world;
    return packet_of_bytes(
        BYTES_LITERAL("{\"result\":{\"service_node_states\":[],\"status\":\"OK\"}}"));
}

static void
test_seed_without_nodes(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);

    world->seed_says = seed_says_nobody;
    world_online(world);
    world_run(world, 1 * MINUTE);
    g_assert_null(world->session->pool.list);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), >, 4);
    world->seed_says = NULL;
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    world_free(world);
}

/* End all requests that are open with @status and @n bytes of noise. */
static void
answer_with_noise(World *world, int status, guint n, bool text, GRand *random)
{
    const char letters[] = "0123456789abcdefA+/=";
    uint8_t noise[300];

    for (guint i = 0; i < sizeof noise; i++)
        noise[i] =
            text ? (uint8_t)letters[g_rand_int(random) % 20] : (uint8_t)g_rand_int(random);
    for (; world->handled < world->recording->sent->len; world->handled++) {
        const SentMessage *sent = recording_sent(world->recording, world->handled);
        Packet packet = packet_of_bytes((Bytes){ noise, n });

        recording_port_end(world->recording, &session_ops, world->session, sent->id,
                           OUTCOME_ANSWER, status, &packet);
        check_invariants(world);
    }
}

static void
test_guards_say_anything(void)
{
    const int statuses[] = { 0,   -1,  100, 200, 204, 301, 400, 404, 406,
                             421, 425, 429, 500, 502, 503, 504, 1000 };
    SessionConfig config = world_config();

    config.onion_tries = 1;
    config.poll_interval = 10 * MILLISECOND;
    for (guint k = 0; k < 2 * G_N_ELEMENTS(statuses); k++) {
        World *world = world_new(70, &config);
        GRand *random = g_rand_new_with_seed(k);

        world->crypto.ops = &crypto_null;
        world_online(world);
        world_run(world, 9 * SECOND);
        for (guint n = 0; n < 300; n += 1 + n / 40) {
            recording_port_run(world->recording, &session_ops, world->session,
                               world->recording->now + 20 * MILLISECOND);
            answer_with_noise(world, statuses[k / 2], n, k % 2 == 0, random);
        }
        g_rand_free(random);
        world_free(world);
    }
}

/* Outcomes of requests that do not exist, or ended before, change nothing. */
static void
test_unknown_outcomes(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    guint sent, notes;

    world_online(world);
    world_run(world, 10 * SECOND);
    sent = world->recording->sent->len;
    notes = world->recording->notes->len;
    for (RequestId id = 0; id < 60; id++)
        recording_port_end(world->recording, &session_ops, world->session, id,
                           OUTCOME_ANSWER, 200, NULL);
    recording_port_end(world->recording, &session_ops, world->session, UINT64_MAX,
                       OUTCOME_TIMEOUT, 0, NULL);
    g_assert_cmpuint(world->recording->sent->len, ==, sent);
    g_assert_cmpuint(world->recording->notes->len, ==, notes);
    world_run(world, 20 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    world_free(world);
}

static void
test_packets_that_are_no_orders(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);

    for (int kind = 0; kind < KIND_COUNT; kind++) {
        Packet packet = packet_of_bytes(BYTES_LITERAL("{\"method\":\"info\"}"));

        recording_port_deliver(world->recording, &session_ops, world->session, 7, NULL,
                               (MessageKind)kind, 1, &packet);
        recording_port_deliver(world->recording, &session_ops, world->session, 7, NULL,
                               (MessageKind)kind, 1, &packet);
    }
    g_assert_cmpuint(world->recording->sent->len, ==, 0);
    g_assert_cmpuint(world->recording->replies->len, ==, 0);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/mutated-bodies", test_mutated_bodies);
    g_test_add_func("/session/truncated-bodies", test_truncated_bodies);
    g_test_add_func("/session/poll-cut-at-every-length", test_poll_cut_at_every_length);
    g_test_add_func("/session/odd-bodies", test_odd_bodies);
    g_test_add_func("/session/swarm-of-strangers", test_swarm_of_strangers);
    g_test_add_func("/session/mutated-seeds", test_mutated_seeds);
    g_test_add_func("/session/seed-without-nodes", test_seed_without_nodes);
    g_test_add_func("/session/guards-say-anything", test_guards_say_anything);
    g_test_add_func("/session/unknown-outcomes", test_unknown_outcomes);
    g_test_add_func("/session/packets-that-are-no-orders", test_packets_that_are_no_orders);
    return g_test_run();
}
