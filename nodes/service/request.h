/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage request from its text to its answer (protocol 3.1, 3.2): parsed into a Request
 * (rpc_parse.c), checked and carried out (request_*.c), answered to wherever it came from
 * (answer.c). */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/base/port.h"
#include "nodes/base/store.h"
#include "nodes/crypto/crypto.h"
#include "nodes/service/rpc_value.h"
#include "nodes/service/service.h"

enum {
    /* Flags of a subaccount token, second byte (protocol 3.5). */
    SUBACCOUNT_READ = 1,
    SUBACCOUNT_WRITE = 2,
    SUBACCOUNT_DELETE = 4,
    SUBACCOUNT_ANY_PREFIX = 8,
    SUBACCOUNTS_AT_ONCE_MAX = 1000, /* tokens of one request to (un)revoke */
};

/* Memory that lives as long as one request: unescaped strings, lists. */
typedef struct Arena {
    struct ArenaChunk *chunks;
} Arena;

void *arena_take(Arena *arena, size_t n);
void arena_clear(Arena *arena);

/* --- where the answer goes -------------------------------------------------------- */

typedef struct Batch Batch;

typedef enum ReplyForm {
    REPLY_PLAIN,  /* to a client or member that asked directly */
    REPLY_SEALED, /* through an onion: encrypted with the layer's key, always a 200 outside
                   */
    REPLY_PART    /* into its place of a batch */
} ReplyForm;

typedef struct ReplyTo {
    ReplyForm form;
    bool embed_json, base64; /* sealed: as the client asked for it */
    bool bencoded;           /* plain: the client asked in bencode */
    uint32_t place;          /* in @batch */
    union {
        ReplyToken token;
        Batch *batch; /* one of its open parts */
    };
    ChannelKey key;
} ReplyTo;

/* Answer a storage request, once, with JSON text (taken). */
void answer_json(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                 int status, Buffer *json);
/* The same with a body whose bytes may not exist yet; taken. */
void answer_json_packet(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                        int status, Packet *json);
/* The same with a plain text. */
void answer_text(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                 int status, const char *text);
void answer_text_taken(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                       int status, Buffer *text);
/* 400, and @why the request could not be parsed. */
void answer_invalid(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                    Bytes why);
/* JSON text of an answer as bencode. */
Packet answer_as_bencode(Bytes json);
/* 421 with the swarm that has the account. */
void answer_wrong_swarm(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                        const uint8_t account[ACCOUNT_BYTES]);
/* The asker will never be answered: give up its part of a batch. */
void reply_drop(const ReplyTo *to);

/* Append ,"hf":[19,4] and ,"t":123 : members of every result. */
void answer_write_hf(const ServiceNode *node, Buffer *json);
void answer_write_t(Buffer *json, UnixMs t);

/* --- the request ------------------------------------------------------------------ */

typedef struct Request {
    RpcMethod method;
    bool forwarded;   /* came from a member: not forwarded again */
    bool signed_;     /* `signature` is there */
    bool has_ed25519; /* `ed25519` is there */
    bool has_subaccount;
    bool required, shorten, extend;
    uint8_t account[ACCOUNT_BYTES];
    uint8_t ed25519[KEY_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t subaccount[SUBACCOUNT_BYTES], subaccount_signature[SIGNATURE_BYTES];
    int32_t name_space; /* or STORE_NAMESPACE_ALL */
    UnixMs timestamp;   /* delete_before: `before` */
    UnixMs expiry;
    UnixMs signed_at; /* store: sig_timestamp */
    Packet data;      /* store: the body, raw; owned */
    Packet forward;   /* the request as it goes to the other members, encoded once; owned */
    Bytes last_hash;  /* retrieve: may be empty */
    int64_t max_count, max_size; /* retrieve: 0 when not given */
    Bytes *hashes;               /* delete, expire, get_expiries; or tokens to (un)revoke */
    uint32_t n_hashes;
    UnixMs *expiries; /* expire: one, or one for each hash */
    uint32_t n_expiries;
    bool oxend_names;       /* oxend_request: asks for a name, not for the node list */
    bool oxend_given;       /* it has parameters ... */
    JsonValue oxend_params; /* ... these */
    Batch *batch;           /* batch, sequence, ifelse; owned */
    Arena arena;
} Request;

/* Where parameters come from. */
typedef struct RequestSource {
    const ServiceConfig *config;
    const Packet *packet; /* bencoded ones lie in it */
    bool forwarded;       /* by a member */
} RequestSource;

/* Parse the parameters of @method.  False: @error is the text of the 400 (what follows
 * "invalid request: ").  The result borrows from @params' text.  Clear it in any case. */
bool request_parse(RpcMethod method, RpcValue params, const RequestSource *source,
                   Request *ret, Buffer *error) WARN_UNUSED;
void request_clear(Request *request);

/* What an object calls, in one pass: its members `method` and `params` (the last of each),
 * null where absent.  False when it is no object. */
bool call_of(RpcValue object, RpcValue *ret_method, RpcValue *ret_params);
/* The method of this name, or RPC_UNKNOWN. */
RpcMethod rpc_method_parse(Bytes name);
/* A method that changes what the whole swarm holds, and so is forwarded. */
bool rpc_method_is_recursive(RpcMethod method);

/* Encode what is forwarded, with @data as a store's body: sets request->forward and
 * request->data.  ST_MALFORMED: it is not @base64. */
Status forward_encode(Request *request, Bytes data, bool base64) WARN_UNUSED;

/* --- who may do it (rpc_auth.c) --------------------------------------------------- */

/* The request's signature stands for @text, by the account's key or by a subaccount with
 * @access that is not revoked. */
bool request_signs(ServiceNode *node, const Request *request, uint8_t access,
                   Bytes text) WARN_UNUSED;
/* The same, and @text is cleared. */
bool request_verify(ServiceNode *node, const Request *request, uint8_t access,
                    Buffer *text) WARN_UNUSED;
/* The token is for accounts with @account_prefix, allows @access and is signed by
 * @account_pk. */
bool subaccount_valid(ServiceNode *node, const uint8_t token[SUBACCOUNT_BYTES],
                      const uint8_t signature[SIGNATURE_BYTES], uint8_t account_prefix,
                      uint8_t access, const uint8_t account_pk[KEY_BYTES]);
/* The Ed25519 key that a subaccount signs with: the token's last part. */
static inline const uint8_t *
subaccount_key(const uint8_t token[SUBACCOUNT_BYTES])
{
    return token + SUBACCOUNT_BYTES - KEY_BYTES;
}
/* What delete_all and expire_all allow more when a member forwards them (protocol 3.3). */
#define FORWARDED_TOLERANCE (10 * SECOND)
/* |@timestamp - now| is at most @tolerance. */
bool timestamp_is_near(UnixMs timestamp, UnixMs now, Duration tolerance);
/* Append the namespace as clients sign it: decimal, empty for 0, "all". */
void write_signed_namespace(Buffer *text, int32_t name_space);

static inline bool
namespace_is_public_inbox(int32_t name_space)
{
    return name_space % 10 == 0;
}

/* One message, written by the owner, read by anybody (protocol 3.5). */
static inline bool
namespace_is_public_outbox(int32_t name_space)
{
    return name_space < 0 && -name_space % 20 == 1;
}

/* Where revoked subaccounts may still read (protocol 3.5). */
static inline bool
namespace_reads_unrevocably(int32_t name_space)
{
    return name_space < 0 && -name_space % 100 == 11;
}

static inline bool
namespace_reads_unsigned(int32_t name_space)
{
    return name_space == -10 || namespace_is_public_outbox(name_space);
}

/* --- a node's own entry in a recursive answer (entry.c) ------------------------
 *
 * The same members as JSON for a client and as bencode for the member that forwarded the
 * request.  Keys must be added in ascending order. */

typedef struct EntryWriter {
    Buffer out;
    bool bencoded;
} EntryWriter;

void entry_begin(EntryWriter *entry, bool bencoded);
void entry_end(EntryWriter *entry);
void entry_text(EntryWriter *entry, const char *key, Bytes text);
void entry_number(EntryWriter *entry, const char *key, int64_t v);
void entry_true(EntryWriter *entry, const char *key);
void entry_key(EntryWriter *entry, const char *key);
void entry_list_begin(EntryWriter *entry);
void entry_list_text(EntryWriter *entry, Bytes text);
void entry_list_number(EntryWriter *entry, int64_t v);
void entry_list_end(EntryWriter *entry);
void entry_dict_begin(EntryWriter *entry);
void entry_dict_end(EntryWriter *entry);
/* "signature": this node's, over @text (cleared by this). */
void entry_signature(EntryWriter *entry, ServiceNode *node, Buffer *text);

/* --- the requests ----------------------------------------------------------------- */

/* Each answers, now or when its members did, and takes what it needs from the request. */
typedef void (*RequestFunction)(ServiceNode *node, Time now, Request *request,
                                const ReplyTo *to);

void request_store(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_retrieve(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_delete(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_delete_all(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_delete_before(ServiceNode *node, Time now, Request *request,
                           const ReplyTo *to);
void request_expire(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_expire_all(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_get_expiries(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_revoke(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_unrevoke(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_get_swarm(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_info(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_oxend(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
void request_batch(ServiceNode *node, Time now, Request *request, const ReplyTo *to);

/* [2,8,0] */
void write_version(const ServiceNode *node, Buffer *json);
/* The body of get_swarm for an account (32 key bytes after the prefix). */
void write_swarm(const ServiceNode *node, const uint8_t account[ACCOUNT_BYTES], UnixMs t,
                 Buffer *json);

/* --- batches (rpc_batch.c) -------------------------------------------------------- */

bool batch_parse(RpcMethod method, RpcValue params, const RequestSource *source,
                 Batch **ret, Buffer *error) WARN_UNUSED;
void batch_free(Batch *batch); /* takes NULL */
/* Its parts borrow from @text, which is shared as long as they may be carried out. */
void batch_keep_text(Batch *batch, const Packet *text);
/* The part at @place was answered; @body, which is taken, is JSON text to embed, or plain
 * text. */
void batch_part_answered(ServiceNode *node, Time now, Batch *batch, uint32_t place,
                         int status, bool is_json, Packet *body);
void batch_part_dropped(Batch *batch);
