/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The invariants see a broken world: toy actors that do what nobody may, and beside each
 * the same without the fault. */
#include <glib.h>
#include <string.h>

#include "nodes/onion/onion.h"
#include "sim/check/check.h"

enum { LATENCY_MS = 50, IP_FIRST = 0x20000101 };
enum { CLIENT = 1, GUARD, TARGET, ACTORS = TARGET };

static const char written[] = "0000000000000001 what a person wrote";

/* Told to, it sends `text`; asked, it answers "fine", and asks on when it has somebody to.
 */
typedef struct Toy {
    Port *port;
    int to; /* 0: nobody */
    MessageKind kind;
    const char *text;
    bool is_final; /* says of onion requests that it is their destination */
} Toy;

static Address
address_of_toy(int toy)
{
    return address_of((uint32_t)(IP_FIRST + toy), 1);
}

static void
toy_start(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
toy_receive(void *self, Time now, const Incoming *in)
{
    Toy *toy = self;
    Packet packet;

    (void)now;
    if (toy->is_final && (in->kind == KIND_ONION || in->kind == KIND_ONION_HOP))
        port_note(toy->port, NOTE_ONION, ONION_FINAL, 200, (Bytes){ NULL, 0 });
    if (toy->to != 0) {
        packet = packet_of_bytes(bytes_of_text(toy->text));
        port_send(toy->port, address_of_toy(toy->to), toy->kind, 1, 10 * SECOND, NULL,
                  &packet);
    }
    if (in->token != 0) {
        packet = packet_of_bytes(BYTES_LITERAL("fine"));
        port_reply(toy->port, in->token, 200, &packet);
    }
}

static void
toy_outcome(void *self, Time now, RequestId id, Outcome outcome, int status, Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)outcome;
    (void)status;
    (void)packet;
}

static void
toy_stop(void *self)
{
    (void)self;
}

static void
toy_free(void *self)
{
    g_free(self);
}

static const ActorOps toy_ops = { "toy",     toy_start, toy_receive, toy_outcome,
                                  toy_start, toy_stop,  toy_free };

typedef struct Fixture {
    Net *net;
    Host *host;
    Check *check;
    Toy *toys[ACTORS + 1];
} Fixture;

static CheckRole
role_of(void *context, ActorId actor)
{
    (void)context;
    return actor == CLIENT ? CHECK_CLIENT : CHECK_NODE;
}

static void
set_up(Fixture *f, gconstpointer data)
{
    NetConfig net = net_config_default;
    HostConfig config = { .seed = 1, .unix_ms_start = 1700000000000, .inbox_max = 10 };
    Meter costs = { 0 };

    (void)data;
    net.constant_latency = LATENCY_MS * MILLISECOND;
    net.loss = 0;
    f->net = net_new(&net, NULL, 0, config.seed);
    f->host = host_new(&config, f->net, &costs);
    for (int i = CLIENT; i <= ACTORS; i++) {
        ActorId id = host_add(
            f->host, &(ActorSpec){ .name = "toy",
                                   .number = (uint64_t)i,
                                   .ip = (uint32_t)(IP_FIRST + i),
                                   .country = "",
                                   .kind = i == CLIENT ? ENDPOINT_CLIENT : ENDPOINT_NODE });

        g_assert_cmpuint(id, ==, (guint)i);
        f->toys[i] = g_new0(Toy, 1);
        f->toys[i]->port = host_port(f->host, id);
        host_bind(f->host, id, &toy_ops, f->toys[i]);
        host_start(f->host, id);
    }
    f->check = check_new(f->host, role_of, NULL);
    check_secret(f->check, bytes_of_text(written));
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    host_free(f->host);
    check_free(f->check);
    net_free(f->net);
}

/* Toy @from will send this when told, or asked. */
static void
prepare(Fixture *f, int from, int to, MessageKind kind, const char *text)
{
    f->toys[from]->to = to;
    f->toys[from]->kind = kind;
    f->toys[from]->text = text;
}

static void
tell(Fixture *f, ActorId actor)
{
    Packet nothing = PACKET_EMPTY;

    host_tell(f->host, actor, host_now(f->host), &nothing);
    g_assert_true(host_run(f->host, host_now(f->host) + MINUTE, NULL));
}

/* Exactly @count breaches, all of @invariant. */
static void
assert_breaches(const Fixture *f, Invariant invariant, uint64_t count)
{
    for (int i = 0; i < INVARIANTS; i++)
        g_assert_cmpuint(check_breaches(f->check, (Invariant)i), ==,
                         i == (int)invariant ? count : 0);
    if (count == 0)
        g_assert_cmpstr(check_text(f->check), ==, "");
    else
        g_assert_nonnull(strstr(check_text(f->check), invariant_name(invariant)));
}

static void
test_plaintext(Fixture *f, gconstpointer data)
{
    (void)data;
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, "0000000000000001 what was masked");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_NO_PLAINTEXT, 0);
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC,
            "{\"data\":\"0000000000000001 what a person\"}");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_NO_PLAINTEXT, 1);
}

/* The person's own order to the client is not on the wire. */
static void
test_plaintext_at_home(Fixture *f, gconstpointer data)
{
    Packet order = packet_of_bytes(bytes_of_text(written));

    (void)data;
    host_tell(f->host, CLIENT, 0, &order);
    g_assert_true(host_run(f->host, MINUTE, NULL));
    assert_breaches(f, INVARIANT_NO_PLAINTEXT, 0);
}

/* Only the latest 64 texts are looked for: an earlier one is forgotten, not mixed up. */
static void
test_plaintext_of_many(Fixture *f, gconstpointer data)
{
    (void)data;
    for (int i = 2; i < 66; i++) {
        g_autofree char *text = g_strdup_printf("%016d what a person wrote", i);

        check_secret(f->check, bytes_of_text(text));
    }
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, written);
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_NO_PLAINTEXT, 0);
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, "0000000000000065 what a person wrote");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_NO_PLAINTEXT, 1);
}

static void
test_client_serves(Fixture *f, gconstpointer data)
{
    (void)data;
    prepare(f, CLIENT, TARGET, KIND_STORAGE_RPC, "sealed");
    tell(f, CLIENT); /* a client that asks, and is answered */
    assert_breaches(f, INVARIANT_CLIENT_SERVES_NOBODY, 0);
    host_stop(f->host, TARGET, false);
    tell(f, CLIENT); /* and is told that nobody is there */
    g_assert_cmpuint(host_totals(f->host)->outcomes[KIND_STORAGE_RPC][OUTCOME_REFUSED], ==,
                     1);
    assert_breaches(f, INVARIANT_CLIENT_SERVES_NOBODY, 0);
    f->toys[CLIENT]->to = 0;
    prepare(f, GUARD, CLIENT, KIND_ONION_HOP, "sealed");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_CLIENT_SERVES_NOBODY, 1);
}

static void
test_account_at_guard(Fixture *f, gconstpointer data)
{
    (void)data;
    prepare(f, CLIENT, GUARD, KIND_ONION, "sealed, and a \"pubkey\":\"03");
    tell(f, CLIENT);
    assert_breaches(f, INVARIANT_ADDRESS_OR_TARGET, 0);
    prepare(f, CLIENT, GUARD, KIND_ONION, "{\"method\":\"store\",\"pubkey\":\"05ab\"}");
    tell(f, CLIENT);
    assert_breaches(f, INVARIANT_ADDRESS_OR_TARGET, 1);
}

/* A guard may not be the destination, by whatever way the request comes back to it. */
static void
test_guard_is_destination(Fixture *f, gconstpointer data)
{
    (void)data;
    prepare(f, CLIENT, GUARD, KIND_ONION, "sealed");
    prepare(f, GUARD, TARGET, KIND_ONION_HOP, "sealed");
    f->toys[TARGET]->is_final = true;
    tell(f, CLIENT);
    assert_breaches(f, INVARIANT_ADDRESS_OR_TARGET, 0);
    f->toys[TARGET]->is_final = false;
    f->toys[GUARD]->is_final = true;
    f->toys[GUARD]->to = 0;
    tell(f, CLIENT);
    assert_breaches(f, INVARIANT_ADDRESS_OR_TARGET, 1);
}

static void
test_guard_comes_again(Fixture *f, gconstpointer data)
{
    (void)data;
    prepare(f, CLIENT, GUARD, KIND_ONION, "sealed");
    prepare(f, GUARD, TARGET, KIND_ONION_HOP, "sealed");
    prepare(f, TARGET, GUARD, KIND_ONION_HOP, "sealed");
    f->toys[GUARD]->is_final = true;
    host_tell(f->host, CLIENT, 0, &(Packet){ NULL, 0, 0 });
    /* To the guard, to the target, and back: three connections and three transfers. */
    g_assert_true(host_run(f->host, 2 * SECOND, NULL));
    g_assert_cmpuint(check_breaches(f->check, INVARIANT_ADDRESS_OR_TARGET), >=, 2);
}

/* Books that do not balance: one entry is falsified behind the host's back. */
static void
test_books(Fixture *f, gconstpointer data)
{
    HostTotals *totals = (HostTotals *)host_totals(f->host);

    (void)data;
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, "sealed");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_BYTES, 0);
    g_assert_cmpuint(totals->bytes_received, >, 0);
    f->toys[GUARD]->to = 0;
    totals->bytes_lost++;
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_BYTES, 1);
    totals->bytes_lost--;
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_BYTES, 1);
}

static void
test_outcomes(Fixture *f, gconstpointer data)
{
    HostTotals *totals = (HostTotals *)host_totals(f->host);

    (void)data;
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, "sealed");
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_OUTCOMES, 0);
    f->toys[GUARD]->to = 0;
    totals->outcomes[KIND_STORAGE_CC][OUTCOME_ANSWER]++; /* a second outcome */
    tell(f, GUARD);
    assert_breaches(f, INVARIANT_OUTCOMES, 1);
}

/* Every end of a request keeps the books: answered, refused, reset, timed out, abandoned.
 */
static void
test_outcomes_balance(Fixture *f, gconstpointer data)
{
    const HostTotals *totals = host_totals(f->host);

    (void)data;
    prepare(f, GUARD, TARGET, KIND_STORAGE_CC, "sealed");
    tell(f, GUARD);
    host_stop(f->host, TARGET, false);
    tell(f, GUARD);
    host_stop(f->host, TARGET, true);
    tell(f, GUARD);
    host_tell(f->host, GUARD, host_now(f->host), &(Packet){ NULL, 0, 0 });
    g_assert_true(host_run(f->host, host_now(f->host) + MILLISECOND, NULL));
    host_stop(f->host, GUARD, false);
    host_start(f->host, GUARD);
    f->toys[GUARD]->to = 0;
    tell(f, GUARD);
    g_assert_cmpuint(totals->sent[KIND_STORAGE_CC], ==, 4);
    g_assert_cmpuint(totals->abandoned[KIND_STORAGE_CC], ==, 1);
    g_assert_cmpuint(totals->outcomes[KIND_STORAGE_CC][OUTCOME_TIMEOUT], ==, 1);
    assert_breaches(f, INVARIANT_OUTCOMES, 0);
}

static void
test_report(Fixture *f, gconstpointer data)
{
    (void)data;
    check_report(f->check, SECOND, INVARIANT_ACKNOWLEDGED_ON_DISK, false, 0);
    check_report(f->check, SECOND, INVARIANT_COMPLETE_REPLICAS, true, 4);
    assert_breaches(f, INVARIANT_ACKNOWLEDGED_ON_DISK, 0);
    g_assert_cmpuint(check_suspended(f->check, INVARIANT_COMPLETE_REPLICAS), ==, 4);
    check_report(f->check, SECOND, INVARIANT_ACKNOWLEDGED_ON_DISK, false, 3);
    assert_breaches(f, INVARIANT_ACKNOWLEDGED_ON_DISK, 3);
    g_assert_cmpstr(check_text(f->check), ==,
                    "at 1.000000 s: broken: an acknowledged message was on a disk\n");
}

/* However many breaches: the text stays short and whole lines. */
static void
test_many(Fixture *f, gconstpointer data)
{
    (void)data;
    for (int i = 0; i < 1000; i++)
        check_report(f->check, SECOND * i, INVARIANT_BYTES, false, 1);
    assert_breaches(f, INVARIANT_BYTES, 1000);
    g_assert_cmpuint(strlen(check_text(f->check)), <, 5000);
    g_assert_true(g_str_has_suffix(check_text(f->check), "\n"));
}

static void
test_words(void)
{
    for (int i = 0; i < INVARIANTS; i++) {
        const char *word = invariant_word((Invariant)i);

        g_assert_cmpstr(word, !=, "unknown");
        g_assert_cmpstr(invariant_name((Invariant)i), !=, "unknown");
        for (const char *c = word; *c != '\0'; c++)
            g_assert_true(g_ascii_islower(*c) || *c == '_');
        for (int j = 0; j < i; j++)
            g_assert_cmpstr(word, !=, invariant_word((Invariant)j));
    }
    g_assert_cmpstr(invariant_word(INVARIANTS), ==, "unknown");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        { "/check/plaintext", test_plaintext },
        { "/check/plaintext-at-home", test_plaintext_at_home },
        { "/check/plaintext-of-many", test_plaintext_of_many },
        { "/check/client-serves", test_client_serves },
        { "/check/account-at-guard", test_account_at_guard },
        { "/check/guard-is-destination", test_guard_is_destination },
        { "/check/guard-comes-again", test_guard_comes_again },
        { "/check/books", test_books },
        { "/check/outcomes", test_outcomes },
        { "/check/outcomes-balance", test_outcomes_balance },
        { "/check/report", test_report },
        { "/check/many", test_many },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
    g_test_add_func("/check/words", test_words);
    return g_test_run();
}
