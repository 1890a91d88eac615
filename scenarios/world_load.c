/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A queue with one server: an actor that knows nothing but node 0 asks it for its version
 * (the storage request `info`), at the moments of a Poisson process, over one connection.
 * What a request takes, less the way there and back, is its sojourn in the node's inbox
 * and hands. */
#include "scenarios/world_validate.h"

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

#include <math.h>

/* Nobody gives up: the closed forms know of no impatience. */
#define LOAD_TIMEOUT (365 * DAY)

typedef struct Load {
    World *world;
    Port *port;
    ActorId actor;
    GArray *sent;     /* Time, by request */
    GArray *sojourns; /* double, in seconds; of requests behind the warm-up */
    uint64_t refused; /* answers that are no 200, and none */
} Load;

static Duration
next_gap(const Load *load)
{
    StreamKey key = { load->world->options.seed, stream_name("load", 0), WORLD_LOAD, 0 };

    return (Duration)(sample_exponential(stream_word(&key, load->sent->len),
                                         1 / load->world->scenario->validate.rate) *
                      SECOND);
}

static void
load_start(void *self, Time now)
{
    const Load *load = self;

    port_alarm(load->port, now + next_gap(load));
}

static void
load_expire(void *self, Time now)
{
    static const char text[] = "{\"method\":\"info\",\"params\":{}}";
    Load *load = self;
    Packet packet = packet_of_bytes(bytes_of_text(text));
    Address node = node_address_https(&load->world->nodes[0].record);

    g_array_append_val(load->sent, now);
    port_send(load->port, node, KIND_STORAGE_RPC, load->sent->len, LOAD_TIMEOUT, NULL,
              &packet);
    port_alarm(load->port, now + next_gap(load));
}

/* The first tenth of the run begins with an empty queue, and sets up the connection. */
static void
load_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
             Packet *packet)
{
    Load *load = self;
    const World *w = load->world;
    Time sent = g_array_index(load->sent, Time, id - 1);
    Duration way =
        net_latency(w->net, load->actor - 1, w->nodes[0].actor - 1); /* one way */
    double sojourn_s = (double)(now - sent - 2 * way) / SECOND;

    (void)packet;
    if (outcome != OUTCOME_ANSWER || status != 200)
        load->refused++;
    else if (sent >= w->end / 10)
        g_array_append_val(load->sojourns, sojourn_s);
}

static void
load_receive(void *self, Time now, const Incoming *in)
{
    (void)self;
    (void)now;
    (void)in;
}

static void
load_stop(void *self)
{
    (void)self;
}

static void
load_free(void *self)
{
    Load *load = self;

    g_array_unref(load->sent);
    g_array_unref(load->sojourns);
    g_free(load);
}

static const ActorOps load_ops = { .name = "load",
                                   .start = load_start,
                                   .receive = load_receive,
                                   .outcome = load_outcome,
                                   .expire = load_expire,
                                   .stop = load_stop,
                                   .free = load_free };

void
world_load_build(World *w)
{
    Load *load;

    if (w->scenario->validate.form != VALIDATE_QUEUE)
        return;
    load = g_new0(Load, 1);
    load->world = w;
    load->sent = g_array_new(FALSE, FALSE, sizeof(Time));
    load->sojourns = g_array_new(FALSE, FALSE, sizeof(double));
    load->actor = host_add(
        w->host, &(ActorSpec){ .name = "load", .country = "", .kind = ENDPOINT_SEED });
    load->port = host_port(w->host, load->actor);
    host_bind(w->host, load->actor, &load_ops, load);
    world_register_actor(w, load->actor, ROLE_LOAD, 0);
    w->load = load;
}

void
world_load_start(World *w)
{
    if (w->load != NULL)
        host_start(w->host, w->load->actor);
}

void
world_load_record(const World *w, Recorder *r)
{
    GArray *sojourns = w->load->sojourns;
    double sum = 0, service_s = (double)w->scenario->cost_request / SECOND;
    guint n = sojourns->len;
    double quantile =
        world_quantile((double *)(void *)sojourns->data, n, w->scenario->validate.quantile);

    for (guint i = 0; i < n; i++)
        sum += g_array_index(sojourns, double, i);
    recorder_metric(r, "sojourn", n > 0 ? sum / n : NAN, "s");
    recorder_metric(r, "wait", n > 0 ? sum / n - service_s : NAN, "s");
    recorder_metric(r, "sojourn_quantile", quantile, "s");
    recorder_metric(r, "queue_refused", (double)w->load->refused, "count");
}
