/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an actor hears and says, written down link by link: a port that wraps a port and an
 * actor that wraps an actor, for any host.  Times, keys, signatures and ciphertext are
 * masked by their lengths, so that two runs of one script can be compared:
 *
 *     < IP KIND BODY                 a request comes in
 *     > IP KIND STATUS BODY          and is answered
 *     -> IP KIND BODY                a request goes out
 *     <- IP KIND OUTCOME STATUS BODY and ends
 *
 * What goes by the clock and not by anybody's request (blocks, proofs, votes, reachability
 * tests) is left out. */
#pragma once

#include <glib.h>

#include "nodes/base/wrapped.h"

typedef struct Transcript {
    WrappedPort wrapped;
    PortOps ops;
    void (*write)(void *context, const char *line);
    void *context;
    GHashTable *asked; /* RequestId to Exchange */
    GHashTable *heard; /* ReplyToken to Exchange */
} Transcript;

/* On caller memory, which must outlive the actor; everything is borrowed.  The store of
 * @inner is the actor's.  The actor is made with &transcript->wrapped.port, and then given
 * with wrapped_bind. */
void transcript_init(Transcript *transcript, Port *inner,
                     void (*write)(void *context, const char *line), void *context);
/* To be bound with a Transcript as self; free frees the inner actor. */
extern const ActorOps transcript_ops;

/* @body as it stands in a transcript, appended: JSON and plain text with what is long in
 * them masked, anything else by its length. */
void transcript_mask(Bytes body, Buffer *out);
