/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/recording_port.h"

static RecordingPort *
of(Port *port)
{
    return (RecordingPort *)(void *)port; /* its first member */
}

/* SplitMix64. */
static uint64_t
next_word(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void
record_random(Port *port, Purpose purpose, void *out, size_t n)
{
    uint8_t *p = out;

    g_assert_cmpuint(purpose, <, RANDOM_PURPOSES);
    while (n > 0) {
        uint64_t word = next_word(&of(port)->random[purpose]);

        for (int i = 0; i < 8 && n > 0; i++, n--, word >>= 8)
            *p++ = (uint8_t)word;
    }
}

static UnixMs
record_unix_ms(Port *port)
{
    return of(port)->epoch_ms + of(port)->now / MILLISECOND;
}

static void
record_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
            const uint8_t *peer_key, Packet *packet)
{
    SentMessage sent = { .at = of(port)->now,
                         .to = to,
                         .kind = kind,
                         .id = id,
                         .timeout = timeout,
                         .has_peer_key = peer_key != NULL,
                         .packet = packet_steal(packet) };

    if (peer_key != NULL)
        memcpy(sent.peer_key, peer_key, sizeof sent.peer_key);
    g_array_append_val(of(port)->sent, sent);
}

static void
record_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    GivenReply reply = { of(port)->now, token, status, packet_steal(packet) };

    g_array_append_val(of(port)->replies, reply);
}

static void
record_alarm(Port *port, Time at)
{
    of(port)->alarm = at;
}

static void
record_note(Port *port, const Note *note)
{
    TakenNote taken = { of(port)->now, note->kind, note->a, note->b, g_byte_array_new() };

    if (note->text.n > 0)
        g_byte_array_append(taken.text, note->text.p, (guint)note->text.n);
    g_array_append_val(of(port)->notes, taken);
}

static uint32_t
record_lookup(Port *port, const char *name)
{
    (void)port;
    (void)name;
    return 0;
}

static const PortOps recording_ops = {
    .random = record_random,
    .unix_ms = record_unix_ms,
    .send = record_send,
    .reply = record_reply,
    .alarm = record_alarm,
    .note = record_note,
    .lookup = record_lookup,
};

static void
clear_sent(gpointer item)
{
    packet_clear(&((SentMessage *)item)->packet);
}

static void
clear_reply(gpointer item)
{
    packet_clear(&((GivenReply *)item)->packet);
}

static void
clear_note(gpointer item)
{
    g_byte_array_unref(((TakenNote *)item)->text);
}

static GArray *
array_of(guint item_bytes, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, FALSE, item_bytes);

    g_array_set_clear_func(array, clear);
    return array;
}

RecordingPort *
recording_port_new(uint64_t seed, UnixMs epoch_ms)
{
    RecordingPort *recording = g_new0(RecordingPort, 1);

    recording->port = (Port){ .ops = &recording_ops, .meter = &recording->meter };
    recording->sent = array_of(sizeof(SentMessage), clear_sent);
    recording->replies = array_of(sizeof(GivenReply), clear_reply);
    recording->notes = array_of(sizeof(TakenNote), clear_note);
    recording->alarm = TIME_NEVER;
    recording->epoch_ms = epoch_ms;
    for (int i = 0; i < RANDOM_PURPOSES; i++)
        recording->random[i] = next_word(&seed);
    return recording;
}

void
recording_port_free(RecordingPort *recording)
{
    g_array_unref(recording->sent);
    g_array_unref(recording->replies);
    g_array_unref(recording->notes);
    g_free(recording);
}

void
recording_port_forget(RecordingPort *recording)
{
    g_array_set_size(recording->sent, 0);
    g_array_set_size(recording->replies, 0);
    g_array_set_size(recording->notes, 0);
}

guint
recording_count_sent(const RecordingPort *recording, MessageKind kind)
{
    guint n = 0;

    for (guint i = 0; i < recording->sent->len; i++)
        n += recording_sent(recording, i)->kind == kind;
    return n;
}

guint
recording_count_notes(const RecordingPort *recording, NoteKind kind)
{
    guint n = 0;

    for (guint i = 0; i < recording->notes->len; i++)
        n += recording_note(recording, i)->kind == kind;
    return n;
}

guint
recording_count_notes_of(const RecordingPort *recording, NoteKind kind, uint64_t a)
{
    guint n = 0;

    for (guint i = 0; i < recording->notes->len; i++)
        n += recording_note(recording, i)->kind == kind &&
             recording_note(recording, i)->a == a;
    return n;
}

void
recording_port_run(RecordingPort *recording, const ActorOps *ops, void *actor, Time until)
{
    while (recording->alarm <= until && recording->alarm != TIME_NEVER) {
        recording->now = MAX(recording->now, recording->alarm);
        recording->alarm = TIME_NEVER;
        ops->expire(actor, recording->now);
    }
    recording->now = MAX(recording->now, until);
}

void
recording_port_deliver(RecordingPort *recording, const ActorOps *ops, void *actor,
                       Address from, const uint8_t *peer_key, MessageKind kind,
                       ReplyToken token, Packet *packet)
{
    Incoming in = { from, peer_key, kind, token, packet };

    ops->receive(actor, recording->now, &in);
    packet_clear(packet);
}

void
recording_port_end(RecordingPort *recording, const ActorOps *ops, void *actor, RequestId id,
                   Outcome outcome, int status, Packet *packet)
{
    Packet none = PACKET_EMPTY;

    if (packet == NULL)
        packet = &none;
    ops->outcome(actor, recording->now, id, outcome, status, packet);
    packet_clear(packet);
}
