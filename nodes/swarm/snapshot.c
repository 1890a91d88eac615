/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a block makes of the network, made once and shared by everybody. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/swarm/swarm.h"
#include "nodes/base/memory.h"

enum { HARDFORK_MAJOR = 19, HARDFORK_MINOR = 3 }; /* protocol 3.1 */

typedef struct SwarmTable {
    uint32_t refs;
    uint32_t n_swarms;
    Swarm *swarms;
    uint64_t *ids;
    uint32_t *members;
} SwarmTable;

/* A node that is in a swarm. */
typedef struct Membership {
    uint64_t swarm;
    uint32_t node;
} Membership;

/* --- swarms of a list ------------------------------------------------------------------
 */

static int
compare_memberships(const void *a, const void *b)
{
    const Membership *left = a, *right = b;

    if (left->swarm != right->swarm)
        return left->swarm < right->swarm ? -1 : 1;
    return left->node < right->node ? -1 : left->node > right->node;
}

static uint32_t
collect_memberships(const NodeList *nodes, Membership *ret)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < nodes->n; i++)
        if (nodes->nodes[i].swarm_id != SWARM_NONE)
            ret[n++] = (Membership){ nodes->nodes[i].swarm_id, i };
    qsort(ret, n, sizeof *ret, compare_memberships);
    return n;
}

static SwarmTable *
swarm_table_new(const NodeList *nodes)
{
    Membership *memberships = memory_zeroed(nodes->n, sizeof *memberships);
    uint32_t n = collect_memberships(nodes, memberships);
    SwarmTable *table = memory_zeroed(1, sizeof *table);

    table->refs = 1;
    for (uint32_t i = 0; i < n; i++)
        table->n_swarms += i == 0 || memberships[i].swarm != memberships[i - 1].swarm;
    table->swarms = memory_zeroed(table->n_swarms, sizeof *table->swarms);
    table->ids = memory_zeroed(table->n_swarms, sizeof *table->ids);
    table->members = memory_zeroed(n, sizeof *table->members);
    for (uint32_t i = 0, next = 0; i < n; i++) {
        table->members[i] = memberships[i].node;
        if (i == 0 || memberships[i].swarm != memberships[i - 1].swarm) {
            table->ids[next] = memberships[i].swarm;
            table->swarms[next++] = (Swarm){ memberships[i].swarm, i, 0 };
        }
        table->swarms[next - 1].n++;
    }
    free(memberships);
    return table;
}

static void
swarm_table_unref(SwarmTable *table)
{
    assert(table->refs > 0);
    if (--table->refs > 0)
        return;
    free(table->swarms);
    free(table->ids);
    free(table->members);
    free(table);
}

/* --- snapshots -------------------------------------------------------------------------
 */

static uint32_t *
copied_indexes(const uint32_t *indexes, size_t n, uint32_t n_nodes)
{
    uint32_t *copy = memory_zeroed(n, sizeof *copy);

    for (size_t i = 0; i < n; i++) {
        assert(indexes[i] < n_nodes);
        copy[i] = indexes[i];
    }
    return copy;
}

/* Takes the reference to @table, adds one to @nodes. */
static Snapshot *
snapshot_make(NodeList *nodes, SwarmTable *table, uint64_t height, UnixMs time_ms,
              const uint8_t block_hash[32])
{
    Snapshot *snapshot = memory_zeroed(1, sizeof *snapshot);

    *snapshot = (Snapshot){
        .refs = 1,
        .height = height,
        .time_ms = time_ms,
        .nodes = node_list_ref(nodes),
        .n_swarms = table->n_swarms,
        .swarms = table->swarms,
        .swarm_ids = table->ids,
        .members = table->members,
        .hardfork_major = HARDFORK_MAJOR,
        .hardfork_minor = HARDFORK_MINOR,
        .table = table,
    };
    memcpy(snapshot->block_hash, block_hash, sizeof snapshot->block_hash);
    return snapshot;
}

static Snapshot *
with_quorum(Snapshot *snapshot, const uint32_t *validators, size_t n_validators,
            const uint32_t *workers, size_t n_workers, const UnixMs *last_proof_ms)
{
    uint32_t n = snapshot->nodes->n;

    snapshot->n_validators = (uint32_t)n_validators;
    snapshot->validators = copied_indexes(validators, n_validators, n);
    snapshot->n_workers = (uint32_t)n_workers;
    snapshot->workers = copied_indexes(workers, n_workers, n);
    snapshot->last_proof_ms = memory_zeroed(n, sizeof *snapshot->last_proof_ms);
    if (last_proof_ms != NULL)
        memcpy(snapshot->last_proof_ms, last_proof_ms, n * sizeof *last_proof_ms);
    return snapshot;
}

Snapshot *
snapshot_new(NodeList *nodes, uint64_t height, UnixMs time_ms, const uint8_t block_hash[32],
             const uint32_t *validators, size_t n_validators, const uint32_t *workers,
             size_t n_workers, const UnixMs *last_proof_ms)
{
    Snapshot *snapshot =
        snapshot_make(nodes, swarm_table_new(nodes), height, time_ms, block_hash);

    return with_quorum(snapshot, validators, n_validators, workers, n_workers,
                       last_proof_ms);
}

Snapshot *
snapshot_next(const Snapshot *previous, uint64_t height, UnixMs time_ms,
              const uint8_t block_hash[32], const uint32_t *validators, size_t n_validators,
              const uint32_t *workers, size_t n_workers, const UnixMs *last_proof_ms)
{
    Snapshot *snapshot =
        snapshot_make(previous->nodes, previous->table, height, time_ms, block_hash);

    previous->table->refs++;
    return with_quorum(snapshot, validators, n_validators, workers, n_workers,
                       last_proof_ms);
}

Snapshot *
snapshot_ref(Snapshot *snapshot)
{
    assert(snapshot->refs > 0 && snapshot->refs < UINT32_MAX);
    snapshot->refs++;
    return snapshot;
}

void
snapshot_unref(Snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    assert(snapshot->refs > 0);
    if (--snapshot->refs > 0)
        return;
    shared_text_clear(&snapshot->result.text);
    node_list_unref(snapshot->nodes);
    swarm_table_unref(snapshot->table);
    free(snapshot->validators);
    free(snapshot->workers);
    free(snapshot->last_proof_ms);
    free(snapshot);
}

const Swarm *
snapshot_swarm(const Snapshot *snapshot, uint64_t id)
{
    size_t n = snapshot->n_swarms, place = swarm_first_from(snapshot->swarm_ids, n, id);

    return place < n && snapshot->swarm_ids[place] == id ? &snapshot->swarms[place] : NULL;
}

const Swarm *
snapshot_swarm_of(const Snapshot *snapshot, const uint8_t key[32])
{
    uint64_t space = swarm_space(key);
    size_t n = snapshot->n_swarms;

    if (n == 0)
        return NULL;
    if (snapshot->wrap_2020)
        return snapshot_swarm(snapshot, swarm_nearest_2020(snapshot->swarm_ids, n, space));
    return &snapshot->swarms[swarm_nearest_place(snapshot->swarm_ids, n, space)];
}

/* --- as a message ----------------------------------------------------------------------
 */

/* The three parts of oxend's notification. */
static void
encode_notification(const void *object, Buffer *out)
{
    const Snapshot *snapshot = object;

    buffer_append_literal(out, "notify.block");
    buffer_append_u64_decimal(out, snapshot->height);
    buffer_append(out, snapshot->block_hash, sizeof snapshot->block_hash);
}

static void
free_snapshot(void *object)
{
    snapshot_unref(object);
}

static const BlobType snapshot_type = {
    .name = "snapshot",
    .encode = encode_notification,
    .free_object = free_snapshot,
};

Blob *
snapshot_blob(Snapshot *snapshot)
{
    Buffer bytes = BUFFER_EMPTY;
    size_t n;

    encode_notification(snapshot, &bytes);
    n = bytes.n;
    buffer_clear(&bytes);
    return blob_from_object(&snapshot_type, snapshot_ref(snapshot), n);
}

Snapshot *
snapshot_of_packet(const Packet *packet)
{
    const Blob *blob = packet->blob;

    if (blob == NULL || blob->type != &snapshot_type)
        return NULL;
    if (packet->offset != 0 || packet->length != blob->size)
        return NULL;
    return blob->object;
}
