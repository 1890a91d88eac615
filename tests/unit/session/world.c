/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session/world.h"

enum { SWARM_OF = 7 };

/* --- set-up ---------------------------------------------------------------------- */

SessionConfig
world_config(void)
{
    SessionConfig config = session_config_2024;

    config.poll_configs = false;
    config.sync_copies = false;
    config.pool_refresh = 0;
    return config;
}

static void
seed_of(guint number, uint8_t kind, uint8_t ret[KEY_BYTES])
{
    memset(ret, 0, KEY_BYTES);
    ret[0] = (uint8_t)number;
    ret[1] = (uint8_t)(number >> 8);
    ret[2] = kind;
}

void
world_account(guint number, uint8_t ret[ACCOUNT_BYTES])
{
    uint8_t seed[KEY_BYTES];

    seed_of(number, 'a', seed);
    session_account_of_seed(seed, ret);
}

static void
stored_free(gpointer p)
{
    StoredMessage *message = p;

    g_free(message->hash);
    g_free(message->data);
    g_free(message);
}

static void
arrival_free(gpointer p)
{
    Arrival *arrival = p;

    json_decref(arrival->request);
    g_free(arrival);
}

static void
pending_clear(gpointer p)
{
    packet_clear(&((Pending *)p)->packet);
}

static void
make_nodes(World *world)
{
    for (guint i = 0; i < world->n_nodes; i++) {
        WorldNode *node = &world->node[i];
        uint8_t seed[KEY_BYTES];

        seed_of(i, 'n', seed);
        identity_ed25519(seed, &node->ed25519);
        identity_x25519(&node->ed25519, &node->x25519);
        node->store = g_ptr_array_new_with_free_func(stored_free);
    }
}

/* Legacy keys ascend with the index, so that list order is index order. */
NodeList *
world_list(const World *world, bool (*listed)(guint node))
{
    g_autofree NodeRecord *records = g_new0(NodeRecord, world->n_nodes);
    guint n = 0;

    for (guint i = 0; i < world->n_nodes; i++) {
        const WorldNode *node = &world->node[i];
        NodeRecord *record = &records[n];

        if (listed != NULL && !listed(i))
            continue;
        record->legacy[0] = (uint8_t)(i >> 8);
        record->legacy[1] = (uint8_t)i;
        memcpy(record->ed25519, node->ed25519.pk, KEY_BYTES);
        memcpy(record->x25519, node->x25519.pk, KEY_BYTES);
        record->ip = 0x0a000001u + (i << 8);
        record->port_https = 22021;
        record->port_omq = 22020;
        record->active = true;
        record->swarm_id = UINT64_MAX / (world->n_nodes / SWARM_OF + 1) * (i / SWARM_OF);
        n++;
    }
    return node_list_new(records, n);
}

void
world_set_list(World *world, bool (*listed)(guint node))
{
    const uint8_t hash[32] = { 0 };
    NodeList *list = world_list(world, listed);

    snapshot_unref(world->snapshot);
    world->snapshot = snapshot_new(list, 1, WORLD_EPOCH_MS, hash, NULL, 0, NULL, 0, NULL);
    node_list_unref(list);
}

World *
world_new(guint n, const SessionConfig *config)
{
    World *world = g_new0(World, 1);
    uint8_t seed[KEY_BYTES];

    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    world->recording = recording_port_new(1, WORLD_EPOCH_MS);
    world->crypto = (Crypto){ .ops = &crypto_real, .meter = &world->recording->meter };
    world->config = *config;
    world->seed = WORLD_SEED;
    world->n_nodes = n;
    world->node = g_new0(WorldNode, n);
    make_nodes(world);
    world_set_list(world, NULL);
    world->pending = g_array_new(FALSE, FALSE, sizeof(Pending));
    g_array_set_clear_func(world->pending, pending_clear);
    world->arrivals = g_ptr_array_new_with_free_func(arrival_free);
    seed_of(0, 'c', seed);
    world->session = session_new(&world->crypto, &world->recording->port, &world->config,
                                 seed, &world->seed, 1);
    session_ops.start(world->session, 0);
    return world;
}

void
world_free(World *world)
{
    session_ops.free(world->session);
    snapshot_unref(world->snapshot);
    for (guint i = 0; i < world->n_nodes; i++) {
        g_ptr_array_unref(world->node[i].store);
        node_list_unref(world->node[i].list);
    }
    g_free(world->node);
    g_array_unref(world->pending);
    g_ptr_array_unref(world->arrivals);
    recording_port_free(world->recording);
    g_free(world);
}

static bool
world_knows(const World *world, const uint8_t ed25519[KEY_BYTES])
{
    for (guint i = 0; i < world->n_nodes; i++)
        if (memcmp(world->node[i].ed25519.pk, ed25519, KEY_BYTES) == 0)
            return true;
    return false;
}

guint
world_index_of(const World *world, const uint8_t ed25519[KEY_BYTES])
{
    for (guint i = 0; i < world->n_nodes; i++)
        if (memcmp(world->node[i].ed25519.pk, ed25519, KEY_BYTES) == 0)
            return i;
    g_assert_not_reached();
}

guint
world_swarm(const World *world, const uint8_t account[ACCOUNT_BYTES], guint *ret)
{
    const Swarm *swarm = snapshot_swarm_of(world->snapshot, account + 1);

    for (guint i = 0; i < swarm->n; i++) {
        uint32_t member = world->snapshot->members[swarm->first + i];

        ret[i] = world_index_of(world, world->snapshot->nodes->nodes[member].ed25519);
    }
    return swarm->n;
}

/* --- onions ---------------------------------------------------------------------- */

static Packet
text_packet(const char *text)
{
    return packet_of_bytes(bytes_of_text(text));
}

static Pending
answer(int status, const char *text)
{
    return (Pending){ .outcome = OUTCOME_ANSWER,
                      .status = status,
                      .packet = text_packet(text) };
}

static const Pending silence = { .at = TIME_NEVER, .outcome = OUTCOME_TIMEOUT };

/* The destination's answer, sealed. */
static Pending
final(World *world, guint index, OnionPeeled *peeled, Arrival *arrival)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 9 };
    WorldNode *node = &world->node[index];
    Bytes text = packet_bytes(&peeled->body);
    Pending ret = { .outcome = OUTCOME_ANSWER, .status = 200 };
    json_t *body = NULL;
    GString *dumped;
    int status;

    node->requests++;
    arrival->at = world->recording->now;
    arrival->node = index;
    arrival->request = json_loadb((const char *)text.p, text.n, 0, NULL);
    g_assert_nonnull(arrival->request);
    g_ptr_array_add(world->arrivals, g_memdup2(arrival, sizeof *arrival));
    if (node->fault == FAULT_GARBAGE)
        return answer(200, "bm90IHNlYWxlZCBieSBhbnlib2R5IHdobyBrbm93cyBhIGtleSwgaXMgaXQ=");
    if (node->fault == FAULT_STATUS) {
        status = node->status;
        dumped = g_string_new(node->text != NULL ? node->text : "no");
    } else if (node->fault == FAULT_NO_JSON) {
        status = 200;
        dumped = g_string_new("<html>");
    } else {
        status = world_handle(world, node, arrival->request, &body);
        dumped = world_body_text(world, node, body);
        json_decref(body);
    }
    if (world->lose_replies) {
        g_string_free(dumped, TRUE);
        return silence;
    }
    if (world->tamper != NULL)
        world->tamper(world, dumped);
    ret.packet = onion_reply_seal(&world->crypto, &peeled->key, nonce, status,
                                  (Bytes){ (uint8_t *)dumped->str, dumped->len },
                                  peeled->reply_json, peeled->reply_base64);
    g_string_free(dumped, TRUE);
    return ret;
}

/* What the node before @index says when it cannot reach it. */
static bool
unreachable(const World *world, guint index, Pending *ret)
{
    const WorldNode *node = &world->node[index];
    g_autofree char *key = world_hex(node->ed25519.pk), *text = NULL;

    if (node->fault == FAULT_SILENT || node->fault == FAULT_REFUSES) {
        *ret = silence; /* the 504 after 30 s comes when the client gave up */
        return true;
    }
    if (node->fault == FAULT_UNKNOWN) {
        text = g_strconcat("Next node not found: ", key, NULL);
        *ret = answer(502, text);
        return true;
    }
    if (node->fault == FAULT_NOT_READY) {
        text = g_strconcat("Snode not ready: ", key, NULL);
        *ret = answer(503, text);
        return true;
    }
    return false;
}

static Pending relay(World *world, guint index, bool guard, Packet packet,
                     Arrival *arrival);

static Pending
peel(World *world, guint index, const OnionEnvelope *envelope, Packet *packet,
     Arrival *arrival)
{
    WorldNode *node = &world->node[index];
    OnionPeeled peeled;
    Pending ret;
    guint next;

    onion_peel(&world->crypto, &node->x25519, envelope, packet, &peeled);
    switch (peeled.kind) {
    case ONION_RELAY:
        g_assert_cmpuint(arrival->n_hops, <, PATH_HOPS_MAX);
        arrival->hop[arrival->n_hops++] = index;
        if (!world_knows(world, peeled.next_ed25519)) {
            ret = answer(502, "Next node not found: somebody");
            break;
        }
        next = world_index_of(world, peeled.next_ed25519);
        if (node->fault == FAULT_PATH_STATUS)
            ret = answer(node->status, node->text != NULL ? node->text : "no");
        else if (!unreachable(world, next, &ret))
            ret = relay(world, next, false, packet_steal(&peeled.next), arrival);
        break;
    case ONION_FINAL:
        ret = final(world, index, &peeled, arrival);
        break;
    case ONION_SERVER:
        if (world->server == NULL) {
            ret = answer(502, "Could not resolve host");
            break;
        }
        ret = (Pending){ .outcome = OUTCOME_ANSWER, .status = 200 };
        ret.packet = world->server(world, &peeled.server_body);
        break;
    case ONION_BAD_JSON:
    case ONION_BAD_URL:
    case ONION_UNREADABLE:
    case ONION_KINDS:
        g_assert_not_reached();
    }
    onion_peeled_clear(&peeled);
    return ret;
}

static Pending
relay(World *world, guint index, bool guard, Packet packet, Arrival *arrival)
{
    OnionEnvelope envelope;
    const char *error;
    Status status = guard ? onion_parse_guard(&packet, &envelope, &error)
                          : onion_parse_hop(&packet, &envelope, &error);

    g_assert_cmpint(status, ==, ST_OK);
    return peel(world, index, &envelope, &packet, arrival);
}

/* --- what the client sends ------------------------------------------------------- */

static guint
node_at(const World *world, Address address)
{
    for (guint i = 0; i < world->n_nodes; i++)
        if (address == address_of(0x0a000001u + (i << 8), 22021))
            return i;
    g_assert_not_reached();
}

static Pending
seed_answers(World *world)
{
    Pending ret = { .outcome = OUTCOME_ANSWER, .status = 200 };

    if (world->seed_is_silent)
        return silence;
    if (world->seed_status != 0)
        return answer((int)world->seed_status, "no");
    if (world->seed_says != NULL) {
        ret.packet = world->seed_says(world);
        return ret;
    }
    ret.packet = packet_of_blob(
        node_list_blob(world->snapshot->nodes, 1, world->snapshot->block_hash, true));
    return ret;
}

static Pending
node_answers(World *world, const SentMessage *sent)
{
    guint index = node_at(world, sent->to);
    WorldNode *node = &world->node[index];
    Arrival arrival = { .n_hops = 0 };
    Packet copy;
    json_t *request, *body;
    Bytes text;

    if (node->fault == FAULT_REFUSES)
        return (Pending){ .outcome = OUTCOME_REFUSED };
    if (node->fault == FAULT_SILENT)
        return silence;
    if (node->fault == FAULT_NOT_READY)
        return answer(503, "Service node is not ready: not in any swarm\n");
    if (sent->kind == KIND_ONION) {
        copy = packet_of_bytes(packet_bytes(&sent->packet));
        return relay(world, index, true, copy, &arrival);
    }
    g_assert_cmpint(sent->kind, ==, KIND_STORAGE_RPC);
    text = packet_bytes(&sent->packet);
    request = json_loadb((const char *)text.p, text.n, 0, NULL);
    g_assert_nonnull(request);
    g_assert_cmpint(world_handle(world, node, request, &body), ==, 200);
    json_decref(request);
    json_decref(body);
    return answer(200, "{}");
}

static void
look_at_sent(World *world)
{
    for (; world->handled < world->recording->sent->len; world->handled++) {
        SentMessage *sent =
            &g_array_index(world->recording->sent, SentMessage, world->handled);
        Pending pending =
            sent->kind == KIND_SEED_RPC ? seed_answers(world) : node_answers(world, sent);

        g_assert_cmpint(sent->timeout, >, 0);
        g_assert_false(sent->has_peer_key);
        pending.id = sent->id;
        pending.at =
            pending.at == TIME_NEVER ? sent->at + sent->timeout : sent->at + WORLD_LATENCY;
        g_array_append_val(world->pending, pending);
    }
}

static gint
next_pending(const World *world)
{
    gint best = -1;

    for (guint i = 0; i < world->pending->len; i++)
        if (best < 0 || g_array_index(world->pending, Pending, i).at <
                            g_array_index(world->pending, Pending, best).at)
            best = (gint)i;
    return best;
}

void
world_run(World *world, Time until)
{
    RecordingPort *recording = world->recording;

    for (;;) {
        gint i;
        Pending *pending;

        look_at_sent(world);
        i = next_pending(world);
        pending = i < 0 ? NULL : &g_array_index(world->pending, Pending, i);
        if (pending != NULL && pending->at <= recording->alarm && pending->at <= until) {
            Pending taken = *pending;

            pending->packet = PACKET_EMPTY;
            g_array_remove_index(world->pending, (guint)i);
            recording->now = taken.at;
            recording_port_end(recording, &session_ops, world->session, taken.id,
                               taken.outcome, taken.status, &taken.packet);
        } else if (recording->alarm <= until) {
            recording_port_run(recording, &session_ops, world->session, recording->alarm);
        } else {
            break;
        }
    }
    recording->now = until;
}

void
world_run_for(World *world, Duration duration)
{
    world_run(world, world->recording->now + duration);
}

static void
deliver_order(World *world, const SessionOrder *order)
{
    Packet packet = session_order_packet(order);

    recording_port_deliver(world->recording, &session_ops, world->session, 0, NULL,
                           KIND_TELL, 0, &packet);
}

void
world_order(World *world, SessionOrderKind kind)
{
    SessionOrder order = { .kind = kind };

    deliver_order(world, &order);
}

void
world_online(World *world)
{
    world_order(world, SESSION_ONLINE);
}

World *
world_new_online(const SessionConfig *config)
{
    World *world = world_new(70, config);

    world_online(world);
    world_run(world, 9 * SECOND);
    return world;
}

void
world_write(World *world, uint64_t message, const uint8_t to[ACCOUNT_BYTES], uint32_t bytes)
{
    SessionOrder order = { .kind = SESSION_WRITE, .message = message, .bytes = bytes };

    memcpy(order.to, to, ACCOUNT_BYTES);
    deliver_order(world, &order);
}

void
world_restart(World *world)
{
    session_ops.stop(world->session);
    world->recording->alarm = TIME_NEVER;
    g_array_set_size(world->pending, 0);
    session_ops.start(world->session, world->recording->now);
}

json_t *
arrival_first(const Arrival *arrival)
{
    json_t *params = json_object_get(arrival->request, "params");
    json_t *requests = json_object_get(params, "requests");

    return requests == NULL ? arrival->request : json_array_get(requests, 0);
}

static bool
is_method(const Arrival *arrival, const char *method)
{
    const char *name = json_string_value(json_object_get(arrival_first(arrival), "method"));

    return g_strcmp0(name, method) == 0;
}

const Arrival *
world_last(const World *world, const char *method)
{
    for (guint i = world->arrivals->len; i-- > 0;)
        if (is_method(g_ptr_array_index(world->arrivals, i), method))
            return g_ptr_array_index(world->arrivals, i);
    return NULL;
}

guint
world_count(const World *world, const char *method)
{
    guint n = 0;

    for (guint i = 0; i < world->arrivals->len; i++)
        n += is_method(g_ptr_array_index(world->arrivals, i), method);
    return n;
}

guint
world_sent(const World *world, MessageKind kind)
{
    return recording_count_sent(world->recording, kind);
}

guint
world_notes(const World *world, NoteKind kind)
{
    return recording_count_notes(world->recording, kind);
}

const TakenNote *
world_note_before(const World *world, NoteKind kind, guint i)
{
    for (guint j = world->recording->notes->len; j-- > 0;)
        if (recording_note(world->recording, j)->kind == kind && i-- == 0)
            return recording_note(world->recording, j);
    return NULL;
}

const TakenNote *
world_note(const World *world, NoteKind kind)
{
    return world_note_before(world, kind, 0);
}
