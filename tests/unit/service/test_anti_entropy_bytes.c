/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anti-entropy's bytes: requests and answers as they should be, cut short, too many, from
 * the wrong node, and what a bad member can do. */
#include "nodes/service/node_internal.h"
#include "tests/unit/service/world.h"

#define HOUR_MS INT64_C(3600000)

enum { MEMBERS = 5, SCOPE_BYTES = 32 };

static void
set_up(World *world, gconstpointer data)
{
    world_set_up(world, data);
    world->config.anti_entropy_interval = 10 * MINUTE;
    world_restart(world);
}

/* Message 1 of a client of the swarm, an hour old. */
static void
put(World *world, guint member)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    UnixMs t = network_unix_ms(world->network);

    world_hash(1, hash);
    network_put(world->network, member, world->of_a.account, 0, hash, "body", 4,
                t - HOUR_MS, t + DAY_MS);
}

/* --- requests ------------------------------------------------------------------------ */

/* From member 1 to member 0. */
static const Answer *
ask(World *world, Bytes body)
{
    guint number =
        network_ask_as(world->network, 0, KIND_ANTI_ENTROPY,
                       network_member(world->network, 1)->record.x25519, body.p, body.n);

    g_assert_true(network_answer(world->network, number)->given);
    return network_answer(world->network, number);
}

static void
append_number(GByteArray *out, uint64_t v, guint bytes)
{
    for (guint i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(v >> 8 * i);

        g_byte_array_append(out, &byte, 1);
    }
}

static GByteArray *
begin_request(const World *world, uint8_t step)
{
    GByteArray *out = g_byte_array_new();
    UnixMs t = network_unix_ms(world->network);

    append_number(out, step, 1);
    append_number(out, 1234, 8);
    append_number(out, 5678, 8);
    append_number(out, (uint64_t)t + 30000, 8);
    append_number(out, (uint64_t)t - 30000, 8);
    return out;
}

/* One good request of each step; 0 and 5 are none. */
static GByteArray *
good_request(const World *world, uint8_t step)
{
    GByteArray *out = begin_request(world, step);
    UnixMs t = network_unix_ms(world->network);
    char *push;

    switch (step) {
    case 1:
        append_number(out, 3, 4);
        append_number(out, 77, 8);
        break;
    case 2:
        append_number(out, (uint64_t)t - 100000, 8);
        append_number(out, 0, 4);
        append_number(out, 0, 8);
        append_number(out, (uint64_t)t - 30000, 8);
        append_number(out, 1, 4);
        append_number(out, 99, 8);
        break;
    case 3:
        append_number(out, 42, 8);
        append_number(out, 43, 8);
        break;
    case 4:
        g_byte_array_append(out, (const guint8 *)"ll33:", 5);
        g_byte_array_append(out, world->of_a.account, ACCOUNT_BYTES);
        push = g_strdup_printf(
            "4:hashi%" G_GINT64_FORMAT "ei%" G_GINT64_FORMAT "e4:bodyi2eee", t, t + DAY_MS);
        g_byte_array_append(out, (const guint8 *)push, (guint)strlen(push));
        g_free(push);
        break;
    }
    return out;
}

static Bytes
bytes_of(const GByteArray *array)
{
    return (Bytes){ array->data, array->len };
}

static void
test_good_requests(World *world, gconstpointer data)
{
    static const char *const answers[] = { "differs", NULL, "le", "OK" };

    (void)data;
    put(world, 0);
    for (uint8_t step = 1; step <= 4; step++) {
        GByteArray *request = good_request(world, step);
        const Answer *answer = ask(world, bytes_of(request));

        g_assert_cmpint(answer->status, ==, 200);
        if (answers[step - 1] != NULL)
            g_assert_cmpstr(answer->body->str, ==, answers[step - 1]);
        else /* the first range has a message of which I know nothing, the second one not */
            g_assert_cmpuint(answer->body->len, ==, 8 + 8 + 8);
        g_byte_array_unref(request);
    }
    g_assert_cmpuint(network_stored(world->network, 0), ==, 2);
}

/* Cut short anywhere, or with more behind it: an error, and nothing is kept. */
static void
test_cut_short(World *world, gconstpointer data)
{
    (void)data;
    for (uint8_t step = 0; step <= 5; step++) {
        GByteArray *request = good_request(world, step);
        bool none = step == 0 || step == 5;

        for (guint n = 0; n <= request->len + 1; n++) {
            uint8_t *copy = g_malloc(n + 1);
            int status;

            copy[n == 0 ? 0 : n - 1] = 'e';
            memcpy(copy, request->data, MIN(n, request->len));
            if (n == request->len && !none) {
                g_free(copy);
                continue;
            }
            status = ask(world, (Bytes){ copy, n })->status;
            /* A FETCH of one id, or the first of two ranges, is a request of its own. */
            if (step != 3 || n != request->len - 8)
                g_assert_cmpint(status, ==, 400);
            g_free(copy);
        }
        g_byte_array_unref(request);
    }
    g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
}

static void
test_too_much(World *world, gconstpointer data)
{
    UnixMs end = network_unix_ms(world->network) - 30000;
    GByteArray *ranges = begin_request(world, 2), *ids = begin_request(world, 3);

    (void)data;
    for (guint i = 0; i <= 4096; i++) {
        append_number(ranges, (uint64_t)(end - 4096 + i), 8);
        append_number(ranges, 0, 4);
        append_number(ranges, 0, 8);
        append_number(ids, i, 8);
    }
    g_assert_cmpint(ask(world, bytes_of(ranges))->status, ==, 400);
    g_assert_cmpint(ask(world, bytes_of(ids))->status, ==, 400);
    /* One less of each. */
    g_byte_array_remove_range(ranges, 1 + SCOPE_BYTES, 20);
    g_byte_array_remove_range(ids, 1 + SCOPE_BYTES, 8);
    g_assert_cmpint(ask(world, bytes_of(ranges))->status, ==, 200);
    g_assert_cmpint(ask(world, bytes_of(ids))->status, ==, 200);
    /* Not ascending. */
    append_number(ranges, (uint64_t)end, 8);
    append_number(ranges, 0, 4);
    append_number(ranges, 0, 8);
    g_byte_array_remove_range(ranges, 1 + SCOPE_BYTES, 20);
    g_assert_cmpint(ask(world, bytes_of(ranges))->status, ==, 400);
    g_byte_array_unref(ranges);
    g_byte_array_unref(ids);
}

static void
test_strangers(World *world, gconstpointer data)
{
    GByteArray *request = good_request(world, 4);
    const uint8_t *of_b = network_member(world->network, 7)->record.x25519;
    guint number = network_ask_as(world->network, 0, KIND_ANTI_ENTROPY, of_b, request->data,
                                  request->len);

    (void)data;
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 403);
    number = network_ask(world->network, 0, KIND_ANTI_ENTROPY, request->data, request->len);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 403);
    /* Where it is off nobody answers. */
    world->config.anti_entropy_interval = 0;
    g_assert_cmpint(ask(world, bytes_of(request))->status, ==, 404);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
    g_byte_array_unref(request);
}

/* What is given must belong here: messages of other swarms, and those that are over, do
 * not. */
static void
test_given_in_vain(World *world, gconstpointer data)
{
    UnixMs t = network_unix_ms(world->network);

    (void)data;
    for (int i = 0; i < 2; i++) {
        GByteArray *request = begin_request(world, 4);
        char *push =
            g_strdup_printf("4:hashi%" G_GINT64_FORMAT "ei%" G_GINT64_FORMAT "e4:bodyi2eee",
                            t - 2000, i == 0 ? t + DAY_MS : t - 1);

        g_byte_array_append(request, (const guint8 *)"ll33:", 5);
        g_byte_array_append(request, i == 0 ? world->of_b.account : world->of_a.account,
                            ACCOUNT_BYTES);
        g_byte_array_append(request, (const guint8 *)push, (guint)strlen(push));
        /* It may say what it likes about the scope. */
        memset(request->data + 1 + 16, 0, 8);
        g_assert_cmpint(ask(world, bytes_of(request))->status, ==, 200);
        g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
        g_free(push);
        g_byte_array_unref(request);
    }
}

/* --- bad answers -----------------------------------------------------------------------
 */

/* Member 0's last request, which nobody else answers; 0: it has none. */
static RequestId
last_request(const World *world)
{
    RequestId id = 0;

    for (guint i = 0; i < world->network->sent->len; i++) {
        const Sent *sent = network_sent(world->network, i);

        if (sent->kind == KIND_ANTI_ENTROPY && sent->from == 0)
            id = sent->id;
    }
    return id;
}

static void
answer(World *world, RequestId id, const void *body, size_t n)
{
    Packet packet = packet_of_bytes((Bytes){ body, n });

    service_node_ops.outcome(network_member(world->network, 0)->node, world->network->now,
                             id, OUTCOME_ANSWER, 200, &packet);
    packet_clear(&packet);
    network_run(world->network, world->network->now);
}

/* Up to the question about ranges. */
static RequestId
asked_for_ranges(World *world)
{
    RequestId id;

    for (guint i = 1; i < MEMBERS; i++)
        network_member(world->network, i)->reach = REACH_SILENT;
    network_forget_sent(world->network);
    while ((id = last_request(world)) == 0)
        network_run(world->network, world->network->now + SECOND);
    answer(world, id, "differs", 7);
    g_assert_cmpuint(last_request(world), !=, id);
    return last_request(world);
}

static void
assert_resting(World *world)
{
    network_run(world->network, world->network->now + MINUTE);
    g_assert_null(network_member(world->network, 0)->node->exchange);
}

static void
test_bad_answers(World *world, gconstpointer data)
{
    static const uint8_t index[] = { 9, 0, 0, 0, 0, 0, 0, 0 };
    static const uint8_t number[] = { 0, 0, 0, 0, 255, 255, 255, 127, 1, 2, 3 };
    static const uint8_t twice[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
    static const struct {
        const void *p;
        size_t n;
    } answers[] = {
        { "", 0 }, { "x", 1 }, { index, 8 }, { index, 7 }, { number, sizeof number }
    };

    (void)data;
    put(world, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        answer(world, asked_for_ranges(world), answers[i].p, answers[i].n);
        g_assert_null(network_member(world->network, 0)->node->exchange);
    }
    /* What is said twice counts once: one message is given. */
    answer(world, asked_for_ranges(world), twice, sizeof twice);
    g_assert_cmpuint(network_member(world->network, 0)->node->exchange->gives.n, ==, 0);
    assert_resting(world);
}

/* Who promises messages and gives others is left, and they are not kept. */
static void
test_other_messages(World *world, gconstpointer data)
{
    static const uint8_t promise[] = { 0, 0, 0, 0, 1, 0, 0, 128, 1, 2, 3, 4, 5, 6, 7, 8 };
    GByteArray *given = good_request(world, 4);
    RequestId id = asked_for_ranges(world);

    (void)data;
    answer(world, id, promise, sizeof promise);
    g_assert_cmpuint(last_request(world), !=, id);
    answer(world, last_request(world), given->data + 1 + SCOPE_BYTES,
           given->len - 1 - SCOPE_BYTES);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
    g_assert_null(network_member(world->network, 0)->node->exchange);
    /* Nor is what is no list. */
    id = asked_for_ranges(world);
    answer(world, id, promise, sizeof promise);
    answer(world, last_request(world), "i1e", 3);
    g_assert_null(network_member(world->network, 0)->node->exchange);
    g_byte_array_unref(given);
}

/* A crash in the middle, and a member that leaves in the middle. */
static void
test_interrupted(World *world, gconstpointer data)
{
    RequestId id;

    (void)data;
    put(world, 0);
    id = asked_for_ranges(world);
    network_crash(world->network, 0);
    network_restart(world->network, 0);
    world_block(world);
    answer(world, id, "x", 1);
    id = asked_for_ranges(world);
    for (guint i = 1; i < MEMBERS; i++)
        world_move(world, i, B);
    world_block(world);
    answer(world, id, "\0\0\0\0\0\0\0\0", 8);
    assert_resting(world);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/anti-entropy-bytes/" path, World, NULL, set_up, function,         \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("good-requests", test_good_requests);
    ADD("cut-short", test_cut_short);
    ADD("too-much", test_too_much);
    ADD("strangers", test_strangers);
    ADD("given-in-vain", test_given_in_vain);
    ADD("bad-answers", test_bad_answers);
    ADD("other-messages", test_other_messages);
    ADD("interrupted", test_interrupted);
    return g_test_run();
}
