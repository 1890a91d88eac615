/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each kind of message apart: how many, how many arrive, how fast, why not, and what they
 * cost (science 1.1). */
#include "scenarios/world_internal.h"

static double
share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static void
metric(Recorder *r, const char *what, SessionKind kind, const char *suffix, double value,
       const char *unit)
{
    g_autofree char *name =
        g_strdup_printf("%s.%s%s", what, session_kind_name(kind), suffix);

    recorder_metric(r, name, value, unit);
}

static void
record_latency(Recorder *r, SessionKind kind, const Histogram *h)
{
    if (h->total == 0)
        return;
    metric(r, "latency", kind, ".p50", histogram_quantile(h, 0.5), "s");
    metric(r, "latency", kind, ".p95", histogram_quantile(h, 0.95), "s");
    metric(r, "latency", kind, ".p99", histogram_quantile(h, 0.99), "s");
}

static void
record_fates(Recorder *r, SessionKind kind, const KindTotals *t)
{
    g_autofree char *fates = g_strdup_printf("fate:%s", session_kind_name(kind));
    g_autofree char *causes = g_strdup_printf("cause:%s", session_kind_name(kind));

    for (int f = 0; f < FATES; f++) {
        if (t->fates[f] > 0)
            recorder_count(r, fates, fate_name((Fate)f), t->fates[f]);
        for (int c = 0; c < CAUSES; c++) {
            g_autofree char *key =
                g_strdup_printf("%s: %s", fate_name((Fate)f), cause_name((Cause)c));

            if (t->causes[f][c] > 0)
                recorder_count(r, causes, key, t->causes[f][c]);
        }
    }
}

/* All that clients sent and got; what is no message's is polling, paths and node lists. */
static uint64_t
client_bytes(const World *w)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        ActorLoad load = host_load(w->host, w->clients[i]);

        bytes += load.bytes_sent + load.bytes_received;
    }
    for (uint32_t i = 0; i < w->n_devices; i++) {
        ActorLoad load = host_load(w->host, w->devices[i].actor);

        bytes += load.bytes_sent + load.bytes_received;
    }
    return bytes;
}

void
world_kinds_record(const World *w, Recorder *r)
{
    const LedgerTotals *t = ledger_totals(w->ledger);
    double user_days = w->scenario->clients * ((double)w->end / DAY);
    int kinds = 0;

    if (w->scenario->clients == 0)
        return;
    if (w->stage == NULL)
        recorder_metric(r, "bytes_per_user_day", (double)client_bytes(w) / user_days,
                        "bytes");
    for (int k = 0; k < SESSION_KINDS; k++)
        kinds += t->kinds[k].written > 0;
    if (kinds < 2)
        return; /* nothing to tell apart */
    recorder_metric(r, "content_differs", (double)t->content_differs, "count");
    recorder_metric(r, "opened_by_strangers", (double)t->strangers, "count");
    if (w->n_devices > 0) {
        recorder_metric(r, "devices", w->n_devices, "count");
        recorder_metric(r, "opened_by_devices", (double)w->totals.device_opened, "count");
    }
    for (int k = 0; k < SESSION_KINDS; k++) {
        const KindTotals *kind = &t->kinds[k];
        SessionKind what = (SessionKind)k;

        if (w->totals.kind_bytes[k] > 0)
            metric(r, "bytes_per_user_day", what, "",
                   (double)w->totals.kind_bytes[k] / user_days, "bytes");
        if (kind->written == 0)
            continue;
        metric(r, "written", what, "", (double)kind->written, "count");
        metric(r, "delivered", what, "", share(kind->fates[FATE_DELIVERED], kind->written),
               "1");
        record_latency(r, what, &kind->latency_s);
        record_fates(r, what, kind);
    }
}
