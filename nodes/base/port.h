/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The port: all that an actor (service node, client, outside server, chain) can ask of the
 * world, and all that the world tells it.  The simulator, the socket program and the unit
 * test are three hosts of the same actors.
 *
 * Rules.  Time is an argument.  A host never calls an actor from inside a port function.  A
 * request has exactly one outcome.  An actor keeps nothing it was lent after the call ends,
 * unless it took or shared a packet. */
#pragma once

#include "nodes/base/meter.h"
#include "nodes/base/packet.h"
#include "nodes/base/store.h"
#include "nodes/base/time.h"

/* An IPv4 address and port: ip << 16 | port.  0 is nobody. */
typedef uint64_t Address;

static inline Address
address_of(uint32_t ip, uint16_t port)
{
    return (Address)ip << 16 | port;
}

static inline uint32_t
address_ip(Address a)
{
    return (uint32_t)(a >> 16);
}

/* Chosen by the requester, who gets it back with the outcome.  Unique among the open
 * requests of one actor. */
typedef uint64_t RequestId;
/* The host's name for an incoming request that wants a reply; 0 when it wants none. */
typedef uint64_t ReplyToken;

/* What a message is, by the endpoint it goes to.  (protocol 3.1, 4.1, 2.4, 6.1) */
typedef enum MessageKind {
    KIND_STORAGE_RPC,  /* HTTPS POST /storage_rpc/v1 */
    KIND_ONION,        /* HTTPS POST /onion_req/v2 (client to guard) */
    KIND_PING_HTTPS,   /* HTTPS POST /ping_test/v1 */
    KIND_PING_OMQ,     /* sn.ping */
    KIND_ONION_HOP,    /* sn.onion_request */
    KIND_STORAGE_CC,   /* sn.storage_cc: a client's request forwarded within the swarm */
    KIND_DATA,         /* sn.data: messages pushed to a member */
    KIND_SEED_RPC,     /* POST /json_rpc at a seed node */
    KIND_SERVER,       /* POST to a server beyond the onion */
    KIND_BLOCK,        /* one way: the chain tells a node of a new block (notify.block) */
    KIND_UPTIME_PROOF, /* one way: a node's proof to the chain */
    KIND_VOTE,         /* one way: a quorum member's vote to the chain */
    KIND_TELL,         /* one way: the host's own commands to an actor (workload) */
    KIND_STORAGE_OMQ,  /* storage.<method>: a client's request over OxenMQ */
    KIND_MONITOR,      /* monitor.messages: a client subscribes to new messages */
    KIND_NOTIFY,       /* one way, on a subscriber's connection: notify.message */
    KIND_ANTI_ENTROPY, /* sn.anti_entropy: members compare what they hold (no real
                        * network's)
                        */
    KIND_WEB,          /* HTTPS GET of a web server, past the onion */
    KIND_COUNT
} MessageKind;

const char *message_kind_name(MessageKind kind);

/* How a request ended.  ANSWER carries a status and a body, whatever the status. */
typedef enum Outcome {
    OUTCOME_ANSWER,
    OUTCOME_REFUSED, /* no connection: closed port, or the peer's key is not the expected */
    OUTCOME_RESET,   /* the peer's process died with the request open */
    OUTCOME_TIMEOUT,
    OUTCOME_NO_HOST, /* nobody has the name that the request went to (PortOps.post) */
    OUTCOME_COUNT
} Outcome;

const char *outcome_name(Outcome outcome);

/* What randomness is for: each purpose is a stream of its own, so that one more draw here
 * moves nothing there. */
typedef enum Purpose {
    RANDOM_KEY,   /* ephemeral keys */
    RANDOM_NONCE, /* nonces of onion layers and replies */
    RANDOM_PATH,  /* guards, hops, nodes to ask */
    RANDOM_POLL,  /* which swarm node to poll, jitter of polls */
    RANDOM_SEND,  /* which swarm node to store at, retry times */
    RANDOM_TEST,  /* reachability tests */
    RANDOM_TIMER, /* phases of periodic work */
    RANDOM_GROUP, /* closed groups: their keys, and which node to ask for their messages */
    RANDOM_CHAIN, /* block hashes and times */
    RANDOM_NETWORK, /* the host's own: jitter and loss on the way from the actor */
    RANDOM_REPAIR,  /* anti-entropy */
    RANDOM_COST,    /* the host's own: what processing takes (network.cost_law) */
    RANDOM_PURPOSES
} Purpose;

/* Facts that protocol code states for whoever measures.  a and b are as given here. */
typedef enum NoteKind {
    NOTE_SEALED,  /* client: message a (logical id) sealed for attempt b; text = hash */
    NOTE_ATTEMPT, /* client: message a, attempt b, goes out */
    NOTE_ATTEMPT_FAILED, /* client: message a; b = SendFailure (clients/session/session.h)
                          */
    NOTE_ACCEPTED,       /* client: message a was acknowledged (200) on attempt b */
    NOTE_GIVEN_UP,       /* client: message a will not be tried again; b = SendFailure */
    NOTE_OPENED,         /* client: a stored message came in and opened; text = hash;
                          * a = 1 when the application had it already (a duplicate) */
    NOTE_UNREADABLE,  /* client: a stored message came in and did not open; a = 1: it opens,
                       * and its writer is no member of the group; text = hash */
    NOTE_POLL,        /* client: a poll ended; a = messages, b = status (0: no answer) */
    NOTE_PATHS_BUILT, /* client: a = paths that stand now */
    NOTE_POOL,        /* client: a = nodes in the pool now, b = 1 when asked of a seed */
    NOTE_REQUEST,     /* node: one storage request done; a = RpcMethod, b = status */
    NOTE_ONION,       /* node: one onion layer handled; a = OnionKind, b = status */
    NOTE_PUSH,        /* node: a push leaves; a = messages, b = bytes */
    NOTE_PUSHED,      /* node: a push came in; a = messages, b = new ones */
    NOTE_REPLICA,     /* node: a forwarded store ended; a = 1 when the peer has it */
    NOTE_SWARM,       /* node: it is in swarm a now (UINT64_MAX: in none) */
    NOTE_TESTED,      /* node: a reachability test ended; a = 1 when passed */
    NOTE_CHAIN, /* chain: a = ChainEvent (nodes/registry/registry.h), b = node index */
    NOTE_ANTI_ENTROPY, /* node: a message of anti-entropy leaves; a = bytes of digests and
                        * ids, b = bytes of messages */
    NOTE_RECONCILED,   /* node: messages came by it; a = messages, b = new ones */
    NOTE_WRITTEN,   /* client: it writes message a by itself (a receipt, a notice ...); b =
                     * SessionKind (clients/session/session.h), text = account it goes to */
    NOTE_POINTER,   /* client: a message opened that tells of a file, which it fetches now;
                     * text = hash.  NOTE_OPENED follows when it has it, byte for byte; or: */
    NOTE_FILE_LOST, /* client: it will not have that file; a = FileLoss, text = hash */
    /* From here on not in the trace hash, whose messages tell it too: */
    NOTE_RETRY, /* node: a failed replica is tried again; a = messages, b = bytes */
    NOTE_RELAY, /* node: of the pushes noted, this one is no repair but the replication of
                 * stores after their answer; a = messages, b = bytes */
    NOTE_AGAIN, /* client: a stored message came in that it had by this hash; text = hash */
    NOTE_CONTENT, /* client: b = digest of the content of a message that it sealed (a = 0)
                   * or opened (a = 1); text = hash */
    NOTE_BYTES,   /* client: b bytes go out or came in for a message of SessionKind a */
    NOTE_TEXT, /* client: a text that no synthetic person wrote came in, sent at a (UnixMs);
                * text = its author (an account, or an id in a room), the mailbox (zeros:
                * one's own; else a closed group or a room), and what it says */
    NOTE_POLLED, /* client: a node answered a poll a ns after it began */
    NOTE_GROUP,  /* client: its part in a closed group is b (GroupChange) now; a = `message`
                  * of the order that made it so, 0: another's; text = the group's account */
    NOTE_MAILBOX, /* client: a poll of a mailbox that is not its account's ended; a =
                   * messages, b = status; text = the account of a closed group, or name of
                   * a room */
    NOTE_FILE, /* client: the file of such a message, sent at a, is there, verified; b = 0;
                * or 1 + FileLoss: it will not be.  text = author and mailbox, a byte each
                * for its kind (SessionKind) and the length of its name, the name, and the
                * file's bytes.  NOTE_POINTER came before */
    NOTE_KINDS
} NoteKind;

static inline bool
note_is_traced(NoteKind kind)
{
    return kind < NOTE_RETRY;
}

const char *note_kind_name(NoteKind kind);

typedef struct Note {
    NoteKind kind;
    uint64_t a, b;
    Bytes text; /* borrowed, may be empty */
} Note;

/* A server beyond the network of nodes, as the last layer of an onion request names it
 * (protocol 4.1).  Both texts come from a peer. */
typedef struct ServerUrl {
    const char *host, *target;
    uint16_t port;
    bool https;
} ServerUrl;

typedef struct Port Port;

typedef struct PortOps {
    /* Fill @out with @n bytes of the actor's stream for @purpose. */
    void (*random)(Port *port, Purpose purpose, void *out, size_t n);
    /* The actor's wall clock (skew and drift included). */
    UnixMs (*unix_ms)(Port *port);
    /* Send a request (timeout > 0: one outcome follows) or a one-way message (timeout 0).
     * The packet is taken.  @peer_key: the X25519 key the peer must prove on connecting, or
     * NULL where anybody will do (clients do not check certificates). */
    void (*send)(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
                 const uint8_t *peer_key, Packet *packet);
    /* Answer an incoming request once; the packet is taken.  Unknown or outdated tokens are
     * dropped.  @status as in HTTP. */
    void (*reply)(Port *port, ReplyToken token, int status, Packet *packet);
    /* Move the actor's one alarm; TIME_NEVER takes it away. */
    void (*alarm)(Port *port, Time at);
    void (*note)(Port *port, const Note *note);
    /* The IPv4 address of a host beyond the network of nodes, by its name; 0: nobody has
     * this name.  NULL: the host knows no names. */
    uint32_t (*lookup)(Port *port, const char *name);
    /* POST to a server beyond the network, which the host finds itself: a request of
     * KIND_SERVER, else as by send.  NULL: what `lookup` knows is all that there is. */
    void (*post)(Port *port, const ServerUrl *url, RequestId id, Duration timeout,
                 Packet *packet);
} PortOps;

struct Port {
    const PortOps *ops;
    Meter *meter; /* never NULL */
    Store *store; /* the actor's store; NULL for actors without one */
};

static inline void
port_random(Port *port, Purpose purpose, void *out, size_t n)
{
    port->ops->random(port, purpose, out, n);
}

/* A uniform number in 0..n-1 without bias (n > 0), from as many draws as it takes. */
uint32_t port_random_below(Port *port, Purpose purpose, uint32_t n);

/* An exponential duration of this mean (to a 65,536th of it), out of nothing but
 * comparisons (von Neumann 1951): the same on every machine. */
Duration port_random_exponential(Port *port, Purpose purpose, Duration mean);

static inline UnixMs
port_unix_ms(Port *port)
{
    return port->ops->unix_ms(port);
}

static inline void
port_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
          const uint8_t *peer_key, Packet *packet)
{
    port->ops->send(port, to, kind, id, timeout, peer_key, packet);
}

static inline void
port_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    port->ops->reply(port, token, status, packet);
}

/* Answer with a text. */
void port_reply_text(Port *port, ReplyToken token, int status, const char *text);

static inline void
port_alarm(Port *port, Time at)
{
    port->ops->alarm(port, at);
}

static inline void
port_note(Port *port, NoteKind kind, uint64_t a, uint64_t b, Bytes text)
{
    Note note = { kind, a, b, text };

    port->ops->note(port, &note);
}

static inline uint32_t
port_lookup(Port *port, const char *name)
{
    return port->ops->lookup == NULL ? 0 : port->ops->lookup(port, name);
}

/* An incoming message. */
typedef struct Incoming {
    Address from; /* of a KIND_MONITOR: the sender's connection; what is sent to this
                   * address as KIND_NOTIFY goes back on it, or is lost with it */
    const uint8_t *peer_key; /* X25519 key the sender proved on connecting; NULL: none */
    MessageKind kind;
    ReplyToken token; /* 0: wants no reply */
    Packet *packet;   /* the actor may take it, or change it in place when unique */
} Incoming;

/* What an actor does; `self` is its state.  Every function may use the port. */
typedef struct ActorOps {
    const char *name;
    /* The incarnation begins: identity and store are as they were left, nothing else is. */
    void (*start)(void *self, Time now);
    void (*receive)(void *self, Time now, const Incoming *in);
    /* A request of this incarnation ended.  @status and @packet (may be taken) count only
     * with OUTCOME_ANSWER. */
    void (*outcome)(void *self, Time now, RequestId id, Outcome outcome, int status,
                    Packet *packet);
    /* The alarm rang; it is not set any more. */
    void (*expire)(void *self, Time now);
    /* The incarnation ends (crash or stop): free what it holds, keep identity. No effects.
     */
    void (*stop)(void *self);
    void (*free)(void *self);
    /* An input comes soon: fetch into the cache what it will touch beyond the first
     * @hot_bytes of @self, which have been fetched.  Changes nothing.  May be NULL. */
    void (*warm)(const void *self);
    /* What hosts fetch of @self before an input; of none its first line. */
    uint32_t hot_bytes;
} ActorOps;
