/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes of anti-entropy (anti_entropy.h), and the messages in them. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/anti_entropy.h"

/* --- writing ------------------------------------------------------------------------ */

void
compare_write_u32(Buffer *out, uint32_t v)
{
    uint8_t bytes[4];

    store_u32le(bytes, v);
    buffer_append(out, bytes, sizeof bytes);
}

void
compare_write_u64(Buffer *out, uint64_t v)
{
    compare_write_u32(out, (uint32_t)v);
    compare_write_u32(out, (uint32_t)(v >> 32));
}

void
compare_write_head(Buffer *out, CompareStep step, const CompareScope *scope)
{
    uint8_t byte = (uint8_t)step;

    buffer_append(out, &byte, 1);
    buffer_append(out, scope->salt, sizeof scope->salt);
    compare_write_u64(out, (uint64_t)scope->alive_after);
    compare_write_u64(out, (uint64_t)scope->written_before);
}

void
compare_write_range(Buffer *out, const CompareRange *range)
{
    compare_write_u64(out, (uint64_t)range->end);
    compare_write_u32(out, range->digest.n);
    compare_write_u64(out, range->digest.ids);
}

/* --- reading ------------------------------------------------------------------------ */

bool
compare_read_head(Reader *reader, CompareStep *ret_step, CompareScope *ret)
{
    Reader r = *reader;
    uint64_t alive_after, written_before;
    uint8_t step;
    Bytes salt;

    if (!reader_u8(&r, &step) || step < COMPARE_SUMMARY || step > COMPARE_GIVE ||
        !reader_bytes(&r, COMPARE_SALT_BYTES, &salt) || !reader_u64le(&r, &alive_after) ||
        !reader_u64le(&r, &written_before))
        return false;
    *reader = r;
    *ret_step = (CompareStep)step;
    memcpy(ret->salt, salt.p, COMPARE_SALT_BYTES);
    ret->alive_after = (UnixMs)alive_after;
    ret->written_before = (UnixMs)written_before;
    return true;
}

/* There are enough bytes. */
CompareRange
compare_next_range(Reader *ranges)
{
    CompareRange range = { 0 };
    uint64_t end = 0;

    (void)(reader_u64le(ranges, &end) && reader_u32le(ranges, &range.digest.n) &&
           reader_u64le(ranges, &range.digest.ids));
    range.end = (UnixMs)end;
    return range;
}

CompareRange
compare_range_at(const Reader *ranges, uint32_t index)
{
    size_t before = (size_t)index * COMPARE_RANGE_BYTES;
    Reader r = { ranges->p + before, ranges->left - before };

    assert(ranges->left >= before + COMPARE_RANGE_BYTES);
    return compare_next_range(&r);
}

bool
compare_read_ranges(const Reader *reader, const CompareScope *scope, Reader *ret,
                    uint32_t *ret_n)
{
    size_t n = reader->left / COMPARE_RANGE_BYTES;
    Reader ranges = *reader;
    UnixMs end = INT64_MIN;

    if (n == 0 || n > COMPARE_RANGES_MAX || reader->left % COMPARE_RANGE_BYTES != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        CompareRange range = compare_next_range(&ranges);

        if (range.end <= end)
            return false;
        end = range.end;
    }
    if (end != scope->written_before)
        return false;
    *ret = *reader;
    *ret_n = (uint32_t)n;
    return true;
}

/* --- messages ----------------------------------------------------------------------- */

typedef struct Writing {
    const ServiceNode *node;
    const CompareScope *scope;
    const IdList *ids;
    bool *written; /* by index in ids */
    Buffer *out;
    size_t bytes_max;
    uint64_t n;
} Writing;

static bool
write_wanted(void *context, int64_t row, const StoreMessage *message)
{
    Writing *w = context;
    size_t at;

    (void)row;
    if (message->expiry <= w->scope->alive_after ||
        !node_keeps(w->node, message->account) ||
        !id_list_find(w->ids, compare_id(w->node, w->scope, message->hash), &at) ||
        w->written[at])
        return true;
    push_write_whole_entry(message, w->out);
    w->written[at] = true;
    w->n++;
    return w->out->n < w->bytes_max;
}

uint64_t
compare_write_messages(const ServiceNode *node, const CompareScope *scope, IdList *ids,
                       Buffer *out)
{
    Store *store = node->port->store;
    Writing w = { .node = node,
                  .scope = scope,
                  .ids = ids,
                  .written = calloc(ids->n + 1, sizeof *w.written),
                  .out = out,
                  .bytes_max = out->n + node->config->push_batch_bytes };
    size_t begin = out->n, kept = 0;

    if (w.written == NULL)
        abort();
    buffer_append_literal(out, "l");
    store->ops->each(store, write_wanted, &w);
    buffer_append_literal(out, "e");
    meter_add(node->port->meter, METER_STORE_GET, out->n - begin);
    meter_add(node->port->meter, METER_WRITE, out->n - begin);
    for (size_t i = 0; i < ids->n; i++)
        if (!w.written[i])
            ids->ids[kept++] = ids->ids[i];
    ids->n = kept;
    free(w.written);
    return w.n;
}

static bool
belongs_here(const ServiceNode *node, const CompareScope *scope,
             const StoreMessage *message)
{
    return message->expiry > scope->alive_after &&
           message->expiry > port_unix_ms(node->port) && node_keeps(node, message->account);
}

bool
compare_keep_messages(ServiceNode *node, Time now, const CompareScope *scope,
                      const Packet *packet, size_t offset, const IdList *wanted,
                      IdList *ret_ids)
{
    Store *store = node->port->store;
    uint64_t messages = 0, new_ones = 0;
    IdList deleted;
    PushReader reader;
    StoreMessage message;
    bool good;

    if (!push_read_list(packet, offset, &reader) || !push_all_good(node, reader))
        return false;
    tombstone_ids(node, scope, &deleted);
    while (push_read_next(node, &reader, &message, &good) && good) {
        uint64_t id = compare_id(node, scope, message.hash);

        messages++;
        if (ret_ids != NULL)
            id_list_add(ret_ids, id);
        if ((wanted == NULL || id_list_has(wanted, id)) && !id_list_has(&deleted, id) &&
            belongs_here(node, scope, &message) &&
            store->ops->put(store, &message, false) == PUT_NEW) {
            new_ones++;
            meter_add(node->port->meter, METER_STORE_PUT, message.data.length);
            sweep_consider(node, now, message.expiry);
        }
        packet_clear(&message.data);
    }
    id_list_clear(&deleted);
    port_note(node->port, NOTE_RECONCILED, messages, new_ones, (Bytes){ NULL, 0 });
    return true;
}
