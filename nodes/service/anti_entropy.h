/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anti-entropy between the members of a swarm (docs/repair.md): what a node compares with
 * another one, and the bytes of it.  No real network does this; the endpoint is called
 * sn.anti_entropy here.
 *
 * A message is told by a short id, SipHash-2-4 of its hash under a salt that the asking
 * node draws for each exchange: nobody who writes messages can make two of them look alike.
 * Sets of messages are told by their number and the exclusive or of their ids.  All numbers
 * are little-endian.  Requests are a byte (CompareStep) and then
 *
 *   scope:    16 bytes of salt, u64 alive_after, u64 written_before (ms since 1970)
 *   SUMMARY   scope, u32 number, u64 digest: of all that the asking node has in the scope
 *             answered "same" or "differs"
 *   RANGES    scope, ranges: each {u64 end, u32 number, u64 digest} of the messages with
 *             previous end <= timestamp < end, ascending, the last one to written_before
 *             answered by those that differ: each {u32 index, u32 number, ids}, in which
 * the top bit of the number says that these are not all FETCH     scope, ids; answered by
 * messages, as many of these as fit: a push's bytes, each with its namespace GIVE scope,
 * then messages in the same form; answered "OK"
 *
 * Anything else is answered 400, and 403 who is no member of my swarm. */
#pragma once

#include "nodes/service/node_internal.h"

enum {
    COMPARE_RANGE_MESSAGES = 16, /* of the asking node in one range ... */
    COMPARE_RANGES_MAX = 4096,   /* ... unless these would be more */
    COMPARE_IDS_MAX = 16384,     /* in one answer */
    COMPARE_FETCH_MAX = 4096,    /* ids in one FETCH */
    COMPARE_ROUNDS_MAX = 64,     /* of FETCH and GIVE in one exchange */
    COMPARE_TRIES_MAX = 3, /* members asked in vain, then it waits for its next time */
    COMPARE_SCOPE_BYTES = COMPARE_SALT_BYTES + 16,
    COMPARE_RANGE_BYTES = 20,
    COMPARE_PARTIAL = 0x80000000 /* a range's ids that are not all */
};
/* What is younger may still be on its way, what expires sooner is about to go. */
#define COMPARE_MARGIN_MS ((UnixMs)30000)

typedef struct CompareItem {
    UnixMs timestamp;
    uint64_t id;
} CompareItem;

/* What a node has of its swarm's messages in a scope. */
typedef struct CompareView {
    CompareItem *items;
    size_t n, capacity;
} CompareView;

typedef struct CompareDigest {
    uint32_t n;
    uint64_t ids; /* their exclusive or */
} CompareDigest;

#define ID_LIST_EMPTY ((IdList){ NULL, 0, 0 })

/* --- anti_entropy_view.c -------------------------------------------------------------- */

uint64_t compare_id(const ServiceNode *node, const CompareScope *scope, Bytes hash);
/* In no order; to be cleared. */
void compare_view(const ServiceNode *node, const CompareScope *scope, CompareView *ret);
/* Into the order of timestamps (and ids). */
void compare_view_sort(CompareView *view);
void compare_view_clear(CompareView *view);
CompareDigest compare_digest(const CompareItem *items, size_t n);
static inline bool
compare_digests_equal(CompareDigest a, CompareDigest b)
{
    return a.n == b.n && a.ids == b.ids;
}
/* How many of the sorted view's items from @first on have a timestamp before @end. */
size_t compare_range(const CompareView *view, size_t first, UnixMs end);

void id_list_add(IdList *list, uint64_t id);
void id_list_sort(IdList *list);
/* Of a sorted list: is it there, and where? */
bool id_list_find(const IdList *list, uint64_t id, size_t *ret_at);
static inline bool
id_list_has(const IdList *list, uint64_t id)
{
    size_t at;

    return id_list_find(list, id, &at);
}
void id_list_clear(IdList *list);

/* --- anti_entropy_format.c --------------------------------------------------------------
 */

typedef struct CompareRange {
    UnixMs end;
    CompareDigest digest;
} CompareRange;

void compare_write_u32(Buffer *out, uint32_t v);
void compare_write_u64(Buffer *out, uint64_t v);
/* The step and the scope, with which each request begins. */
void compare_write_head(Buffer *out, CompareStep step, const CompareScope *scope);
/* Reads it; @reader is then behind it.  False: it is none. */
bool compare_read_head(Reader *reader, CompareStep *ret_step, CompareScope *ret);
void compare_write_range(Buffer *out, const CompareRange *range);
/* The ranges of @scope up to the end of the request: they are read one after the other from
 * @ret.  False when they are too many or none, do not ascend, or do not end at the scope's
 * end. */
bool compare_read_ranges(const Reader *reader, const CompareScope *scope, Reader *ret,
                         uint32_t *ret_n);
CompareRange compare_next_range(Reader *ranges);
CompareRange compare_range_at(const Reader *ranges, uint32_t index);
/* Messages: those of @ids (sorted) that this node has in the scope, as a push's list,
 * appended; up to about the limit of a push, at least one.  Returns how many; those written
 * are removed from @ids. */
uint64_t compare_write_messages(const ServiceNode *node, const CompareScope *scope,
                                IdList *ids, Buffer *out);
/* Read such a list, from @offset of the packet on, and keep what belongs here: of my swarm,
 * in the scope, not deleted here, and, where @wanted (sorted) is there, among those.
 * *ret_ids (may be NULL): what was read, kept or not.  False, and nothing is kept: there is
 * an entry that is no message. */
bool compare_keep_messages(ServiceNode *node, Time now, const CompareScope *scope,
                           const Packet *packet, size_t offset, const IdList *wanted,
                           IdList *ret_ids);

/* --- tombstones.c
 * ------------------------------------------------------------------------- */

/* The ids of what was deleted here, sorted; to be cleared. */
void tombstone_ids(const ServiceNode *node, const CompareScope *scope, IdList *ret);
