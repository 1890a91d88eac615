/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client core: an actor that does what a Session client does (protocol 5): keeps a pool
 * of nodes, guards and paths, polls its swarm, sends messages with retries, opens what
 * comes in.  It never relays or stores for others. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/wire/node_list.h"

/* A server beyond the onion, as clients know it. */
typedef struct SessionServer {
    const char *host; /* its name */
    uint16_t port;
    bool https;
    uint8_t x25519[KEY_BYTES];
} SessionServer;

/* Timers and thresholds of protocol 5, shared by all clients, never changed during a run.
 */
typedef struct SessionConfig {
    EncType enc;               /* aes-gcm */
    uint32_t onion_version;    /* 2; 1 is that of 2020 (4.5), with aes-gcm alone */
    int32_t storage_rpc;       /* StorageRpc (nodes/wire/message.h) */
    bool proof_of_work;        /* 2020: each store carries one */
    uint32_t pow_difficulty;   /* until a node says another */
    uint32_t hops;             /* 3 */
    uint32_t paths;            /* 2: one guard each */
    uint32_t path_subnet_bits; /* 24: no two relays of a path share so many leading bits
                                * of their address; 0: they may (all on one host) */
    bool path_guard_apart;     /* nor with its guard; no in real clients, whose guards are
                                * chosen before */
    Duration path_life;        /* paths are built anew after it; 0: only when they fail */
    Duration guard_life;       /* a guard is given up after it; 0: only when it fails */
    int32_t guard_life_law;    /* GuardLifeLaw: of guard_life, its mean */
    uint32_t guard_tests_parallel; /* 2 */
    uint32_t guard_test_rounds;    /* 6 */
    Duration guard_test_timeout;   /* 10 s */
    uint32_t path_build_tries;     /* 4, path_build_gap apart */
    Duration path_build_gap;       /* 1 s, doubling up to ... */
    Duration path_build_gap_max;   /* ... 1 s (2025: from 200 ms to 5 s) */
    bool path_bad_at_once;         /* 2020: a 503, 504, 404 or silence ends the path */
    uint32_t paths_min;            /* 2020: with fewer, all are built anew */
    uint32_t path_failures_max;    /* 3 */
    uint32_t node_failures_max;    /* 3 */
    Duration failure_life;    /* a node's failures count for so long, on disk; 0: until the
                               * pool is refreshed (2025: 48 h) */
    Duration request_timeout; /* onion request to the guard: 25 s */
    uint32_t onion_tries;     /* 4, onion_gap apart */
    Duration onion_gap;       /* 100 ms */
    uint32_t send_tries;      /* 3, send_gap apart */
    Duration send_gap;        /* 100 ms */
    uint32_t send_parallel;   /* nodes of the swarm at a time: 1; 2020: 3 */
    uint32_t store_to; /* nodes that must acknowledge a message, sent to at a time: 1 */
    uint32_t send_node_tries;       /* 2020: at each of them, n send_node_step apart */
    Duration send_node_step;        /* 500 ms */
    Duration resend_interval;       /* a message whose tries are used up is tried again this
                                     * much later; 0: at the next time online only */
    Duration poll_interval;         /* 5 s after the last one ended */
    Duration poll_jitter;           /* up to so much sooner or later; 0: on time */
    Duration cover_interval;        /* mean, between requests that only look like polls, to
                                     * any node; 0: none */
    uint32_t request_padding;       /* requests to nodes are filled up to a multiple of so
                                     * many bytes; 0: not */
    Duration poll_start_delay;      /* 4 s after coming online, and as much again at random,
                                     * so that clients that start together do not stay so */
    Duration poll_timeout;          /* 10 s */
    int32_t message_namespace;      /* messages are stored in and read from it: 0; another
                                     * multiple of ten within -120 and 120, as anybody may store
                                     * there (-10: messages of legacy groups) */
    bool poll_configs;              /* namespaces 2, 5, 3, 4 too */
    uint32_t poll_loops;            /* 1: over random nodes; 2020: 3, each over a third */
    uint32_t poll_members;          /* nodes asked in one poll, one after the other: 1 */
    uint32_t poll_failures_max;     /* 2020: in a row, then a loop's next node: 10 */
    Duration pool_first_refresh;    /* 5 min after start */
    Duration pool_refresh;          /* 1 h; 0: never */
    uint32_t pool_refresh_nodes;    /* 3 asked, intersection kept; 0: a seed is asked */
    uint32_t pool_min;              /* 8: at or below, ask a seed */
    uint32_t pool_intersection_min; /* 24 */
    Duration seed_timeout;          /* 5 s */
    uint32_t seed_tries;            /* 4, 1 s apart, doubling */
    uint32_t swarm_min;             /* 3 usable cached nodes, else get_swarm */
    uint32_t swarm_sources; /* nodes asked for it: 1; 2020: 3, and the union taken */
    int32_t swarm_lookup;   /* SwarmLookup */
    Duration message_ttl;   /* 14 d, in the store and in the outbox */
    bool sync_copies;       /* each message to one's own swarm too */
    bool read_receipts;     /* a text that came is acknowledged to who wrote it */
    bool typing_notices;    /* that one begins, and ceases, to type goes before and after */
    const SessionServer *file_server; /* for attachments (borrowed); NULL: there is none */
    bool groups_pairwise;   /* 2020: a message to a closed group goes to each member by
                             * itself; else once, to the group's own swarm */
    Duration group_poll[3]; /* between two polls of a group: where something came in the
                             * last 2 d (5 s), 7 d (60 s), or longer ago (120 s) */
    const SessionServer *open_group;  /* the server of rooms (borrowed); NULL: none */
    Duration open_group_poll;         /* 10 s after the last one ended */
    const SessionServer *push_server; /* told to wake this device (borrowed); NULL: none */
    bool other_devices;  /* there are some: copies for them have ids of their own, and they
                          * are told of closed groups */
    bool own_posts;      /* posts of one's own in rooms are shown to the application too */
    uint32_t seen_max;   /* hashes of seen messages kept, at most */
    uint32_t outbox_max; /* messages that wait, at most */
    /* Known defects (protocol 8), each named for what it does: */
    bool defect_poll_any_node;        /* 8.5: a node is polled that has to give everything,
                                       * though there is one that has not */
    bool defect_clock_of_last_answer; /* 8.11: the last node's clock counts alone */
    bool defect_retry_reseals; /* 8.12: each attempt to send makes another message of it */
    bool defect_constant_gaps; /* 8.12: between attempts neither growth nor chance */
    bool defect_blame_whole_path;         /* 8.13: each relay of a path pays for one */
    bool defect_success_forgives_nothing; /* 8.13: counters never fall */
    bool defect_named_node_alone;  /* 7, row 14: who is named as missing goes at once, and
                                    * whoever names it pays nothing */
    bool defect_rebuild_all_paths; /* 8.14: one guard lost, all chosen anew */
    bool defect_guard_test_names_account; /* 8.14: tests tell whose client this is */
    bool defect_more_ignored; /* 8.19: the rest of the mailbox comes with later polls */
} SessionConfig;

typedef enum GuardLifeLaw { GUARD_LIFE_EXPONENTIAL, GUARD_LIFE_FIXED } GuardLifeLaw;

/* How the swarm of an account is learnt (protocol 5.1, 5.3). */
typedef enum SwarmLookup {
    SWARM_ASK,    /* get_swarm at a node of the pool */
    SWARM_COMPUTE /* from the swarm ids of the node list (2025) */
} SwarmLookup;

extern const SessionConfig session_config_2024;

/* Why an attempt, or a message, failed (NOTE_ATTEMPT_FAILED, NOTE_GIVEN_UP). */
typedef enum SendFailure {
    SEND_NO_POOL,     /* no node list */
    SEND_NO_PATH,     /* no path stands or can be built */
    SEND_NO_SWARM,    /* the recipient's swarm could not be learnt */
    SEND_TIMEOUT,     /* no answer */
    SEND_PATH_ERROR,  /* a relay answered with an error */
    SEND_WRONG_SWARM, /* 421 */
    SEND_CLOCK,       /* 406 or 425 */
    SEND_REFUSED,     /* the destination answered with another error, or the recipient's
                       * key is none */
    SEND_UNREADABLE,  /* the answer did not open or parse */
    SEND_OUTBOX_FULL,
    SEND_FILE_TOO_LARGE, /* 413: the file server takes no file of this size */
    SEND_FILE_REFUSED,   /* it answered the upload with another error, or there is none */
    SEND_NO_GROUP, /* the client is not, or no more, in this group, or it has no server */
    SEND_FAILURES
} SendFailure;
const char *send_failure_name(SendFailure failure);

/* Why a file that a message told of was not had (NOTE_FILE_LOST). */
typedef enum FileLoss {
    FILE_GONE,        /* 404: it has expired, or never was */
    FILE_UNREACHABLE, /* three tries got no answer (protocol 5.7) */
    FILE_CHANGED,     /* its digest or MAC is wrong, or it is another file */
    FILE_TOO_MANY,    /* too many are waited for */
    FILE_LOSSES
} FileLoss;

/* The kinds of messages, as results count them apart: what people write, to a person, to a
 * closed group, to a room of an open-group server; and what clients write by themselves. */
typedef enum SessionKind {
    SESSION_TEXT,
    SESSION_IMAGE,
    SESSION_FILE,
    SESSION_VOICE,
    SESSION_GROUP_TEXT,
    SESSION_GROUP_IMAGE,
    SESSION_GROUP_FILE,
    SESSION_GROUP_VOICE,
    SESSION_ROOM_TEXT,
    SESSION_ROOM_IMAGE,
    SESSION_ROOM_FILE,
    SESSION_ROOM_VOICE,
    SESSION_RECEIPT, /* read receipts */
    SESSION_TYPING,  /* notices that somebody types */
    SESSION_CONTROL, /* changes of closed groups */
    SESSION_SYNC,    /* for one's own other devices */
    SESSION_KINDS
} SessionKind;
static inline bool
session_kind_is_peoples(SessionKind kind)
{
    return kind < SESSION_RECEIPT;
}
const char *session_kind_name(SessionKind kind);
/* What is written, wherever it goes: SESSION_TEXT to SESSION_VOICE. */
static inline SessionKind
session_kind_base(SessionKind kind)
{
    return session_kind_is_peoples(kind) ? (SessionKind)(kind % SESSION_GROUP_TEXT) : kind;
}
static inline bool
session_kind_is_group(SessionKind kind)
{
    return kind >= SESSION_GROUP_TEXT && kind <= SESSION_GROUP_VOICE;
}
static inline bool
session_kind_is_room(SessionKind kind)
{
    return kind >= SESSION_ROOM_TEXT && kind <= SESSION_ROOM_VOICE;
}
/* How long a message of this kind is kept (protocol 5.5). */
Duration session_kind_ttl(const SessionConfig *config, SessionKind kind);

/* Logical ids of what clients write by themselves: this bit and a number from 1 on, of each
 * client its own. */
#define SESSION_OWN_MESSAGE (UINT64_C(1) << 63)

typedef struct Session Session;

/* A client of the account that @seed gives.  @seeds: addresses of seed nodes (borrowed).
 * @crypto, @port, @config are borrowed and outlive it. */
Session *session_new(const Crypto *crypto, Port *port, const SessionConfig *config,
                     const uint8_t seed[32], const Address *seeds, size_t n_seeds);
/* Let node lists out of refreshes be remembered by text in @memo, which many clients share
 * (borrowed; NULL, the default: each client parses for itself and keeps a list of its own).
 * It changes no result. */
void session_use_list_memo(Session *session, NodeListMemo *memo);
/* start, receive, outcome, expire, stop, free on a Session.  A new incarnation keeps
 * account, guards, pool, swarm cache, cursors, seen hashes, the outbox and, with
 * failure_life, counters of failures (they are on its disk), and starts offline.
 *
 * A message that was written waits in the outbox until it is accepted; to one recipient
 * messages go one after the other.  It has send_tries attempts, each sealed anew
 * (NOTE_SEALED, NOTE_ATTEMPT; attempts are counted from 1 over the message's life); when
 * they all failed it lets the next one pass and goes again after resend_interval, and at
 * the next SESSION_ONLINE.  NOTE_GIVEN_UP comes only when message_ttl has passed since it
 * was written (b: why the last attempt failed; SEND_NO_PATH when there was none), or at
 * once when the outbox is full.  An attempt that going offline or a crash cut off ends
 * without a note.  Copies to one's own devices have logical id 0 in all notes.
 *
 * In a closed group with a key of its own messages go once, to the group's swarm, sealed to
 * its newest key; who is removed is told so, and the others get another key.  A room's
 * posts lie open on its server, signed with an id that nobody knows elsewhere; their hash
 * is that of message_hash with the room's name for an account.
 *
 * NOTE_OPENED comes when the text that came out is byte for byte one of session_text_of;
 * a message whose hash was seen before (from another node) makes no note. */
extern const ActorOps session_ops;

/* The account key, 0x05 and the X25519 key. */
enum { SESSION_ACCOUNT_PREFIX = 0x05 };
void session_account(const Session *session, uint8_t ret[ACCOUNT_BYTES]);
/* The same from a seed, without a client. */
void session_account_of_seed(const uint8_t seed[32], uint8_t ret[ACCOUNT_BYTES]);
/* The members of that closed group as far as this client knows, ascending, oneself too; the
 * accounts borrow from the client, until it runs again.  0: it knows of no such group. */
uint32_t session_known_members(const Session *session, const uint8_t group[ACCOUNT_BYTES],
                               const uint8_t (**ret)[ACCOUNT_BYTES]);
/* How many messages wait in the outbox or are under way. */
size_t session_outbox(const Session *session);

/* Bytes that the client holds itself: without the node list, which many share, and without
 * its seen messages.  For the target of design 9. */
size_t session_memory(const Session *session);

/* What the host tells a client: KIND_TELL packets carry one as their blob's object. */
typedef enum SessionOrderKind {
    SESSION_ONLINE,  /* the application comes to the foreground: polling begins */
    SESSION_OFFLINE, /* and goes away: requests under way are abandoned, nothing is polled
                      */
    SESSION_WRITE,   /* send a message; waits in the outbox while offline */
    SESSION_GROUP_CREATE, /* a closed group of oneself and `members` */
    SESSION_GROUP_ADD,    /* `members` to the group `to`, of which one is the admin */
    SESSION_GROUP_REMOVE, /* them from it, with a new key for the others */
    SESSION_ROOM_JOIN     /* poll the room `to` from now on */
} SessionOrderKind;

/* What became of a closed group at a client (NOTE_GROUP). */
typedef enum GroupChange {
    GROUP_JOINED,  /* it is in it now, by its own order or another's word */
    GROUP_CHANGED, /* it is the admin, and has told the others who is in it now */
    GROUP_LEFT,    /* it was removed */
    GROUP_REFUSED  /* its order was none that can be: too many members, or not the admin */
} GroupChange;

/* Texts are at most this long, so that a sealed message stays below what nodes store. */
enum { SESSION_TEXT_MAX = 64 * 1024 };

enum {
    SESSION_GROUP_NAMESPACE = -10, /* where messages of closed groups lie (protocol 3.5) */
    SESSION_GROUP_MEMBERS_MAX = 100,
    SESSION_GROUP_PAIRWISE_MAX = 10 /* groups_pairwise */
};

typedef struct SessionOrder {
    SessionOrderKind kind;
    SessionKind content;       /* WRITE: a kind that people write */
    uint64_t message;          /* WRITE: logical id; GROUP_*: named in NOTE_GROUP */
    uint8_t to[ACCOUNT_BYTES]; /* an account, a closed group or a room (session_room_id) */
    uint32_t bytes; /* WRITE: length of the text, or of the file; the client fills it */
    const uint8_t (*members)[ACCOUNT_BYTES]; /* GROUP_*: accounts; copied */
    uint32_t n_members;
} SessionOrder;

/* The name that orders and notes have for a room: a byte that no account begins with, and
 * its token (nodes/wire/server_auth.h), cut where it is too long. */
void session_room_id(const char *token, uint8_t ret[ACCOUNT_BYTES]);

Packet session_order_packet(const SessionOrder *order);
/* What a person sends as it is. */
typedef struct SessionSaying {
    SessionKind kind; /* one that people write: to an account, a closed group, a room */
    uint8_t to[ACCOUNT_BYTES];
    Bytes text;         /* in UTF-8, at most SESSION_TEXT_MAX; may be empty beside a file */
    const Packet *file; /* of kinds with one, at most ATTACHMENT_BYTES_MAX; shared */
    Bytes file_name, file_type; /* its content type; both may be empty */
} SessionSaying;

/* The order to send it: KIND_TELL too.  NOTE_WRITTEN says the logical id that it gets.  It
 * has no copy for one's own devices.  Who receives it says NOTE_TEXT and NOTE_FILE, and
 * NOTE_UNREADABLE, as it is nobody's synthetic message. */
Packet session_say_packet(const SessionSaying *saying);

/* The text of a message, appended: its logical id as 16 hex digits, then filler that
 * follows from the id.  @bytes is its length, at least 16 and at most SESSION_TEXT_MAX. */
void session_text_of(uint64_t message, uint32_t bytes, Buffer *out);

/* A file of @bytes bytes that follows from the id of the message about it, which has its
 * number as its text.  Its bytes exist when somebody reads them. */
Packet session_file_of(uint64_t message, uint32_t bytes);
