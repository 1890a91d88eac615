/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People and their clients. */
#include "scenarios/world_stage_internal.h"

enum { CLIENT_IP_FIRST = 0xf0000001 };

_Static_assert((int)PERSON_TEXT == (int)SESSION_TEXT &&
                   (int)PERSON_IMAGE == (int)SESSION_IMAGE &&
                   (int)PERSON_FILE == (int)SESSION_FILE &&
                   (int)PERSON_VOICE == (int)SESSION_VOICE,
               "what people write has the clients' numbers");

uint32_t
world_person_ip(uint32_t person)
{
    return CLIENT_IP_FIRST + person;
}

static void
build_client(World *w, uint32_t person)
{
    const Scenario *s = w->scenario;
    StreamKey key = { w->options.seed, stream_name("client", person), WORLD_IDENTITY, 0 };
    uint8_t seed[32] = { 0 };
    ActorId actor = host_add(w->host, &(ActorSpec){ .name = "client",
                                                    .number = person,
                                                    .ip = world_person_ip(person),
                                                    .country = "",
                                                    .kind = ENDPOINT_CLIENT,
                                                    .speed = s->client_speed });
    Session *session;

    w->clients[person] = actor;
    /* 16 random bytes and 16 zero ones, as accounts have (protocol 1.1). */
    stream_bytes(&key, 0, seed, 16);
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
}

void
world_build_people(World *w)
{
    const Scenario *s = w->scenario;
    WorkloadConfig config = s->workload;

    if (s->clients == 0)
        return;
    config.people = s->clients;
    w->workload = workload_new(&config, w->options.seed, s->duration, w->end);
    w->clients = g_new0(ActorId, s->clients);
    w->pending = g_new0(PersonAction, s->clients);
    for (uint32_t i = 0; i < s->n_faults && w->online_states == NULL; i++)
        if (s->faults[i].head.kind == FAULT_SORT_OFFLINE)
            w->online_states = g_new0(OnlineState, s->clients + 1);
    w->accounts = g_malloc0_n(s->clients, sizeof *w->accounts);
    for (uint32_t i = 0; i < s->clients; i++)
        build_client(w, i);
}

static void
give_order(World *w, uint32_t person, const SessionOrder *order)
{
    Packet packet = session_order_packet(order);

    host_tell(w->host, w->clients[person], host_now(w->host), &packet);
}

static void
tell(World *w, uint32_t person, const PersonAction *action)
{
    SessionOrder order = { .kind = SESSION_ONLINE };
    OnlineState free_to_come = { 0 };
    OnlineState *state =
        w->online_states != NULL ? &w->online_states[person] : &free_to_come;

    if (action->kind == PERSON_GOES)
        order.kind = SESSION_OFFLINE;
    if (action->kind == PERSON_WRITES) {
        order.kind = SESSION_WRITE;
        order.message = action->message;
        order.content = (SessionKind)action->content;
        order.bytes = action->bytes;
        memcpy(order.to, w->accounts[action->to], ACCOUNT_BYTES);
        /* A file's message has the shortest text. */
        world_check_text(w, action->message,
                         action->content == PERSON_TEXT ? action->bytes : 0);
        world_written(w, action->message, order.content, person, action->to);
        world_adversary_written(w, action->message, action->to);
    } else {
        state->online = action->kind == PERSON_COMES;
    }
    if (order.kind != SESSION_ONLINE || state->kept_offline == 0)
        give_order(w, person, &order);
}

void
world_keep_offline(World *w, uint32_t person, bool offline)
{
    const SessionOrder order = { .kind = offline ? SESSION_OFFLINE : SESSION_ONLINE };
    OnlineState *state = &w->online_states[person];
    bool others;

    if (offline) {
        others = state->kept_offline++ > 0;
    } else {
        others = --state->kept_offline > 0;
    }
    if (!others && state->online)
        give_order(w, person, &order);
}

static void
act(void *context, Time now, uint64_t person)
{
    World *w = context;
    PersonAction *next = &w->pending[person];

    (void)now;
    tell(w, (uint32_t)person, next);
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
    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        host_start(w->host, w->clients[i]);
        w->pending[i] = workload_next(w->workload, i);
        if (w->pending[i].kind != PERSON_RESTS && w->pending[i].at <= w->end)
            host_schedule(w->host, w->pending[i].at, act, w, i);
    }
}
