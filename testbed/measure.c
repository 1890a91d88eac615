/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/measure.h"

#include "nodes/live/certificate.h"
#include "nodes/live/clock.h"
#include "nodes/live/http_client.h"

#define PATIENCE (10 * SECOND)

typedef struct Measure {
    const TestbedPlan *plan;
    uint32_t each, gap_ms;
    uint32_t node, asked; /* the next one: which node, which of its requests */
    HttpClient *client;
    GMainLoop *loop;
    Time sent;
    GArray *kept, *first; /* double, s */
    bool failed;
} Measure;

static void
ask(Measure *m)
{
    Packet packet = packet_of_bytes(bytes_of_text("{\"method\":\"info\",\"params\":{}}"));
    NodeRecord record;

    testbed_plan_record(m->plan, m->node, &record);
    m->sent = live_now();
    http_client_send(m->client, address_of(record.ip, record.port_https), KIND_STORAGE_RPC,
                     m->asked, PATIENCE, NULL, &packet);
}

static gboolean
ask_next(gpointer m)
{
    ask(m);
    return G_SOURCE_REMOVE;
}

static void
answered(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    Measure *m = context;
    double took = (double)(live_now() - m->sent) / SECOND;

    (void)id;
    (void)packet;
    m->failed = outcome != OUTCOME_ANSWER || status != 200;
    g_array_append_val(m->asked == 0 ? m->first : m->kept, took);
    if (!m->failed && ++m->node == m->plan->nodes) {
        m->node = 0;
        m->asked++;
    }
    if (m->failed || m->asked > m->each)
        g_main_loop_quit(m->loop);
    else
        g_timeout_add(m->gap_ms, ask_next, m);
}

static int
compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
quantile(GArray *times, double q)
{
    g_array_sort(times, compare);
    return g_array_index(times, double, (guint)(q * (times->len - 1) + 0.5));
}

static void
measure_clear(Measure *m)
{
    g_array_unref(m->kept);
    g_array_unref(m->first);
    g_main_loop_unref(m->loop);
}

bool
testbed_measure(const TestbedPlan *plan, uint32_t each, uint32_t gap_ms, LoopbackTimes *ret,
                GError **error)
{
    Measure m = { .plan = plan,
                  .each = each,
                  .gap_ms = gap_ms,
                  .loop = g_main_loop_new(NULL, FALSE),
                  .kept = g_array_new(FALSE, FALSE, sizeof(double)),
                  .first = g_array_new(FALSE, FALSE, sizeof(double)) };

    m.failed = !certificate_trust_nobody(error);
    if (m.failed) {
        measure_clear(&m);
        return false;
    }
    m.client = http_client_new(0, NULL, NULL, answered, &m);
    ask(&m);
    g_main_loop_run(m.loop);
    http_client_free(m.client);
    if (m.failed)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "node %u does not answer",
                    m.node);
    else
        *ret = (LoopbackTimes){ m.kept->len, quantile(m.kept, 0.5), quantile(m.kept, 0.95),
                                quantile(m.first, 0.5), quantile(m.first, 0.95) };
    measure_clear(&m);
    return !m.failed;
}
