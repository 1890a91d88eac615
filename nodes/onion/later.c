/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/later.h"

#include "nodes/onion/control.h"
#include "nodes/onion/layer.h"
#include "nodes/onion/wrap.h"

#include <assert.h>
#include <stdlib.h>

enum { SERVER_NAME_BYTES = sizeof(((OnionPeeled *)NULL)->host) };

/* What the destination points to when it is a server. */
typedef struct ServerNames {
    char host[SERVER_NAME_BYTES], target[SERVER_NAME_BYTES];
    Buffer members; /* of the routing JSON */
} ServerNames;

/* A request in the making: all that it needs, copied.  Shared by the packet's blob, by its
 * layers and by the reply key, through the blob's count. */
typedef struct Later {
    Job job; /* first: a Job* is a Later* */
    Jobs *jobs;
    bool whole; /* the job makes all bytes; else the reply's key only */
    Crypto crypto;
    Meter meter; /* the job's own; the work was counted when it was handed over */
    OnionDestination destination;
    ServerNames *server; /* NULL: the destination is a node */
    Wrapping wrapping;
    Packet payload;
    Buffer out;
    ChannelKey reply;
    /* Of a path of three hops a quarter is used: the rest is neither cleared nor wiped. */
    OnionHop hops[ONION_HOPS_MAX];
    uint8_t keys[ONION_HOPS_MAX + 1][2][KEY_BYTES]; /* of hops and destination */
    OnionRandom random;
} Later;

static const size_t LATER_HEAD_BYTES = offsetof(Later, hops);

static void
make_bytes(Later *later)
{
    size_t last = later->wrapping.n_hops;
    size_t n = onion_wrapped_bytes(&later->wrapping, packet_bytes(&later->payload));

    buffer_reserve(&later->out, n);
    later->out.n = n;
    if (onion_wrap_layers(&later->wrapping, packet_bytes(&later->payload), last,
                          later->out.p, &later->reply) != ST_OK)
        memset(later->out.p, 0, n); /* nobody can open this */
}

static void
run(Job *job)
{
    Later *later = (Later *)job;

    if (later->whole)
        make_bytes(later);
    else if (onion_wrap_reply_key(&later->wrapping, &later->reply) != ST_OK)
        memset(&later->reply, 0, sizeof later->reply);
}

/* The blob is read: take the job's memory over. */
static void
encode(const void *object, Buffer *out)
{
    Later *later = (Later *)(uintptr_t)object;

    jobs_join(later->jobs, &later->job);
    if (!later->whole)
        make_bytes(later);
    assert(out->p == NULL);
    *out = later->out;
    later->out = BUFFER_EMPTY;
}

static void
free_later(void *object)
{
    Later *later = object;

    if (later->jobs != NULL) /* it may be anywhere */
        jobs_join(later->jobs, &later->job);
    packet_clear(&later->payload);
    buffer_clear(&later->out);
    if (later->server != NULL)
        buffer_clear(&later->server->members);
    free(later->server);
    explicit_bzero(later->random.key,
                   (later->wrapping.n_hops + 1) * sizeof later->random.key[0]);
    explicit_bzero(later, LATER_HEAD_BYTES);
    free(later);
}

static const BlobType later_type = { "onion in the making", encode, free_later };

static void
copy_keys(Later *later, size_t i, const uint8_t *ed25519, const uint8_t *x25519)
{
    if (ed25519 != NULL)
        memcpy(later->keys[i][0], ed25519, KEY_BYTES);
    else
        memset(later->keys[i][0], 0, KEY_BYTES);
    memcpy(later->keys[i][1], x25519, KEY_BYTES);
}

static void
copy_server(Later *later, const Wrapping *w)
{
    const OnionDestination *from = w->destination;
    ServerNames *names = calloc(1, sizeof *names);

    if (names == NULL)
        abort();
    memcpy(names->host, from->host, strlen(from->host) + 1);
    memcpy(names->target, from->target, strlen(from->target) + 1);
    buffer_append_bytes(&names->members, w->server);
    later->server = names;
    later->destination.is_server = true;
    later->destination.host = names->host;
    later->destination.target = names->target;
    later->destination.port = from->port;
    if (from->protocol != NULL)
        later->destination.protocol =
            strcmp(from->protocol, "http") == 0 ? "http" : "https";
}

static Bytes
server_members(const Later *later)
{
    return later->server == NULL ? (Bytes){ NULL, 0 }
                                 : buffer_bytes(&later->server->members);
}

static Later *
later_new(const Crypto *crypto, const Wrapping *w, const Packet *payload, bool whole)
{
    Later *later = malloc(sizeof *later);

    if (later == NULL)
        abort();
    memset(later, 0, LATER_HEAD_BYTES);
    later->job.run = run;
    later->jobs = crypto->jobs;
    later->whole = whole;
    later->crypto = (Crypto){ .ops = crypto->ops, .meter = &later->meter };
    for (size_t i = 0; i < w->n_hops; i++) {
        copy_keys(later, i, w->hops[i].ed25519, w->hops[i].x25519);
        later->hops[i] = (OnionHop){ later->keys[i][0], later->keys[i][1] };
    }
    copy_keys(later, w->n_hops, w->destination->ed25519, w->destination->x25519);
    later->destination = (OnionDestination){ .ed25519 = later->keys[w->n_hops][0],
                                             .x25519 = later->keys[w->n_hops][1] };
    if (w->destination->is_server)
        copy_server(later, w);
    memcpy(later->random.key, w->random->key, (w->n_hops + 1) * sizeof w->random->key[0]);
    memcpy(later->random.nonce, w->random->nonce,
           (w->n_hops + 1) * sizeof w->random->nonce[0]);
    later->wrapping =
        (Wrapping){ &later->crypto,      w->enc,         later->hops,          w->n_hops,
                    &later->destination, &later->random, server_members(later) };
    later->payload = packet_share(payload);
    if (whole) /* no job reads what another makes */
        (void)packet_bytes(payload);
    return later;
}

static bool
has_bad_key(const Wrapping *w)
{
    bool bad = x25519_is_small_order(w->destination->x25519);

    for (size_t i = 0; i < w->n_hops; i++)
        bad |= x25519_is_small_order(w->hops[i].x25519);
    return bad;
}

/* A server that the last node would refuse to post to, or that it could not name, is not
 * put off. */
static bool
is_plain_server(const OnionDestination *server)
{
    return strlen(server->host) < SERVER_NAME_BYTES &&
           strlen(server->target) < SERVER_NAME_BYTES &&
           onion_target_allowed(bytes_of_text(server->target)) &&
           (server->protocol == NULL || strcmp(server->protocol, "http") == 0 ||
            strcmp(server->protocol, "https") == 0);
}

static Status
wrap_later(const Wrapping *w, const Packet *payload, bool whole, Packet *ret_request,
           OnionReplyKey *ret_reply)
{
    const Crypto *crypto = w->crypto;
    Bytes size = { NULL, payload->length }; /* only its size counts */
    Later *later;
    Blob *blob;
    size_t n;

    if (w->n_hops > ONION_HOPS_MAX)
        return ST_RANGE;
    if (payload->length > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    n = onion_wrapped_bytes(w, size);
    if (n > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    if (has_bad_key(w))
        return ST_AUTH;
    onion_wrap_meter(w, size, crypto->meter);
    later = later_new(crypto, w, payload, whole);
    jobs_submit(crypto->jobs, &later->job);
    blob = blob_from_object(&later_type, later, n);
    *ret_request = packet_of_blob(blob);
    ret_reply->later = blob_ref(blob);
    return ST_OK;
}

Status
onion_wrap_later(const Crypto *crypto, EncType enc, const OnionHop *hops, size_t n_hops,
                 const OnionDestination *destination, const Packet *payload,
                 const OnionRandom *random, Packet *ret_request, OnionReplyKey *ret_reply)
{
    Wrapping w = { crypto, enc, hops, n_hops, destination, random, { NULL, 0 } };
    bool whole = crypto->no_shortcuts || enc == ENC_AES_CBC;
    Buffer server = BUFFER_EMPTY;
    Status status;

    if ((whole && crypto->jobs == NULL) || n_hops == 0 ||
        (destination->is_server && !is_plain_server(destination))) {
        ret_reply->later = NULL;
        return onion_wrap(crypto, enc, hops, n_hops, destination, packet_bytes(payload),
                          random, ret_request, &ret_reply->key);
    }
    if (destination->is_server)
        onion_append_server_members(destination, &server);
    w.server = buffer_bytes(&server);
    status = wrap_later(&w, payload, whole, ret_request, ret_reply);
    buffer_clear(&server);
    return status;
}

const ChannelKey *
onion_reply_key(OnionReplyKey *reply)
{
    if (reply->later != NULL) {
        Later *later = reply->later->object;

        jobs_join(later->jobs, &later->job);
        reply->key = later->reply;
        blob_unref(reply->later);
        reply->later = NULL;
    }
    return &reply->key;
}

void
onion_reply_key_clear(OnionReplyKey *reply)
{
    blob_unref(reply->later);
    explicit_bzero(reply, sizeof *reply);
}

/* --- layers ---------------------------------------------------------------------------
 */

/* What is left of a request behind its guard, as the next relay gets it. */
typedef struct Layer {
    Blob *onion;
    uint32_t index; /* of the layer that comes next: 0 is the destination's */
    int hop_no;
} Layer;

enum { HEAD_ROOM = 32, TAIL_ROOM = 128 };

static const uint8_t no_key[KEY_BYTES];

static size_t
cipher_bytes(const Later *later, size_t index)
{
    Bytes payload = { NULL, later->payload.length };

    return channel_sealed_bytes(later->wrapping.enc,
                                onion_plain_bytes(&later->wrapping, payload, index));
}

static size_t
head_bytes(const Later *later, size_t index)
{
    uint8_t room[HEAD_ROOM];
    Buffer head = { room, 0, sizeof room };

    hop_append_head(cipher_bytes(later, index), &head);
    return head.n;
}

static size_t
tail_bytes(const Later *later, int hop_no)
{
    uint8_t room[TAIL_ROOM];
    Buffer tail = { room, 0, sizeof room };

    hop_append_tail(later->wrapping.enc, no_key, hop_no, &tail);
    return tail.n;
}

/* The relay's dict around the ciphertext of its layer. */
static void
encode_layer(const void *object, Buffer *out)
{
    const Layer *layer = object;
    Later *later = layer->onion->object;
    const Wrapping *w = &later->wrapping;
    size_t n = cipher_bytes(later, layer->index);
    uint8_t *container =
        malloc(CONTAINER_LENGTH_BYTES + n + onion_json_bytes(w, layer->index));
    X25519Pair ephemeral;
    ChannelKey reply;

    if (container == NULL)
        abort();
    jobs_join(later->jobs, &later->job); /* which has the meter until then */
    if (onion_wrap_layers(w, packet_bytes(&later->payload), layer->index, container,
                          &reply) != ST_OK)
        memset(container, 0, CONTAINER_LENGTH_BYTES + n);
    crypto_keygen(w->crypto, w->random->key[layer->index], &ephemeral);
    hop_append_head(n, out);
    buffer_append(out, container + CONTAINER_LENGTH_BYTES, n);
    hop_append_tail(w->enc, ephemeral.pk, layer->hop_no, out);
    explicit_bzero(&ephemeral, sizeof ephemeral);
    explicit_bzero(&reply, sizeof reply);
    free(container);
}

/* What the last node posts to a server: its opened layer, a container. */
static void
encode_posted(const void *object, Buffer *out)
{
    const Layer *layer = object;
    Later *later = layer->onion->object;
    Bytes payload = packet_bytes(&later->payload);
    size_t n = onion_plain_bytes(&later->wrapping, payload, 1);
    uint8_t *p = buffer_reserve(out, n);
    ChannelKey reply;

    jobs_join(later->jobs, &later->job); /* which has the meter until then */
    if (onion_wrap_layers(&later->wrapping, payload, 0, p, &reply) != ST_OK)
        memset(p, 0, n);
    out->n += n;
    explicit_bzero(&reply, sizeof reply);
}

static void
free_layer(void *object)
{
    Layer *layer = object;

    blob_unref(layer->onion);
    free(layer);
}

static const BlobType layer_type = { "onion layer", encode_layer, free_layer };
static const BlobType posted_type = { "posted onion layer", encode_posted, free_layer };

/* The layer that a packet carries; false for a packet of bytes. */
static bool
layer_of(const Packet *packet, Layer *ret)
{
    Blob *blob = packet->blob;

    if (blob == NULL || packet->length != blob->size)
        return false;
    if (blob->type == &layer_type) {
        *ret = *(const Layer *)blob->object;
        return true;
    }
    if (blob->type == &later_type && !((const Later *)blob->object)->whole) {
        const Later *later = blob->object;

        *ret = (Layer){ blob, (uint32_t)later->wrapping.n_hops, 0 };
        return true;
    }
    return false;
}

/* Behind @outer: the next layer, as a packet. */
static Packet
layer_next(const Layer *outer, const BlobType *type, size_t n)
{
    Layer *layer = malloc(sizeof *layer);

    if (layer == NULL)
        abort();
    *layer = (Layer){ blob_ref(outer->onion), outer->index - 1, outer->hop_no + 1 };
    return packet_of_blob(blob_from_object(type, layer, n));
}

bool
onion_layer_envelope(const Packet *packet, bool guard, OnionEnvelope *ret)
{
    const Later *later;
    Layer layer;

    if (!layer_of(packet, &layer) || guard != (packet->blob == layer.onion))
        return false;
    later = layer.onion->object;
    *ret = (OnionEnvelope){
        .enc = later->wrapping.enc,
        .hop_no = layer.hop_no,
        .cipher_offset = guard ? CONTAINER_LENGTH_BYTES : head_bytes(later, layer.index),
        .cipher_length = cipher_bytes(later, layer.index),
    };
    return true;
}

static const uint8_t *
recipient_of(const Later *later, size_t index, int which)
{
    size_t n_hops = later->wrapping.n_hops;

    return later->keys[index == 0 ? n_hops : n_hops - index][which];
}

static void
peel_relay(const Crypto *crypto, const Layer *layer, OnionPeeled *ret)
{
    const Later *later = layer->onion->object;
    size_t index = layer->index - 1, cipher = cipher_bytes(later, index);
    size_t around = head_bytes(later, index) + tail_bytes(later, layer->hop_no + 1);

    meter_add(crypto->meter, METER_PARSE, onion_json_bytes(&later->wrapping, index));
    meter_add(crypto->meter, METER_WRITE, around);
    ret->kind = ONION_RELAY;
    memcpy(ret->next_ed25519, recipient_of(later, index, 0), KEY_BYTES);
    ret->next = layer_next(layer, &layer_type, cipher + around);
}

static void
peel_server(const Crypto *crypto, const Layer *layer, OnionPeeled *ret)
{
    const Later *later = layer->onion->object;
    const OnionDestination *server = &later->destination;
    Bytes payload = { NULL, later->payload.length };

    meter_add(crypto->meter, METER_PARSE, onion_json_bytes(&later->wrapping, 0));
    ret->kind = ONION_SERVER;
    memcpy(ret->host, later->server->host, sizeof ret->host);
    memcpy(ret->target, later->server->target, sizeof ret->target);
    ret->https = server->protocol == NULL || strcmp(server->protocol, "https") == 0;
    ret->port = server->port != 0 ? server->port : 443;
    ret->server_body =
        layer_next(layer, &posted_type, onion_plain_bytes(&later->wrapping, payload, 1));
}

static void
peel_final(const Crypto *crypto, const Layer *layer, OnionPeeled *ret)
{
    Later *later = layer->onion->object;

    meter_add(crypto->meter, METER_PARSE, onion_headers_bytes);
    jobs_join(later->jobs, &later->job);
    ret->kind = ONION_FINAL;
    ret->key = later->reply;
    ret->body = packet_share(&later->payload);
}

bool
onion_layer_peel(const Crypto *crypto, const X25519Pair *me, const Packet *packet,
                 OnionPeeled *ret)
{
    const Later *later;
    Bytes payload;
    Layer layer;

    if (crypto->no_shortcuts || !layer_of(packet, &layer))
        return false;
    later = layer.onion->object;
    if (later->crypto.ops != crypto->ops ||
        memcmp(me->pk, recipient_of(later, layer.index, 1), KEY_BYTES) != 0)
        return false;
    payload = (Bytes){ NULL, later->payload.length };
    meter_add(crypto->meter, METER_X25519, 0);
    meter_add(crypto->meter, METER_OPEN,
              onion_plain_bytes(&later->wrapping, payload, layer.index));
    if (layer.index == 1 && later->destination.is_server)
        peel_server(crypto, &layer, ret);
    else if (layer.index > 0)
        peel_relay(crypto, &layer, ret);
    else
        peel_final(crypto, &layer, ret);
    return true;
}

bool
onion_layer_make(Packet *packet, OnionEnvelope *ret)
{
    const char *error;
    Layer layer;
    bool guard;
    Status status;

    if (!layer_of(packet, &layer))
        return false;
    guard = packet->blob == layer.onion;
    packet_make_mutable(packet);
    status = guard ? onion_parse_guard(packet, ret, &error)
                   : onion_parse_hop(packet, ret, &error);
    assert(status == ST_OK);
    (void)status;
    return true;
}

bool
onion_layer_open(const Crypto *crypto, const X25519Pair *me, const Packet *packet,
                 Packet *ret_payload, ChannelKey *ret_key)
{
    const Blob *blob = packet->blob;
    const Layer *layer;
    Later *later;

    if (crypto->no_shortcuts || blob == NULL || blob->type != &posted_type ||
        packet->length != blob->size)
        return false;
    layer = blob->object;
    later = layer->onion->object;
    if (later->crypto.ops != crypto->ops ||
        memcmp(me->pk, recipient_of(later, 0, 1), KEY_BYTES) != 0)
        return false;
    meter_add(crypto->meter, METER_X25519, 0);
    meter_add(crypto->meter, METER_OPEN, later->payload.length);
    jobs_join(later->jobs, &later->job);
    *ret_key = later->reply;
    *ret_payload = packet_share(&later->payload);
    return true;
}
