/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Wrapping in parts, for the two ways to do it: at once (wrap.c) and as a job (later.c). */
#pragma once

#include "nodes/onion/onion.h"

/* What is fixed while one request is built. */
typedef struct Wrapping {
    const Crypto *crypto;
    EncType enc;
    const OnionHop *hops;
    size_t n_hops;
    const OnionDestination *destination;
    const OnionRandom *random;
    Bytes server; /* the server's members of the routing JSON; empty for a service node */
} Wrapping;

/* Append ,"host":...,"method":"POST","port":...,"protocol":...,"target":... */
void onion_append_server_members(const OnionDestination *server, Buffer *out);
/* Size of the guard's request body. */
size_t onion_wrapped_bytes(const Wrapping *w, Bytes payload);
/* Bytes that layer @i seals (0 is the destination's), and bytes of the JSON around it. */
size_t onion_plain_bytes(const Wrapping *w, Bytes payload, size_t i);
size_t onion_json_bytes(const Wrapping *w, size_t i);
/* The text that marks the destination has so many bytes. */
extern const size_t onion_headers_bytes;
/* Write the container of layer @last (of the guard's: n_hops) at @start.  ST_AUTH: a bad
 * key. */
Status onion_wrap_layers(const Wrapping *w, Bytes payload, size_t last, uint8_t *start,
                         ChannelKey *ret_reply) WARN_UNUSED;
/* The reply's key alone. */
Status onion_wrap_reply_key(const Wrapping *w, ChannelKey *ret_reply) WARN_UNUSED;
/* Count the work of a wrap that is done elsewhere, as if it were done here. */
void onion_wrap_meter(const Wrapping *w, Bytes payload, Meter *meter);
