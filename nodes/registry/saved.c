/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain's state as text: its snapshot (nodes/swarm/snapshot_json.h) with one member
 * beside it, `chain`: for each node, in the list's order, what only the chain knows. */
#include <stdlib.h>

#include "nodes/registry/chain.h"
#include "nodes/swarm/snapshot_json.h"

enum { NODE_NUMBERS = 4 };

void
chain_state_write(const ChainState *state, Buffer *out)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(out, "{\"chain\":[");
    for (uint32_t i = 0; i < state->n; i++) {
        const ChainNode *node = &state->nodes[i];

        buffer_append_text(out, i == 0 ? "[" : ",[");
        buffer_append_u64_decimal(out, node->active_since);
        buffer_append_literal(out, ",");
        buffer_append_u64_decimal(out, node->decommissioned_at);
        buffer_append_literal(out, ",");
        buffer_append_i64_decimal(out, node->credit_base);
        buffer_append_literal(out, ",");
        buffer_append_u64_decimal(out, node->home_swarm);
        buffer_append_literal(out, "]");
    }
    buffer_append_literal(out, "],");
    snapshot_to_json(state->snapshot, &text);
    buffer_append(out, text.p + 1, text.n - 1);
    buffer_clear(&text);
}

static bool
read_node(JsonValue item, ChainNode *node)
{
    JsonValue values[NODE_NUMBERS];
    JsonIterator it;
    Bytes none;
    int64_t credit;
    int n = 0;

    if (item.type != JSON_TYPE_ARRAY || json_length(item) != NODE_NUMBERS)
        return false;
    for (it = json_iterate(item); n < NODE_NUMBERS && json_next(&it, &none, &values[n]);)
        n++;
    if (!json_u64(values[0], &node->active_since) ||
        !json_u64(values[1], &node->decommissioned_at) || !json_i64(values[2], &credit) ||
        credit < INT32_MIN || credit > INT32_MAX || !json_u64(values[3], &node->home_swarm))
        return false;
    node->credit_base = (int32_t)credit;
    return true;
}

/* The nodes of the list with what @text says of them beside; to be freed, or NULL. */
static ChainNode *
read_nodes(Bytes text, const Snapshot *snapshot)
{
    const NodeList *list = snapshot->nodes;
    ChainNode *nodes = calloc(list->n + 1, sizeof *nodes);
    JsonValue top, array, item;
    JsonIterator it;
    Bytes none;
    bool fine;

    if (nodes == NULL)
        abort();
    fine = json_parse(text, &top) == ST_OK && json_get(top, "chain", &array) &&
           array.type == JSON_TYPE_ARRAY && json_length(array) == list->n;
    if (fine)
        it = json_iterate(array);
    for (uint32_t i = 0; fine && i < list->n; i++) {
        nodes[i].record = list->nodes[i];
        nodes[i].last_proof_ms = snapshot->last_proof_ms[i];
        fine = json_next(&it, &none, &item) && read_node(item, &nodes[i]);
    }
    if (fine)
        return nodes;
    free(nodes);
    return NULL;
}

Status
chain_state_read(const ChainConfig *config, Bytes text, ChainState **ret)
{
    Snapshot *snapshot;
    ChainState *state;
    ChainNode *nodes;
    Status status = snapshot_from_json(text, &snapshot);

    if (status != ST_OK)
        return status;
    nodes = read_nodes(text, snapshot);
    if (nodes == NULL) {
        snapshot_unref(snapshot);
        return ST_MALFORMED;
    }
    state = calloc(1, sizeof *state);
    if (state == NULL)
        abort();
    *state = (ChainState){ .config = *config,
                           .height = snapshot->height,
                           .nodes = nodes,
                           .n = snapshot->nodes->n,
                           .capacity = snapshot->nodes->n + 1,
                           .snapshot = snapshot };
    *ret = state;
    return ST_OK;
}
