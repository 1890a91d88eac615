/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which requests nodes that work together let through: relays 1 to 3 and 10 to 12, of which
 * the first three are in the circle. */
#include <glib.h>

#include "sim/fault/deny.h"
#include "tests/lib/recording_port.h"

enum { NODES = 13, THEIRS = 3 };

/* An actor that passes on what it gets, to where the test says. */
typedef struct Relay {
    Port *port;
    Address next;
    RequestId id;
    ReplyToken token;
    guint ended;
} Relay;

typedef struct Net {
    DenyCircle *circle;
    RecordingPort *recording[NODES];
    DenyingNode node[NODES];
    Relay relay[NODES];
} Net;

static void
relay_start(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
relay_receive(void *self, Time now, const Incoming *in)
{
    Relay *r = self;

    (void)now;
    r->token = in->token;
    port_send(r->port, r->next, KIND_ONION_HOP, ++r->id, SECOND, NULL, in->packet);
}

static void
relay_outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    Relay *r = self;

    (void)now;
    g_assert_cmpuint(id, ==, r->id);
    r->ended++;
    if (what == OUTCOME_ANSWER)
        port_reply(r->port, r->token, status, packet);
    else
        port_reply_text(r->port, r->token, 504, "no");
}

static const ActorOps relay_ops = { .name = "relay",
                                    .start = relay_start,
                                    .receive = relay_receive,
                                    .outcome = relay_outcome,
                                    .expire = relay_start,
                                    .stop = NULL,
                                    .free = NULL };

static void
net_new(Net *net)
{
    *net = (Net){ .circle = deny_circle_new(SECOND) };
    for (uint32_t i = 1; i < NODES; i++) {
        net->recording[i] = recording_port_new(i, 0);
        denying_node_init(&net->node[i], net->circle, &net->recording[i]->port, i);
        wrapped_bind(&net->node[i].wrapped.actor, &relay_ops, &net->relay[i]);
        net->relay[i].port = &net->node[i].wrapped.port;
        deny_circle_set(net->circle, i, i <= THEIRS);
    }
}

static void
net_clear(Net *net)
{
    for (uint32_t i = 1; i < NODES; i++)
        recording_port_free(net->recording[i]);
    deny_circle_free(net->circle);
}

/* @from's request reaches @node; true: it was passed on to @next. */
static bool
passes(Net *net, uint32_t from, uint32_t node, uint32_t next, MessageKind kind)
{
    Packet packet = packet_of_bytes(BYTES_LITERAL("onion"));
    RecordingPort *recording = net->recording[node];

    recording_port_forget(recording);
    net->relay[node].next = address_of(next, 1);
    recording_port_deliver(recording, &denying_node_ops, &net->node[node],
                           address_of(from, 1), NULL, kind, 5, &packet);
    packet_clear(&packet);
    return recording->sent->len == 1;
}

/* The answer comes back to the guard; the status that the client has. */
static int
answered(Net *net, uint32_t guard)
{
    Packet packet = packet_of_bytes(BYTES_LITERAL("answer"));
    RecordingPort *recording = net->recording[guard];

    recording_port_end(recording, &denying_node_ops, &net->node[guard],
                       net->relay[guard].id, OUTCOME_ANSWER, 200, &packet);
    packet_clear(&packet);
    g_assert_cmpuint(recording->replies->len, ==, 1);
    return recording_reply(recording, 0)->status;
}

/* The whole way of a request; 0: denied on the way, else the client's status. */
static int
request(Net *net, uint32_t guard, uint32_t middle, uint32_t last)
{
    if (!passes(net, 200, guard, middle, KIND_ONION) ||
        !passes(net, guard, middle, last, KIND_ONION_HOP) ||
        !passes(net, middle, last, 100, KIND_ONION_HOP))
        return 0;
    return answered(net, guard);
}

static void
test_ways(void)
{
    Net net;

    net_new(&net);
    g_assert_cmpint(request(&net, 10, 11, 12), ==, 200); /* none is theirs */
    g_assert_cmpint(request(&net, 1, 10, 2), ==, 200);   /* both ends */
    g_assert_cmpint(request(&net, 1, 3, 2), ==, 200);    /* all */
    g_assert_cmpint(request(&net, 1, 10, 11), ==, 504);  /* the guard alone */
    g_assert_cmpint(request(&net, 10, 1, 11), ==, 0);    /* the middle alone */
    g_assert_cmpint(request(&net, 10, 11, 1), ==, 0);    /* the last alone */
    g_assert_cmpint(request(&net, 10, 1, 2), ==, 0);     /* middle and last */
    g_assert_cmpint(request(&net, 1, 2, 10), ==, 0);     /* guard and middle */
    net_clear(&net);
}

/* Who denies tells who asked, at once. */
static void
test_tells(void)
{
    Net net;

    net_new(&net);
    g_assert_false(passes(&net, 10, 1, 11, KIND_ONION_HOP));
    g_assert_cmpuint(net.relay[1].ended, ==, 1);
    g_assert_cmpuint(net.recording[1]->replies->len, ==, 1);
    g_assert_cmpint(recording_reply(net.recording[1], 0)->status, ==, 504);
    g_assert_cmpuint(net.node[1].done, ==, 1);
    net_clear(&net);
}

/* What was said long ago is of another request. */
static void
test_late(void)
{
    Net net;

    net_new(&net);
    g_assert_true(passes(&net, 200, 1, 10, KIND_ONION));
    net.recording[2]->now = 2 * SECOND;
    g_assert_false(passes(&net, 10, 2, 100, KIND_ONION_HOP));
    net_clear(&net);
}

/* Who leaves the circle denies no more. */
static void
test_leaves(void)
{
    Net net;

    net_new(&net);
    deny_circle_set(net.circle, 1, false);
    g_assert_false(deny_circle_has(net.circle, 1));
    g_assert_true(deny_circle_has(net.circle, 2));
    g_assert_cmpint(request(&net, 1, 10, 11), ==, 200);
    deny_circle_set(net.circle, 1, true);
    g_assert_cmpint(request(&net, 1, 10, 11), ==, 504);
    net_clear(&net);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/deny/ways", test_ways);
    g_test_add_func("/deny/tells", test_tells);
    g_test_add_func("/deny/late", test_late);
    g_test_add_func("/deny/leaves", test_leaves);
    return g_test_run();
}
