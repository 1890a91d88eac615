/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an observed actor's records say of the bytes that went through its port, with real
 * cryptography and with null, and that the actor does not notice. */
#include <glib.h>
#include <string.h>

#include "nodes/onion/onion.h"
#include "nodes/service/service.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"
#include "sim/adversary/observed.h"
#include "sim/adversary/read_request.h"
#include "tests/lib/mutate.h"
#include "tests/lib/recording_port.h"

enum { HOPS = 3, CLIENT = 0x0a000001, NEXT = 0x0b000002, OMQ = 22020 };

/* An actor that passes each request on, and answers with what comes back. */
typedef struct Relay {
    Port *port;
    ReplyToken token;
    GByteArray *received;
} Relay;

static void
relay_start(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
relay_receive(void *self, Time now, const Incoming *in)
{
    Relay *relay = self;
    Bytes bytes = packet_bytes(in->packet);
    Packet onward = packet_of_bytes((Bytes){ bytes.p, bytes.n / 2 });

    (void)now;
    g_byte_array_append(relay->received, bytes.p, (guint)bytes.n);
    relay->token = in->token;
    port_send(relay->port, address_of(NEXT, OMQ), KIND_ONION_HOP, 1, 30 * SECOND, NULL,
              &onward);
}

static void
relay_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
              Packet *packet)
{
    Relay *relay = self;

    (void)now;
    (void)id;
    (void)outcome;
    port_reply(relay->port, relay->token, status, packet);
}

static void
relay_stop(void *self)
{
    (void)self;
}

static const ActorOps relay_ops = { .name = "relay",
                                    .start = relay_start,
                                    .receive = relay_receive,
                                    .outcome = relay_outcome,
                                    .expire = relay_start,
                                    .stop = relay_stop,
                                    .free = relay_stop };

typedef struct Fixture {
    RecordingPort *recording;
    ObservationLog *log;
    Watch watch;
    Observed observed;
    Relay relay;
    Meter meter;
    Crypto crypto;
    Ed25519Pair identity[HOPS + 1];
    X25519Pair key[HOPS + 1];
} Fixture;

static void
set_up(Fixture *f, gconstpointer ops)
{
    memset(f, 0, sizeof *f);
    f->recording = recording_port_new(1, 0);
    f->log = observation_log_new(1 << 20);
    f->crypto = (Crypto){ .ops = ops, .meter = &f->meter };
    for (uint8_t i = 0; i <= HOPS; i++) {
        const uint8_t seed[32] = { i, 1 };

        identity_ed25519(seed, &f->identity[i]);
        identity_x25519(&f->identity[i], &f->key[i]);
    }
    watch_init(&f->watch, f->log, &f->crypto);
    (void)observation_log_add_observer(f->log, &(Observer){ .ip = 1 });
    f->relay.received = g_byte_array_new();
}

static void
observe(Fixture *f, const X25519Pair *key)
{
    observed_init(&f->observed, &f->watch, &f->recording->port, 0,
                  key == NULL ? OBSERVER_LINK : OBSERVER_NODE, key);
    f->relay.port = &f->observed.wrapped.port;
    wrapped_bind(&f->observed.wrapped.actor, &relay_ops, &f->relay);
}

static void
tear_down(Fixture *f, gconstpointer ops)
{
    (void)ops;
    recording_port_free(f->recording);
    observation_log_free(f->log);
    g_byte_array_unref(f->relay.received);
}

static Packet
wrapped(Fixture *f, size_t n_hops, const char *payload)
{
    OnionHop hops[HOPS];
    OnionDestination to = { .ed25519 = f->identity[n_hops].pk,
                            .x25519 = f->key[n_hops].pk };
    OnionRandom random;
    ChannelKey reply;
    Packet packet;

    memset(&random, 3, sizeof random);
    for (size_t i = 0; i < n_hops; i++)
        hops[i] = (OnionHop){ f->identity[i].pk, f->key[i].pk };
    g_assert_cmpint(onion_wrap(&f->crypto, ENC_AES_GCM, hops, n_hops, &to,
                               bytes_of_text(payload), &random, &packet, &reply),
                    ==, ST_OK);
    return packet;
}

static void
deliver(Fixture *f, MessageKind kind, Packet *packet)
{
    recording_port_deliver(f->recording, &observed_ops, &f->observed, address_of(CLIENT, 0),
                           NULL, kind, 7, packet);
}

/* A guard sees who asks and whom it asks next, when, how much; not for whom it is. */
static void
test_guard(Fixture *f, gconstpointer ops)
{
    Packet packet = wrapped(f, HOPS, "{\"method\":\"info\",\"params\":{}}");
    Packet answer = packet_of_bytes(BYTES_LITERAL("twelve bytes"));
    size_t n = packet.length;
    g_autofree uint8_t *sent = g_memdup2(packet_bytes(&packet).p, n);
    const Observation *seen;
    Meter before;

    (void)ops;
    observe(f, &f->key[0]);
    before = f->meter;
    f->recording->now = 5 * SECOND;
    deliver(f, KIND_ONION, &packet);
    g_assert_cmpmem(&before, sizeof before, &f->meter, sizeof f->meter);
    g_assert_cmpmem(f->relay.received->data, f->relay.received->len, sent, n);
    f->recording->now = 6 * SECOND;
    recording_port_end(f->recording, &observed_ops, &f->observed, 1, OUTCOME_ANSWER, 200,
                       &answer);
    g_assert_cmpuint(observation_log_count(f->log), ==, 1);
    seen = observation_log_all(f->log);
    g_assert_cmpint(seen->at, ==, 5 * SECOND);
    g_assert_cmpint(seen->answered_us, ==, 1000000);
    g_assert_cmpuint(seen->neighbour, ==, CLIENT);
    g_assert_cmpuint(seen->next, ==, NEXT);
    g_assert_cmpuint(seen->bytes, ==, n);
    g_assert_cmpuint(seen->bytes_passed, ==, n / 2);
    g_assert_cmpuint(seen->bytes_answered, ==, 12);
    g_assert_cmpint(seen->status, ==, 200);
    g_assert_cmpuint(seen->kind, ==, KIND_ONION);
    g_assert_cmpuint(seen->layer, ==, ONION_RELAY);
    g_assert_cmpuint(seen->account, ==, 0);
    g_assert_cmpuint(seen->method, ==, RPC_UNKNOWN);
}

static const char account_hex[] =
    "05"
    "0102030405060708091011121314151617181920212223242526272829303132";

/* A destination reads the account, the method and which message; with the key of another it
 * reads nothing. */
static void
test_destination(Fixture *f, gconstpointer ops)
{
    static const char data[] = "hello, this is sealed";
    g_autofree char *text = g_base64_encode((const guchar *)data, strlen(data));
    g_autofree char *payload = g_strdup_printf(
        "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":{\"requests\":[{\"method\":"
        "\"store\",\"params\":{\"pubkey\":\"%s\",\"timestamp\":1,\"ttl\":1,\"namespace\":0,"
        "\"data\":\"%s\"}}]}}",
        account_hex, text);
    Packet mine = wrapped(f, 0, payload), others = wrapped(f, 0, payload);
    uint8_t account[ACCOUNT_BYTES];
    char hash[MESSAGE_HASH_BYTES];
    const Observation *seen;

    (void)ops;
    observe(f, &f->key[0]);
    deliver(f, KIND_ONION, &mine);
    observe(f, &f->key[1]);
    deliver(f, KIND_ONION, &others);
    g_assert_cmpuint(observation_log_count(f->log), ==, 2);
    seen = observation_log_all(f->log);
    g_assert_true(hex_decode(bytes_of_text(account_hex), account, sizeof account));
    message_hash(&f->crypto, account, 0, bytes_of_text(data), hash);
    g_assert_cmpuint(seen[0].layer, ==, ONION_FINAL);
    g_assert_cmpuint(seen[0].method, ==, RPC_STORE);
    g_assert_true(seen[0].batched);
    g_assert_cmpmem(observation_log_account_key(f->log, seen[0].account), ACCOUNT_BYTES,
                    account, ACCOUNT_BYTES);
    g_assert_cmpuint(seen[0].content, ==,
                     observed_content((Bytes){ (uint8_t *)hash, sizeof hash }));
    g_assert_cmpuint(seen[0].content_bytes, ==, strlen(data));
    g_assert_cmpuint(seen[1].layer, ==, ONION_UNREADABLE);
    g_assert_cmpuint(seen[1].account, ==, 0);
    g_assert_cmpuint(seen[1].content, ==, 0);
}

/* Who watches a line opens nothing, and sees what its owner sends. */
static void
test_line(Fixture *f, gconstpointer ops)
{
    Packet packet = wrapped(f, 0, "{\"method\":\"info\",\"params\":{}}");
    const Observation *seen;

    (void)ops;
    observe(f, NULL);
    deliver(f, KIND_ONION, &packet);
    g_assert_cmpuint(observation_log_count(f->log), ==, 1);
    seen = observation_log_all(f->log);
    g_assert_true(seen->outgoing);
    g_assert_cmpuint(seen->neighbour, ==, NEXT);
    g_assert_cmpuint(seen->kind, ==, KIND_COUNT);
    g_assert_cmpuint(seen->layer, ==, OBSERVED_NO_LAYER);
}

/* Outside its time nothing is written down, and everything works. */
static void
test_time(Fixture *f, gconstpointer ops)
{
    Packet packet = wrapped(f, HOPS, "{}");

    (void)ops;
    observe(f, &f->key[0]);
    f->watch.from = 10 * SECOND;
    deliver(f, KIND_ONION, &packet);
    g_assert_cmpuint(observation_log_count(f->log), ==, 0);
    g_assert_cmpuint(f->recording->sent->len, ==, 1);
}

/* More open exchanges than are kept: the oldest stays unanswered, nothing else. */
static void
test_many_open(Fixture *f, gconstpointer ops)
{
    (void)ops;
    observe(f, &f->key[0]);
    for (ReplyToken token = 1; token <= OBSERVED_OPEN_MAX + 1; token++) {
        Packet packet = packet_of_bytes(BYTES_LITERAL("no onion"));

        recording_port_deliver(f->recording, &observed_ops, &f->observed,
                               address_of(CLIENT, 0), NULL, KIND_ONION, token, &packet);
    }
    for (ReplyToken token = 1; token <= OBSERVED_OPEN_MAX + 1; token++)
        port_reply_text(&f->observed.wrapped.port, token, 400, "no");
    for (size_t i = 0; i <= OBSERVED_OPEN_MAX; i++)
        g_assert_cmpint(observation_log_all(f->log)[i].status, ==, i == 0 ? 0 : 400);
}

/* Whatever comes, it is read or not, within its bytes. */
static void
test_hostile(Fixture *f, gconstpointer ops)
{
    static const char *const valid[] = {
        "{\"method\":\"batch\",\"params\":{\"requests\":[{\"method\":\"store\",\"params\":"
        "{\"pubkey\":\"05\",\"data\":\"aGVsbG8=\",\"namespace\":-10}}]}}",
        "l5:store64:d4:data5:hello9:namespacei-10e6:pubkey33:"
        "333333333333333333333333333333333ee",
        "\x01ll33:3333333333333333333333333333333334:hashi1ei2e4:dataee",
    };

    (void)ops;
    observe(f, &f->key[0]);
    for (uint32_t i = 0; i < 20000; i++) {
        static const MessageKind kinds[] = { KIND_STORAGE_RPC, KIND_STORAGE_CC, KIND_DATA };
        Bytes changed =
            mutate(i, bytes_of_text(valid[i % 3]), BYTES_LITERAL("{}[]\":lied0"));
        Packet packet = packet_of_bytes(changed);

        deliver(f, kinds[i % 3], &packet);
        g_free((void *)(uintptr_t)changed.p);
    }
}

static void
add(const char *name, void (*test)(Fixture *, gconstpointer))
{
    const CryptoOps *ops[] = { &crypto_real, &crypto_null };

    for (int i = 0; i < 2; i++) {
        g_autofree char *path =
            g_strdup_printf("/adversary/observed/%s/%s", name, i == 0 ? "real" : "null");

        g_test_add(path, Fixture, ops[i], set_up, test, tear_down);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    add("guard", test_guard);
    add("destination", test_destination);
    add("line", test_line);
    add("time", test_time);
    add("many-open", test_many_open);
    add("hostile", test_hostile);
    return g_test_run();
}
