/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script over sockets, in a testbed that runs in @folder. */
#include <string.h>

#include "nodes/live/clock.h"
#include "nodes/live/host.h"
#include "nodes/live/http_client.h"
#include "nodes/swarm/snapshot_json.h"
#include "testbed/testbed.h"
#include "tests/parity/script.h"

typedef struct Live {
    const char *folder;
    LiveHost *host;
    HttpClient *http;
    Driver driver;
    Meter meter;
    Snapshot *snapshot;
} Live;

static void
send_message(void *context, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    Live *live = context;

    http_client_send(live->http, to, kind, id, timeout, peer_key, packet);
}

static void
ended(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    Live *live = context;

    live_host_outcome(live->host, id, outcome, status, packet);
}

static gboolean
wake(gpointer context)
{
    *(bool *)context = true;
    return G_SOURCE_REMOVE;
}

static void
pass(void *context, Duration duration)
{
    bool over = false;

    (void)context;
    g_timeout_add((guint)(duration / MILLISECOND), wake, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void
ask(void *context, Packet *order)
{
    Live *live = context;

    live_host_deliver(live->host, 0, NULL, KIND_TELL, order, NULL, NULL, NULL);
    packet_clear(order);
}

static void
fault(void *context, const Step *step, uint32_t node)
{
    const Live *live = context;
    g_autoptr(GError) error = NULL;
    g_autofree char *number = node == UINT32_MAX ? NULL : g_strdup_printf("%u", node);
    char *words[4] = { (char *)step->fault, (char *)step->level, number, NULL };
    g_autofree char *answer = NULL;

    if (step->level == NULL) {
        words[1] = number;
        words[2] = NULL;
    }
    answer = testbed_control(live->folder, words, &error);
    g_assert_no_error(error);
}

/* --- the node list, as a daemon asks for it ------------------------------------------- */

static void
block_read(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    Live *live = context;

    (void)id;
    g_assert(outcome == OUTCOME_ANSWER && status == 200);
    g_assert(snapshot_from_json(packet_bytes(packet), &live->snapshot) == ST_OK);
}

static void
read_snapshot(Live *live, const TestbedPlan *plan)
{
    HttpClient *http = http_client_new(DRIVER_IP, NULL, NULL, block_read, live);
    Packet none = packet_of_bytes(bytes_of_text("0"));

    http_client_send(http, testbed_plan_registry(plan), KIND_BLOCK, 1, 30 * SECOND, NULL,
                     &none);
    while (live->snapshot == NULL)
        g_main_context_iteration(NULL, TRUE);
    http_client_free(http);
}

void
play_live(const TestbedPlan *plan, const char *folder)
{
    Live live = { .folder = plan->folder };
    g_autofree char *path = g_build_filename(folder, "driver.log", NULL);
    FILE *out = fopen(path, "w");
    Stage stage = { .context = &live, .wait = pass, .fault = fault, .ask = ask };

    g_assert(out != NULL);
    read_snapshot(&live, plan);
    live.http = http_client_new(DRIVER_IP, NULL, NULL, ended, &live);
    live.host = live_host_new(NULL, send_message, &live);
    driver_init(&live.driver, live_host_port(live.host), &live.meter, plan, live.snapshot,
                out);
    live_host_start(live.host, &driver_ops, &live.driver);
    driver_play(&live.driver, &stage);
    http_client_free(live.http);
    live_host_free(live.host);
    snapshot_unref(live.snapshot);
    fclose(out);
}
