/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/transcript.h"

#include "nodes/live/faults.h"

enum {
    SHOWN_TEXT_MAX = 24,  /* longer strings are keys, signatures, hashes, ciphertext */
    SHOWN_DIGITS_MAX = 9, /* longer numbers are times */
    BODY_MAX = 4000
};

typedef struct Exchange {
    uint32_t ip;
    MessageKind kind;
} Exchange;

/* --- masking ------------------------------------------------------------------------- */

static bool
is_text(Bytes body)
{
    for (size_t i = 0; i < body.n; i++)
        if (body.p[i] < ' ' || body.p[i] > '~')
            return false;
    return true;
}

/* From @from on: how many bytes up to the string's end; escapes count as they stand. */
static size_t
string_length(Bytes body, size_t from)
{
    size_t i = from;

    while (i < body.n && body.p[i] != '"')
        i += body.p[i] == '\\' && i + 1 < body.n ? 2 : 1;
    return i - from;
}

static size_t
digits(Bytes body, size_t from)
{
    size_t n = 0;

    while (from + n < body.n && g_ascii_isdigit(body.p[from + n]))
        n++;
    return n;
}

static void
append_masked(Buffer *out, Bytes part, size_t shown_max)
{
    if (part.n <= shown_max) {
        buffer_append(out, part.p, part.n);
        return;
    }
    buffer_append_literal(out, "*");
    buffer_append_u64_decimal(out, part.n);
}

static void
mask_json(Bytes body, Buffer *out)
{
    for (size_t i = 0; i < body.n;) {
        size_t n = digits(body, i);

        if (body.p[i] == '"') {
            n = string_length(body, i + 1);
            buffer_append_literal(out, "\"");
            append_masked(out, (Bytes){ body.p + i + 1, n }, SHOWN_TEXT_MAX);
            buffer_append_literal(out, "\"");
            i += n + 2;
        } else if (n > 0) {
            append_masked(out, (Bytes){ body.p + i, n }, SHOWN_DIGITS_MAX);
            i += n;
        } else {
            buffer_append(out, body.p + i++, 1);
        }
    }
}

void
transcript_mask(Bytes body, Buffer *out)
{
    if (!is_text(body) || body.n > BODY_MAX) {
        buffer_append_u64_decimal(out, body.n);
        buffer_append_literal(out, " bytes");
    } else if (body.n > 0 && (body.p[0] == '{' || body.p[0] == '[')) {
        mask_json(body, out);
    } else if (memchr(body.p, ' ', body.n) != NULL) {
        buffer_append(out, body.p, body.n); /* what went wrong, in words */
    } else {
        append_masked(out, body, SHOWN_TEXT_MAX);
    }
}

/* --- lines --------------------------------------------------------------------------- */

static bool
is_of_interest(MessageKind kind)
{
    switch (kind) {
    case KIND_BLOCK:
    case KIND_UPTIME_PROOF:
    case KIND_VOTE:
    case KIND_PING_HTTPS:
    case KIND_PING_OMQ:
    case KIND_SEED_RPC:
    case KIND_TELL:
    case KIND_WEB:
    case KIND_COUNT:
        return false;
    case KIND_STORAGE_RPC:
    case KIND_ONION:
    case KIND_ONION_HOP:
    case KIND_STORAGE_CC:
    case KIND_DATA:
    case KIND_SERVER:
    case KIND_STORAGE_OMQ:
    case KIND_MONITOR:
    case KIND_NOTIFY:
    case KIND_ANTI_ENTROPY:
        break;
    }
    return true;
}

/* "< IP KIND" and @words (taken), and the body. */
static void
write_line(Transcript *t, const char *mark, const Exchange *exchange, char *words,
           const Packet *packet)
{
    g_autofree char *ip = live_ip_text(exchange->ip);
    Buffer line = BUFFER_EMPTY;

    buffer_append_text(&line, mark);
    buffer_append_literal(&line, " ");
    buffer_append_text(&line, ip);
    buffer_append_literal(&line, " ");
    buffer_append_text(&line, message_kind_name(exchange->kind));
    buffer_append_text(&line, words);
    buffer_append_literal(&line, " ");
    transcript_mask(packet_bytes(packet), &line);
    buffer_append(&line, "", 1);
    t->write(t->context, (const char *)line.p);
    buffer_clear(&line);
    g_free(words);
}

static void
remember(GHashTable *table, uint64_t name, Address who, MessageKind kind)
{
    gint64 *key = g_new(gint64, 1);
    Exchange *exchange = g_new(Exchange, 1);

    *key = (gint64)name;
    *exchange = (Exchange){ address_ip(who), kind };
    g_hash_table_replace(table, key, exchange);
}

/* Those there; false: of no interest. */
static bool
recall(GHashTable *table, uint64_t name, Exchange *ret)
{
    gint64 key = (gint64)name;
    const Exchange *found = g_hash_table_lookup(table, &key);

    if (found == NULL)
        return false;
    *ret = *found;
    g_hash_table_remove(table, &key);
    return true;
}

/* --- the port ------------------------------------------------------------------------ */

static Transcript *
of(Port *port)
{
    return (Transcript *)wrapped_port_of(port);
}

static void
transcript_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
                const uint8_t *peer_key, Packet *packet)
{
    Transcript *t = of(port);

    if (is_of_interest(kind)) {
        write_line(t, "->", &(Exchange){ address_ip(to), kind }, g_strdup(""), packet);
        if (timeout > 0)
            remember(t->asked, id, to, kind);
    }
    wrapped_send(port, to, kind, id, timeout, peer_key, packet);
}

/* (Its address is not known here unless the name is one.) */
static void
transcript_post(Port *port, const ServerUrl *url, RequestId id, Duration timeout,
                Packet *packet)
{
    Transcript *t = of(port);
    Address to = address_of(live_ip_parse(url->host), url->port);

    write_line(t, "->", &(Exchange){ address_ip(to), KIND_SERVER }, g_strdup(""), packet);
    remember(t->asked, id, to, KIND_SERVER);
    wrapped_post(port, url, id, timeout, packet);
}

static void
transcript_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    Transcript *t = of(port);
    Exchange exchange;

    if (recall(t->heard, token, &exchange))
        write_line(t, ">", &exchange, g_strdup_printf(" %d", status), packet);
    wrapped_reply(port, token, status, packet);
}

static const PortOps port_ops = { .random = wrapped_random,
                                  .unix_ms = wrapped_unix_ms,
                                  .send = transcript_send,
                                  .reply = transcript_reply,
                                  .alarm = wrapped_alarm,
                                  .note = wrapped_note,
                                  .lookup = wrapped_lookup,
                                  .post = transcript_post };

/* --- the actor ----------------------------------------------------------------------- */

static void
transcript_receive(void *self, Time now, const Incoming *in)
{
    Transcript *t = self;

    if (is_of_interest(in->kind)) {
        write_line(t, "<", &(Exchange){ address_ip(in->from), in->kind }, g_strdup(""),
                   in->packet);
        if (in->token != 0)
            remember(t->heard, in->token, in->from, in->kind);
    }
    wrapped_receive(self, now, in);
}

static void
transcript_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                   Packet *packet)
{
    Transcript *t = self;
    Exchange exchange;

    if (recall(t->asked, id, &exchange))
        write_line(t, "<-", &exchange,
                   g_strdup_printf(" %s %d", outcome_name(outcome),
                                   outcome == OUTCOME_ANSWER ? status : 0),
                   packet);
    wrapped_outcome(self, now, id, outcome, status, packet);
}

static void
transcript_stop(void *self)
{
    Transcript *t = self;

    wrapped_stop(self);
    g_hash_table_remove_all(t->asked);
    g_hash_table_remove_all(t->heard);
}

static void
transcript_free(void *self)
{
    Transcript *t = self;

    wrapped_free(self);
    g_hash_table_unref(t->asked);
    g_hash_table_unref(t->heard);
}

const ActorOps transcript_ops = { .name = "transcript",
                                  .start = wrapped_start,
                                  .receive = transcript_receive,
                                  .outcome = transcript_outcome,
                                  .expire = wrapped_expire,
                                  .stop = transcript_stop,
                                  .free = transcript_free,
                                  .warm = wrapped_warm };

void
transcript_init(Transcript *t, Port *inner, void (*write)(void *context, const char *line),
                void *context)
{
    *t = (Transcript){ .write = write, .context = context };
    t->ops = port_ops;
    if (inner->ops->post == NULL)
        t->ops.post = NULL;
    wrapped_port_init(&t->wrapped, &t->ops, inner);
    t->asked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    t->heard = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
}
