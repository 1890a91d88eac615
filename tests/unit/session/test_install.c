/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device that fetches the program before its client runs: what waits, what does not, and
 * what a crash leaves. */
#include <glib.h>
#include <string.h>

#include "clients/session/install.h"
#include "tests/lib/recording_port.h"

enum { WEB_IP = 0x01020304 };

/* Stands for a client: counts what reaches it. */
typedef struct Client {
    guint started, told, asked, outcomes, stopped, freed;
    uint8_t last; /* first byte of the last order */
} Client;

static void
client_start(void *self, Time now)
{
    (void)now;
    ((Client *)self)->started++;
}

static void
client_receive(void *self, Time now, const Incoming *in)
{
    Client *c = self;

    (void)now;
    c->told += in->kind == KIND_TELL;
    c->asked += in->kind != KIND_TELL;
    c->last = packet_bytes(in->packet).p[0];
}

static void
client_outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    (void)now, (void)id, (void)what, (void)status, (void)packet;
    ((Client *)self)->outcomes++;
}

static void
client_stop(void *self)
{
    ((Client *)self)->stopped++;
}

static void
client_free(void *self)
{
    ((Client *)self)->freed++;
}

static const ActorOps client_ops = {
    .name = "client",
    .start = client_start,
    .receive = client_receive,
    .outcome = client_outcome,
    .expire = client_start,
    .stop = client_stop,
    .free = client_free,
};

typedef struct Fixture {
    RecordingPort *recording;
    PortOps ops;
    Client client;
    Installing *device;
} Fixture;

static uint32_t
lookup(Port *port, const char *name)
{
    (void)port;
    return strcmp(name, "site") == 0 ? WEB_IP : 0;
}

static void
set_up_with(Fixture *f, const char *host)
{
    *f = (Fixture){ .recording = recording_port_new(1, 0) };
    f->ops = *f->recording->port.ops;
    f->ops.lookup = lookup;
    f->recording->port.ops = &f->ops;
    f->device = installing_new(&f->recording->port, host, &client_ops, &f->client);
    installing_ops.start(f->device, 0);
}

static void
tear_down(Fixture *f)
{
    installing_ops.free(f->device);
    g_assert_cmpuint(f->client.freed, ==, 1);
    recording_port_free(f->recording);
}

static void
tell(Fixture *f, const char *order)
{
    Packet packet = packet_of_bytes(bytes_of_text(order));

    recording_port_deliver(f->recording, &installing_ops, f->device, 0, NULL, KIND_TELL, 0,
                           &packet);
}

static void
end_fetch(Fixture *f, guint i, Outcome outcome)
{
    Packet packet = packet_of_bytes(BYTES_LITERAL("program"));

    recording_port_end(f->recording, &installing_ops, f->device,
                       recording_sent(f->recording, i)->id, outcome, 200, &packet);
}

static void
test_waits(void)
{
    Packet stranger = packet_of_bytes(BYTES_LITERAL("x"));
    const SentMessage *sent;
    Bytes request;
    Fixture f;

    set_up_with(&f, "site");
    g_assert_cmpuint(f.client.started, ==, 1);
    g_assert_cmpuint(f.recording->sent->len, ==, 0);
    tell(&f, "1");
    tell(&f, "2");
    recording_port_deliver(f.recording, &installing_ops, f.device, 7, NULL,
                           KIND_STORAGE_RPC, 1, &stranger);
    g_assert_cmpuint(f.client.told + f.client.asked, ==, 0);
    g_assert_cmpuint(f.recording->sent->len, ==, 1);
    sent = recording_sent(f.recording, 0);
    g_assert_cmpint(sent->kind, ==, KIND_WEB);
    g_assert_cmpuint(sent->to, ==, address_of(WEB_IP, 443));
    request = packet_bytes(&sent->packet);
    g_assert_true(g_str_has_prefix((const char *)request.p, "GET /download HTTP/1.1\r\n"));
    end_fetch(&f, 0, OUTCOME_ANSWER);
    g_assert_cmpuint(f.client.told, ==, 2);
    g_assert_cmpuint(f.client.last, ==, '2');
    g_assert_cmpuint(f.client.outcomes, ==, 0);
    tell(&f, "3");
    g_assert_cmpuint(f.client.told, ==, 3);
    g_assert_cmpuint(f.recording->sent->len, ==, 1);
    recording_port_end(f.recording, &installing_ops, f.device, 5, OUTCOME_TIMEOUT, 0, NULL);
    g_assert_cmpuint(f.client.outcomes, ==, 1);
    tear_down(&f);
}

static void
test_runs_all_the_same(void)
{
    Fixture f;

    set_up_with(&f, "nowhere");
    tell(&f, "1");
    g_assert_cmpuint(f.recording->sent->len, ==, 0);
    g_assert_cmpuint(f.client.told, ==, 1);
    tear_down(&f);
    set_up_with(&f, "site");
    tell(&f, "1");
    end_fetch(&f, 0, OUTCOME_TIMEOUT);
    g_assert_cmpuint(f.client.told, ==, 1);
    tear_down(&f);
}

static void
test_crash(void)
{
    Fixture f;

    set_up_with(&f, "site");
    tell(&f, "1");
    installing_ops.stop(f.device);
    g_assert_cmpuint(f.client.stopped, ==, 1);
    installing_ops.start(f.device, 1);
    tell(&f, "2");
    g_assert_cmpuint(f.recording->sent->len, ==, 2);
    end_fetch(&f, 1, OUTCOME_ANSWER);
    g_assert_cmpuint(f.client.told, ==, 1);
    installing_ops.stop(f.device);
    installing_ops.start(f.device, 2);
    tell(&f, "3");
    g_assert_cmpuint(f.recording->sent->len, ==, 2); /* it is there to stay */
    g_assert_cmpuint(f.client.told, ==, 2);
    tear_down(&f);
}

static void
test_bound(void)
{
    Fixture f;

    set_up_with(&f, "site");
    for (int i = 0; i < INSTALL_HELD_MAX + 10; i++)
        tell(&f, "1");
    end_fetch(&f, 0, OUTCOME_ANSWER);
    g_assert_cmpuint(f.client.told, ==, INSTALL_HELD_MAX);
    tear_down(&f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/install/waits", test_waits);
    g_test_add_func("/session/install/runs-all-the-same", test_runs_all_the_same);
    g_test_add_func("/session/install/crash", test_crash);
    g_test_add_func("/session/install/bound", test_bound);
    return g_test_run();
}
