/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was measured, written down: metrics, series, histograms, causes, loads, lives. */
#include "scenarios/world_internal.h"

#include <math.h>
#include <sys/resource.h>

static double
share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static void
quantiles(Recorder *r, const char *name, const Histogram *h)
{
    static const struct {
        const char *suffix;
        double q;
    } points[] = { { "p50", 0.5 }, { "p95", 0.95 }, { "p99", 0.99 }, { "p999", 0.999 } };

    if (h->total == 0)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        g_autofree char *full = g_strdup_printf("%s.%s", name, points[i].suffix);

        recorder_metric(r, full, histogram_quantile(h, points[i].q), "s");
    }
}

static void
record_messages_metrics(const World *w, Recorder *r)
{
    const LedgerTotals *t = ledger_totals(w->ledger);
    uint64_t lost = t->fates[FATE_LOST] + t->fates[FATE_ACKNOWLEDGED_NEVER_STORED];

    recorder_metric(r, "nodes", w->scenario->nodes, "count");
    recorder_metric(r, "clients", w->scenario->clients, "count");
    recorder_metric(r, "messages", (double)t->written, "count");
    for (int f = 0; f < FATES; f++) {
        g_autofree char *name = g_strdup_printf("messages.%s", fate_name((Fate)f));

        recorder_metric(r, name, (double)t->fates[f], "count");
    }
    recorder_metric(r, "delivered", share(t->fates[FATE_DELIVERED], t->written), "1");
    recorder_metric(r, "accepted", share(t->accepted, t->written), "1");
    /* With a closed form, loss is what it speaks of. */
    if (w->validate == NULL)
        recorder_metric(r, "loss", share(lost, t->accepted), "1");
    recorder_metric(r, "near_loss", share(t->near_losses, t->accepted), "1");
    recorder_metric(r, "late", share(t->late, t->fates[FATE_DELIVERED]), "1");
    recorder_metric(r, "duplicates", share(t->duplicates, t->fates[FATE_DELIVERED]), "1");
    recorder_metric(r, "fetched_again",
                    share(w->totals.fetched_again, t->fates[FATE_DELIVERED]), "1");
    recorder_metric(r, "unreadable", (double)t->unreadable, "count");
    recorder_metric(r, "unstored_acknowledgements", (double)t->unstored_acks, "count");
    recorder_metric(r, "attempts_per_message", share(t->attempts, t->sent), "1");
    quantiles(r, "latency", &t->latency_s);
    quantiles(r, "acknowledgement", &t->ack_latency_s);
    quantiles(r, "poll", &w->poll_s);
}

/* What operators compare: the mean load of a node, counted as storage servers count it. */
static void
record_node_hours(const World *w, Recorder *r)
{
    double node_hours = w->scenario->nodes * ((double)w->end / HOUR);
    NodeCounts sum = { 0 };

    for (uint32_t i = 0; i < w->n_nodes; i++) {
        sum.stores += w->node_counts[i].stores;
        sum.retrieves += w->node_counts[i].retrieves;
        sum.relayed += w->node_counts[i].relayed;
    }
    recorder_metric(r, "stores_per_node_hour", (double)sum.stores / node_hours, "1");
    recorder_metric(r, "retrieves_per_node_hour", (double)sum.retrieves / node_hours, "1");
    recorder_metric(r, "onions_per_node_hour", (double)sum.relayed / node_hours, "1");
}

/* What goes from node to node to mend what is missing: pushes (but not those by which
 * stores are replicated after their answer), failed replicas that are tried again,
 * anti-entropy. */
static void
record_repair(const World *w, Recorder *r)
{
    const WorldTotals *t = &w->totals;
    double days = (double)w->end / DAY;
    uint64_t compared = t->compare_digest_bytes + t->compare_message_bytes;
    uint64_t bytes = t->pushed_bytes - t->relayed_bytes + t->retry_bytes + compared;

    recorder_metric(r, "repair_bytes", (double)bytes, "bytes");
    recorder_metric(
        r, "repair_bytes_per_stored_byte_day",
        t->stored_bytes == 0 ? 0 : (double)bytes / (double)t->stored_bytes / days, "1");
    recorder_metric(
        r, "repair_needed",
        share(t->pushed_new + t->reconciled_new, t->push_received + t->reconciled), "1");
    recorder_metric(r, "anti_entropy_bytes", (double)compared, "bytes");
    recorder_metric(r, "anti_entropy_digest_bytes", (double)t->compare_digest_bytes,
                    "bytes");
    recorder_metric(r, "anti_entropy_message_bytes", (double)t->compare_message_bytes,
                    "bytes");
    recorder_metric(r, "anti_entropy_messages", (double)t->reconciled, "count");
    recorder_metric(r, "anti_entropy_new", (double)t->reconciled_new, "count");
    recorder_metric(r, "relayed_bytes", (double)t->relayed_bytes, "bytes");
    recorder_metric(r, "replica_retries", (double)t->retries, "count");
    recorder_metric(r, "replica_retry_bytes", (double)t->retry_bytes, "bytes");
}

/* What the simulator's network counted. */
static void
record_wire(const World *w, Recorder *r)
{
    const HostTotals *h = host_totals(w->host);

    recorder_metric(r, "wire_bytes", (double)h->bytes_sent, "bytes");
    recorder_metric(r, "wire_bytes_received", (double)h->bytes_received, "bytes");
    recorder_metric(r, "wire_bytes_in_flight", (double)h->bytes_in_flight, "bytes");
    recorder_metric(r, "wire_bytes_lost", (double)h->bytes_lost, "bytes");
    recorder_metric(r, "late_answers", (double)h->late_answers, "count");
    recorder_metric(r, "key_mismatches", (double)h->key_mismatches, "count");
}

static void
record_network_metrics(const World *w, Recorder *r)
{
    const WorldTotals *t = &w->totals;
    uint64_t polls = t->polls_ok + t->polls_failed;

    recorder_metric(r, "polls", (double)polls, "count");
    recorder_metric(r, "polls_answered", share(t->polls_ok, polls), "1");
    recorder_metric(r, "replicas_failed",
                    share(t->replicas_failed, t->replicas_ok + t->replicas_failed), "1");
    record_repair(w, r);
    if (w->stage == NULL)
        record_wire(w, r);
    recorder_metric(r, "outages", (double)t->outages, "count");
    recorder_metric(r, "disks_lost", (double)t->disks_lost, "count");
    recorder_metric(r, "departures", (double)t->departures, "count");
    recorder_metric(r, "arrivals", (double)t->arrivals, "count");
    for (int e = 0; e < CHAIN_EVENTS; e++) {
        g_autofree char *name =
            g_strdup_printf("chain.%s", chain_event_name((ChainEvent)e));

        recorder_metric(r, name, (double)t->chain[e], "count");
    }
    recorder_metric(r, "nodes_up", w->series[w->n_series - 1].up, "count");
    recorder_metric(r, "swarms", w->series[w->n_series - 1].swarms, "count");
}

static void
record_replicas(const World *w, Recorder *r)
{
    const AgeBin *bins;
    size_t n = ledger_age_bins(w->ledger, &bins);
    double width = (double)w->scenario->age_bin / SECOND;

    for (size_t i = 0; i < n; i++) {
        double low = (double)i * width;
        const AgeBin *b = &bins[i];

        if (b->messages == 0)
            continue;
        recorder_bin(r, "replicas_mean", low, low + width, share(b->replicas, b->messages));
        recorder_bin(r, "replicas_reachable", low, low + width,
                     share(b->reachable, b->messages));
        recorder_bin(r, "replicas_any_disk", low, low + width,
                     share(b->disks, b->messages));
        recorder_bin(r, "replicas_at_most_1", low, low + width,
                     share(b->at_most_one, b->messages));
        recorder_bin(r, "replicas_0", low, low + width, share(b->none, b->messages));
    }
    for (size_t i = n; i > 0; i--) {
        if (bins[i - 1].messages == 0)
            continue;
        recorder_metric(r, "replicas_at_birth", share(bins[0].replicas, bins[0].messages),
                        "1");
        recorder_metric(r, "replicas_oldest",
                        share(bins[i - 1].replicas, bins[i - 1].messages), "1");
        recorder_metric(r, "gone_oldest", share(bins[i - 1].none, bins[i - 1].messages),
                        "1");
        break;
    }
}

static void
record_sent_bins(const World *w, Recorder *r)
{
    const uint64_t(*fates)[FATES];
    const uint64_t(*causes)[CAUSES];
    size_t n = ledger_sent_bins(w->ledger, &fates, &causes);
    double width = (double)w->scenario->sent_bin / SECOND;

    for (size_t i = 0; i < n; i++) {
        double low = (double)i * width;

        for (int f = 0; f < FATES; f++) {
            g_autofree char *name = g_strdup_printf("sent:%s", fate_name((Fate)f));

            recorder_bin(r, name, low, low + width, (double)fates[i][f]);
        }
        for (int c = 0; c < CAUSES; c++) {
            g_autofree char *name = g_strdup_printf("sent_cause:%s", cause_name((Cause)c));

            if (causes[i][c] > 0)
                recorder_bin(r, name, low, low + width, (double)causes[i][c]);
        }
    }
}

/* How long messages last: F(t) of science 1.1, with what is delivered, expired or not over
 * taken out of the watch. */
static void
record_survival(const World *w, Recorder *r)
{
    const LifeBin *bins;
    size_t n = ledger_life_bins(w->ledger, &bins);
    double width = (double)w->scenario->age_bin / SECOND;

    for (size_t i = 0; i < n; i++)
        recorder_bin(r, "survival_by_age", (double)i * width, (double)(i + 1) * width,
                     ledger_survival(w->ledger, i));
    recorder_metric(r, "loss_by_expiry",
                    n > 0 ? 1 - ledger_survival(w->ledger, n - 1) : NAN, "1");
}

static void
record_fates(const World *w, Recorder *r)
{
    const LedgerTotals *t = ledger_totals(w->ledger);

    for (int f = 0; f < FATES; f++) {
        recorder_count(r, "fate", fate_name((Fate)f), t->fates[f]);
        for (int c = 0; c < CAUSES; c++) {
            g_autofree char *key =
                g_strdup_printf("%s: %s", fate_name((Fate)f), cause_name((Cause)c));

            if (t->causes[f][c] > 0)
                recorder_count(r, "cause", key, t->causes[f][c]);
        }
    }
    for (int c = 0; c < CAUSES; c++)
        if (t->late_causes[c] > 0)
            recorder_count(r, "late", cause_name((Cause)c), t->late_causes[c]);
    for (int f = 0; f < 16; f++)
        if (t->failed_attempts[f] > 0)
            recorder_count(r, "failed_attempt", send_failure_name((SendFailure)f),
                           t->failed_attempts[f]);
}

static void
record_requests(const World *w, Recorder *r)
{
    static const char *const classes[8] = { "0xx", "1xx", "2xx", "3xx",
                                            "4xx", "5xx", "421", "none" };
    const HostTotals *h = host_totals(w->host);

    for (int k = 0; k < KIND_COUNT; k++) {
        g_autofree char *group =
            g_strdup_printf("request:%s", message_kind_name((MessageKind)k));

        if (h->sent[k] == 0)
            continue;
        recorder_count(r, group, "sent", h->sent[k]);
        for (int o = 0; o < OUTCOME_COUNT; o++)
            recorder_count(r, group, outcome_name((Outcome)o), h->outcomes[k][o]);
        recorder_count(r, group, "abandoned", h->abandoned[k]);
        recorder_count(r, group, "open", h->open[k]);
    }
    for (int m = 0; m < RPC_METHODS; m++) {
        g_autofree char *group = g_strdup_printf("rpc:%s", rpc_method_name((RpcMethod)m));

        for (int c = 0; c < 8; c++)
            if (w->totals.requests[m][c] > 0)
                recorder_count(r, group, classes[c], w->totals.requests[m][c]);
    }
    for (int m = 0; m < METER_OPS && w->stage == NULL; m++)
        recorder_count(r, "operations", meter_op_name((MeterOp)m),
                       host_meter(w->host)->count[m]);
}

static void
record_series(const World *w, Recorder *r)
{
    for (uint32_t i = 0; i < w->n_series; i++) {
        const SeriesPoint *p = &w->series[i];
        double t = (double)p->at / SECOND;

        recorder_series(r, "nodes_up", t, p->up);
        recorder_series(r, "nodes_active", t, p->active);
        recorder_series(r, "nodes_decommissioned", t, p->decommissioned);
        recorder_series(r, "swarms", t, p->swarms);
        recorder_series(r, "messages_stored", t, (double)p->stored_messages);
        recorder_series(r, "messages_stored_bytes", t, (double)p->stored_bytes);
        if (i > 0 && p->wall_s > w->series[i - 1].wall_s)
            recorder_series(r, "events_per_s", t,
                            (double)(p->events - w->series[i - 1].events) /
                                (p->wall_s - w->series[i - 1].wall_s));
    }
}

static void
record_latency(const World *w, Recorder *r)
{
    const Histogram *h = &ledger_totals(w->ledger)->latency_s;

    for (int i = 0; i < HISTOGRAM_BINS; i++)
        if (h->count[i] > 0)
            recorder_bin(r, "latency_s", i == 0 ? 0 : histogram_bin_low(h, i),
                         histogram_bin_low(h, i + 1), (double)h->count[i]);
}

static void
record_nodes(const World *w, Recorder *r)
{
    for (uint32_t i = 0; i < w->n_nodes; i++) {
        const WorldNode *node = &w->nodes[i];
        const NodeCounts *counts = &w->node_counts[i];
        ActorLoad load = host_load(w->host, node->actor);
        bool has_disk = node->store != NULL;

        recorder_node(r, i, "requests", (double)counts->requests);
        recorder_node(r, i, "stores", (double)counts->stores);
        recorder_node(r, i, "retrieves", (double)counts->retrieves);
        recorder_node(r, i, "onions", (double)counts->onions);
        if (w->stage == NULL) {
            recorder_node(r, i, "bytes_out", (double)load.bytes_sent);
            recorder_node(r, i, "bytes_in", (double)load.bytes_received);
            recorder_node(r, i, "cpu_s", (double)load.busy / SECOND);
        }
        recorder_node(r, i, "stored_messages",
                      has_disk ? (double)node->store->ops->count(node->store) : 0);
        recorder_node(r, i, "stored_bytes",
                      has_disk ? (double)node->store->ops->bytes(node->store) : 0);
    }
}

/* --- single messages: lost ones first, then late ones, then any
 * ----------------------------- */

static int
interest(const World *w, const LedgerMessage *m)
{
    if (m->fate == FATE_LOST || m->fate == FATE_ACKNOWLEDGED_NEVER_STORED)
        return 0;
    if (m->fate == FATE_NEVER_ACCEPTED || m->fate == FATE_EXPIRED_UNREAD)
        return 1;
    if (m->delivered >= 0 && m->delivered - m->written > w->scenario->late_after)
        return 2;
    return m->fate == FATE_PENDING ? 3 : 4;
}

/* A message to several is shown as it fared with the recipient who fared worst. */
static LedgerMessage
whole_message(const World *w, size_t index)
{
    LedgerMessage worst = ledger_message(w->ledger, index);

    for (size_t i = 1; i < ledger_message(w->ledger, index).recipients; i++) {
        LedgerMessage m = ledger_message(w->ledger, index + i);

        if (interest(w, &m) < interest(w, &worst))
            worst = m;
    }
    return worst;
}

static void
record_message(const World *w, Recorder *r, size_t index, const LedgerMessage *m)
{
    LifeReader life = ledger_life(w->ledger, index);
    LifeEvent event;

    recorder_message(r, m->id, (double)m->written / SECOND, fate_name(m->fate),
                     m->cause == CAUSE_NONE ? "" : cause_name(m->cause),
                     m->delivered < 0 ? -1 : (double)m->delivered / SECOND);
    while (life_next(&life, &event)) {
        char text[160];

        ledger_event_text(&event, text, sizeof text);
        recorder_message_event(r, m->id, (double)event.at / SECOND, text);
    }
}

static void
record_lives(const World *w, Recorder *r)
{
    uint32_t left = w->scenario->record_messages;

    for (int wanted = 0; wanted <= 4; wanted++) {
        for (size_t i = 0; i < ledger_count(w->ledger) && left > 0; i++) {
            LedgerMessage m = ledger_message(w->ledger, i);

            if (m.recipients == 0 || !session_kind_is_peoples(m.kind))
                continue;
            m = whole_message(w, i);
            if (interest(w, &m) != wanted)
                continue;
            record_message(w, r, i, &m);
            left--;
        }
    }
}

static uint64_t
peak_rss_bytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss * 1024;
}

void
world_record(World *w, Recorder *r, RunFacts *ret_facts)
{
    world_validate_record(w, r);
    record_messages_metrics(w, r);
    record_network_metrics(w, r);
    world_kinds_record(w, r);
    world_check_record(w, r);
    record_node_hours(w, r);
    record_replicas(w, r);
    record_survival(w, r);
    record_sent_bins(w, r);
    record_fates(w, r);
    record_requests(w, r);
    world_faults_record(w, r);
    world_outside_record(w, r);
    world_adversary_record(w, r);
    record_series(w, r);
    record_latency(w, r);
    record_nodes(w, r);
    record_lives(w, r);
    *ret_facts = (RunFacts){ .seed = w->options.seed,
                             .wall_s = w->wall_s,
                             .simulated_s = (double)w->end / SECOND,
                             .events = host_totals(w->host)->events,
                             .peak_rss_bytes = peak_rss_bytes() };
    world_trace_hash(w, ret_facts->trace_hash);
}
