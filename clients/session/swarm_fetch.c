/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking for a swarm (protocol 5.3): get_swarm at a random node of the pool, through an
 * onion request; a few times there, then at other nodes.  Or, since 2025, working it out.
 */
#include "clients/session/sending.h"
#include "nodes/wire/message.h"

#include <assert.h>

/* --- reading --------------------------------------------------------------------- */

static bool
is_key(JsonValue value, uint8_t ret[KEY_BYTES])
{
    Bytes text;

    return json_string_plain(value, &text) && hex_decode(text, ret, KEY_BYTES);
}

static bool
is_no_address(JsonValue ip)
{
    Bytes text;

    return json_string_plain(ip, &text) && bytes_equal_text(text, "0.0.0.0");
}

static bool
is_listed(const FreshSwarm *fresh, const uint8_t ed25519[KEY_BYTES])
{
    for (uint32_t i = 0; i < fresh->n; i++)
        if (memcmp(fresh->node[i].ed25519, ed25519, KEY_BYTES) == 0)
            return true;
    return false;
}

/* One node: our own list's keys where it has the node, the answer's otherwise. */
static bool
snode_parse(const Session *s, JsonValue snode, Target *ret)
{
    static const char *const names[] = { "pubkey_ed25519", "pubkey_x25519", "ip" };
    enum { ED25519 = 1, X25519 = 2, IP = 4 };
    JsonValue value[3];
    uint32_t given = json_get_each(snode, names, 3, value);
    Target target;

    if (!(given & ED25519) || !is_key(value[0], target.ed25519) || !(given & X25519) ||
        !is_key(value[1], target.x25519) || (given & IP && is_no_address(value[2])))
        return false;
    target.node = s->pool.list == NULL
                      ? NODE_NONE
                      : node_list_find_ed25519(s->pool.list, target.ed25519);
    *ret = target.node == NODE_NONE ? target : session_target_of(s, (NodeRef)target.node);
    return true;
}

bool
session_swarm_parse(Session *s, const uint8_t key[KEY_BYTES], JsonValue body,
                    FreshSwarm *ret)
{
    JsonValue snodes, snode;
    JsonIterator it;
    Bytes name;

    if (!json_get(body, "snodes", &snodes) || snodes.type != JSON_TYPE_ARRAY)
        return false;
    memcpy(ret->key, key, KEY_BYTES);
    ret->n = 0;
    it = json_iterate(snodes);
    while (ret->n < SWARM_NODES_MAX && json_next(&it, &name, &snode)) {
        Target target;

        if (snode_parse(s, snode, &target) && !is_listed(ret, target.ed25519))
            ret->node[ret->n++] = target;
    }
    return ret->n > 0;
}

/* --- asking ---------------------------------------------------------------------- */

static bool
fetch_is_under_way(const Session *s, const uint8_t key[KEY_BYTES])
{
    for (uint32_t i = 0; i < s->n_slots; i++) {
        const OnionRequest *request = s->slot[i].request;

        if (request != NULL && request->use == USE_SWARM &&
            memcmp(request->account, key, KEY_BYTES) == 0)
            return true;
    }
    return false;
}

static void
write_body(const Session *s, const uint8_t key[KEY_BYTES], Buffer *out)
{
    if (s->config->storage_rpc == STORAGE_RPC_2020) {
        session_2020_swarm(key, out);
        return;
    }
    buffer_append_literal(out, "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":"
                               "{\"requests\":[{\"method\":\"get_swarm\",\"params\":"
                               "{\"pubkey\":\"05");
    buffer_append_hex(out, (Bytes){ key, KEY_BYTES });
    buffer_append_literal(out, "\"}}]}}");
}

/* @target NULL: a random node of the pool, drawn when the request first goes out (there may
 * be no pool yet). */
static bool
fetch_start(Session *s, const uint8_t key[KEY_BYTES], const Target *target,
            uint8_t same_node, uint8_t other_node, Duration delay)
{
    RequestOrder order = { .use = USE_SWARM,
                           .account = key,
                           .any_target = target == NULL,
                           .delay = delay,
                           .same_node = same_node,
                           .other_node = other_node };
    Buffer payload = BUFFER_EMPTY;
    Packet packet;

    if (target != NULL)
        order.target = *target;
    write_body(s, key, &payload);
    packet = packet_of_buffer(&payload);
    return session_request_start(s, &order, &packet);
}

static Duration
gap_after(uint32_t tries)
{
    return session_gap(SWARM_FETCH_GAP, tries, SWARM_FETCH_GAP_MAX);
}

/* Tell those that wait for this swarm. */
static void
fetch_tell(Session *s, const uint8_t key[KEY_BYTES], const FreshSwarm *fresh)
{
    s->fresh = fresh;
    session_poll_swarm(s, key);
    session_outbox_swarm(s, key);
    s->fresh = NULL;
}

/* Try again, here or at another node.  False when that was all. */
static bool
fetch_again(Session *s, const OnionRequest *request)
{
    uint8_t same = request->same_node, other = request->other_node;

    if (same < SWARM_FETCH_SAME_NODE && !request->any_target)
        return fetch_start(s, request->account, &request->target, (uint8_t)(same + 1),
                           other, gap_after(same));
    if (other >= SWARM_FETCH_OTHER_NODES)
        return false;
    return fetch_start(s, request->account, NULL, 1, (uint8_t)(other + 1),
                       gap_after(other));
}

/* 2020: what other nodes said of this swarm just now counts as well. */
static void
join_known(Session *s, FreshSwarm *fresh)
{
    const SwarmEntry *entry = session_swarm_find(s, fresh->key);

    if (s->config->swarm_sources <= 1 || entry == NULL)
        return;
    for (uint32_t i = 0; i < entry->n && fresh->n < SWARM_NODES_MAX; i++) {
        Target target = session_target_of(s, entry->node[i]);

        if (!is_listed(fresh, target.ed25519))
            fresh->node[fresh->n++] = target;
    }
}

/* The last of several requests failed: what the others said is the answer. */
static void
tell_last(Session *s, const uint8_t key[KEY_BYTES])
{
    FreshSwarm fresh = { .n = 0 };

    memcpy(fresh.key, key, KEY_BYTES);
    join_known(s, &fresh);
    fetch_tell(s, key, fresh.n > 0 ? &fresh : NULL);
}

void
session_swarm_done(Session *s, OnionRequest *request, RequestResult *result)
{
    FreshSwarm fresh;
    JsonIndex index;
    JsonValue body;
    int code;

    if (result->answered &&
        session_answer_single(s, request, result, &index, &code, &body) && code == 200 &&
        session_swarm_parse(s, request->account, body, &fresh)) {
        session_learn_time(s, &request->target, body);
        join_known(s, &fresh);
        session_swarm_put(s, &fresh);
        if (!fetch_is_under_way(s, request->account))
            fetch_tell(s, request->account, &fresh);
        return;
    }
    if (!fetch_again(s, request) && !fetch_is_under_way(s, request->account))
        tell_last(s, request->account);
}

bool
session_swarm_known(Session *s, const OnionRequest *request)
{
    FreshSwarm fresh;

    if (!session_swarm_compute(s, request->account, &fresh))
        return false;
    session_swarm_put(s, &fresh);
    fetch_tell(s, request->account, &fresh);
    return true;
}

/* --- choosing -------------------------------------------------------------------- */

/* The nodes of the entry that are still in the pool. */
static uint32_t
usable_nodes(const Session *s, const SwarmEntry *entry, NodeRef ret[SWARM_NODES_MAX])
{
    uint32_t n = 0;

    for (uint32_t i = 0; entry != NULL && i < entry->n; i++)
        if (session_pool_has(s, entry->node[i]))
            ret[n++] = entry->node[i];
    return n;
}

/* Of those, the ones that go on where they were read up to, if any. */
static uint32_t
with_cursor(const Session *s, NodeRef *node, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++)
        if (session_cursor_find(s, node[i], 0) != NULL)
            node[kept++] = node[i];
    return kept > 0 ? kept : n;
}

/* The swarm of @key in the cache; where clients compute and too few are known, by the node
 * list. */
static uint32_t
known_nodes(Session *s, const uint8_t key[KEY_BYTES], NodeRef ret[SWARM_NODES_MAX])
{
    uint32_t usable = usable_nodes(s, session_swarm_find(s, key), ret);
    FreshSwarm fresh;

    if (usable >= s->config->swarm_min || !session_swarm_compute(s, key, &fresh))
        return usable;
    session_swarm_put(s, &fresh);
    return usable_nodes(s, session_swarm_find(s, key), ret);
}

static bool
is_enough(const Session *s, uint32_t usable)
{
    /* Who computes knows all there are. */
    return usable > 0 &&
           (usable >= s->config->swarm_min || s->config->swarm_lookup == SWARM_COMPUTE);
}

/* Nodes of the swarm, where they are enough; else 0. */
static uint32_t
enough(Session *s, const uint8_t key[KEY_BYTES], NodeRef ret[SWARM_NODES_MAX])
{
    uint32_t usable = known_nodes(s, key, ret);

    return is_enough(s, usable) ? usable : 0;
}

/* As many requests as there are nodes to be asked; false when not even one could begin. */
static bool
fetch_begin(Session *s, const uint8_t key[KEY_BYTES])
{
    SwarmEntry *entry = session_swarm_find(s, key);
    bool began = false;

    if (s->config->swarm_sources > 1 && entry != NULL)
        entry->n = 0; /* the union is of what comes now */
    for (uint32_t i = 0; i < s->config->swarm_sources; i++)
        began = fetch_start(s, key, NULL, 1, 1, 0) || began;
    return began;
}

SwarmPick
session_swarm_ready(Session *s, const uint8_t key[KEY_BYTES], uint32_t *ret_n)
{
    NodeRef node[SWARM_NODES_MAX];

    *ret_n = enough(s, key, node);
    if (*ret_n > 0)
        return PICK_NOW;
    /* A swarm just learnt is good for this once, in the pool or not. */
    if (s->fresh != NULL && memcmp(s->fresh->key, key, KEY_BYTES) == 0) {
        *ret_n = s->fresh->n;
        return PICK_NOW;
    }
    return fetch_is_under_way(s, key) || fetch_begin(s, key) ? PICK_LATER : PICK_NEVER;
}

Target
session_swarm_node(Session *s, const uint8_t key[KEY_BYTES], uint32_t index)
{
    NodeRef node[SWARM_NODES_MAX];

    if (index < enough(s, key, node))
        return session_target_of(s, node[index]);
    assert(s->fresh != NULL && index < s->fresh->n);
    return s->fresh->node[index];
}

SwarmPick
session_swarm_pick(Session *s, const uint8_t key[KEY_BYTES], Purpose purpose, Target *ret)
{
    NodeRef node[SWARM_NODES_MAX];
    uint32_t n = enough(s, key, node);
    SwarmPick pick;

    if (n > 0 && purpose == RANDOM_POLL && !s->config->defect_poll_any_node)
        n = with_cursor(s, node, n);
    if (n > 0) {
        *ret = session_target_of(s, node[port_random_below(s->port, purpose, n)]);
        return PICK_NOW;
    }
    pick = session_swarm_ready(s, key, &n);
    if (pick == PICK_NOW)
        *ret = session_swarm_node(s, key, port_random_below(s->port, purpose, n));
    return pick;
}
