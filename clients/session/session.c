/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The actor: orders in, outcomes and timers to whom they belong, one alarm. */
#include "clients/session/groups.h"
#include "clients/session/rooms.h"
#include "clients/session/said.h"
#include "nodes/base/memory.h"
#include "nodes/wire/message.h"

#include <assert.h>
#include <stdlib.h>

const SessionConfig session_config_2024 = {
    .enc = ENC_AES_GCM,
    .onion_version = 2,
    .storage_rpc = STORAGE_RPC_2024,
    .proof_of_work = false,
    .pow_difficulty = 10,
    .hops = 3,
    .paths = 2,
    .path_subnet_bits = 24,
    .guard_tests_parallel = 2,
    .guard_test_rounds = 6,
    .guard_test_timeout = 10 * SECOND,
    .path_build_tries = 4,
    .path_build_gap = 1 * SECOND,
    .path_bad_at_once = false,
    .paths_min = 1,
    .path_build_gap_max = 1 * SECOND,
    .path_failures_max = 3,
    .node_failures_max = 3,
    .request_timeout = 25 * SECOND,
    .onion_tries = 4,
    .onion_gap = 100 * MILLISECOND,
    .send_tries = 3,
    .send_gap = 100 * MILLISECOND,
    .send_parallel = 1,
    .store_to = 1,
    .send_node_tries = 10,
    .send_node_step = 500 * MILLISECOND,
    .resend_interval = 0,
    .poll_interval = 5 * SECOND,
    .poll_start_delay = 4 * SECOND,
    .poll_timeout = 10 * SECOND,
    .poll_configs = true,
    .poll_loops = 1,
    .poll_members = 1,
    .poll_failures_max = 10,
    .pool_first_refresh = 5 * MINUTE,
    .pool_refresh = 1 * HOUR,
    .pool_refresh_nodes = 3,
    .pool_min = 8,
    .pool_intersection_min = 24,
    .seed_timeout = 5 * SECOND,
    .seed_tries = 4,
    .swarm_min = 3,
    .swarm_sources = 1,
    .message_ttl = 14 * DAY,
    .sync_copies = true,
    .group_poll = { 5 * SECOND, 60 * SECOND, 120 * SECOND },
    .open_group_poll = 10 * SECOND,
    .seen_max = 5000,
    .outbox_max = 500,
    .defect_poll_any_node = true,
    .defect_clock_of_last_answer = true,
    .defect_retry_reseals = true,
    .defect_constant_gaps = true,
    .defect_blame_whole_path = true,
    .defect_success_forgives_nothing = true,
    .defect_named_node_alone = true,
    .defect_rebuild_all_paths = true,
    .defect_guard_test_names_account = true,
    .defect_more_ignored = true,
};

static const char *const failure_names[SEND_FAILURES] = {
    [SEND_NO_POOL] = "no_pool",
    [SEND_NO_PATH] = "no_path",
    [SEND_NO_SWARM] = "no_swarm",
    [SEND_TIMEOUT] = "timeout",
    [SEND_PATH_ERROR] = "path_error",
    [SEND_WRONG_SWARM] = "wrong_swarm",
    [SEND_CLOCK] = "clock",
    [SEND_REFUSED] = "refused",
    [SEND_UNREADABLE] = "unreadable",
    [SEND_OUTBOX_FULL] = "outbox_full",
    [SEND_FILE_TOO_LARGE] = "file_too_large",
    [SEND_FILE_REFUSED] = "file_refused",
    [SEND_NO_GROUP] = "no_group",
};

const char *
send_failure_name(SendFailure failure)
{
    return (unsigned)failure < SEND_FAILURES ? failure_names[failure] : "unknown";
}

/* --- orders ---------------------------------------------------------------------- */

static const BlobType order_type = { "session-order", NULL, free };

Packet
session_order_packet(const SessionOrder *order)
{
    size_t members = order->n_members * (size_t)ACCOUNT_BYTES;
    SessionOrder *copy = memory_resized(NULL, 1, sizeof *copy + members);

    *copy = *order;
    if (members > 0) {
        memcpy(copy + 1, order->members, members);
        copy->members = (const uint8_t(*)[ACCOUNT_BYTES])(const void *)(copy + 1);
    }
    return packet_of_blob(blob_from_object(&order_type, copy, 0));
}

/* A number in 0..@below-1 nanoseconds, by the millisecond. */
static Duration
draw_phase(Session *s, Duration below)
{
    uint32_t ms = (uint32_t)(below / MILLISECOND);

    return ms == 0 ? 0 : port_random_below(s->port, RANDOM_TIMER, ms) * MILLISECOND;
}

static void
go_online(Session *s)
{
    Time poll_at = s->now + s->config->poll_start_delay;

    if (s->online)
        return;
    s->online = true;
    poll_at += draw_phase(s, s->config->poll_start_delay);
    session_poll_start(s, poll_at);
    if (s->config->pool_refresh > 0) {
        if (s->pool.refresh_at == TIME_NEVER)
            s->pool.refresh_at = s->now + s->config->pool_first_refresh;
        if (s->pool.refresh_at < poll_at)
            s->pool.refresh_at = poll_at;
        session_timer(s, TIMER_REFRESH, s->pool.refresh_at);
    }
    session_outbox_online(s);
    session_more_online(s, poll_at);
}

static void
go_offline(Session *s)
{
    s->online = false;
    session_requests_abandon(s);
    session_build_abandon(s);
    session_pool_abandon(s);
    session_poll_stop(s);
    session_outbox_offline(s);
    session_more_offline(s);
    for (Timer timer = 0; timer < TIMER_REQUESTS; timer++)
        session_timer(s, timer, TIME_NEVER);
}

static void
obey(Session *s, const SessionOrder *order)
{
    switch (order->kind) {
    case SESSION_ONLINE:
        go_online(s);
        break;
    case SESSION_OFFLINE:
        if (s->online)
            go_offline(s);
        break;
    case SESSION_WRITE:
        session_outbox_write(s, order);
        break;
    case SESSION_GROUP_CREATE:
        session_group_create(s, order);
        break;
    case SESSION_GROUP_ADD:
        session_group_add(s, order);
        break;
    case SESSION_GROUP_REMOVE:
        session_group_remove(s, order);
        break;
    case SESSION_ROOM_JOIN:
        session_room_join(s, order->to);
        break;
    }
    session_groups_sweep(s);
}

/* --- the actor ------------------------------------------------------------------- */

enum { TIMER_OF_MORE = TIMER_REQUESTS + REQUESTS_MAX };

/* The earliest time of all, and whose it is; of equal ones the first. */
static Time
first_timer(const Session *s, uint32_t *ret)
{
    Time first = TIME_NEVER;

    *ret = TIMER_REQUESTS;
    for (uint32_t i = 0; i < TIMER_REQUESTS; i++)
        if (s->timer[i] < first) {
            first = s->timer[i];
            *ret = i;
        }
    for (uint32_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].due < first) {
            first = s->slot[i].due;
            *ret = TIMER_REQUESTS + i;
        }
    if (s->more != NULL && s->more->due < first) {
        first = s->more->due;
        *ret = TIMER_OF_MORE;
    }
    return first;
}

/* The end of every call: start what became possible, and set the alarm. */
static void
settle(Session *s)
{
    uint32_t timer;
    Time first;

    session_outbox_run(s);
    first = first_timer(s, &timer);
    if (first == s->alarm)
        return;
    s->alarm = first;
    port_alarm(s->port, first);
}

/* Guards outlive an incarnation where they are still in the pool (protocol 5.2). */
static void
keep_guards_in_pool(Session *s)
{
    for (uint32_t i = s->n_guards; i-- > 0;)
        if (!session_pool_has(s, s->guard[i]))
            session_guard_drop(s, s->guard[i]);
}

static void
session_start(void *self, Time now)
{
    Session *s = self;

    assert(!s->online && s->path == NULL);
    s->now = now;
    s->alarm = TIME_NEVER;
    session_forget_time(s);
    for (Timer timer = 0; timer < TIMER_REQUESTS; timer++)
        session_timer(s, timer, TIME_NEVER);
    s->path = memory_resized(NULL, s->config->paths, sizeof *s->path);
    keep_guards_in_pool(s);
}

static void
session_receive_packet(void *self, Time now, const Incoming *in)
{
    Session *s = self;
    const Blob *blob = in->packet->blob;

    s->now = now;
    if (in->kind != KIND_TELL || blob == NULL)
        return; /* a client serves nobody */
    if (blob->type == &order_type)
        obey(s, blob->object);
    else if (blob->type == &session_saying_type)
        session_say(s, blob);
    settle(s);
}

static void
session_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                Packet *packet)
{
    Session *s = self;

    s->now = now;
    if (!s->online)
        return;
    if (!session_request_outcome(s, id, outcome, status, packet) &&
        !session_guards_outcome(s, id, outcome, status))
        (void)session_seed_outcome(s, id, outcome, status, packet);
    settle(s);
}

static void
timer_rang(Session *s, uint32_t timer)
{
    switch (timer) {
    case TIMER_POLL:
    case TIMER_POLL + 1:
    case TIMER_POLL_LAST:
        session_poll_expire(s, timer - TIMER_POLL);
        break;
    case TIMER_SEED:
        session_seed_expire(s);
        break;
    case TIMER_REFRESH:
        session_refresh_expire(s);
        break;
    case TIMER_BUILD:
        session_build_expire(s);
        break;
    case TIMER_OUTBOX:
        s->outbox.dirty = true;
        break;
    default:
        session_request_expire(s, timer - TIMER_REQUESTS);
        break;
    }
}

static void
session_expire(void *self, Time now)
{
    Session *s = self;
    uint32_t timer;

    s->now = now;
    s->alarm = TIME_NEVER;
    while (first_timer(s, &timer) <= now) {
        if (timer == TIMER_OF_MORE) {
            session_more_expire(s);
            continue;
        }
        if (timer < TIMER_REQUESTS)
            session_timer(s, timer, TIME_NEVER);
        else
            session_request_timer(s, timer - TIMER_REQUESTS, TIME_NEVER);
        timer_rang(s, timer);
    }
    settle(s);
}

static void
session_stop(void *self)
{
    Session *s = self;

    go_offline(s);
    free(s->slot);
    s->slot = NULL;
    s->n_slots = 0;
    free(s->path);
    s->path = NULL;
    s->n_paths = 0;
    session_forget_time(s);
    session_failures_stop(s);
    s->pool.refresh_at = TIME_NEVER;
}

static void
session_free(void *self)
{
    Session *s = self;

    if (s->path != NULL)
        session_stop(s);
    session_pool_clear(s);
    session_swarms_clear(s);
    session_outbox_clear(s);
    session_seen_clear(&s->seen_hashes);
    session_seen_clear(&s->seen_sent);
    session_failures_clear(s);
    session_more_clear(s);
    free(s->cursor);
    free(s);
}

/* Beyond the fields in front: the slots of requests, the outbox, the paths. */
static void
session_warm(const void *self)
{
    const Session *s = self;

    __builtin_prefetch(s->slot);
    __builtin_prefetch(s->outbox.item);
    __builtin_prefetch(s->path);
}

const ActorOps session_ops = {
    .name = "session",
    .start = session_start,
    .receive = session_receive_packet,
    .outcome = session_outcome,
    .expire = session_expire,
    .stop = session_stop,
    .free = session_free,
    .warm = session_warm,
    .hot_bytes = 256,
};

static void
check_config(const SessionConfig *config)
{
    assert(config->hops >= 1 && config->hops <= PATH_HOPS_MAX);
    assert(config->paths >= 1 && config->paths <= PATHS_MAX);
    assert(config->path_subnet_bits <= 32);
    assert(config->guard_tests_parallel >= 1);
    assert(config->guard_tests_parallel <= GUARD_TESTS_MAX);
    assert(config->path_build_tries >= 1 && config->onion_tries >= 1);
    assert(config->send_tries >= 1 && config->send_tries <= UINT8_MAX);
    assert(config->onion_tries <= UINT8_MAX && config->seed_tries <= UINT8_MAX);
    assert(config->pool_refresh_nodes <= POOL_REFRESH_NODES_MAX);
    assert(config->seen_max >= 1 && config->outbox_max >= 1);
    assert(config->poll_interval > 0 && config->onion_gap >= 0 && config->send_gap >= 0);
    assert(config->message_ttl > 0 && config->failure_life >= 0);
    assert(config->poll_loops >= 1 && config->poll_loops <= POLL_LOOPS_MAX);
    assert(config->poll_failures_max <= UINT8_MAX && config->send_node_tries <= UINT8_MAX);
    assert(config->send_parallel >= 1 && config->swarm_sources >= 1);
    assert(config->store_to >= 1 && config->poll_members >= 1);
    assert(config->poll_members == 1 || config->poll_loops == 1);
    assert(config->group_poll[0] > 0 && config->group_poll[1] > 0);
    assert(config->group_poll[2] > 0 && config->open_group_poll > 0);
}

Session *
session_new(const Crypto *crypto, Port *port, const SessionConfig *config,
            const uint8_t seed[32], const Address *seeds, size_t n_seeds)
{
    Session *s = memory_resized(NULL, 1, sizeof *s);

    check_config(config);
    *s = (Session){ .crypto = crypto,
                    .port = port,
                    .config = config,
                    .seeds = seeds,
                    .n_seeds = (uint32_t)n_seeds,
                    .pool = { .refresh_at = TIME_NEVER },
                    .alarm = TIME_NEVER };
    s->pow_difficulty = config->pow_difficulty;
    session_identity_init(s, seed);
    session_rotation_init(s);
    return s;
}

void
session_use_list_memo(Session *session, NodeListMemo *memo)
{
    session->memo = memo;
}
