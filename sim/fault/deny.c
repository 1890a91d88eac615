/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/deny.h"

#include "nodes/base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A guard passed a request on. */
typedef struct Said {
    Time at;
    uint32_t guard_ip, middle_ip;
    bool passed_on; /* its middle is one of them, and so is whom that passed it to */
    bool has_end;   /* its last hop is one of them */
    bool over;      /* it was denied, or its answer is there */
} Said;

enum { SAID_MAX = 4096 }; /* the oldest is forgotten; a power of two */

struct DenyCircle {
    Duration within;
    uint32_t *ips; /* ascending */
    uint32_t n_ips;
    Said said[SAID_MAX];
    uint64_t n_said; /* ever; numbers count from 1 */
};

/* --- the circle ----------------------------------------------------------------------- */

DenyCircle *
deny_circle_new(Duration within)
{
    DenyCircle *c = memory_zeroed(1, sizeof *c);

    c->within = within;
    return c;
}

void
deny_circle_free(DenyCircle *c)
{
    if (c == NULL)
        return;
    free(c->ips);
    free(c);
}

/* The first that is not below @ip. */
static uint32_t
place_of(const DenyCircle *c, uint32_t ip)
{
    uint32_t low = 0, n = c->n_ips;

    while (n > 0) {
        uint32_t half = n / 2;

        if (c->ips[low + half] < ip) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

bool
deny_circle_has(const DenyCircle *c, uint32_t ip)
{
    uint32_t place = place_of(c, ip);

    return place < c->n_ips && c->ips[place] == ip;
}

void
deny_circle_set(DenyCircle *c, uint32_t ip, bool in)
{
    uint32_t place = place_of(c, ip);

    if (deny_circle_has(c, ip) == in)
        return;
    if (in) {
        c->ips = memory_resized(c->ips, c->n_ips + 1, sizeof *c->ips);
        memmove(c->ips + place + 1, c->ips + place, (c->n_ips++ - place) * sizeof *c->ips);
        c->ips[place] = ip;
    } else {
        memmove(c->ips + place, c->ips + place + 1, (--c->n_ips - place) * sizeof *c->ips);
    }
}

static uint64_t
say(DenyCircle *c, Time now, uint32_t guard_ip, uint32_t middle_ip)
{
    c->said[c->n_said % SAID_MAX] =
        (Said){ .at = now, .guard_ip = guard_ip, .middle_ip = middle_ip };
    return ++c->n_said;
}

/* What was said under this number, unless it is forgotten. */
static Said *
said(DenyCircle *c, uint64_t number)
{
    if (number == 0 || number > c->n_said || number + SAID_MAX <= c->n_said)
        return NULL;
    return &c->said[(number - 1) % SAID_MAX];
}

/* The oldest of a request that went to @middle_ip (from @guard_ip; 0: from any) and whose
 * way from there is not known yet; or NULL. */
static Said *
awaited(DenyCircle *c, Time now, uint32_t guard_ip, uint32_t middle_ip)
{
    uint64_t number = c->n_said > SAID_MAX ? c->n_said - SAID_MAX + 1 : 1;

    for (; number <= c->n_said; number++) {
        Said *s = said(c, number);

        if (s->at + c->within >= now && s->middle_ip == middle_ip && !s->has_end &&
            !s->over && (guard_ip == 0 || (s->guard_ip == guard_ip && !s->passed_on)))
            return s;
    }
    return NULL;
}

/* --- the port ------------------------------------------------------------------------- */

static DenyingNode *
node_of(Port *port)
{
    return (DenyingNode *)wrapped_port_of(port);
}

static bool
is_on(const DenyingNode *node)
{
    return deny_circle_has(node->circle, node->ip);
}

static void
pass_as_guard(DenyingNode *node, uint32_t middle_ip)
{
    node->open[node->next_open] =
        (struct DenyOpen){ node->in->token,
                           say(node->circle, node->now, node->ip, middle_ip) };
    node->next_open = (node->next_open + 1) % DENY_OPEN_MAX;
}

/* A later hop: is it a request of theirs? */
static bool
may_pass(const DenyingNode *node, uint32_t next_ip)
{
    uint32_t from_ip = address_ip(node->in->from);
    Said *s = awaited(node->circle, node->now, from_ip, node->ip);

    if (s != NULL) { /* from a guard of theirs to here, in the middle */
        s->passed_on = deny_circle_has(node->circle, next_ip);
        s->over = !s->passed_on;
        return s->passed_on;
    }
    s = awaited(node->circle, node->now, 0, from_ip); /* from the middle to here, the end */
    if (s == NULL)
        return false;
    s->has_end = true;
    return true;
}

static void
deny_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
          const uint8_t *peer_key, Packet *packet)
{
    DenyingNode *node = node_of(port);

    if (node->in != NULL && kind == KIND_ONION_HOP && is_on(node)) {
        if (node->in->kind == KIND_ONION) {
            pass_as_guard(node, address_ip(to));
        } else if (!may_pass(node, address_ip(to))) {
            packet_clear(packet);
            node->denied = id;
            node->done++;
            return;
        }
    }
    wrapped_send(port, to, kind, id, timeout, peer_key, packet);
}

/* The answer to a request whose last hop is none of theirs never comes back. */
static void
deny_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    DenyingNode *node = node_of(port);

    for (uint32_t i = 0; token != 0 && i < DENY_OPEN_MAX; i++) {
        Said *s;

        if (node->open[i].token != token)
            continue;
        s = said(node->circle, node->open[i].said);
        node->open[i].token = 0;
        if (s != NULL)
            s->over = true;
        if (s == NULL || s->has_end || status != 200 || !is_on(node))
            break;
        node->done++;
        packet_clear(packet);
        port_reply_text(node->wrapped.inner_port, token, 504, "Request time out");
        return;
    }
    wrapped_reply(port, token, status, packet);
}

static const PortOps port_ops = {
    .random = wrapped_random,
    .unix_ms = wrapped_unix_ms,
    .send = deny_send,
    .reply = deny_reply,
    .alarm = wrapped_alarm,
    .note = wrapped_note,
    .lookup = wrapped_lookup,
};

void
denying_node_init(DenyingNode *node, DenyCircle *circle, Port *inner, uint32_t ip)
{
    *node = (DenyingNode){ .circle = circle, .ip = ip };
    wrapped_port_init(&node->wrapped, &port_ops, inner);
}

/* --- the actor ------------------------------------------------------------------------ */

/* What was swallowed has timed out, as far as the actor knows: it says so to who asked. */
static void
receive(void *self, Time now, const Incoming *in)
{
    DenyingNode *node = self;
    RequestId denied;
    Packet none = PACKET_EMPTY;

    node->now = now;
    node->in = in;
    wrapped_receive(self, now, in);
    node->in = NULL;
    denied = node->denied;
    node->denied = 0;
    if (denied != 0)
        wrapped_outcome(self, now, denied, OUTCOME_TIMEOUT, 0, &none);
}

static void
stop(void *self)
{
    DenyingNode *node = self;

    wrapped_stop(self);
    memset(node->open, 0, sizeof node->open);
}

const ActorOps denying_node_ops = {
    .name = "denying",
    .start = wrapped_start,
    .receive = receive,
    .outcome = wrapped_outcome,
    .expire = wrapped_expire,
    .stop = stop,
    .free = wrapped_free,
    .warm = wrapped_warm,
};
