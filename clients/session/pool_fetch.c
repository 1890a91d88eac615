/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where node lists come from (protocol 5.1): a seed, with back-off; or, once an hour,
 * several nodes of the pool asked through onion requests, of whose answers the common part
 * counts. */
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#define LIST_PARAMS                                                                        \
    "{\"active_only\":true,\"fields\":{\"public_ip\":true,\"storage_port\":true,"          \
    "\"pubkey_x25519\":true,\"pubkey_ed25519\":true,\"storage_server_version\":true"
/* What a client needs who computes swarms. */
#define LIST_SWARMS ",\"swarm_id\":true"
#define SEED_BODY(more)                                                                    \
    "{\"jsonrpc\":\"2.0\",\"method\":\"get_n_service_nodes\",\"params\":" LIST_PARAMS more \
    "}}}"
#define REFRESH_BODY(more)                                                                 \
    "{\"jsonrpc\":\"2.0\",\"method\":\"oxend_request\",\"params\":"                        \
    "{\"endpoint\":\"get_service_nodes\",\"params\":" LIST_PARAMS more "}}}}"

/* By SwarmLookup. */
static const char *const seed_body[] = { SEED_BODY(""), SEED_BODY(LIST_SWARMS) };
static const char *const refresh_body[] = { REFRESH_BODY(""), REFRESH_BODY(LIST_SWARMS) };

/* One refresh under way. */
typedef struct Refresh {
    uint64_t serial; /* of the try under way; 0 between two tries */
    uint8_t tries;   /* begun */
    uint8_t n;       /* answers that are there */
    NodeList *list[POOL_REFRESH_NODES_MAX];
} Refresh;

/* --- seeds ----------------------------------------------------------------------- */

static void
seed_done(Session *s)
{
    s->pool.seed_fetching = false;
    s->pool.seed_tries = 0;
    session_timer(s, TIMER_SEED, TIME_NEVER);
    session_build_pool_done(s);
}

static void
seed_ask(Session *s)
{
    uint32_t i = port_random_below(s->port, RANDOM_PATH, (uint32_t)s->n_seeds);
    Packet packet = packet_of_bytes(bytes_of_text(seed_body[s->config->swarm_lookup]));

    s->pool.seed_tries++;
    s->pool.seed_request = session_serial(s);
    port_send(s->port, s->seeds[i], KIND_SEED_RPC, s->pool.seed_request,
              s->config->seed_timeout, NULL, &packet);
}

void
session_seed_fetch(Session *s)
{
    if (s->pool.seed_fetching || !s->online)
        return;
    s->pool.seed_fetching = true;
    if (s->n_seeds == 0 || s->config->seed_tries == 0)
        seed_done(s);
    else
        seed_ask(s);
}

static void
seed_failed(Session *s)
{
    if (s->pool.seed_tries >= s->config->seed_tries) {
        seed_done(s);
        return;
    }
    session_timer(s, TIMER_SEED,
                  s->now + session_gap(SEED_FIRST_GAP, s->pool.seed_tries, SEED_GAP_MAX));
}

bool
session_seed_outcome(Session *s, RequestId id, Outcome outcome, int status, Packet *packet)
{
    NodeList *list;

    if (s->pool.seed_request == 0 || id != s->pool.seed_request)
        return false;
    s->pool.seed_request = 0;
    if (outcome != OUTCOME_ANSWER || status != 200 || packet->length > ANSWER_BYTES_MAX ||
        node_list_of_packet(packet, &list) != ST_OK) {
        seed_failed(s);
        return true;
    }
    if (list->n == 0) {
        node_list_unref(list);
        seed_failed(s);
        return true;
    }
    session_pool_replace(s, list);
    port_note(s->port, NOTE_POOL, session_pool_count(s), 1, (Bytes){ NULL, 0 });
    seed_done(s);
    return true;
}

void
session_seed_expire(Session *s)
{
    if (s->pool.seed_fetching)
        seed_ask(s);
}

/* --- refresh --------------------------------------------------------------------- */

static void
refresh_forget_answers(Refresh *refresh)
{
    for (uint32_t i = 0; i < refresh->n; i++)
        node_list_unref(refresh->list[i]);
    refresh->n = 0;
    refresh->serial = 0;
}

static void
refresh_end(Session *s)
{
    refresh_forget_answers(s->pool.refresh);
    free(s->pool.refresh);
    s->pool.refresh = NULL;
    s->pool.refresh_at = s->now + s->config->pool_refresh;
    session_timer(s, TIMER_REFRESH, s->pool.refresh_at);
}

static void
refresh_failed(Session *s)
{
    refresh_forget_answers(s->pool.refresh);
    if (s->pool.refresh->tries < POOL_REFRESH_TRIES) {
        session_timer(s, TIMER_REFRESH, s->now + POOL_REFRESH_GAP);
        return;
    }
    refresh_end(s);
    session_seed_fetch(s);
}

/* @n different nodes of the pool; false when there are not that many. */
static bool
draw_nodes(Session *s, uint32_t n, NodeRef *ret)
{
    if (session_pool_count(s) < n)
        return false;
    for (uint32_t i = 0; i < n;) {
        bool again = false;

        if (!session_pool_draw(s, RANDOM_PATH, &ret[i]))
            return false;
        for (uint32_t j = 0; j < i; j++)
            again |= ret[j] == ret[i];
        i += !again;
    }
    return true;
}

static void
refresh_try(Session *s)
{
    Refresh *refresh = s->pool.refresh;
    NodeRef node[POOL_REFRESH_NODES_MAX];
    uint32_t n = s->config->pool_refresh_nodes;

    refresh->tries++;
    if (!draw_nodes(s, n, node)) {
        refresh_failed(s);
        return;
    }
    refresh->serial = session_serial(s);
    for (uint32_t i = 0; i < n; i++) {
        RequestOrder order = { .use = USE_REFRESH,
                               .owner = refresh->serial,
                               .target = session_target_of(s, node[i]) };
        Packet packet =
            packet_of_bytes(bytes_of_text(refresh_body[s->config->swarm_lookup]));

        if (!session_request_start(s, &order, &packet)) {
            refresh_failed(s);
            return;
        }
    }
}

/* The timer: begin a refresh, or its next try. */
void
session_refresh_expire(Session *s)
{
    if (s->pool.refresh == NULL) {
        s->pool.refresh = memory_resized(NULL, 1, sizeof *s->pool.refresh);
        *s->pool.refresh = (Refresh){ 0 };
    }
    if (s->config->pool_refresh_nodes > 0) {
        refresh_try(s);
        return;
    }
    refresh_end(s);
    session_seed_fetch(s);
}

static int
compare_addresses(const void *a, const void *b)
{
    Address x = *(const Address *)a, y = *(const Address *)b;

    return x < y ? -1 : x > y;
}

/* The addresses of a list, ascending. */
static Address *
sorted_addresses(const NodeList *list)
{
    Address *address = memory_resized(NULL, list->n > 0 ? list->n : 1, sizeof *address);

    for (uint32_t i = 0; i < list->n; i++)
        address[i] = node_address_https(&list->nodes[i]);
    qsort(address, list->n, sizeof *address, compare_addresses);
    return address;
}

/* Clear @common[i] where list @a's node i has no fellow with its ip and port in @b. */
static void
keep_common(const NodeList *a, const NodeList *b, bool *common)
{
    Address *address;

    if (a == b)
        return;
    address = sorted_addresses(b);
    for (uint32_t i = 0; i < a->n; i++) {
        Address key = node_address_https(&a->nodes[i]);

        common[i] &=
            bsearch(&key, address, b->n, sizeof *address, compare_addresses) != NULL;
    }
    free(address);
}

/* Whoever answered knows the same nodes, and lists are shared (node_list_of_answer). */
static bool
all_are(const NodeList *list, const Refresh *refresh)
{
    for (uint32_t i = 0; i < refresh->n; i++)
        if (refresh->list[i] != list)
            return false;
    return true;
}

/* The @n that are marked. */
static NodeList *
kept_nodes(const NodeList *list, const bool *marked, uint32_t n)
{
    NodeRecord *kept = memory_resized(NULL, n, sizeof *kept);
    NodeList *result;
    uint32_t at = 0;

    for (uint32_t i = 0; i < list->n; i++)
        if (marked[i])
            kept[at++] = list->nodes[i];
    result = node_list_new(kept, n);
    free(kept);
    return result;
}

/* The nodes that all answers name (5.1: by ip and port), as a list of its own or, where
 * that is all of it, the first answer itself.  NULL when too few. */
static NodeList *
intersection(const Session *s, const Refresh *refresh)
{
    NodeList *first = refresh->list[0];
    bool *common;
    uint32_t n = 0;
    NodeList *list = NULL;

    if (first->n < s->config->pool_intersection_min || first->n == 0)
        return NULL;
    if (all_are(first, refresh))
        return node_list_ref(first);
    common = memory_resized(NULL, first->n, sizeof *common);
    memset(common, true, first->n);
    for (uint32_t i = 1; i < refresh->n; i++)
        keep_common(first, refresh->list[i], common);
    for (uint32_t i = 0; i < first->n; i++)
        n += common[i];
    if (n == first->n)
        list = node_list_ref(first);
    else if (n >= s->config->pool_intersection_min && n > 0)
        list = kept_nodes(first, common, n);
    free(common);
    return list;
}

static Status
read_list(const Session *s, const Packet *answer, NodeList **ret)
{
    meter_add(s->port->meter, METER_PARSE, answer->length);
    return node_list_of_answer(s->memo, answer, ret);
}

void
session_refresh_done(Session *s, uint64_t owner, RequestResult *result)
{
    Refresh *refresh = s->pool.refresh;
    NodeList *list;

    if (refresh == NULL || refresh->serial == 0 || owner != refresh->serial)
        return;
    if (!result->answered) {
        refresh_failed(s);
        return;
    }
    if (read_list(s, &result->body, &list) != ST_OK) {
        refresh_failed(s);
        return;
    }
    refresh->list[refresh->n++] = list;
    if (refresh->n < s->config->pool_refresh_nodes)
        return;
    list = intersection(s, refresh);
    if (list == NULL) {
        refresh_failed(s);
        return;
    }
    refresh_end(s);
    session_pool_replace(s, list);
    port_note(s->port, NOTE_POOL, session_pool_count(s), 0, (Bytes){ NULL, 0 });
}

void
session_pool_abandon(Session *s)
{
    s->pool.seed_fetching = false;
    s->pool.seed_request = 0;
    s->pool.seed_tries = 0;
    if (s->pool.refresh != NULL) {
        refresh_forget_answers(s->pool.refresh);
        free(s->pool.refresh);
        s->pool.refresh = NULL;
    }
}
