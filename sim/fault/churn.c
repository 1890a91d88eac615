/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/churn.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

/* What a node draws for; each has its own count, so that no draw moves another. */
typedef enum Purpose {
    DRAW_LIFE,
    DRAW_UP,
    DRAW_DOWN,
    DRAW_SHORT_GAP,
    DRAW_SHORT_LENGTH,
    DRAW_SHORT_KIND,
    DRAW_SHORT_DISK,
    DRAW_LONG_DISK,
    DRAW_TRACED
} Purpose;

typedef struct Node {
    uint64_t name;     /* of its random streams */
    int64_t traced;    /* index of the server it replays, or -1 */
    Time trace_shift;  /* the trace's time minus the simulation's */
    uint32_t interval; /* the trace's interval that it is in, or was in last */
    Time life_end;     /* leaves for good */
    Time long_from;    /* the next long outage */
    Time long_to;      /* its end */
    Time short_from;   /* the next short outage, should it be up by then */
    uint32_t longs;    /* number of that long outage */
    uint32_t shorts;   /* number of that short outage */
    uint32_t lives;    /* ended before this one */
    Time now;          /* of the last fault given */
    Time down_until;   /* while down */
    bool down;         /* in an outage */
    bool disk_lost;    /* by that outage */
    bool gone;         /* for good */
    bool fresh;        /* has arrived at a known time */
} Node;

struct Churn {
    ChurnConfig config;
    uint64_t seed;
    Time horizon;
    Node *nodes;
    uint32_t n, capacity;
    uint32_t *arrivals; /* traced servers that are seen to appear */
    uint32_t n_arrivals;
};

static uint64_t
draw(const Churn *churn, const Node *node, Purpose purpose, uint64_t index)
{
    StreamKey key = { churn->seed, node->name, purpose, 0 };

    return stream_word(&key, index);
}

/* TIME_NEVER absorbs. */
static Time
later(Time at, Duration by)
{
    assert(at >= 0 && by >= 0);
    return by > TIME_NEVER - at ? TIME_NEVER : at + by;
}

/* --- long outages and the end of life --- */

static const UptimeInterval *
interval_of(const Churn *churn, const Node *node, uint32_t i)
{
    const UptimeTrace *trace = churn->config.trace;
    const TracedServer *server = &trace->servers[node->traced];

    return i < server->n ? &trace->intervals[server->first + i] : NULL;
}

/* The gap after the interval that the node is in.  No later interval: it left for good,
 * unless the record ends there too. */
static void
next_long_of_trace(const Churn *churn, Node *node)
{
    const UptimeInterval *here = interval_of(churn, node, node->interval);
    const UptimeInterval *next = interval_of(churn, node, node->interval + 1);

    node->long_from = TIME_NEVER;
    node->long_to = TIME_NEVER;
    if (next != NULL) {
        node->long_from = here->to_us * MICROSECOND - node->trace_shift;
        node->long_to = next->from_us * MICROSECOND - node->trace_shift;
        node->interval++;
    } else if (here->to_us < churn->config.trace->end_us) {
        node->life_end = here->to_us * MICROSECOND - node->trace_shift;
    }
}

/* @since: when it came up. */
static void
next_long(const Churn *churn, Node *node, Time since)
{
    const ChurnConfig *config = &churn->config;
    uint32_t i = node->longs++;
    Duration up;

    if (node->traced >= 0) {
        next_long_of_trace(churn, node);
        return;
    }
    if (i == 0 && !node->fresh && config->life_residual)
        up = law_sample_residual(&config->up, draw(churn, node, DRAW_UP, 0),
                                 draw(churn, node, DRAW_UP, 1));
    else
        up = law_sample(&config->up, draw(churn, node, DRAW_UP, i + 1));
    node->long_from = later(since, up);
    node->long_to =
        later(node->long_from, law_sample(&config->down, draw(churn, node, DRAW_DOWN, i)));
}

static void
draw_life(const Churn *churn, Node *node)
{
    const ChurnConfig *config = &churn->config;
    /* The first life has two words. */
    uint64_t word = draw(churn, node, DRAW_LIFE, node->lives == 0 ? 0 : node->lives + 1);
    Duration life;

    if (node->fresh || !config->life_residual)
        life = law_sample(&config->life, word);
    else
        life = law_sample_residual(&config->life, word, draw(churn, node, DRAW_LIFE, 1));
    node->life_end = later(node->now, life);
}

/* --- short outages --- */

/* The next one that begins at @now or later: those before would have begun in an outage. */
static void
next_short(const Churn *churn, Node *node, Time now)
{
    const ChurnConfig *config = &churn->config;

    if (config->short_outage.kind == LAW_NEVER || config->short_outage_every <= 0) {
        node->short_from = TIME_NEVER;
        return;
    }
    while (node->short_from < now) {
        Law gap = { LAW_EXPONENTIAL, (double)config->short_outage_every / 1e9, 0 };
        uint64_t word = draw(churn, node, DRAW_SHORT_GAP, node->shorts++);

        node->short_from = later(node->short_from, law_sample(&gap, word));
    }
}

/* --- outages --- */

static bool
loses_disk(const Churn *churn, const Node *node, Purpose purpose, uint32_t outage,
           Duration length)
{
    const ChurnConfig *config = &churn->config;
    double chance =
        length > config->disk_loss_long_after ? config->disk_loss_long : config->disk_loss;

    return sample_uniform(draw(churn, node, purpose, outage)) < chance;
}

static Fault
go_down(Node *node, FaultKind kind, Time at, Time until, bool disk_lost)
{
    node->down = true;
    node->now = at;
    node->down_until = until;
    node->disk_lost = disk_lost;
    return (Fault){ kind, at, false };
}

static Fault
begin_long(const Churn *churn, Node *node)
{
    Time from = node->long_from;
    Time to = node->long_to;
    bool disk_lost = loses_disk(churn, node, DRAW_LONG_DISK, node->longs - 1,
                                to == TIME_NEVER ? TIME_NEVER : to - from);

    if (to != TIME_NEVER)
        next_long(churn, node, to);
    else
        node->long_from = TIME_NEVER;
    return go_down(node, FAULT_HOST_STOPS, from, to, disk_lost);
}

/* A short outage into which the next long one falls is the beginning of that, and ends with
 * it. */
static Fault
begin_short(const Churn *churn, Node *node)
{
    const ChurnConfig *config = &churn->config;
    uint32_t i = node->shorts - 1;
    Time from = node->short_from;
    Duration length =
        law_sample(&config->short_outage, draw(churn, node, DRAW_SHORT_LENGTH, i));
    bool process =
        sample_uniform(draw(churn, node, DRAW_SHORT_KIND, i)) < config->process_share;
    Time to = later(from, length);

    if (to >= node->long_from && node->long_from != TIME_NEVER) {
        node->long_from = from;
        return begin_long(churn, node);
    }
    return go_down(node, process ? FAULT_PROCESS_STOPS : FAULT_HOST_STOPS, from, to,
                   loses_disk(churn, node, DRAW_SHORT_DISK, i, length));
}

/* --- the schedule --- */

static Fault
leave(const Churn *churn, Node *node)
{
    node->gone = true;
    return (Fault){ churn->config.exits_announced ? FAULT_EXITS : FAULT_DEPARTS,
                    node->life_end, false };
}

static Fault
next_fault(const Churn *churn, Node *node)
{
    if (node->down) {
        if (node->life_end <= node->down_until)
            return leave(churn, node);
        node->down = false;
        node->now = node->down_until;
        return (Fault){ FAULT_RETURNS, node->now, node->disk_lost };
    }
    next_short(churn, node, node->now);
    if (node->life_end <= node->long_from && node->life_end <= node->short_from)
        return leave(churn, node);
    if (node->long_from <= node->short_from)
        return begin_long(churn, node);
    return begin_short(churn, node);
}

Fault
churn_next(Churn *churn, uint32_t index)
{
    Node *node = &churn->nodes[index];
    Fault fault;

    assert(index < churn->n);
    if (node->gone)
        return (Fault){ FAULT_NONE, churn->horizon, false };
    fault = next_fault(churn, node);
    if (fault.at >= churn->horizon) {
        node->gone = true;
        return (Fault){ FAULT_NONE, churn->horizon, false };
    }
    return fault;
}

int64_t
churn_traced(const Churn *churn, uint32_t node)
{
    assert(node < churn->n);
    return churn->nodes[node].traced;
}

/* --- setting up --- */

static void
start(Churn *churn, Node *node)
{
    node->life_end = TIME_NEVER;
    node->short_from = node->now;
    if (node->traced < 0)
        draw_life(churn, node);
    next_long(churn, node, node->now);
    /* The first gap runs from now: a short outage never begins with the schedule. */
    next_short(churn, node, later(node->now, 1));
}

static Node *
add_node(Churn *churn, Time now)
{
    Node *node;

    if (churn->n == churn->capacity) {
        churn->capacity = churn->capacity == 0 ? 64 : churn->capacity * 2;
        churn->nodes = realloc(churn->nodes, churn->capacity * sizeof *churn->nodes);
        if (churn->nodes == NULL)
            abort();
    }
    node = &churn->nodes[churn->n];
    *node = (Node){ .name = stream_name("churn", churn->n), .traced = -1, .now = now };
    churn->n++;
    return node;
}

/* The interval of a server that holds a time of the trace, or -1. */
static int64_t
interval_at(const UptimeTrace *trace, const TracedServer *server, Time at)
{
    for (uint32_t i = 0; i < server->n; i++) {
        const UptimeInterval *interval = &trace->intervals[server->first + i];

        if (interval->from_us * MICROSECOND <= at && at < interval->to_us * MICROSECOND)
            return i;
    }
    return -1;
}

static uint32_t *
new_indices(const UptimeTrace *trace)
{
    uint32_t *indices = malloc((trace->n_servers + (size_t)1) * sizeof *indices);

    if (indices == NULL)
        abort();
    return indices;
}

/* Each node takes one of the servers that are up at the window: the next card of a deck
 * shuffled by the seed, so that one more node changes nobody's server. */
static Status
add_traced_nodes(Churn *churn, uint32_t n)
{
    const UptimeTrace *trace = churn->config.trace;
    Time window = churn->config.trace_window;
    uint32_t *deck = new_indices(trace);
    uint32_t left = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++)
        if (interval_at(trace, &trace->servers[i], window) >= 0)
            deck[left++] = i;
    if (left < n) {
        free(deck);
        return ST_RANGE;
    }
    for (uint32_t i = 0; i < n; i++, left--) {
        Node *node = add_node(churn, 0);
        uint64_t card = sample_below(draw(churn, node, DRAW_TRACED, 0), left);
        const TracedServer *server = &trace->servers[deck[card]];

        node->traced = deck[card];
        node->trace_shift = window;
        node->interval = (uint32_t)interval_at(trace, server, window);
        deck[card] = deck[left - 1];
        start(churn, node);
    }
    free(deck);
    return ST_OK;
}

/* Servers that appear while the record runs: what a node that arrives replays. */
static void
find_arrivals(Churn *churn)
{
    const UptimeTrace *trace = churn->config.trace;

    churn->arrivals = new_indices(trace);
    for (uint32_t i = 0; i < trace->n_servers; i++)
        if (trace->intervals[trace->servers[i].first].from_us > 0)
            churn->arrivals[churn->n_arrivals++] = i;
}

Status
churn_new(const ChurnConfig *config, uint32_t n, uint64_t seed, Time horizon, Churn **ret)
{
    Churn *churn = calloc(1, sizeof *churn);
    Status status = ST_OK;

    if (churn == NULL)
        abort();
    *churn = (Churn){ .config = *config, .seed = seed, .horizon = horizon };
    if (config->trace != NULL) {
        find_arrivals(churn);
        status = add_traced_nodes(churn, n);
    } else {
        for (uint32_t i = 0; i < n; i++)
            start(churn, add_node(churn, 0));
    }
    if (status != ST_OK) {
        churn_free(churn);
        return status;
    }
    *ret = churn;
    return ST_OK;
}

void
churn_add(Churn *churn, uint32_t index, Time now)
{
    Node *node = add_node(churn, now);

    assert(index == churn->n - 1);
    node->fresh = true;
    if (churn->n_arrivals > 0) {
        const UptimeTrace *trace = churn->config.trace;
        uint64_t i = sample_below(draw(churn, node, DRAW_TRACED, 0), churn->n_arrivals);
        const TracedServer *server = &trace->servers[churn->arrivals[i]];

        node->traced = churn->arrivals[i];
        node->trace_shift = trace->intervals[server->first].from_us * MICROSECOND - now;
    }
    start(churn, node);
}

void
churn_renew(Churn *churn, uint32_t index, Time now)
{
    Node *node = &churn->nodes[index];

    assert(index < churn->n && node->traced < 0);
    node->gone = false;
    node->down = false;
    node->fresh = true;
    node->lives++;
    node->now = now;
    start(churn, node);
}

void
churn_luck(Churn *churn, uint32_t index, uint64_t luck)
{
    assert(index < churn->n);
    churn->nodes[index].name = stream_name("churn", luck);
}

void
churn_free(Churn *churn)
{
    if (churn == NULL)
        return;
    free(churn->nodes);
    free(churn->arrivals);
    free(churn);
}
