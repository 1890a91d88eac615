/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Second devices: an account is restored from its recovery phrase on another client, which
 * fetches what nodes still keep, and is online from then on.  It takes what the first one
 * sent by the copies that this makes for it. */
#include "clients/session/mnemonic.h"
#include "scenarios/world_circles.h"

enum { DEVICE_IP_FIRST = 0xee000001 };

/* What somebody would type in: the words, and from them the seed again. */
static void
restore_seed(const uint8_t seed[32], uint8_t ret[32])
{
    uint8_t typed[MNEMONIC_SEED_BYTES];
    Buffer phrase = BUFFER_EMPTY;
    Status status;

    mnemonic_encode(seed, &phrase);
    status = mnemonic_decode(buffer_bytes(&phrase), typed);
    g_assert(status == ST_OK);
    buffer_clear(&phrase);
    account_seed_extend(typed, ret);
}

static void
build_device(World *w, uint32_t person)
{
    uint32_t client = w->scenario->clients + w->n_devices;
    ActorId actor = host_add(w->host, &(ActorSpec){ .name = "device",
                                                    .number = person,
                                                    .ip = DEVICE_IP_FIRST + w->n_devices,
                                                    .country = "",
                                                    .kind = ENDPOINT_CLIENT,
                                                    .speed = w->scenario->client_speed });
    uint8_t seed[32], restored[32];
    const ActorOps *ops;
    Session *session;
    void *self;

    world_person_seed(w, person, seed);
    restore_seed(seed, restored);
    session = session_new(&w->crypto, host_port(w->host, actor), &w->device_session,
                          restored, &w->chain_address, 1);
    session_use_list_memo(session, &w->list_memo);
    world_bind_client(w, host_port(w->host, actor), session, &ops, &self);
    host_bind(w->host, actor, ops, self);
    world_register_actor(w, actor, ROLE_CLIENT, client);
    w->devices = g_renew(WorldDevice, w->devices, w->n_devices + 1);
    w->devices[w->n_devices++] = (WorldDevice){ .actor = actor, .person = person };
}

/* Who has one, before the ledger is told of it. */
uint32_t
world_plan_devices(World *w)
{
    const Scenario *s = w->scenario;
    uint32_t n = 0;

    if (s->second_devices <= 0)
        return 0;
    w->device_of = g_new0(uint32_t, s->clients + 1);
    for (uint32_t i = 0; i < s->clients; i++)
        if (sample_uniform(world_word(w, WORLD_DEVICE, i)) < s->second_devices)
            w->device_of[i] = ++n;
    w->account_of = g_new0(uint32_t, s->clients + n);
    for (uint32_t i = 0; i < s->clients; i++) {
        w->account_of[i] = i;
        if (w->device_of[i] > 0)
            w->account_of[s->clients + w->device_of[i] - 1] = i;
    }
    return n;
}

void
world_build_devices(World *w)
{
    w->device_session = w->session;
    w->device_session.read_receipts = false; /* the first device says them */
    w->device_session.typing_notices = false;
    w->device_session.other_devices = false; /* nor does this one tell that of groups */
    for (uint32_t i = 0; i < w->scenario->clients && w->device_of != NULL; i++)
        if (w->device_of[i] > 0)
            build_device(w, i);
}

static void
come(void *context, Time now, uint64_t device)
{
    const SessionOrder order = { .kind = SESSION_ONLINE };
    World *w = context;
    Packet packet = session_order_packet(&order);

    w->devices[device].there = true;
    host_start(w->host, w->devices[device].actor);
    host_tell(w->host, w->devices[device].actor, now, &packet);
}

void
world_start_devices(World *w)
{
    for (uint32_t i = 0; i < w->n_devices; i++) {
        uint64_t word = world_word(w, WORLD_DEVICE,
                                   (uint64_t)w->scenario->clients + w->devices[i].person);
        Duration within = w->scenario->second_device_within;
        Time at = within <= 0 ? 0 : (Time)sample_below(word, (uint64_t)within);

        host_schedule(w->host, at, come, w, i);
    }
}
