/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host with toy actors: outcomes, crashes, queues, accounting, determinism. */
#include <glib.h>

#include "sim/host/host.h"

/* A toy: answers every request after METER work, remembers its outcomes. */
typedef struct Toy {
    Port *port;
    uint32_t received, outcomes[OUTCOME_COUNT], status_503;
    uint32_t started, stopped, alarms;
    uint32_t work;     /* store puts metered per request */
    bool silent;       /* never answers */
    bool has_peer_key; /* what the last request's sender proved */
    Time last_at;
    ReplyToken held;
    Address subscriber; /* told of when the alarm rings */
    uint32_t notified;
} Toy;

static void
toy_start(void *self, Time now)
{
    Toy *toy = self;

    toy->started++;
    toy->last_at = now;
}

static void toy_ask(Toy *toy, const void *order);

static void
toy_receive(void *self, Time now, const Incoming *in)
{
    Toy *toy = self;
    Packet answer = packet_of_bytes(BYTES_LITERAL("pong"));

    toy->received++;
    toy->last_at = now;
    toy->has_peer_key = in->peer_key != NULL;
    toy->notified += in->kind == KIND_NOTIFY;
    if (in->kind == KIND_MONITOR)
        toy->subscriber = in->from;
    for (uint32_t i = 0; i < toy->work; i++)
        meter_add(toy->port->meter, METER_STORE_PUT, 0);
    if (in->kind == KIND_TELL && in->packet->blob != NULL) {
        packet_clear(&answer);
        toy_ask(toy, in->packet->blob->object);
    } else if (in->kind == KIND_TELL) {
        packet_clear(&answer);
        port_alarm(toy->port, now + 3 * SECOND);
    } else if (in->kind == KIND_NOTIFY) {
        packet_clear(&answer);
    } else if (toy->silent) {
        packet_clear(&answer);
        toy->held = in->token;
    } else {
        port_reply(toy->port, in->token, 200, &answer);
    }
}

static void
toy_outcome(void *self, Time now, RequestId id, Outcome outcome, int status, Packet *packet)
{
    Toy *toy = self;

    (void)id;
    (void)packet;
    toy->outcomes[outcome]++;
    toy->status_503 += outcome == OUTCOME_ANSWER && status == 503;
    toy->last_at = now;
}

static void
toy_expire(void *self, Time now)
{
    Toy *toy = self;
    Packet late = packet_of_bytes(BYTES_LITERAL("late"));

    toy->alarms++;
    toy->last_at = now;
    if (toy->held != 0)
        port_reply(toy->port, toy->held, 200, &late);
    if (toy->subscriber != 0)
        port_send(toy->port, toy->subscriber, KIND_NOTIFY, 0, 0, NULL, &late);
    packet_clear(&late);
}

static void
toy_stop(void *self)
{
    ((Toy *)self)->stopped++;
}

static void
toy_free(void *self)
{
    g_free(self);
}

static const ActorOps toy_ops = { "toy",      toy_start, toy_receive, toy_outcome,
                                  toy_expire, toy_stop,  toy_free };

typedef struct Fixture {
    Net *net;
    Host *host;
    ActorId a, b;
    Toy *toy_a, *toy_b;
    uint8_t key[32];
} Fixture;

enum { IP_A = 0x20000101, IP_B = 0x20000201, WORK_NS = 10000000, LATENCY_MS = 50 };

static ActorId
add_toy(Fixture *f, uint64_t number, uint32_t ip, const uint8_t *key, Toy **ret)
{
    ActorId id = host_add(f->host, &(ActorSpec){ .name = "toy",
                                                 .number = number,
                                                 .ip = ip,
                                                 .country = "",
                                                 .transport_key = key,
                                                 .speed = 1 });

    *ret = g_new0(Toy, 1);
    (*ret)->port = host_port(f->host, id);
    host_bind(f->host, id, &toy_ops, *ret);
    host_start(f->host, id);
    return id;
}

static void
set_up(Fixture *f, gconstpointer seed)
{
    NetConfig net = net_config_default;
    HostConfig config = { .seed = 1 + (uint64_t)(uintptr_t)seed,
                          .unix_ms_start = 1700000000000,
                          .inbox_max = 4 };
    Meter costs = { 0 };

    costs.ns_per_op[METER_STORE_PUT] = WORK_NS;
    net.constant_latency = LATENCY_MS * MILLISECOND;
    net.jitter = 0;
    net.loss = 0;
    net.uplink_bits_per_s[ENDPOINT_NODE] = 0;
    f->net = net_new(&net, NULL, 0, config.seed);
    f->host = host_new(&config, f->net, &costs);
    memset(f->key, 7, sizeof f->key);
    f->a = add_toy(f, 1, IP_A, NULL, &f->toy_a);
    f->b = add_toy(f, 2, IP_B, f->key, &f->toy_b);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    host_free(f->host);
    net_free(f->net);
}

/* What a test tells toy A to ask for, now. */
typedef struct Ask {
    uint32_t ip;
    Duration timeout;
    const uint8_t *key;
    MessageKind kind;
} Ask;

static const BlobType ask_type = { "ask", NULL, g_free };

static void
ask_kind(Fixture *f, MessageKind kind, uint32_t ip, Duration timeout, const uint8_t *key)
{
    Ask *order = g_new(Ask, 1);
    Packet packet;

    *order = (Ask){ ip, timeout, key, kind };
    packet = packet_of_blob(blob_from_object(&ask_type, order, 0));
    host_tell(f->host, f->a, host_now(f->host), &packet);
}

static void
ask(Fixture *f, uint32_t ip, Duration timeout, const uint8_t *key)
{
    ask_kind(f, KIND_PING_OMQ, ip, timeout, key);
}

static void
toy_ask(Toy *toy, const void *order)
{
    const Ask *what = order;
    Packet packet = packet_of_bytes(BYTES_LITERAL("ping"));

    port_send(toy->port, address_of(what->ip, 1), what->kind, 5, what->timeout, what->key,
              &packet);
}

static uint64_t
accounted(const HostTotals *t)
{
    return t->bytes_received + t->bytes_lost + t->bytes_in_flight;
}

static void
run(Fixture *f, Duration d)
{
    g_assert_true(host_run(f->host, host_now(f->host) + d, NULL));
    g_assert_cmpuint(host_totals(f->host)->bytes_sent, ==, accounted(host_totals(f->host)));
}

static void
test_answer(Fixture *f, gconstpointer data)
{
    (void)data;
    ask(f, IP_B, 5 * SECOND, f->key);
    run(f, LATENCY_MS * MILLISECOND);
    g_assert_cmpuint(host_totals(f->host)->open[KIND_PING_OMQ], ==, 1);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_b->received, ==, 1);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 1);
    g_assert_cmpuint(host_totals(f->host)->open[KIND_PING_OMQ], ==, 0);
    /* Three round trips to set up and one for the request. */
    g_assert_cmpint(f->toy_a->last_at, ==, 8 * LATENCY_MS * MILLISECOND);
}

static void
test_timeout_and_late_answer(Fixture *f, gconstpointer data)
{
    Packet nudge = PACKET_EMPTY;

    (void)data;
    f->toy_b->silent = true;
    ask(f, IP_B, SECOND, NULL);
    host_tell(f->host, f->b, 0, &nudge); /* its alarm will answer at 3 s */
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_TIMEOUT], ==, 1);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 0);
    g_assert_cmpuint(f->toy_b->alarms, ==, 1);
    g_assert_cmpuint(host_totals(f->host)->late_answers, ==, 1);
}

/* An answered request's deadline is none, also where one that waits stands behind it. */
static void
test_answered_has_no_deadline(Fixture *f, gconstpointer data)
{
    (void)data;
    ask(f, IP_B, 5 * SECOND, NULL);
    run(f, SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 1);
    g_assert_cmpint(host_next(f->host), ==, TIME_NEVER);
    ask(f, IP_B, 5 * SECOND, NULL);
    f->toy_b->silent = true;
    run(f, SECOND);
    g_assert_cmpint(host_next(f->host), ==, 6 * SECOND);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_TIMEOUT], ==, 1);
    g_assert_cmpint(f->toy_a->last_at, ==, 6 * SECOND);
}

static void
test_dead_process_refuses(Fixture *f, gconstpointer data)
{
    (void)data;
    host_stop(f->host, f->b, false);
    ask(f, IP_B, 5 * SECOND, NULL);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_REFUSED], ==, 1);
}

static void
test_dead_host_is_silent(Fixture *f, gconstpointer data)
{
    (void)data;
    host_stop(f->host, f->b, true);
    ask(f, IP_B, 5 * SECOND, NULL);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_TIMEOUT], ==, 1);
    g_assert_cmpint(f->toy_a->last_at, ==, 5 * SECOND);
}

static void
test_crash_resets_open_requests(Fixture *f, gconstpointer data)
{
    (void)data;
    f->toy_b->silent = true;
    ask(f, IP_B, 60 * SECOND, NULL);
    run(f, 2 * SECOND);
    host_stop(f->host, f->b, false);
    run(f, 2 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_RESET], ==, 1);
    g_assert_cmpuint(f->toy_b->stopped, ==, 1);
    host_start(f->host, f->b);
    g_assert_cmpuint(f->toy_b->started, ==, 2);
    ask(f, IP_B, 60 * SECOND, NULL);
    run(f, 2 * SECOND);
    g_assert_cmpuint(f->toy_b->received, ==, 2);
}

static void
test_requester_crash_abandons(Fixture *f, gconstpointer data)
{
    (void)data;
    f->toy_b->silent = true;
    ask(f, IP_B, 60 * SECOND, NULL);
    run(f, 2 * SECOND);
    host_stop(f->host, f->a, false);
    run(f, 100 * SECOND);
    g_assert_cmpuint(host_totals(f->host)->abandoned[KIND_PING_OMQ], ==, 1);
    for (int o = 0; o < OUTCOME_COUNT; o++)
        g_assert_cmpuint(f->toy_a->outcomes[o], ==, 0);
}

static void
test_wrong_key_is_refused(Fixture *f, gconstpointer data)
{
    uint8_t other[32];

    (void)data;
    memset(other, 8, sizeof other);
    ask(f, IP_B, 5 * SECOND, other);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_b->received, ==, 0);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_REFUSED], ==, 1);
    g_assert_cmpuint(host_totals(f->host)->key_mismatches, ==, 1);
}

/* A notification goes back on the connection of whoever subscribed, and is lost with it. */
static void
test_notifications(Fixture *f, gconstpointer data)
{
    Packet nudge = PACKET_EMPTY;
    Time sent_at;

    (void)data;
    ask_kind(f, KIND_MONITOR, IP_B, 5 * SECOND, f->key);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 1);
    sent_at = host_now(f->host) + 3 * SECOND;
    host_tell(f->host, f->b, host_now(f->host), &nudge);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->notified, ==, 1);
    /* Nothing had to be set up. */
    g_assert_cmpint(f->toy_a->last_at, ==, sent_at + LATENCY_MS * MILLISECOND);
    host_stop(f->host, f->a, false);
    host_start(f->host, f->a);
    host_tell(f->host, f->b, host_now(f->host), &nudge);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_b->alarms, ==, 2);
    g_assert_cmpuint(f->toy_a->notified, ==, 1);
    ask_kind(f, KIND_MONITOR, IP_B, 5 * SECOND, f->key);
    host_tell(f->host, f->b, host_now(f->host), &nudge);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->notified, ==, 2);
}

static void
test_nobody_lives_there(Fixture *f, gconstpointer data)
{
    (void)data;
    ask(f, 0x20990101, 5 * SECOND, NULL);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_TIMEOUT], ==, 1);
}

static void
test_busy_actor_queues_then_refuses(Fixture *f, gconstpointer data)
{
    (void)data;
    ask(f, IP_B, 60 * SECOND, NULL); /* sets up the connection */
    run(f, 2 * SECOND);
    f->toy_b->work = 10; /* 100 ms each */
    for (int i = 0; i < 8; i++)
        ask(f, IP_B, 60 * SECOND, NULL);
    run(f, 10 * SECOND);
    /* One in service, four wait, three are turned away. */
    g_assert_cmpuint(f->toy_b->received, ==, 1 + 5);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 1 + 8);
    g_assert_cmpuint(f->toy_a->status_503, ==, 3);
    g_assert_cmpuint(host_totals(f->host)->overflows, ==, 3);
    g_assert_cmpint(host_load(f->host, f->b).busy, ==, 5 * 10 * (Duration)WORK_NS);
}

/* An answer whose processing had not ended when its maker crashed never left. */
static void
test_unsent_effects_die_with_the_crash(Fixture *f, gconstpointer data)
{
    (void)data;
    f->toy_b->work = 100; /* one second */
    ask(f, IP_B, 5 * SECOND, NULL);
    run(f, 7 * LATENCY_MS * MILLISECOND + 500 * MILLISECOND);
    g_assert_cmpuint(f->toy_b->received, ==, 1);
    host_stop(f->host, f->b, true);
    run(f, 10 * SECOND);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_ANSWER], ==, 0);
    g_assert_cmpuint(f->toy_a->outcomes[OUTCOME_TIMEOUT], ==, 1);
}

/* Nobody has a name at first; of two hosts with one name the later one counts. */
static void
test_names(Fixture *f, gconstpointer data)
{
    Port *port = host_port(f->host, f->a);

    (void)data;
    g_assert_cmpuint(port_lookup(port, "open.example"), ==, 0);
    host_name(f->host, "open.example", IP_B);
    host_name(f->host, "other.example", IP_A);
    g_assert_cmpuint(port_lookup(port, "open.example"), ==, IP_B);
    g_assert_cmpuint(port_lookup(port, "OPEN.example"), ==, IP_B);
    g_assert_cmpuint(port_lookup(port, "open.exampl"), ==, 0);
    g_assert_cmpuint(port_lookup(port, "open.example."), ==, 0);
    g_assert_cmpuint(port_lookup(port, ""), ==, 0);
    host_name(f->host, "open.example", IP_A);
    g_assert_cmpuint(port_lookup(port, "open.example"), ==, IP_A);
}

static uint64_t
trace_of_a_run(gconstpointer seed)
{
    Fixture f;
    uint64_t trace;

    set_up(&f, seed);
    f.toy_b->work = 1;
    for (int i = 0; i < 50; i++) {
        ask(&f, IP_B, 5 * SECOND, NULL);
        run(&f, 10 * MILLISECOND);
    }
    run(&f, 10 * SECOND);
    trace = host_trace(f.host, f.b) ^ host_trace(f.host, f.a);
    tear_down(&f, seed);
    return trace;
}

static void
test_same_run_same_trace(void)
{
    g_assert_cmpuint(trace_of_a_run(NULL), ==, trace_of_a_run(NULL));
}

#define ADD(name, function)                                                                \
    g_test_add("/host/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("answer", test_answer);
    ADD("timeout-and-late-answer", test_timeout_and_late_answer);
    ADD("answered-has-no-deadline", test_answered_has_no_deadline);
    ADD("dead-process-refuses", test_dead_process_refuses);
    ADD("dead-host-is-silent", test_dead_host_is_silent);
    ADD("crash-resets-open-requests", test_crash_resets_open_requests);
    ADD("requester-crash-abandons", test_requester_crash_abandons);
    ADD("wrong-key-is-refused", test_wrong_key_is_refused);
    ADD("notifications", test_notifications);
    ADD("nobody-lives-there", test_nobody_lives_there);
    ADD("busy-actor-queues-then-refuses", test_busy_actor_queues_then_refuses);
    ADD("unsent-effects-die-with-the-crash", test_unsent_effects_die_with_the_crash);
    ADD("names", test_names);
    g_test_add_func("/host/same-run-same-trace", test_same_run_same_trace);
    return g_test_run();
}
