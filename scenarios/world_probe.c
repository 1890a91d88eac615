/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Probes: a fixed number of messages to each swarm in the first minutes, each written by a
 * person to another and stored by its client as any other message; then everybody goes
 * offline for good, and what happens to the replicas is all that is left to happen. */
#include "scenarios/world_internal.h"

enum {
    /* Clients come within the second minute: nodes have synchronised by then. */
    PROBE_COMES_S = 60,
    PROBE_SPREAD_S = 60,
    PROBE_WRITES_AFTER_S = 10,
    /* Before churn.begins_at, or the end. */
    PROBE_GOES_BEFORE_S = 60
};

static void
tell(World *w, uint32_t person, SessionOrder order)
{
    Packet packet = session_order_packet(&order);

    host_tell(w->host, w->clients[person], host_now(w->host), &packet);
}

void
world_person_comes(void *context, Time now, uint64_t person)
{
    (void)now;
    tell(context, (uint32_t)person, (SessionOrder){ .kind = SESSION_ONLINE });
}

void
world_person_goes(void *context, Time now, uint64_t person)
{
    (void)now;
    tell(context, (uint32_t)person, (SessionOrder){ .kind = SESSION_OFFLINE });
}

/* @argument: from << 32 | to. */
void
world_person_writes(void *context, Time now, uint64_t argument)
{
    World *w = context;
    uint32_t from = (uint32_t)(argument >> 32), to = (uint32_t)argument;
    SessionOrder order = { .kind = SESSION_WRITE,
                           .message = (uint64_t)from << 32 | ++w->probes_written[from],
                           .bytes = (uint32_t)w->scenario->workload.text_median_bytes };

    (void)now;
    order.bytes = CLAMP(order.bytes, 16, SESSION_TEXT_MAX);
    memcpy(order.to, w->accounts[to], ACCOUNT_BYTES);
    world_check_text(w, order.message, order.bytes);
    world_written(w, order.message, order.content, from, to);
    world_adversary_written(w, order.message, to);
    tell(w, from, order);
}

/* The people of one swarm take turns to receive; the next person on the list writes. */
static void
plan_swarm(World *w, const uint32_t *people, uint32_t n, uint32_t *writer)
{
    for (uint32_t probe = 0; probe < w->scenario->validate.probes; probe++) {
        uint32_t to = people[probe % n];
        uint32_t from = (*writer)++ % w->scenario->clients;
        uint64_t word = world_word(w, WORLD_PROBE, (uint64_t)from << 1 | 1);

        if (from == to)
            from = (*writer)++ % w->scenario->clients;
        host_schedule(w->host,
                      (PROBE_COMES_S + PROBE_SPREAD_S + PROBE_WRITES_AFTER_S) * SECOND +
                          (Time)(sample_uniform(word) * PROBE_SPREAD_S * SECOND) + probe,
                      world_person_writes, w, (uint64_t)from << 32 | to);
    }
}

static int
compare_pairs(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] > y[1]) - (x[1] < y[1]);
}

static void
plan_probes(World *w)
{
    const Snapshot *snapshot = world_snapshot(w);
    uint32_t n = w->scenario->clients, writer = 1;
    g_autofree uint64_t(*by_swarm)[2] = g_malloc0_n(n + 1, sizeof *by_swarm);
    g_autofree uint32_t *people = g_new(uint32_t, n + 1);

    for (uint32_t i = 0; i < n; i++) {
        const Swarm *swarm = snapshot_swarm_of(snapshot, w->accounts[i] + 1);

        by_swarm[i][0] = swarm == NULL ? SWARM_NONE : swarm->id;
        by_swarm[i][1] = i;
    }
    qsort(by_swarm, n, sizeof *by_swarm, compare_pairs);
    for (uint32_t first = 0, end; first < n; first = end) {
        uint32_t size = 0;

        for (end = first; end < n && by_swarm[end][0] == by_swarm[first][0]; end++)
            people[size++] = (uint32_t)by_swarm[end][1];
        plan_swarm(w, people, size, &writer);
    }
}

void
world_start_probes(World *w)
{
    Time until = w->scenario->churn_start > 0 ? w->scenario->churn_start : w->end;

    w->probes_written = g_new0(uint32_t, w->scenario->clients + 1);
    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        uint64_t word = world_word(w, WORLD_PROBE, (uint64_t)i << 1);

        host_start(w->host, w->clients[i]);
        host_schedule(w->host,
                      PROBE_COMES_S * SECOND +
                          (Time)(sample_uniform(word) * PROBE_SPREAD_S * SECOND),
                      world_person_comes, w, i);
        host_schedule(w->host, until - PROBE_GOES_BEFORE_S * SECOND, world_person_goes, w,
                      i);
    }
    plan_probes(w);
}
