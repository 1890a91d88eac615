/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "testbed/trial/trial_internal.h"

#include "nodes/live/certificate.h"
#include "nodes/live/clock.h"
#include "nodes/live/node_store.h"

enum { LOOK_MS = 100 };

/* --- time ---------------------------------------------------------------------------- */

/* The world ends now; the network follows. */
static void
finish(Trial *trial, Time now)
{
    if (trial->alarm != NULL)
        g_source_set_ready_time(trial->alarm, -1);
    trial->ended = now;
    testbed_quit(trial->testbed);
}

static gboolean
go_on(gpointer context)
{
    Trial *trial = context;
    Time now = live_now(), last = trial->began + world_last(trial->world), next;

    if (trial->ended != 0)
        return G_SOURCE_CONTINUE;
    trial_events_advance(trial, now);
    if (now >= last) {
        finish(trial, last);
        return G_SOURCE_CONTINUE;
    }
    next = world_next(trial->world);
    next = next == TIME_NEVER ? last : MIN(trial->began + next, last);
    /* What was stated meanwhile waits for nobody. */
    g_source_set_ready_time(trial->alarm,
                            g_queue_is_empty(&trial->events) ? next / MICROSECOND + 1 : 0);
    return G_SOURCE_CONTINUE;
}

static gboolean
look(gpointer context)
{
    Trial *trial = context;
    const TrialSpec *spec = &trial->spec;
    if (*spec->interrupted) {
        finish(trial, live_now());
        trial->watch = 0;
        return G_SOURCE_REMOVE;
    }
    if (trial->began > 0 && spec->progress != NULL)
        spec->progress(spec->context, live_now() - trial->began, world_last(trial->world),
                       trial->sent, trial->opened);
    return G_SOURCE_CONTINUE;
}

static gboolean
ring(GSource *source, GSourceFunc callback, gpointer context)
{
    (void)source;
    return callback(context);
}

/* (A source of GLib's time-outs would choose its next time by itself.) */
static GSourceFuncs alarm_functions = { .dispatch = ring };

/* The network is ready: the world begins. */
static void
begin(void *context)
{
    Trial *trial = context;

    trial->began = live_now();
    world_begin(trial->world);
    trial->alarm = g_source_new(&alarm_functions, sizeof(GSource));
    g_source_set_callback(trial->alarm, go_on, trial, NULL);
    g_source_set_ready_time(trial->alarm, 0);
    g_source_attach(trial->alarm, NULL);
}

/* --- the end ------------------------------------------------------------------------- */

/* The nodes have ended: what is on their disks now is what there is. */
static bool
read_disks(Trial *trial, GError **error)
{
    const TestbedPlan *plan = testbed_plan(trial->testbed);
    g_autofree Store **stores = g_new0(Store *, plan->nodes);
    bool fine = true;

    for (uint32_t i = 0; i < plan->nodes && fine; i++) {
        g_autofree char *folder = testbed_plan_node_folder(plan, i);

        stores[i] = node_store_open(folder, trial->spec.scenario->store_bytes,
                                    live_unix_ms(), error);
        fine = stores[i] != NULL;
    }
    if (fine)
        world_stage_audit(trial->world, stores);
    for (uint32_t i = 0; i < plan->nodes; i++)
        if (stores[i] != NULL)
            stores[i]->ops->close(stores[i]);
    return fine;
}

static void
stop_watching(Trial *trial)
{
    if (trial->watch != 0)
        g_source_remove(trial->watch);
    trial->watch = 0;
    if (trial->alarm == NULL)
        return;
    g_source_destroy(trial->alarm);
    g_source_unref(trial->alarm);
    trial->alarm = NULL;
}

bool
trial_run(Trial *trial, GError **error)
{
    bool fine;

    trial->watch = g_timeout_add(LOOK_MS, look, trial);
    fine = testbed_run(trial->testbed, error);
    stop_watching(trial);
    if (!fine || trial->began == 0)
        return fine;
    trial_events_advance(trial, trial->ended);
    if (!read_disks(trial, error))
        return false;
    world_end(trial->world);
    return true;
}

/* --- the whole ----------------------------------------------------------------------- */

static void
say(void *context, const char *line)
{
    Trial *trial = context;

    if (trial->spec.say != NULL)
        trial->spec.say(trial->spec.context, line);
}

static bool
open_testbed(Trial *trial, GError **error)
{
    const TrialSpec *spec = &trial->spec;
    TestbedSpec testbed = { .folder = spec->folder,
                            .nodes = spec->scenario->nodes,
                            .seed = &spec->seed,
                            .scenario = spec->scenario->path,
                            .set = spec->set,
                            .chain = &spec->scenario->chain,
                            .grown = spec->scenario->grown,
                            .outside =
                                world_stage_wants_servers(spec->scenario, spec->data),
                            .say = say,
                            .ready = begin,
                            .news = trial_node_told,
                            .context = trial };

    trial->testbed = testbed_new(&testbed, error);
    if (trial->testbed == NULL)
        return false;
    live_registry_watch(testbed_registry(trial->testbed), trial_chain_noted, trial);
    return true;
}

Trial *
trial_new(const TrialSpec *spec, GError **error)
{
    Trial *trial = g_new0(Trial, 1);
    WorldOptions options = { .seed = spec->seed,
                             .queue = EVENT_QUEUE_LADDER,
                             .threads = 1,
                             .stage = &trial->stage };

    trial->spec = *spec;
    trial->people = g_new0(TrialPerson, spec->scenario->clients + 1);
    trial->started = g_new0(bool, spec->scenario->nodes + 1);
    trial_stage_init(trial);
    trial->stage.unix_ms_start = live_unix_ms();
    if (!world_stage_fits(spec->scenario, error) || !certificate_trust_nobody(error) ||
        !open_testbed(trial, error)) {
        trial_free(trial);
        return NULL;
    }
    trial->world = world_new(spec->scenario, spec->data, &options, error);
    if (trial->world != NULL)
        return trial;
    trial_free(trial);
    return NULL;
}

World *
trial_world(Trial *trial)
{
    return trial->began == 0 ? NULL : trial->world;
}

void
trial_free(Trial *trial)
{
    if (trial == NULL)
        return;
    stop_watching(trial);
    /* Clients live by the world's configuration of them. */
    for (uint32_t i = 0; i < trial->spec.scenario->clients; i++)
        live_client_free(trial->people[i].client);
    world_free(trial->world);
    testbed_free(trial->testbed);
    trial_events_clear(trial);
    node_list_memo_clear(&trial->list_memo);
    g_free(trial->people);
    g_free(trial->started);
    g_free(trial->server_ip);
    g_free(trial);
}
