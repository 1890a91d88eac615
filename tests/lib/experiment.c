/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/experiment.h"

#include <glib.h>
#include <math.h>

#include "results/record/record.h"

enum { DAY_S = 86400, WINDOW_S = DAY_S / 4 };

/* Something between 0 and 1 that hangs on its arguments only. */
static double
luck(uint64_t a, uint64_t b)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u;

    x = (x ^ (x >> 29)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 32)) >> 11) / 9007199254740992.0;
}

typedef struct Fates {
    uint64_t delivered, pending, expired, never_accepted, lost, of_cause;
} Fates;

static Fates
fates_of_window(uint64_t seed, uint64_t window)
{
    Fates fates = { 0 };

    fates.lost = (uint64_t)(20 * luck(seed, window)) + (window / 12 == 2 ? 90 : 0);
    fates.of_cause = fates.lost / 3;
    fates.expired = (uint64_t)(30 * luck(seed, window + 100));
    fates.never_accepted = (uint64_t)(12 * luck(seed, window + 200));
    fates.pending = window > 50 ? 60 * (window - 50) : 0;
    fates.delivered = EXPERIMENT_SENT_A_WINDOW - fates.lost - fates.expired -
                      fates.never_accepted - fates.pending;
    return fates;
}

static void
sent_bin(Recorder *recorder, const char *name, uint64_t window, uint64_t weight)
{
    recorder_bin(recorder, name, (double)window * WINDOW_S, (double)(window + 1) * WINDOW_S,
                 (double)weight);
}

static void
write_fates(Recorder *recorder, uint64_t seed, const char *cause)
{
    g_autofree char *cause_bins = g_strconcat("sent_cause:", cause, NULL);
    Fates sum = { 0 };

    for (uint64_t w = 0; w < EXPERIMENT_WINDOWS; w++) {
        Fates fates = fates_of_window(seed, w);

        sent_bin(recorder, "sent:delivered", w, fates.delivered);
        sent_bin(recorder, "sent:pending", w, fates.pending);
        sent_bin(recorder, "sent:expired_unread", w, fates.expired);
        sent_bin(recorder, "sent:never_accepted", w, fates.never_accepted);
        sent_bin(recorder, "sent:lost", w, fates.lost);
        sent_bin(recorder, "sent_cause:no replica left", w, fates.lost - fates.of_cause);
        sent_bin(recorder, cause_bins, w, fates.of_cause);
        sent_bin(recorder, "sent_cause:path failures until the client gave up", w,
                 fates.never_accepted);
        sum.delivered += fates.delivered;
        sum.pending += fates.pending;
        sum.expired += fates.expired;
        sum.never_accepted += fates.never_accepted;
        sum.lost += fates.lost;
        sum.of_cause += fates.of_cause;
    }
    recorder_count(recorder, "fate", "delivered", sum.delivered);
    recorder_count(recorder, "fate", "pending", sum.pending);
    recorder_count(recorder, "fate", "expired_unread", sum.expired);
    recorder_count(recorder, "fate", "never_accepted", sum.never_accepted);
    recorder_count(recorder, "fate", "acknowledged_never_stored", 0);
    recorder_count(recorder, "fate", "lost", sum.lost);
    recorder_count(recorder, "cause", "no replica left", sum.lost - sum.of_cause);
    recorder_count(recorder, "cause", cause, sum.of_cause);
    recorder_count(recorder, "cause", "path failures until the client gave up",
                   sum.never_accepted);
    recorder_metric(recorder, "delivery_ratio",
                    (double)sum.delivered / (EXPERIMENT_SENT_A_WINDOW * EXPERIMENT_WINDOWS),
                    "1");
    recorder_metric(recorder, "lost_messages", (double)sum.lost, "count");
    recorder_metric(recorder, "acknowledged_never_stored", 0, "1");
}

static void
write_requests(Recorder *recorder, uint64_t seed)
{
    recorder_count(recorder, "request:storage_rpc", "answer", 700000 + seed);
    recorder_count(recorder, "request:storage_rpc", "refused", 40);
    recorder_count(recorder, "request:storage_rpc", "reset", 900);
    recorder_count(recorder, "request:storage_rpc", "timeout", 1500);
    recorder_count(recorder, "request:onion", "answer", 600000);
    recorder_count(recorder, "status:onion", "status:200", 590000);
    recorder_count(recorder, "status:onion", "status:502", 10000);
}

static void
write_curves(Recorder *recorder, uint64_t seed)
{
    for (int hour = 0; hour < 14 * 24; hour++) {
        double t = hour * 3600.0;
        double up = 195 - 10 * luck(seed, (uint64_t)hour) - (hour / 72 == 2 ? 40 : 0);

        recorder_series(recorder, "nodes_up", t, floor(up));
        recorder_series(recorder, "nodes_active", t, floor(up - 4 + 4 * luck(seed, 7)));
        recorder_series(recorder, "nodes_decommissioned", t, floor((200 - up) / 2));
        recorder_series(recorder, "messages_stored_bytes", t,
                        9e8 * (1 - exp(-hour / 90.0)));
        recorder_series(recorder, "swarms", t, 28 + (hour > 200 ? -1 : 0));
    }
    for (int age = 0; age < 14 * 4; age++) {
        double low = age * (double)WINDOW_S, high = low + WINDOW_S;
        double alive = exp(-age / (30.0 + 4 * luck(seed, 3)));

        recorder_bin(recorder, "replicas_mean", low, high, 6.8 * alive);
        recorder_bin(recorder, "replicas_at_most_1", low, high, pow(1 - alive, 4));
        recorder_bin(recorder, "replicas_0", low, high, pow(1 - alive, 6));
        recorder_bin(recorder, "survival_by_age", low, high, 1 - pow(1 - alive, 5));
    }
    for (int i = 0; i < 60; i++) {
        double low = 0.05 * pow(1.2, i),
               middle = log(low / 3.0) / (1.2 + 0.2 * luck(seed, 5));

        recorder_bin(recorder, "latency_s", low, low * 1.2,
                     floor(1e5 * exp(-middle * middle)));
    }
}

static void
write_nodes(Recorder *recorder, uint64_t seed)
{
    for (uint32_t node = 0; node < EXPERIMENT_NODES; node++) {
        double busy = pow(luck(seed, 1000 + node), 2) + 0.4;

        recorder_node(recorder, node, "requests", floor(90000 * busy));
        recorder_node(recorder, node, "stores", floor(9000 * busy));
        recorder_node(recorder, node, "retrieves", floor(50000 * luck(seed, 2000 + node)));
        recorder_node(recorder, node, "onions", floor(70000 * busy));
        recorder_node(recorder, node, "bytes_out", 3e8 * busy);
        recorder_node(recorder, node, "bytes_in", 2e8 * busy);
        recorder_node(recorder, node, "stored_bytes", 5e6 * (1 + luck(seed, 3000 + node)));
        recorder_node(recorder, node, "stored_messages", floor(4000 * busy));
        recorder_node(recorder, node, "cpu_s", 1200 * busy);
    }
}

static void
write_messages(Recorder *recorder, const char *cause)
{
    recorder_message(recorder, 1, 10, "delivered", "", 12.5);
    recorder_message_event(recorder, 1, 10, "sent");
    recorder_message_event(recorder, 1, 11, "stored at node 17");
    recorder_message_event(recorder, 1, 12.5, "fetched");
    recorder_message(recorder, 2, 20, "lost", cause, -1);
    recorder_message_event(recorder, 2, 20, "sent");
}

void
experiment_write(const char *path, uint64_t runs, const char *scenario_name,
                 const char *cause)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = recorder_open(
        path, scenario_name,
        "# Does churn lose messages?\n# Expected: few.\n\n[scenario]\nname = <made-up>\n",
        "0123456789abcdef0123456789abcdef01234567", &error);

    g_assert_no_error(error);
    for (uint64_t seed = 1; seed <= runs; seed++) {
        RunFacts facts = { .seed = seed,
                           .wall_s = 100 + 3 * (double)seed,
                           .simulated_s = 14 * DAY_S,
                           .events = 40000000 + seed,
                           .peak_rss_bytes = (900 + seed) << 20 };

        for (int i = 0; i < 64; i++)
            facts.trace_hash[i] =
                "0123456789abcdef"[(int)(16 * luck(seed, 5000 + (uint64_t)i))];
        recorder_run_begin(recorder, seed);
        write_fates(recorder, seed, cause);
        write_requests(recorder, seed);
        write_curves(recorder, seed);
        write_nodes(recorder, seed);
        write_messages(recorder, cause);
        recorder_run_commit(recorder, &facts, &error);
        g_assert_no_error(error);
    }
    recorder_close(recorder);
}
