/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People and their clients. */
#include "scenarios/world_circles.h"
#include "scenarios/world_stage_internal.h"

enum { CLIENT_IP_FIRST = 0xf0000001 };

uint32_t
world_person_ip(uint32_t person)
{
    return CLIENT_IP_FIRST + person;
}

/* 16 random bytes and 16 zero ones, as accounts have (protocol 1.1). */
void
world_person_seed(const World *w, uint32_t person, uint8_t ret[32])
{
    StreamKey key = { w->options.seed, stream_name("client", person), WORLD_IDENTITY, 0 };

    memset(ret, 0, 32);
    stream_bytes(&key, 0, ret, 16);
}

static void
build_client(World *w, uint32_t person)
{
    const Scenario *s = w->scenario;
    uint8_t seed[32];
    ActorId actor = host_add(w->host, &(ActorSpec){ .name = "client",
                                                    .number = person,
                                                    .ip = world_person_ip(person),
                                                    .country = "",
                                                    .kind = ENDPOINT_CLIENT,
                                                    .speed = s->client_speed });
    Session *session;

    w->clients[person] = actor;
    world_person_seed(w, person, seed);
    world_register_actor(w, actor, ROLE_CLIENT, person);
    if (w->stage != NULL) {
        world_stage_add_person(w, person, seed);
        return;
    }
    session = session_new(&w->crypto, world_person_port(w, person), &w->session, seed,
                          &w->chain_address, 1);
    session_use_list_memo(session, &w->list_memo);
    world_bind_person(w, person, session);
    session_account(session, w->accounts[person]);
    if (w->sessions != NULL)
        w->sessions[person] = session;
}

void
world_build_workload(World *w)
{
    const Scenario *s = w->scenario;
    WorkloadConfig config = s->workload;
    const MessageTrace *trace = w->data->messages;

    if (s->clients == 0)
        return;
    config.people = s->clients;
    if (trace != NULL) {
        config.messages_per_day = 0;
        config.circles = (CirclesConfig){ .rooms = 0 };
    }
    w->workload = workload_new(&config, w->options.seed, s->duration, w->end);
    w->written = g_new0(uint32_t, s->clients);
    w->introduced = g_new0(bool, s->clients);
    w->here = g_new0(bool, s->clients);
    if (circles_groups(workload_circles(w->workload)) + s->workload.circles.rooms > 0 ||
        (trace != NULL && trace->groups + trace->rooms > 0))
        world_circles_new(w);
}

void
world_build_people(World *w)
{
    const Scenario *s = w->scenario;

    if (s->clients == 0)
        return;
    w->clients = g_new0(ActorId, s->clients);
    w->pending = g_new0(PersonAction, s->clients);
    for (uint32_t i = 0; i < s->n_faults && w->online_states == NULL; i++)
        if (s->faults[i].head.kind == FAULT_SORT_OFFLINE)
            w->online_states = g_new0(OnlineState, s->clients + 1);
    w->accounts = g_malloc0_n(s->clients, sizeof *w->accounts);
    if (s->workload.circles.groups > 0 || w->data->messages != NULL)
        w->sessions = g_new0(Session *, s->clients);
    for (uint32_t i = 0; i < s->clients; i++)
        build_client(w, i);
}

static void
act(void *context, Time now, uint64_t person)
{
    World *w = context;
    PersonAction *next = &w->pending[person];

    (void)now;
    world_act(w, (uint32_t)person, next);
    *next = workload_next(w->workload, (uint32_t)person);
    if (next->kind != PERSON_RESTS && next->at <= w->end)
        host_schedule(w->host, MAX(next->at, now), act, w, person);
}

void
world_start_people(World *w)
{
    if (w->scenario->validate.probes > 0) {
        world_start_probes(w);
        return;
    }
    if (w->scenario->rounds.kind != ROUNDS_NONE) {
        world_start_rounds(w);
        return;
    }
    if (w->options.keep_deeds)
        message_trace_write_head(&w->deeds);
    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        host_start(w->host, w->clients[i]);
        if (w->data->messages != NULL && w->data->messages->has_presence)
            continue; /* the table says when they come and go */
        w->pending[i] = workload_next(w->workload, i);
        if (w->pending[i].kind != PERSON_RESTS && w->pending[i].at <= w->end)
            host_schedule(w->host, w->pending[i].at, act, w, i);
    }
    world_start_circles(w);
    if (w->data->messages != NULL)
        world_start_trace(w);
}
