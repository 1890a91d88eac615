/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests, version 2 (protocol 4.1 to 4.4): wrapping by the client, peeling by each
 * node, the answer on the way back.  Container: u32 LE length, ciphertext, JSON to the end.
 * Everything in place where the packet allows it: a relay's inner request is a slice of the
 * packet it came in. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/crypto/crypto.h"

enum {
    ONION_HOPS_MAX = 15,                  /* hop_no above this: 400 */
    ONION_REQUEST_MAX = 10 * 1024 * 1024, /* bytes of a request, a guard's or a relay's */
    ONION_STATUS_MAX = 999                /* of an answer */
};

/* A node on the way, guard first. */
typedef struct OnionHop {
    const uint8_t *ed25519, *x25519; /* KEY_BYTES each, borrowed */
} OnionHop;

typedef struct OnionDestination {
    bool is_server;
    const uint8_t *ed25519; /* service node: its identity */
    const uint8_t *x25519;  /* key of the node or of the server */
    /* Server only, text: */
    const char *host, *target, *protocol; /* protocol NULL: left out (https) */
    uint16_t port;                        /* 0: left out */
} OnionDestination;

/* Random bytes for one request: layer 0 is the destination's, then the last hop's ... the
 * guard's. */
typedef struct OnionRandom {
    uint8_t key[ONION_HOPS_MAX + 1][KEY_BYTES];
    uint8_t nonce[ONION_HOPS_MAX + 1][CHANNEL_NONCE_MAX];
} OnionRandom;

/* Build the guard's request body.  The payload stands for the destination's innermost body;
 * for a service node it is wrapped in a container with {"headers":""}.  With 0 hops the
 * guard is the destination.  @ret_reply opens the answer.  ST_RANGE: more than
 * ONION_HOPS_MAX hops, or 0 to a server; ST_TOO_LARGE; ST_AUTH: a key of small order. */
Status onion_wrap(const Crypto *crypto, EncType enc, const OnionHop *hops, size_t n_hops,
                  const OnionDestination *destination, Bytes payload,
                  const OnionRandom *random, Packet *ret_request,
                  ChannelKey *ret_reply) WARN_UNUSED;

/* What is outside the ciphertext of one layer. */
typedef struct OnionEnvelope {
    EncType enc;
    uint8_t ephemeral_pk[KEY_BYTES]; /* zero where the packet's bytes do not exist yet */
    /* How many relays had it.  0 when absent (a guard's) or 1 (a relay's); above
     * ONION_HOPS_MAX it is ONION_HOPS_MAX + 1, which the node refuses before peeling
     * (KIND_ONION_HOP: 400 "onion request max path length exceeded"; a guard lets it pass,
     * and the next node refuses). */
    int hop_no;
    size_t cipher_offset, cipher_length; /* within the packet */
} OnionEnvelope;

/* Read a guard's request body (container).  On failure @ret_error is the text that follows
 * "Error parsing onion request: " (static storage).  ST_TRUNCATED, ST_MALFORMED,
 * ST_TOO_LARGE. */
Status onion_parse_guard(const Packet *packet, OnionEnvelope *ret,
                         const char **ret_error) WARN_UNUSED;
/* The same as libsession-util's own parser reads it, which takes a key in base64 too.  No
 * node does: this is for looking at requests. */
Status onion_parse_library(const Packet *packet, OnionEnvelope *ret,
                           const char **ret_error) WARN_UNUSED;
/* Append the whole answer (400) to a request that onion_parse_guard refused, as a storage
 * server words it, with the lengths and names that it found: "Error parsing onion request:
 * Unexpected payload size 7, expected >= 65535".  (JSON errors are named, not placed.) */
void onion_guard_error(const Packet *packet, Buffer *out);
/* Read sn.onion_request's bencoded dict.  On failure @ret_error is the text that follows
 * "Invalid internal onion request: " (400). */
Status onion_parse_hop(const Packet *packet, OnionEnvelope *ret,
                       const char **ret_error) WARN_UNUSED;

typedef enum OnionKind {
    ONION_RELAY,    /* forward to another service node */
    ONION_FINAL,    /* for this node itself */
    ONION_SERVER,   /* post to a server */
    ONION_BAD_JSON, /* opened, but its JSON is bad: 200 with an encrypted 400 "Invalid json"
                     */
    ONION_BAD_URL,  /* opened, but the target is forbidden: encrypted 400 "Invalid url" */
    ONION_UNREADABLE, /* does not open: 400 "Invalid ciphertext" */
    ONION_KINDS
} OnionKind;

typedef struct OnionPeeled {
    OnionKind kind;
    ChannelKey key; /* of this layer; seals the reply (FINAL, BAD_JSON, BAD_URL) */
    /* RELAY */
    uint8_t next_ed25519[KEY_BYTES];
    /* FINAL */
    Packet body;             /* owned: the request text (a slice of the plaintext) */
    uint32_t control_length; /* of the JSON behind it: onion_peeled_control */
    /* How the reply is sealed, as BAD_JSON's and BAD_URL's too: */
    bool reply_json;   /* embed the body as JSON */
    bool reply_base64; /* base64 the sealed reply (the default) */
    /* SERVER */
    char host[256], target[256];
    bool https;
    uint16_t port;
    Packet server_body; /* owned: the whole decrypted plaintext */
    /* RELAY: the request for the next node, complete (bencoded, hop_no + 1), owned */
    Packet next;
} OnionPeeled;

/* Open one layer with the node's key and say what is to be done.  Takes @packet, and
 * changes it in place when its blob is unique.  @envelope: of this packet.  Always
 * succeeds: what is wrong shows in ret->kind.  @ret is to be cleared. */
void onion_peel(const Crypto *crypto, const X25519Pair *me, const OnionEnvelope *envelope,
                Packet *packet, OnionPeeled *ret);
void onion_peeled_clear(OnionPeeled *peeled);
/* FINAL: the control object's JSON text, for whoever shows it.  Valid as long as
 * peeled->body. */
Bytes onion_peeled_control(const OnionPeeled *peeled);

/* True for a target that a node may post to: "/loki/..." or "/oxen/...", ending "/lsrpc",
 * without '?'. */
bool onion_target_allowed(Bytes target);

/* Seal the destination's answer {"body":...,"status":S}: as JSON when @as_json and @body is
 * JSON, else as a string.  @nonce: CHANNEL_NONCE_MAX random bytes.  base64 of it when
 * @base64. */
Packet onion_reply_seal(const Crypto *crypto, const ChannelKey *key,
                        const uint8_t nonce[CHANNEL_NONCE_MAX], int status, Bytes body,
                        bool as_json, bool base64);

/* Open the answer at the client: base64 or raw, found out by trying base64 first.  @sealed
 * is taken, whatever the outcome.  ST_MALFORMED: too short; ST_AUTH. */
Status onion_reply_open(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                        Packet *ret_plaintext) WARN_UNUSED;
/* Read {"status" or "status_code":S,"body":...}; the body is unescaped (string) or the JSON
 * text itself, and written to @ret_body (appended).  ST_MALFORMED. */
Status onion_reply_parse(Bytes plaintext, int *ret_status, Buffer *ret_body) WARN_UNUSED;
