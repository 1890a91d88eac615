/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a misbehaving node's store gives out and keeps, each beside the same store behaving.
 */
#include <glib.h>
#include <string.h>

#include "nodes/store/memory_store.h"
#include "sim/fault/misbehave.h"

static const uint8_t account[ACCOUNT_BYTES] = { 5, 1 };

/* An actor that stores what it is told, under the message's own text. */
typedef struct Keeper {
    Store *store;
    unsigned calls[8];
} Keeper;

static PutResult
put(Store *store, const char *hash, UnixMs timestamp)
{
    StoreMessage m = { .hash = bytes_of_text(hash),
                       .timestamp = timestamp,
                       .expiry = 1000000,
                       .data = packet_of_bytes(bytes_of_text(hash)) };
    PutResult result;

    memcpy(m.account, account, sizeof account);
    result = store->ops->put(store, &m, true);
    packet_clear(&m.data);
    return result;
}

static void
keeper_start(void *self, Time now)
{
    (void)now;
    ((Keeper *)self)->calls[0]++;
}

static void
keeper_receive(void *self, Time now, const Incoming *in)
{
    Keeper *keeper = self;
    g_autofree char *hash =
        g_strndup((const char *)packet_bytes(in->packet).p, packet_bytes(in->packet).n);

    (void)now;
    keeper->calls[1]++;
    g_assert_cmpint(put(keeper->store, hash, 10), ==, PUT_NEW);
}

static void
keeper_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
               Packet *packet)
{
    (void)now;
    (void)packet;
    g_assert_cmpuint(id, ==, 7);
    g_assert_cmpint(outcome, ==, OUTCOME_TIMEOUT);
    g_assert_cmpint(status, ==, 3);
    ((Keeper *)self)->calls[2]++;
}

static void
keeper_expire(void *self, Time now)
{
    g_assert_cmpint(now, ==, 11);
    ((Keeper *)self)->calls[3]++;
}

static void
keeper_stop(void *self)
{
    ((Keeper *)self)->calls[4]++;
}

static void
keeper_free(void *self)
{
    ((Keeper *)self)->calls[5]++;
}

static const ActorOps keeper_ops = {
    .name = "keeper",
    .start = keeper_start,
    .receive = keeper_receive,
    .outcome = keeper_outcome,
    .expire = keeper_expire,
    .stop = keeper_stop,
    .free = keeper_free,
};

typedef struct Fixture {
    Store *inner;
    Keeper keeper;
    MisbehavingNode node;
    GString *seen; /* what the last fetch gave out */
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->inner = memory_store_new(1 << 20);
    misbehaving_node_init(&f->node, f->inner, &keeper_ops, &f->keeper);
    f->keeper.store = &f->node.store;
    f->seen = g_string_new(NULL);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    f->node.store.ops->close(&f->node.store); /* does nothing to the inner one */
    f->inner->ops->close(f->inner);
    g_string_free(f->seen, TRUE);
}

static bool
see(void *context, int64_t row, const StoreMessage *message)
{
    Bytes data = packet_bytes(&message->data);

    (void)row;
    g_string_append_printf(context, "%.*s=%.*s ", (int)message->hash.n,
                           (const char *)message->hash.p, (int)data.n,
                           (const char *)data.p);
    return true;
}

static const char *
fetch(Fixture *f, const char *after)
{
    g_string_truncate(f->seen, 0);
    f->node.store.ops->fetch(&f->node.store, account, 0, bytes_of_text(after), see,
                             f->seen);
    return f->seen->str;
}

static void
tell(Fixture *f, MessageKind kind, const char *hash)
{
    Packet packet = packet_of_bytes(bytes_of_text(hash));
    Incoming in = { .kind = kind, .packet = &packet };

    misbehaving_node_ops.receive(&f->node, 5, &in);
    packet_clear(&packet);
}

static void
behave(Fixture *f, Misbehaviour misbehaviour)
{
    f->node.does |= (uint32_t)1 << misbehaviour;
}

static void
test_nothing_switched_on(Fixture *f, gconstpointer data)
{
    Packet none = PACKET_EMPTY;

    (void)data;
    misbehaving_node_ops.start(&f->node, 1);
    tell(f, KIND_STORAGE_RPC, "ab");
    tell(f, KIND_STORAGE_CC, "cd");
    tell(f, KIND_DATA, "ef");
    misbehaving_node_ops.outcome(&f->node, 9, 7, OUTCOME_TIMEOUT, 3, &none);
    misbehaving_node_ops.expire(&f->node, 11);
    misbehaving_node_ops.warm(&f->node);
    misbehaving_node_ops.stop(&f->node);
    misbehaving_node_ops.free(&f->node);
    g_assert_cmpuint(f->keeper.calls[0], ==, 1);
    g_assert_cmpuint(f->keeper.calls[1], ==, 3);
    for (int i = 2; i <= 5; i++)
        g_assert_cmpuint(f->keeper.calls[i], ==, 1);
    g_assert_cmpstr(fetch(f, ""), ==, "ab=ab cd=cd ef=ef ");
    g_assert_cmpstr(fetch(f, "ab"), ==, "cd=cd ef=ef ");
    g_assert_cmpuint(f->node.store.ops->count(&f->node.store), ==, 3);
    for (int i = 0; i < MISBEHAVIOURS; i++)
        g_assert_cmpuint(f->node.done[i], ==, 0);
}

static void
test_drop(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(put(&f->node.store, "ab", 10), ==, PUT_NEW);
    behave(f, MISBEHAVE_DROP);
    g_assert_cmpint(put(&f->node.store, "cd", 10), ==, PUT_NEW);
    tell(f, KIND_STORAGE_CC, "ef");
    g_assert_cmpstr(fetch(f, ""), ==, "ab=ab ");
    g_assert_cmpuint(f->inner->ops->count(f->inner), ==, 1);
    g_assert_cmpuint(f->node.done[MISBEHAVE_DROP], ==, 2);
    f->node.does = 0;
    g_assert_cmpint(put(&f->node.store, "gh", 10), ==, PUT_NEW);
    g_assert_cmpstr(fetch(f, ""), ==, "ab=ab gh=gh ");
}

static void
test_lie(Fixture *f, gconstpointer data)
{
    (void)data;
    behave(f, MISBEHAVE_LIE);
    tell(f, KIND_STORAGE_RPC, "client's");
    tell(f, KIND_ONION_HOP, "too");
    tell(f, KIND_STORAGE_CC, "forwarded");
    tell(f, KIND_DATA, "pushed");
    g_assert_cmpint(put(&f->node.store, "its own", 10), ==, PUT_NEW);
    g_assert_cmpstr(fetch(f, ""), ==, "client's=client's too=too its own=its own ");
    g_assert_cmpuint(f->node.done[MISBEHAVE_LIE], ==, 2);
}

static void
test_withhold(Fixture *f, gconstpointer data)
{
    (void)data;
    put(&f->node.store, "ab", 10);
    behave(f, MISBEHAVE_WITHHOLD);
    put(&f->node.store, "cd", 10);
    g_assert_cmpstr(fetch(f, ""), ==, "");
    g_assert_cmpuint(f->node.done[MISBEHAVE_WITHHOLD], ==, 2);
    f->node.does = 0;
    g_assert_cmpstr(fetch(f, ""), ==, "ab=ab cd=cd ");
}

static void
test_stale(Fixture *f, gconstpointer data)
{
    (void)data;
    put(&f->node.store, "old", 10);
    put(&f->node.store, "new", 21);
    put(&f->node.store, "late", 20);
    f->node.stale_after = 20;
    g_assert_cmpstr(fetch(f, ""), ==, "old=old new=new late=late ");
    behave(f, MISBEHAVE_STALE);
    g_assert_cmpstr(fetch(f, ""), ==, "old=old late=late ");
    g_assert_cmpuint(f->node.done[MISBEHAVE_STALE], ==, 1);
}

static void
test_corrupt(Fixture *f, gconstpointer data)
{
    (void)data;
    put(&f->node.store, "abcde", 10);
    put(&f->node.store, "x", 10);
    behave(f, MISBEHAVE_CORRUPT);
    g_assert_cmpstr(fetch(f, ""), ==, "abcde=abbde x=y ");
    g_assert_cmpstr(fetch(f, ""), ==, "abcde=abbde x=y "); /* the same again */
    f->node.does = 0;
    g_assert_cmpstr(fetch(f, ""), ==, "abcde=abcde x=x "); /* what is stored is whole */
    g_assert_cmpuint(f->node.done[MISBEHAVE_CORRUPT], ==, 4);
}

static void
test_replay(Fixture *f, gconstpointer data)
{
    (void)data;
    put(&f->node.store, "ab", 10);
    put(&f->node.store, "cd", 10);
    behave(f, MISBEHAVE_REPLAY);
    g_assert_cmpstr(fetch(f, "cd"), ==, "ab=ab cd=cd ");
    g_assert_cmpuint(f->node.done[MISBEHAVE_REPLAY], ==, 1);
    f->node.does = 0;
    g_assert_cmpstr(fetch(f, "cd"), ==, "");
}

/* Two at once: what is both replayed and changed. */
static void
test_together(Fixture *f, gconstpointer data)
{
    (void)data;
    put(&f->node.store, "ab", 10);
    behave(f, MISBEHAVE_REPLAY);
    behave(f, MISBEHAVE_CORRUPT);
    g_assert_cmpstr(fetch(f, "ab"), ==, "ab=ac ");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                \
    g_test_add("/misbehave/" name, Fixture, NULL, set_up, function, tear_down)
    ADD("nothing", test_nothing_switched_on);
    ADD("drop", test_drop);
    ADD("lie", test_lie);
    ADD("withhold", test_withhold);
    ADD("stale", test_stale);
    ADD("corrupt", test_corrupt);
    ADD("replay", test_replay);
    ADD("together", test_together);
    return g_test_run();
}
