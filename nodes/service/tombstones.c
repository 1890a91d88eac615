/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was deleted here, remembered so that anti-entropy does not bring it back from a
 * member that missed the deletion: the last TOMBSTONES_MAX hashes, each until the message
 * would have expired.  They are on the disk.  Without anti-entropy nothing is remembered.
 */
#include <stdlib.h>

#include "nodes/service/anti_entropy.h"

void
tombstone_add(ServiceNode *node, Bytes hash, UnixMs expiry)
{
    Tombstones *stones = &node->tombstones;
    Tombstone *stone;

    if (node->config->anti_entropy_interval == 0 || hash.n > MESSAGE_HASH_MAX)
        return;
    if (stones->n < TOMBSTONES_MAX && stones->n == stones->capacity) {
        stones->capacity = stones->capacity == 0 ? 16 : 2 * stones->capacity;
        stones->stones = realloc(stones->stones, stones->capacity * sizeof *stones->stones);
        if (stones->stones == NULL)
            abort();
    }
    /* Full: the oldest one makes room. */
    stone = &stones->stones[stones->next];
    stones->next = (stones->next + 1) % TOMBSTONES_MAX;
    stones->n += stones->n < TOMBSTONES_MAX;
    stone->expiry = expiry;
    stone->n = (uint8_t)hash.n;
    memcpy(stone->hash, hash.p, hash.n);
}

void
tombstone_ids(const ServiceNode *node, const CompareScope *scope, IdList *ret)
{
    *ret = ID_LIST_EMPTY;
    for (uint32_t i = 0; i < node->tombstones.n; i++) {
        const Tombstone *stone = &node->tombstones.stones[i];

        if (stone->expiry > scope->alive_after)
            id_list_add(ret, compare_id(node, scope, (Bytes){ stone->hash, stone->n }));
    }
    id_list_sort(ret);
}

void
tombstones_clear(ServiceNode *node)
{
    free(node->tombstones.stones);
    node->tombstones = (Tombstones){ 0 };
}
