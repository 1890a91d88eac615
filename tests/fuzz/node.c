/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/node.h"

#include "nodes/store/memory_store.h"

#define OTHER_SWARM (UINT64_C(1) << 63)

enum { NODES = 3, STORE_BYTES_MAX = 1 << 20 };

static Network *network;
static Time alarms[NODES]; /* as they stand before a request */
static ServiceConfig config;

void
fuzz_nodes_init(StorageRpc rpc)
{
    config = rpc == STORAGE_RPC_2020 ? network_config_2020() : service_config_2024;
    config.test_interval = config.proof_interval = 0;
    network = network_new(FUZZ_EPOCH_MS);
    for (int i = 0; i < NODES; i++) {
        Member *member = network_add(network, &config, i < 2 ? 0 : OTHER_SWARM);

        member->crypto.ops = &crypto_null;
    }
    network_block(network);
    for (guint i = 0; i < NODES; i++)
        alarms[i] = -1; /* all start before the first request */
}

ServiceConfig *
fuzz_nodes_config(void)
{
    return &config;
}

uint64_t
fuzz_nodes_stored(uint32_t node)
{
    return network_stored(network, node);
}

const uint8_t *
fuzz_nodes_x25519(void)
{
    return network_member(network, 0)->record.x25519;
}

static void
restart(Member *member)
{
    service_node_ops.stop(member->node);
    member->port.store->ops->close(member->port.store);
    member->port.store = memory_store_new(STORE_BYTES_MAX);
    member->alarm = TIME_NEVER;
    member->random = member->index;
    service_node_ops.start(member->node, network->now);
}

/* Whether the last request came as far as this node. */
static bool
was_reached(const Member *member)
{
    if (member->index == 0 || member->alarm != alarms[member->index])
        return true;
    for (guint i = 0; i < network->sent->len; i++) {
        const Sent *sent = network_sent(network, i);

        if (sent->from == member->index || sent->to == node_address_omq(&member->record) ||
            sent->to == node_address_https(&member->record))
            return true;
    }
    return false;
}

static void
restart_all(void)
{
    static const uint8_t account[ACCOUNT_BYTES] = { 0x05, 0xab };
    bool reached[NODES];

    for (guint i = 0; i < NODES; i++)
        reached[i] = was_reached(network_member(network, i));
    g_array_set_size(network->open, 0);
    g_array_set_size(network->answers, 0);
    network_forget_sent(network);
    network->now = 0;
    network->last_token = 0;
    for (guint i = 0; i < NODES; i++) {
        if (!reached[i])
            continue;
        restart(network_member(network, i));
        network_put(network, i, account, 0, "0123456789abcdef0123456789abcdef0123456789a",
                    "body", 4, FUZZ_EPOCH_MS - 1000, FUZZ_EPOCH_MS + 100000);
        network_tell(network, i, network->snapshot);
        alarms[i] = network_member(network, i)->alarm;
    }
}

const Answer *
fuzz_nodes_ask(MessageKind kind, bool from_member, Bytes body)
{
    const uint8_t *peer =
        from_member ? network_member(network, 1)->record.x25519 : (const uint8_t *)NULL;
    guint number;

    restart_all();
    number = network_ask_as(network, 0, kind, peer, body.p, body.n);
    network_run(network, 6 * SECOND);
    fuzz_check(network_answer(network, number)->given);
    fuzz_check(g_queue_is_empty(network->queue));
    return network_answer(network, number);
}

/* The first node's open question, or 0. */
static RequestId
question(void)
{
    RequestId id = 0;

    for (guint i = 0; i < network->sent->len; i++) {
        const Sent *sent = network_sent(network, i);

        if (sent->kind == KIND_ANTI_ENTROPY && sent->from == 0)
            id = sent->id;
    }
    return id;
}

/* True when it asks on. */
static bool
answer(RequestId id, Bytes body)
{
    Packet packet = packet_of_bytes(body);

    service_node_ops.outcome(network_member(network, 0)->node, network->now, id,
                             OUTCOME_ANSWER, 200, &packet);
    packet_clear(&packet);
    network_run(network, network->now);
    return question() != id;
}

void
fuzz_nodes_differ(Bytes ranges, Bytes messages)
{
    RequestId id;
    int asked = 0;

    restart_all();
    network_member(network, 1)->reach = REACH_SILENT;
    while ((id = question()) == 0)
        network_run(network, network->now + SECOND);
    if (answer(id, BYTES_LITERAL("differs")) && answer(question(), ranges))
        while (answer(question(), messages))
            fuzz_check(++asked < 100);
    network_member(network, 1)->reach = REACH_UP;
}
