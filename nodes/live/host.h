/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The port of one actor in the real world: wall clock, the system's luck, an alarm in
 * GLib's main loop.  How messages travel is for whoever made the host. */
#pragma once

#include <glib.h>

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"

typedef struct LiveHost LiveHost;

/* What the actor sends (as PortOps.send; the packet is taken); it must not call the actor
 * before it has returned. */
typedef void (*LiveSend)(void *context, Address to, MessageKind kind, RequestId id,
                         Duration timeout, const uint8_t *peer_key, Packet *packet);
/* The same as PortOps.post. */
typedef void (*LivePost)(void *context, const ServerUrl *url, RequestId id,
                         Duration timeout, Packet *packet);
/* What the actor answers to a message, at most once, also during live_host_deliver; the
 * packet is taken. */
typedef void (*LiveAnswer)(void *context, int status, Packet *packet);

/* @store may be NULL; all are borrowed. */
LiveHost *live_host_new(Store *store, LiveSend send, void *context);
void live_host_free(LiveHost *host); /* stops and frees the actor; takes NULL */

Port *live_host_port(LiveHost *host);
const Crypto *live_host_crypto(const LiveHost *host); /* real */
/* What the actor posts to servers by their names goes to @post, with the context of what it
 * sends; without, it must not. */
void live_host_set_post(LiveHost *host, LivePost post);
/* Tell @watch of every note. */
void live_host_watch(LiveHost *host, void (*watch)(void *context, const Note *note),
                     void *context);
/* The wall clock is so much off from now on. */
void live_host_set_skew(LiveHost *host, UnixMs skew);

/* Owned from now on; its incarnation begins. */
void live_host_start(LiveHost *host, const ActorOps *ops, void *actor);

/* Hand a message over.  @answer NULL: it wants no reply.  @packet may be changed or taken.
 * *@ret_token (may be NULL) is set before the actor sees it. */
void live_host_deliver(LiveHost *host, Address from, const uint8_t *peer_key,
                       MessageKind kind, Packet *packet, LiveAnswer answer, void *context,
                       ReplyToken *ret_token);
/* Whoever asked is gone: no answer will be wanted.  Unknown tokens are fine. */
void live_host_forget(LiveHost *host, ReplyToken token);
/* A request of the actor ended. */
void live_host_outcome(LiveHost *host, RequestId id, Outcome outcome, int status,
                       Packet *packet);
