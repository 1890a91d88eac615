/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fanning a request out to the swarm (protocol 3.3): every member gets the same packet at
 * once; the client is answered when all have answered or run out of time, with one entry
 * for each.  Beside what the real network does, a store may be answered earlier: when a
 * quorum has the message or cannot be reached any more, or at once; it then has entries for
 * those members that have answered, and the others go on. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/node_internal.h"
#include "nodes/wire/base64.h"

typedef struct FanoutPeer {
    uint8_t ed25519[32];
    uint8_t legacy[32];
    bool ended; /* what follows counts */
    Outcome outcome;
    int status;
    Packet body; /* its answer */
    bool good;   /* which is the dict @result, borrowed from it */
    BencodeValue result;
} FanoutPeer;

struct Fanout {
    ReplyTo to;
    RpcMethod method;
    bool required; /* delete: 404 when nobody deleted anything */
    bool answered; /* given up, or there was no need to wait for all */
    bool own_ended;
    OwnOutcome own_outcome;
    uint32_t stored;  /* store: nodes that have the message, this one too */
    uint32_t waiting; /* members that have not answered */
    UnixMs t;
    char hash[MESSAGE_HASH_BYTES]; /* store */
    Buffer own;
    Packet request; /* kept for a retry; empty when there will be none */
    uint32_t open;  /* requests without an outcome, and 1 until the own entry is there */
    uint32_t n;
    FanoutPeer peers[];
};

static Fanout *
fanout_new(ServiceNode *node, const Request *request, const ReplyTo *to, Bytes hash,
           size_t n)
{
    Fanout *fanout = calloc(1, sizeof *fanout + n * sizeof fanout->peers[0]);

    if (fanout == NULL)
        abort();
    fanout->to = *to;
    fanout->method = request->method;
    fanout->required = request->required;
    fanout->t = port_unix_ms(node->port);
    fanout->open = 1;
    if (hash.n == MESSAGE_HASH_BYTES)
        memcpy(fanout->hash, hash.p, MESSAGE_HASH_BYTES);
    if (!node->config->defect_no_replica_retry)
        fanout->request = packet_share(&request->forward);
    return fanout;
}

static void
fanout_free(Fanout *fanout)
{
    for (uint32_t i = 0; i < fanout->n; i++)
        packet_clear(&fanout->peers[i].body);
    buffer_clear(&fanout->own);
    packet_clear(&fanout->request);
    free(fanout);
}

static void
forward_to(ServiceNode *node, Time now, Fanout *fanout, const NodeRecord *record,
           const Packet *forward)
{
    FanoutPeer *peer = &fanout->peers[fanout->n];
    Pending *pending =
        pending_open(node, PENDING_FORWARD, now, node->config->forward_timeout);
    Packet packet = packet_share(forward);

    memcpy(peer->ed25519, record->ed25519, sizeof peer->ed25519);
    memcpy(peer->legacy, record->legacy, sizeof peer->legacy);
    pending->fanout = fanout;
    pending->part = fanout->n++;
    fanout->open++;
    fanout->waiting++;
    port_send(node->port, node_address_omq(record), KIND_STORAGE_CC, pending->id,
              node->config->forward_timeout, record->x25519, &packet);
}

Fanout *
fanout_start(ServiceNode *node, Time now, const Request *request, const ReplyTo *to,
             Bytes hash)
{
    const Swarm *swarm = node->swarm;
    bool later = request->method == RPC_STORE &&
                 node->config->store_replication == REPLICATION_BUFFERED;
    uint32_t others = later ? 0 : swarm->n - 1;
    Fanout *fanout;

    assert(request->forward.blob != NULL);
    if (!pending_has_room(node, others)) {
        answer_text(node, now, to, request->method, 503, "Server busy, try again later");
        return NULL;
    }
    fanout = fanout_new(node, request, to, hash, others);
    if (later)
        return fanout;
    meter_add(node->port->meter, METER_WRITE, request->forward.length);
    for (uint32_t i = 0; i < swarm->n; i++) {
        const NodeRecord *record = node_member(node, swarm, i);

        if (record != node->self)
            forward_to(node, now, fanout, record, &request->forward);
    }
    return fanout;
}

/* --- what the members answered ---------------------------------------------------- */

static void bencode_to_json(BencodeValue value, Buffer *out, bool top);

static void
write_dict(BencodeValue value, Buffer *out, bool top)
{
    BencodeIterator it = bencode_iterate(value);
    BencodeValue item;
    Bytes key, text;

    buffer_append_literal(out, "{");
    while (bencode_next(&it, &key, &item)) {
        json_write_comma(out);
        json_write_string(out, key);
        buffer_append_literal(out, ":");
        /* The one binary value; clients that speak JSON get it in base64. */
        if (top && bytes_equal_text(key, "signature") && bencode_string(item, &text)) {
            buffer_append_literal(out, "\"");
            base64_encode(text, true, out);
            buffer_append_literal(out, "\"");
        } else {
            bencode_to_json(item, out, false);
        }
    }
    buffer_append_literal(out, "}");
}

static void
write_integer(BencodeValue value, Buffer *out)
{
    int64_t v;
    uint64_t u;

    if (bencode_i64(value, &v))
        buffer_append_i64_decimal(out, v);
    else if (bencode_u64(value, &u))
        buffer_append_u64_decimal(out, u);
    else
        assert(!"an integer that was validated");
}

/* Nested at most as deep as bencode_parse allows. */
static void
bencode_to_json(BencodeValue value, Buffer *out, bool top)
{
    BencodeIterator it;
    BencodeValue item;
    Bytes text;

    switch (value.type) {
    case BENCODE_INTEGER:
        write_integer(value, out);
        break;
    case BENCODE_STRING:
        if (bencode_string(value, &text))
            json_write_string(out, text);
        break;
    case BENCODE_LIST:
        buffer_append_literal(out, "[");
        for (it = bencode_iterate(value); bencode_next(&it, &text, &item);) {
            json_write_comma(out);
            bencode_to_json(item, out, false);
        }
        buffer_append_literal(out, "]");
        break;
    case BENCODE_DICT:
        write_dict(value, out, top);
        break;
    }
}

static bool
has_failed(const FanoutPeer *peer)
{
    return peer->outcome != OUTCOME_ANSWER ||
           answer_is_forbidden(peer->outcome, peer->status, &peer->body);
}

/* Is the answer good?  Then it is the dict *@ret. */
static bool
read_result(const FanoutPeer *peer, BencodeValue *ret)
{
    return !has_failed(peer) && peer->status == 200 &&
           bencode_parse(packet_bytes(&peer->body), ret) == ST_OK &&
           ret->type == BENCODE_DICT;
}

static void
write_failure(const FanoutPeer *peer, Buffer *json)
{
    if (has_failed(peer)) {
        buffer_append_literal(json, "{\"failed\":true,\"timeout\":true}");
    } else if (peer->status == 200) {
        buffer_append_literal(json, "{\"bad_peer_response\":true,\"failed\":true}");
    } else {
        buffer_append_literal(json, "{\"code\":\"");
        buffer_append_i64_decimal(json, peer->status);
        buffer_append_literal(json, "\",\"failed\":true,\"reason\":");
        json_write_string(json, packet_bytes(&peer->body));
        buffer_append_literal(json, "}");
    }
}

static bool
removed_something(BencodeValue result)
{
    BencodeValue deleted, item;
    BencodeIterator it;
    Bytes key;

    if (!bencode_get(result, "deleted", &deleted))
        return false;
    it = bencode_iterate(deleted);
    return bencode_next(&it, &key, &item);
}

/* How it went: as for the own entry. */
static OwnOutcome
write_peer(const FanoutPeer *peer, Buffer *json)
{
    BencodeValue failed;

    if (!peer->good) {
        write_failure(peer, json);
        return OWN_FAILED;
    }
    bencode_to_json(peer->result, json, true);
    if (bencode_get(peer->result, "failed", &failed))
        return OWN_FAILED;
    return removed_something(peer->result) ? OWN_REMOVED : OWN_DONE;
}

/* --- the client's answer ---------------------------------------------------------- */

static int
compare_peers(const void *a, const void *b)
{
    const FanoutPeer *const *left = a, *const *right = b;

    return memcmp((*left)->ed25519, (*right)->ed25519, 32);
}

/* The members that have answered, in the order of their keys; to be freed. */
static const FanoutPeer **
ended_peers(const Fanout *fanout, uint32_t *ret_n)
{
    const FanoutPeer **peers = malloc((fanout->n + 1) * sizeof *peers);
    uint32_t n = 0;

    if (peers == NULL)
        abort();
    for (uint32_t i = 0; i < fanout->n; i++)
        if (fanout->peers[i].ended)
            peers[n++] = &fanout->peers[i];
    qsort(peers, n, sizeof *peers, compare_peers);
    *ret_n = n;
    return peers;
}

static void
write_entry_key(Buffer *json, const uint8_t ed25519[32])
{
    json_write_comma(json);
    buffer_append_literal(json, "\"");
    buffer_append_hex(json, (Bytes){ ed25519, 32 });
    buffer_append_literal(json, "\":");
}

/* All entries in the order of their keys.  Returns the best outcome of all. */
static OwnOutcome
write_entries(const ServiceNode *node, const Fanout *fanout, Buffer *json)
{
    const uint8_t *own = node->identity.pk;
    OwnOutcome best = fanout->own_outcome;
    bool own_written = false;
    uint32_t n;
    const FanoutPeer **peers = ended_peers(fanout, &n);

    for (uint32_t i = 0; i <= n; i++) {
        if (!own_written && (i == n || memcmp(own, peers[i]->ed25519, 32) < 0)) {
            write_entry_key(json, own);
            buffer_append_bytes(json, buffer_bytes(&fanout->own));
            own_written = true;
        }
        if (i < n) {
            OwnOutcome peer;

            write_entry_key(json, peers[i]->ed25519);
            peer = write_peer(peers[i], json);
            best = peer > best ? peer : best;
        }
    }
    free(peers);
    return best;
}

static int
status_of(const ServiceNode *node, const Fanout *fanout, OwnOutcome best)
{
    uint32_t quorum = node->config->store_quorum;

    if (fanout->method == RPC_STORE && quorum > 0)
        return fanout->stored >= quorum ? 200 : 500;
    /* The real server looks for failures in the wrong place (protocol 8.7). */
    if (best == OWN_FAILED && !node->config->defect_all_failed_answers_200)
        return 500;
    return fanout->required && best != OWN_REMOVED ? 404 : 200;
}

/* About as many bytes as the answer will have, rather more: JSON is longer than bencode by
 * the base64 of a signature, and there is a key in hex before each entry. */
static size_t
answer_bytes(const Fanout *fanout)
{
    enum { AROUND = 160, AROUND_ENTRY = 128 };
    size_t n = AROUND + AROUND_ENTRY + fanout->own.n;

    for (uint32_t i = 0; i < fanout->n; i++)
        if (fanout->peers[i].ended)
            n += AROUND_ENTRY + fanout->peers[i].body.length;
    return n;
}

static void
answer_client(ServiceNode *node, Time now, Fanout *fanout)
{
    Buffer json = BUFFER_EMPTY;
    OwnOutcome best;

    fanout->answered = true;
    buffer_reserve(&json, answer_bytes(fanout));
    buffer_append_literal(&json, "{");
    if (fanout->method == RPC_STORE && fanout->own_outcome != OWN_FAILED) {
        json_write_key(&json, "hash");
        json_write_string(&json, (Bytes){ (uint8_t *)fanout->hash, MESSAGE_HASH_BYTES });
    }
    answer_write_hf(node, &json);
    json_write_key(&json, "swarm");
    buffer_append_literal(&json, "{");
    best = write_entries(node, fanout, &json);
    buffer_append_literal(&json, "}");
    answer_write_t(&json, fanout->t);
    buffer_append_literal(&json, "}");
    answer_json(node, now, &fanout->to, fanout->method, status_of(node, fanout, best),
                &json);
}

static void
let_go(ServiceNode *node, Time now, Fanout *fanout)
{
    assert(fanout->open > 0);
    if (--fanout->open > 0)
        return;
    if (!fanout->answered)
        answer_client(node, now, fanout);
    fanout_free(fanout);
}

void
fanout_give_up(ServiceNode *node, Time now, Fanout *fanout, int status, const char *text)
{
    fanout->answered = true;
    answer_text(node, now, &fanout->to, fanout->method, status, text);
    let_go(node, now, fanout);
}

/* No need to wait for the others?  (Only stores; by the real rule there is.) */
static bool
is_decided(const ServiceNode *node, const Fanout *fanout)
{
    uint32_t quorum = node->config->store_quorum;

    if (fanout->method != RPC_STORE || fanout->answered || !fanout->own_ended)
        return false;
    if (node->config->store_replication == REPLICATION_ASYNCHRONOUS)
        return true;
    return quorum > 0 &&
           (fanout->stored >= quorum || fanout->stored + fanout->waiting < quorum);
}

void
fanout_own_done(ServiceNode *node, Time now, Fanout *fanout, Buffer *entry, OwnOutcome own)
{
    fanout->own = *entry;
    *entry = BUFFER_EMPTY;
    fanout->own_ended = true;
    fanout->own_outcome = own;
    fanout->stored += own != OWN_FAILED;
    if (is_decided(node, fanout))
        answer_client(node, now, fanout);
    let_go(node, now, fanout);
}

/* The member has the message that was forwarded. */
static bool
peer_stored(const FanoutPeer *peer)
{
    BencodeValue failed;

    return peer->good && !bencode_get(peer->result, "failed", &failed);
}

void
fanout_outcome(ServiceNode *node, Time now, Fanout *fanout, uint32_t part, Outcome outcome,
               int status, Packet *packet)
{
    FanoutPeer *peer = &fanout->peers[part];

    assert(part < fanout->n);
    peer->ended = true;
    fanout->waiting--;
    peer->outcome = outcome;
    if (outcome == OUTCOME_ANSWER) {
        peer->status = status;
        peer->body = packet_steal(packet);
        meter_add(node->port->meter, METER_PARSE, peer->body.length);
    }
    peer->good = read_result(peer, &peer->result);
    if (fanout->method == RPC_STORE) {
        bool stored = peer_stored(peer);

        fanout->stored += stored;
        port_note(node->port, NOTE_REPLICA, stored, 0,
                  (Bytes){ (uint8_t *)fanout->hash, MESSAGE_HASH_BYTES });
    }
    if (has_failed(peer) && fanout->request.blob != NULL)
        retry_add(node, now, peer->legacy, fanout->method, &fanout->request);
    if (is_decided(node, fanout))
        answer_client(node, now, fanout);
    let_go(node, now, fanout);
}

void
fanout_drop(Fanout *fanout)
{
    assert(fanout->open > 0);
    if (--fanout->open > 0)
        return;
    if (!fanout->answered)
        reply_drop(&fanout->to);
    fanout_free(fanout);
}
