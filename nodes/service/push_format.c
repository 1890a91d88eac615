/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes of a push (protocol 2.4).  Version 1: a byte 0x01 and a bencoded list of lists
 * [33-byte account, hash, timestamp, expiry, data], with the namespace as sixth element
 * unless it is lost.  Version 0, of 2020: entries one after the other, each the account in
 * hex and then hash, data, TTL, timestamp and nonce, numbers as u64 LE, strings with their
 * length before them. */
#include "nodes/service/node_internal.h"

enum { ACCOUNT_HEX_BYTES = 2 * ACCOUNT_BYTES };

/* --- writing ------------------------------------------------------------------------ */

static void
append_u64le(Buffer *out, uint64_t v)
{
    uint8_t bytes[8];

    store_u32le(bytes, (uint32_t)v);
    store_u32le(bytes + 4, (uint32_t)(v >> 32));
    buffer_append(out, bytes, sizeof bytes);
}

static void
append_counted(Buffer *out, Bytes text)
{
    append_u64le(out, text.n);
    buffer_append_bytes(out, text);
}

static void
write_v0(const ServiceNode *node, const StoreMessage *message, Buffer *out)
{
    Bytes nonce = { NULL, 0 }, data = packet_bytes(&message->data);

    if (node->config->storage_rpc == STORAGE_RPC_2020)
        (void)body_2020_split(data, &nonce, &data);
    buffer_append_hex(out, (Bytes){ message->account, ACCOUNT_BYTES });
    append_counted(out, message->hash);
    append_counted(out, data);
    append_u64le(out, (uint64_t)(message->expiry - message->timestamp));
    append_u64le(out, (uint64_t)message->timestamp);
    append_counted(out, nonce);
}

static void
write_v1(const StoreMessage *message, bool with_namespace, Buffer *out)
{
    buffer_append_literal(out, "l");
    bencode_write_string(out, (Bytes){ message->account, ACCOUNT_BYTES });
    bencode_write_string(out, message->hash);
    bencode_write_i64(out, message->timestamp);
    bencode_write_i64(out, message->expiry);
    bencode_write_string(out, packet_bytes(&message->data));
    if (with_namespace)
        bencode_write_i64(out, message->name_space);
    buffer_append_literal(out, "e");
}

void
push_write_entry(const ServiceNode *node, const StoreMessage *message, Buffer *out)
{
    if (node->config->push_version == 0) {
        write_v0(node, message, out);
        return;
    }
    write_v1(message, !node->config->defect_push_loses_namespace, out);
}

void
push_write_whole_entry(const StoreMessage *message, Buffer *out)
{
    write_v1(message, true, out);
}

void
push_begin(const ServiceNode *node, Buffer *out)
{
    static const uint8_t begin[2] = { DATA_PUSH, 'l' };

    if (node->config->push_version != 0)
        buffer_append(out, begin, sizeof begin);
}

void
push_end(const ServiceNode *node, Buffer *out)
{
    if (node->config->push_version != 0)
        buffer_append_literal(out, "e");
}

/* --- reading version 1 -------------------------------------------------------------- */

static bool
next_string(BencodeIterator *it, Bytes *ret)
{
    BencodeValue value;
    Bytes key;

    return bencode_next(it, &key, &value) && bencode_string(value, ret);
}

static bool
next_i64(BencodeIterator *it, int64_t *ret)
{
    BencodeValue value;
    Bytes key;

    return bencode_next(it, &key, &value) && bencode_i64(value, ret);
}

/* A row of 2020 has the nonce beside the data. */
static size_t
row_bytes_max(const ServiceNode *node)
{
    size_t more = node->config->storage_rpc == STORAGE_RPC_2020 ? 1 + UINT8_MAX : 0;

    return node->config->body_bytes_max + more;
}

static bool
read_v1(const ServiceNode *node, BencodeValue item, const Packet *packet, StoreMessage *ret)
{
    BencodeIterator it = bencode_iterate(item);
    Bytes account, data;
    int64_t name_space = 0;

    if (item.type != BENCODE_LIST || !next_string(&it, &account) ||
        !next_string(&it, &ret->hash) || !next_i64(&it, &ret->timestamp) ||
        !next_i64(&it, &ret->expiry) || !next_string(&it, &data))
        return false;
    if (it.rest.left > 0 && !next_i64(&it, &name_space))
        return false;
    if (account.n != ACCOUNT_BYTES || ret->hash.n == 0 || ret->hash.n > MESSAGE_HASH_MAX ||
        data.n > row_bytes_max(node) || name_space < INT16_MIN || name_space > INT16_MAX)
        return false;
    memcpy(ret->account, account.p, ACCOUNT_BYTES);
    ret->name_space = (int16_t)name_space;
    ret->data = packet_slice(packet, (size_t)(data.p - packet_bytes(packet).p), data.n);
    return true;
}

/* --- reading version 0 -------------------------------------------------------------- */

static bool
next_counted(Reader *r, Bytes *ret)
{
    uint64_t n;

    return reader_u64le(r, &n) && n <= r->left && reader_bytes(r, (size_t)n, ret);
}

static bool
read_times(Reader *r, StoreMessage *ret)
{
    uint64_t ttl, timestamp;

    if (!reader_u64le(r, &ttl) || !reader_u64le(r, &timestamp) || ttl > INT64_MAX ||
        timestamp > INT64_MAX)
        return false;
    ret->timestamp = (UnixMs)timestamp;
    return !__builtin_add_overflow(ret->timestamp, (UnixMs)ttl, &ret->expiry);
}

static bool
read_v0(const ServiceNode *node, Reader *r, const Packet *packet, StoreMessage *ret)
{
    Bytes account, data, nonce;

    if (!reader_bytes(r, ACCOUNT_HEX_BYTES, &account) ||
        !hex_decode(account, ret->account, ACCOUNT_BYTES) || !next_counted(r, &ret->hash) ||
        !next_counted(r, &data) || !read_times(r, ret) || !next_counted(r, &nonce))
        return false;
    if (ret->hash.n == 0 || ret->hash.n > MESSAGE_HASH_MAX ||
        data.n > node->config->body_bytes_max || nonce.n > UINT8_MAX)
        return false;
    ret->name_space = 0;
    if (node->config->storage_rpc == STORAGE_RPC_2020)
        ret->data = body_2020(nonce, data);
    else
        ret->data = packet_slice(packet, (size_t)(data.p - packet_bytes(packet).p), data.n);
    return true;
}

/* --- reading either ----------------------------------------------------------------- */

bool
push_read_list(const Packet *packet, size_t offset, PushReader *ret)
{
    Bytes text = packet_bytes(packet);
    BencodeValue list;

    *ret = (PushReader){ .packet = packet };
    if (text.n <= offset)
        return false;
    text.p += offset;
    text.n -= offset;
    if (bencode_parse(text, &list) != ST_OK || list.type != BENCODE_LIST)
        return false;
    ret->it = bencode_iterate(list);
    return true;
}

bool
push_read_begin(const ServiceNode *node, const Packet *packet, PushReader *ret)
{
    Bytes text = packet_bytes(packet);

    *ret = (PushReader){ .packet = packet };
    if (text.n == 0)
        return false;
    if (text.p[0] != DATA_PUSH) {
        ret->v0 = true;
        ret->rest = reader_over(text);
        return node->config->push_version == 0;
    }
    return push_read_list(packet, 1, ret);
}

bool
push_read_next(const ServiceNode *node, PushReader *reader, StoreMessage *ret,
               bool *ret_good)
{
    BencodeValue item;
    Bytes key;

    if (reader->v0) {
        if (reader->rest.left == 0)
            return false;
        *ret_good = read_v0(node, &reader->rest, reader->packet, ret);
        return true;
    }
    if (!bencode_next(&reader->it, &key, &item))
        return false;
    *ret_good = read_v1(node, item, reader->packet, ret);
    return true;
}

bool
push_all_good(const ServiceNode *node, PushReader reader)
{
    StoreMessage message;
    bool good;

    while (push_read_next(node, &reader, &message, &good)) {
        if (!good)
            return false;
        packet_clear(&message.data);
    }
    return true;
}
