/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscriptions (protocol 3.2, monitor.messages): a client is told of each message that is
 * new on this node, by notify.message on the connection that it subscribed on.  They are
 * sorted by account and connection, and end with the connection, with this incarnation, or
 * after a while unless renewed. */
#include <stdlib.h>

#include "nodes/service/monitor_parse.h"
#include "nodes/service/node_internal.h"

typedef struct Subscription {
    uint8_t account[ACCOUNT_BYTES];
    bool want_data;
    uint16_t n_name_spaces;
    int16_t *name_spaces; /* ascending */
    Address connection;
    Time until;
} Subscription;

struct Monitors {
    Subscription *entries;
    uint32_t n, capacity;
};

static Monitors *
monitors_of(ServiceNode *node)
{
    if (node->monitors == NULL) {
        node->monitors = calloc(1, sizeof *node->monitors);
        if (node->monitors == NULL)
            abort();
    }
    return node->monitors;
}

void
monitor_clear(ServiceNode *node)
{
    Monitors *m = node->monitors;

    if (m == NULL)
        return;
    for (uint32_t i = 0; i < m->n; i++)
        free(m->entries[i].name_spaces);
    free(m->entries);
    free(m);
    node->monitors = NULL;
}

/* --- the table -------------------------------------------------------------------- */

static int
compare(const Subscription *entry, const uint8_t account[ACCOUNT_BYTES], Address connection)
{
    int order = memcmp(entry->account, account, ACCOUNT_BYTES);

    if (order != 0)
        return order;
    return entry->connection < connection ? -1 : entry->connection > connection;
}

/* The first entry that is not before this one. */
static uint32_t
lower_bound(const Monitors *m, const uint8_t account[ACCOUNT_BYTES], Address connection)
{
    uint32_t low = 0, high = m->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare(&m->entries[middle], account, connection) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_of(const Monitors *m, uint32_t i, const uint8_t account[ACCOUNT_BYTES])
{
    return i < m->n && memcmp(m->entries[i].account, account, ACCOUNT_BYTES) == 0;
}

/* Drop what ran out among the entries from @first up to @end; how many. */
static uint32_t
drop_expired(Monitors *m, Time now, uint32_t first, uint32_t end)
{
    uint32_t kept = first;

    for (uint32_t i = first; i < end; i++) {
        if (m->entries[i].until < now)
            free(m->entries[i].name_spaces);
        else
            m->entries[kept++] = m->entries[i];
    }
    memmove(&m->entries[kept], &m->entries[end], (m->n - end) * sizeof m->entries[0]);
    m->n -= end - kept;
    return end - kept;
}

/* Room for one more of this account, in the node and for itself? */
static bool
make_room(Monitors *m, Time now, const uint8_t account[ACCOUNT_BYTES])
{
    uint32_t first = lower_bound(m, account, 0), end = first;

    if (m->n >= MONITORS_MAX) {
        drop_expired(m, now, 0, m->n);
        first = end = lower_bound(m, account, 0);
    }
    while (is_of(m, end, account))
        end++;
    if (end - first >= MONITORS_PER_ACCOUNT_MAX)
        end -= drop_expired(m, now, first, end);
    return m->n < MONITORS_MAX && end - first < MONITORS_PER_ACCOUNT_MAX;
}

static Subscription *
insert(Monitors *m, const uint8_t account[ACCOUNT_BYTES], Address connection)
{
    uint32_t i = lower_bound(m, account, connection);
    Subscription *entry;

    if (m->n == m->capacity) {
        m->capacity = m->capacity == 0 ? 4 : m->capacity * 2;
        m->entries = realloc(m->entries, m->capacity * sizeof m->entries[0]);
        if (m->entries == NULL)
            abort();
    }
    entry = &m->entries[i];
    memmove(entry + 1, entry, (m->n++ - i) * sizeof *entry);
    *entry = (Subscription){ .connection = connection };
    memcpy(entry->account, account, ACCOUNT_BYTES);
    return entry;
}

/* --- namespaces: ascending, each once --------------------------------------------- */

/* Both together into @ret (room for both); how many. */
static size_t
merge(const int16_t *a, size_t n_a, const int16_t *b, size_t n_b, int16_t *ret)
{
    size_t n = 0;

    for (size_t i = 0, j = 0; i < n_a || j < n_b;) {
        bool take_a = j == n_b || (i < n_a && a[i] <= b[j]);
        int16_t next = take_a ? a[i] : b[j];

        i += i < n_a && a[i] == next;
        j += j < n_b && b[j] == next;
        ret[n++] = next;
    }
    return n;
}

static bool
set_name_spaces(Subscription *entry, const MonitorRequest *request)
{
    int16_t merged[2 * MONITOR_NAMESPACES_MAX];
    size_t n = merge(entry->name_spaces, entry->n_name_spaces, request->name_spaces,
                     request->n_name_spaces, merged);

    if (n > MONITOR_NAMESPACES_MAX)
        return false;
    entry->name_spaces = realloc(entry->name_spaces, n * sizeof merged[0]);
    if (entry->name_spaces == NULL)
        abort();
    memcpy(entry->name_spaces, merged, n * sizeof merged[0]);
    entry->n_name_spaces = (uint16_t)n;
    return true;
}

static bool
watches(const Subscription *entry, int16_t name_space)
{
    for (uint16_t i = 0; i < entry->n_name_spaces; i++)
        if (entry->name_spaces[i] == name_space)
            return true;
    return false;
}

/* --- subscribing ------------------------------------------------------------------ */

/* A new subscription, or the renewal of one: what was asked for before stays. */
static MonitorError
subscribe(ServiceNode *node, Time now, const MonitorRequest *request, Address connection)
{
    Monitors *m = monitors_of(node);
    uint32_t i = lower_bound(m, request->account, connection);
    Subscription *entry;

    if (is_of(m, i, request->account) && m->entries[i].connection == connection) {
        entry = &m->entries[i];
    } else {
        if (!make_room(m, now, request->account))
            return (MonitorError){ MONITOR_BAD_ARGS, "Too many subscriptions" };
        entry = insert(m, request->account, connection);
    }
    if (!set_name_spaces(entry, request))
        return (MonitorError){ MONITOR_BAD_NS, "Invalid n= namespace list: too long" };
    entry->want_data |= request->want_data;
    entry->until = now + MONITOR_LIFE;
    return MONITOR_GOOD;
}

static void
write_result(Buffer *out, MonitorError error)
{
    buffer_append_literal(out, "d");
    if (error.code == 0) {
        bencode_write_text(out, "success");
        bencode_write_i64(out, 1);
    } else {
        bencode_write_text(out, "errcode");
        bencode_write_i64(out, error.code);
        bencode_write_text(out, "error");
        bencode_write_text(out, error.text);
    }
    buffer_append_literal(out, "e");
}

static MonitorError
handle_one(ServiceNode *node, Time now, BencodeValue dict, Address connection)
{
    MonitorRequest request;
    MonitorError error = monitor_parse(dict, &request);

    if (error.code == 0)
        error = monitor_verify(node, &request);
    return error.code == 0 ? subscribe(node, now, &request, connection) : error;
}

/* A list of requests: each is answered at its place.  False when it is none. */
static bool
handle_list(ServiceNode *node, Time now, BencodeValue list, Address connection, Buffer *out)
{
    BencodeIterator it = bencode_iterate(list);
    BencodeValue item;
    Bytes key;
    uint32_t n = 0;

    for (; bencode_next(&it, &key, &item); n++)
        if (item.type != BENCODE_DICT || n == MONITOR_REQUESTS_MAX)
            return false;
    buffer_append_literal(out, "l");
    for (it = bencode_iterate(list); bencode_next(&it, &key, &item);)
        write_result(out, handle_one(node, now, item, connection));
    buffer_append_literal(out, "e");
    return true;
}

void
monitor_receive(ServiceNode *node, Time now, const Incoming *in)
{
    static const MonitorError no_parameter = {
        MONITOR_BAD_ARGS,
        "Invalid arguments: monitor.messages takes a single bencoded dict "
        "or list parameter"
    };
    static const MonitorError unreadable = {
        MONITOR_BAD_ARGS, "Invalid arguments: Failed to parse monitor.messages data value"
    };
    Bytes text = packet_bytes(in->packet);
    BencodeValue value;
    Buffer out = BUFFER_EMPTY;
    Packet packet;

    meter_add(node->port->meter, METER_PARSE, text.n);
    if (text.n < 2 || (text.p[0] != 'd' && text.p[0] != 'l') || text.p[text.n - 1] != 'e')
        write_result(&out, no_parameter);
    else if (bencode_parse(text, &value) != ST_OK)
        write_result(&out, unreadable);
    else if (value.type == BENCODE_DICT)
        write_result(&out, handle_one(node, now, value, in->from));
    else if (!handle_list(node, now, value, in->from, &out))
        write_result(&out, unreadable);
    packet = packet_of_buffer(&out);
    port_reply(node->port, in->token, 200, &packet);
}

/* --- telling ---------------------------------------------------------------------- */

static Packet
notification(const StoreMessage *message, bool with_data)
{
    Buffer out = BUFFER_EMPTY;

    buffer_reserve(&out, 160 + (with_data ? message->data.length + 16 : 0));
    buffer_append_literal(&out, "d");
    bencode_write_text(&out, "@");
    bencode_write_string(&out, (Bytes){ message->account, ACCOUNT_BYTES });
    bencode_write_text(&out, "h");
    bencode_write_string(&out, message->hash);
    bencode_write_text(&out, "n");
    bencode_write_i64(&out, message->name_space);
    bencode_write_text(&out, "t");
    bencode_write_i64(&out, message->timestamp);
    bencode_write_text(&out, "z");
    bencode_write_i64(&out, message->expiry);
    if (with_data) {
        bencode_write_text(&out, "~");
        bencode_write_string(&out, packet_bytes(&message->data));
    }
    buffer_append_literal(&out, "e");
    return packet_of_buffer(&out);
}

void
monitor_tell(ServiceNode *node, Time now, const StoreMessage *message)
{
    const Monitors *m = node->monitors;
    Packet told[2] = { PACKET_EMPTY, PACKET_EMPTY }; /* without data, with */

    if (m == NULL)
        return;
    for (uint32_t i = lower_bound(m, message->account, 0); is_of(m, i, message->account);
         i++) {
        const Subscription *entry = &m->entries[i];
        Packet *form = &told[entry->want_data], packet;

        if (entry->until < now || !watches(entry, message->name_space))
            continue;
        if (form->blob == NULL)
            *form = notification(message, entry->want_data);
        packet = packet_share(form);
        meter_add(node->port->meter, METER_WRITE, packet.length);
        port_send(node->port, entry->connection, KIND_NOTIFY, 0, 0, NULL, &packet);
    }
    packet_clear(&told[0]);
    packet_clear(&told[1]);
}
