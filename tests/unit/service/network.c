/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/service/outsider.h"

#include "nodes/store/memory_store.h"

/* An answer or another outcome on its way back. */
typedef struct Event {
    Sent sent;      /* a message, when `to_member` */
    bool to_member; /* else an outcome: */
    guint member;
    RequestId id;
    Outcome outcome;
    int status;
    Packet packet;
} Event;

/* A request whose outcome has not come. */
typedef struct Open {
    guint from; /* member, or CLIENT */
    RequestId id;
    Time deadline;
    uint64_t token;
    bool silent; /* its answer will be lost */
} Open;

static void
clear_sent(gpointer item)
{
    packet_clear(&((Sent *)item)->packet);
}

static void
clear_answer(gpointer item)
{
    if (((Answer *)item)->body != NULL)
        g_string_free(((Answer *)item)->body, TRUE);
}

/* --- the port --------------------------------------------------------------------- */

static Member *
of(Port *port)
{
    return (Member *)(void *)port; /* its first member */
}

static void
member_random(Port *port, Purpose purpose, void *out, size_t n)
{
    uint8_t *p = out;

    (void)purpose;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = of(port)->random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        p[i] = (uint8_t)(z >> 56);
    }
}

static UnixMs
member_unix_ms(Port *port)
{
    return network_unix_ms(of(port)->network);
}

static void
member_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
            const uint8_t *peer_key, Packet *packet)
{
    Network *network = of(port)->network;
    Sent sent = { .at = network->now,
                  .from = of(port)->index,
                  .to = to,
                  .kind = kind,
                  .id = id,
                  .timeout = timeout,
                  .has_peer_key = peer_key != NULL,
                  .packet = packet_share(packet) };
    Event *event = g_new0(Event, 1);

    g_assert_true((timeout > 0) == (id != 0));
    if (peer_key != NULL)
        memcpy(sent.peer_key, peer_key, sizeof sent.peer_key);
    g_array_append_val(network->sent, sent);
    event->to_member = true;
    event->sent = sent;
    event->sent.packet = packet_steal(packet);
    g_queue_push_tail(network->queue, event);
}

static void
give_answer(Network *network, guint number, int status, Packet *packet)
{
    Answer *answer = &g_array_index(network->answers, Answer, number);
    Bytes bytes = packet_bytes(packet);

    g_assert_false(answer->given);
    answer->given = true;
    answer->status = status;
    answer->at = network->now;
    answer->body = g_string_new_len((const char *)bytes.p, (gssize)bytes.n);
    packet_clear(packet);
}

static void
queue_outcome(Network *network, const Open *open, Outcome outcome, int status,
              Packet *packet)
{
    Event *event = g_new0(Event, 1);

    event->member = open->from;
    event->id = open->id;
    event->outcome = outcome;
    event->status = status;
    event->packet = packet_steal(packet);
    g_queue_push_tail(network->queue, event);
}

void
network_reply(Network *network, ReplyToken token, int status, Packet *packet)
{
    for (guint i = 0; i < network->open->len; i++) {
        Open open = g_array_index(network->open, Open, i);

        if (open.token != token || token == 0)
            continue;
        if (open.silent)
            break;
        g_array_remove_index(network->open, i);
        if (open.from == CLIENT)
            give_answer(network, (guint)open.id, status, packet);
        else
            queue_outcome(network, &open, OUTCOME_ANSWER, status, packet);
        break;
    }
    packet_clear(packet);
}

static void
member_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    network_reply(of(port)->network, token, status, packet);
}

static uint32_t
member_lookup(Port *port, const char *name)
{
    return network_lookup(of(port)->network, name);
}

static void
member_alarm(Port *port, Time at)
{
    of(port)->alarm = at;
}

static void
member_note(Port *port, const Note *note)
{
    of(port)->notes[note->kind]++;
    of(port)->note_a_sum[note->kind] += note->a;
}

static const PortOps member_ops = { member_random, member_unix_ms, member_send,
                                    member_reply,  member_alarm,   member_note,
                                    member_lookup };

/* --- members ---------------------------------------------------------------------- */

ServiceConfig
network_config_2020(void)
{
    ServiceConfig config = service_config_2024;

    config.test_interval = config.proof_interval = 0;
    config.storage_rpc = STORAGE_RPC_2020;
    config.proof_of_work = true;
    config.pow_difficulty = 2;
    config.store_replication = REPLICATION_BUFFERED;
    config.push_version = 0;
    config.push_batch_bytes = 500000;
    config.retrieve_messages_max = 10;
    config.body_bytes_max = 102400;
    config.ttl_max_public = 4 * DAY;
    return config;
}

Network *
network_new(UnixMs epoch_ms)
{
    Network *network = g_new0(Network, 1);

    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    network->client = 0x0b000001;
    network->epoch_ms = epoch_ms;
    network->members = g_ptr_array_new();
    network->outsiders = g_ptr_array_new_with_free_func(g_free);
    network->queue = g_queue_new();
    network->open = g_array_new(FALSE, FALSE, sizeof(Open));
    network->sent = g_array_new(FALSE, FALSE, sizeof(Sent));
    g_array_set_clear_func(network->sent, clear_sent);
    network->answers = g_array_new(FALSE, FALSE, sizeof(Answer));
    g_array_set_clear_func(network->answers, clear_answer);
    return network;
}

Member *
network_add_known(Network *network, const ServiceConfig *config,
                  const Ed25519Pair *identity, const NodeRecord *record)
{
    Member *member = g_new0(Member, 1);

    member->network = network;
    member->index = network->members->len;
    member->random = member->index * 1000003 + 1;
    member->port = (Port){ &member_ops, &member->meter, memory_store_new(1 << 30) };
    member->crypto = (Crypto){ .ops = &crypto_real, .meter = &member->meter };
    member->alarm = TIME_NEVER;
    member->identity = *identity;
    member->record = *record;
    member->node = service_node_new(&member->crypto, &member->port, config, identity,
                                    record->legacy, CHAIN_ADDRESS);
    g_ptr_array_add(network->members, member);
    service_node_ops.start(member->node, network->now);
    return member;
}

Member *
network_add(Network *network, const ServiceConfig *config, uint64_t swarm_id)
{
    guint number = network->members->len;
    uint8_t seed[32] = { 7, (uint8_t)number, (uint8_t)(number >> 8) };
    NodeRecord record = { .ip = 0x0a000001 + number,
                          .port_https = 22021,
                          .port_omq = 22020,
                          .active = swarm_id != SWARM_NONE,
                          .swarm_id = swarm_id };
    Ed25519Pair identity;
    X25519Pair x25519;

    identity_ed25519(seed, &identity);
    identity_x25519(&identity, &x25519);
    memcpy(record.ed25519, identity.pk, 32);
    memcpy(record.x25519, x25519.pk, 32);
    /* In the order of numbers, so that lists are too. */
    record.legacy[0] = (uint8_t)(number >> 8);
    record.legacy[1] = (uint8_t)number;
    memcpy(record.legacy + 2, identity.pk, 30);
    return network_add_known(network, config, &identity, &record);
}

static void
free_event(gpointer p)
{
    Event *event = p;

    packet_clear(&event->sent.packet);
    packet_clear(&event->packet);
    g_free(event);
}

void
network_free(Network *network)
{
    for (guint i = 0; i < network->members->len; i++) {
        Member *member = network_member(network, i);

        service_node_ops.stop(member->node);
        service_node_ops.free(member->node);
        member->port.store->ops->close(member->port.store);
        g_free(member);
    }
    g_queue_free_full(network->queue, free_event);
    g_array_unref(network->open);
    g_array_unref(network->sent);
    g_array_unref(network->answers);
    g_ptr_array_unref(network->members);
    g_ptr_array_unref(network->outsiders);
    snapshot_unref(network->snapshot);
    g_free(network);
}

/* --- blocks ----------------------------------------------------------------------- */

Snapshot *
network_make_snapshot(Network *network, const uint32_t *validators, size_t n,
                      const uint32_t *workers, size_t n_workers,
                      const UnixMs *last_proof_ms)
{
    uint64_t height = network->snapshot == NULL ? 1000000 : network->snapshot->height + 1;
    NodeRecord *records = g_new0(NodeRecord, network->members->len + 1);
    uint8_t hash[32] = { 1 };
    size_t listed = 0;
    NodeList *list;
    Snapshot *snapshot;

    /* A record without ports has left the list. */
    for (guint i = 0; i < network->members->len; i++)
        if (network_member(network, i)->record.port_omq != 0)
            records[listed++] = network_member(network, i)->record;
    list = node_list_new(records, listed);
    snapshot = snapshot_new(list, height, network_unix_ms(network), hash, validators, n,
                            workers, n_workers, last_proof_ms);
    snapshot->hardfork_minor = 4; /* as in the transcripts */
    node_list_unref(list);
    g_free(records);
    return snapshot;
}

void
network_tell(Network *network, guint member, Snapshot *snapshot)
{
    Packet packet = packet_of_blob(snapshot_blob(snapshot));
    Incoming in = { CHAIN_ADDRESS, NULL, KIND_BLOCK, 0, &packet };

    service_node_ops.receive(network_member(network, member)->node, network->now, &in);
    packet_clear(&packet);
}

void
network_block_with_quorum(Network *network, const uint32_t *validators, size_t n,
                          const uint32_t *workers, size_t n_workers,
                          const UnixMs *last_proof_ms)
{
    Snapshot *snapshot =
        network_make_snapshot(network, validators, n, workers, n_workers, last_proof_ms);

    snapshot_unref(network->snapshot);
    network->snapshot = snapshot;
    for (guint i = 0; i < network->members->len; i++)
        if (network_member(network, i)->reach == REACH_UP)
            network_tell(network, i, snapshot);
}

void
network_block(Network *network)
{
    network_block_with_quorum(network, NULL, 0, NULL, 0, NULL);
}

/* --- time ------------------------------------------------------------------------- */

UnixMs
network_unix_ms(const Network *network)
{
    return network->epoch_ms + network->now / MILLISECOND;
}

static Member *
member_at(const Network *network, Address address)
{
    for (guint i = 0; i < network->members->len; i++) {
        Member *member = network_member(network, i);

        if (address == node_address_omq(&member->record) ||
            address == node_address_https(&member->record))
            return member;
    }
    return NULL;
}

/* The other end is there; false when nothing gets through. */
static bool
reaches(Network *network, Open *open, Reach reach)
{
    Packet none = PACKET_EMPTY;

    if (reach == REACH_REFUSED) {
        queue_outcome(network, open, OUTCOME_REFUSED, 0, &none);
        return false;
    }
    open->token = ++network->last_token;
    open->silent = reach != REACH_UP;
    g_array_append_val(network->open, *open);
    return reach != REACH_SILENT;
}

static void
deliver_outside(Network *network, Sent *sent, Open *open)
{
    Outsider *to = network_outsider_at(network, sent->to);
    Incoming in = { .kind = sent->kind, .packet = &sent->packet };

    if (to == NULL || !reaches(network, open, to->reach))
        return; /* or it is the chain */
    in.token = open->token;
    to->ops->receive(to->self, network->now, &in);
}

static void
deliver(Network *network, Sent *sent)
{
    Member *to = member_at(network, sent->to);
    Open open = { sent->from, sent->id, network->now + sent->timeout, 0, false };
    const uint8_t *peer_key = NULL;
    Packet none = PACKET_EMPTY;
    Incoming in;

    if (to == NULL) {
        deliver_outside(network, sent, &open);
        return;
    }
    if (sent->has_peer_key && memcmp(sent->peer_key, to->record.x25519, 32) != 0) {
        queue_outcome(network, &open, OUTCOME_REFUSED, 0, &none);
        return;
    }
    if (!reaches(network, &open, to->reach))
        return;
    if (sent->from != CLIENT && sent->has_peer_key)
        peer_key = network_member(network, sent->from)->record.x25519;
    in = (Incoming){ network->client, peer_key, sent->kind, open.token, &sent->packet };
    service_node_ops.receive(to->node, network->now, &in);
}

static void
run_queue(Network *network)
{
    Event *event;

    while ((event = g_queue_pop_head(network->queue)) != NULL) {
        if (event->to_member)
            deliver(network, &event->sent);
        else
            service_node_ops.outcome(network_member(network, event->member)->node,
                                     network->now, event->id, event->outcome, event->status,
                                     &event->packet);
        free_event(event);
    }
}

static bool
end_one_late(Network *network, Time now)
{
    for (guint i = 0; i < network->open->len; i++) {
        Open open = g_array_index(network->open, Open, i);
        Packet none = PACKET_EMPTY;

        if (open.deadline > now || open.from == CLIENT)
            continue;
        g_array_remove_index(network->open, i);
        queue_outcome(network, &open, OUTCOME_TIMEOUT, 0, &none);
        return true;
    }
    return false;
}

static Time
next_time(const Network *network)
{
    Time next = TIME_NEVER;

    for (guint i = 0; i < network->members->len; i++)
        next = MIN(next, network_member(network, i)->alarm);
    for (guint i = 0; i < network->open->len; i++)
        if (g_array_index(network->open, Open, i).from != CLIENT)
            next = MIN(next, g_array_index(network->open, Open, i).deadline);
    return next;
}

void
network_run(Network *network, Time until)
{
    run_queue(network);
    while (next_time(network) <= until) {
        network->now = MAX(network->now, next_time(network));
        while (end_one_late(network, network->now))
            run_queue(network);
        for (guint i = 0; i < network->members->len; i++) {
            Member *member = network_member(network, i);

            if (member->alarm > network->now)
                continue;
            member->alarm = TIME_NEVER;
            service_node_ops.expire(member->node, network->now);
            run_queue(network);
        }
    }
    network->now = MAX(network->now, until);
}

/* --- clients ---------------------------------------------------------------------- */

guint
network_ask_as(Network *network, guint member, MessageKind kind, const uint8_t *peer_key,
               const void *body, size_t n)
{
    Answer answer = { 0 };
    Open open = { CLIENT, network->answers->len, TIME_NEVER, ++network->last_token, false };
    Packet packet = packet_of_bytes((Bytes){ body, n });
    Incoming in = { network->client, peer_key, kind, open.token, &packet };

    g_array_append_val(network->answers, answer);
    g_array_append_val(network->open, open);
    service_node_ops.receive(network_member(network, member)->node, network->now, &in);
    packet_clear(&packet);
    run_queue(network);
    return (guint)open.id;
}

guint
network_ask(Network *network, guint member, MessageKind kind, const void *body, size_t n)
{
    return network_ask_as(network, member, kind, NULL, body, n);
}

const char *
network_expect(Network *network, guint member, MessageKind kind, const char *body,
               int status)
{
    guint number = network_ask(network, member, kind, body, strlen(body));
    const Answer *answer = network_answer(network, number);

    g_assert_true(answer->given);
    if (answer->status != status)
        g_test_message("%s -> %s", body, answer->body->str);
    g_assert_cmpint(answer->status, ==, status);
    return answer->body->str;
}

void
network_crash(Network *network, guint member)
{
    Member *m = network_member(network, member);

    service_node_ops.stop(m->node);
    m->alarm = TIME_NEVER;
    m->reach = REACH_REFUSED;
}

void
network_restart(Network *network, guint member)
{
    Member *m = network_member(network, member);

    m->reach = REACH_UP;
    service_node_ops.start(m->node, network->now);
}

guint
network_count_sent(const Network *network, MessageKind kind, guint to)
{
    guint n = 0;

    for (guint i = 0; i < network->sent->len; i++) {
        const Sent *sent = network_sent(network, i);

        n += sent->kind == kind &&
             (to == CLIENT || member_at(network, sent->to) == network_member(network, to));
    }
    return n;
}

void
network_forget_sent(Network *network)
{
    g_array_set_size(network->sent, 0);
}

void
network_put(Network *network, guint member, const uint8_t account[ACCOUNT_BYTES],
            int name_space, const char *hash, const void *data, size_t n, UnixMs timestamp,
            UnixMs expiry)
{
    Store *store = network_member(network, member)->port.store;
    StoreMessage message = { .name_space = (int16_t)name_space,
                             .hash = bytes_of_text(hash),
                             .timestamp = timestamp,
                             .expiry = expiry,
                             .data = packet_of_bytes((Bytes){ data, n }) };

    memcpy(message.account, account, ACCOUNT_BYTES);
    store->ops->put(store, &message, false);
    packet_clear(&message.data);
}

uint64_t
network_stored(const Network *network, guint member)
{
    Store *store = network_member(network, member)->port.store;

    return store->ops->count(store);
}
