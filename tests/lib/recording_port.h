/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A port that records what an actor asks for, and plays a host just enough to drive one
 * actor in a unit test: its clock stands still until the test moves it, its randomness is
 * the same in every run. */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"

typedef struct SentMessage {
    Time at;
    Address to;
    MessageKind kind;
    RequestId id;
    Duration timeout; /* 0: one way */
    bool has_peer_key;
    uint8_t peer_key[32];
    Packet packet;
} SentMessage;

typedef struct GivenReply {
    Time at;
    ReplyToken token;
    int status;
    Packet packet;
} GivenReply;

typedef struct TakenNote {
    Time at;
    NoteKind kind;
    uint64_t a, b;
    GByteArray *text;
} TakenNote;

typedef struct RecordingPort {
    Port port; /* give &recording->port to the actor */
    Meter meter;
    GArray *sent;    /* SentMessage, in order */
    GArray *replies; /* GivenReply */
    GArray *notes;   /* TakenNote */
    Time alarm;      /* TIME_NEVER when not set */
    Time now;        /* set by recording_port_run and the functions below */
    UnixMs epoch_ms; /* the wall clock at time 0; change it at will (skew) */
    uint64_t random[RANDOM_PURPOSES]; /* state of the streams */
} RecordingPort;

RecordingPort *recording_port_new(uint64_t seed, UnixMs epoch_ms);
void recording_port_free(RecordingPort *recording);
/* Forget what was recorded; alarm, clock and randomness go on. */
void recording_port_forget(RecordingPort *recording);

static inline const SentMessage *
recording_sent(const RecordingPort *recording, guint i)
{
    return &g_array_index(recording->sent, SentMessage, i);
}

static inline const GivenReply *
recording_reply(const RecordingPort *recording, guint i)
{
    return &g_array_index(recording->replies, GivenReply, i);
}

static inline const TakenNote *
recording_note(const RecordingPort *recording, guint i)
{
    return &g_array_index(recording->notes, TakenNote, i);
}

/* How many messages of this kind were sent; notes of this kind (with this `a`) taken. */
guint recording_count_sent(const RecordingPort *recording, MessageKind kind);
guint recording_count_notes(const RecordingPort *recording, NoteKind kind);
guint recording_count_notes_of(const RecordingPort *recording, NoteKind kind, uint64_t a);

/* Ring the actor's alarms up to and including @until, then stand there. */
void recording_port_run(RecordingPort *recording, const ActorOps *ops, void *actor,
                        Time until);
/* Let a message come in now.  The packet is taken; @peer_key may be NULL. */
void recording_port_deliver(RecordingPort *recording, const ActorOps *ops, void *actor,
                            Address from, const uint8_t *peer_key, MessageKind kind,
                            ReplyToken token, Packet *packet);
/* End a request now.  The packet is taken; NULL where there is none. */
void recording_port_end(RecordingPort *recording, const ActorOps *ops, void *actor,
                        RequestId id, Outcome outcome, int status, Packet *packet);
