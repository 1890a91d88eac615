/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/later.h"

#include "nodes/base/memory.h"
#include "nodes/onion/control.h"
#include "nodes/onion/layer.h"
#include "nodes/onion/wrap.h"

#include <assert.h>
#include <stdlib.h>

enum { SERVER_NAME_BYTES = sizeof(((OnionPeeled *)NULL)->host) };

/* A destination that is a server, and what it points to. */
typedef struct ServerNames {
    OnionDestination destination;
    char host[SERVER_NAME_BYTES], target[SERVER_NAME_BYTES];
    Buffer members; /* of the routing JSON */
} ServerNames;

/* Of one layer, in one line what the node sees that peels it. */
typedef struct LaterLayer {
    uint8_t x25519[KEY_BYTES]; /* whom it is sealed to */
    uint8_t next[KEY_BYTES];   /* the identity of whom the layer inside is sealed to */
    uint8_t key[KEY_BYTES], nonce[CHANNEL_NONCE_MAX]; /* OnionRandom's */
} LaterLayer;

/* A request in the making: all that it needs, copied.  It lies behind its blob, which the
 * packet, its layers and the reply key share.  Each relay looks at what comes first. */
typedef struct Later {
    Job job; /* first: a Job* is a Later* */
    Jobs *jobs;
    const CryptoOps *ops;
    EncType enc;
    uint16_t n_hops;
    bool whole; /* the job makes all bytes; else the reply's key only */
    Packet payload;
    ServerNames *server;                /* NULL: the destination is a node */
    uint32_t plain[ONION_HOPS_MAX + 1]; /* bytes that each layer seals */
    ChannelKey reply;
    Buffer out;
    LaterLayer layer[]; /* n_hops + 1 of them; 0 is the destination's */
} Later;

/* The same as wrap.c wants it, borrowed from a Later; it holds secrets. */
typedef struct Making {
    Meter meter; /* nobody's: the work was counted when it was put off */
    Crypto crypto;
    OnionHop hops[ONION_HOPS_MAX];
    OnionDestination destination;
    OnionRandom random;
    Wrapping wrapping;
} Making;

static Bytes
server_members(const Later *later)
{
    return later->server == NULL ? (Bytes){ NULL, 0 }
                                 : buffer_bytes(&later->server->members);
}

/* (Of the guard nothing but its X25519 key is in any byte.) */
static const Wrapping *
making_begin(const Later *later, Making *ret)
{
    size_t n = later->n_hops;

    ret->meter = (Meter){ 0 };
    ret->crypto = (Crypto){ .ops = later->ops, .meter = &ret->meter };
    ret->destination = later->server != NULL
                           ? later->server->destination
                           : (OnionDestination){ .ed25519 = later->layer[1].next };
    ret->destination.x25519 = later->layer[0].x25519;
    for (size_t i = 0; i <= n; i++) {
        memcpy(ret->random.key[i], later->layer[i].key, KEY_BYTES);
        memcpy(ret->random.nonce[i], later->layer[i].nonce, CHANNEL_NONCE_MAX);
        if (i > 0)
            ret->hops[n - i] = (OnionHop){ i < n ? later->layer[i + 1].next : NULL,
                                           later->layer[i].x25519 };
    }
    ret->wrapping =
        (Wrapping){ &ret->crypto, later->enc,           ret->hops, n, &ret->destination,
                    &ret->random, server_members(later) };
    return &ret->wrapping;
}

static void
making_end(Making *making)
{
    explicit_bzero(making->random.key,
                   (making->wrapping.n_hops + 1) * sizeof making->random.key[0]);
}

static void
make_bytes(Later *later)
{
    Bytes payload = packet_bytes(&later->payload);
    Making making;
    const Wrapping *w = making_begin(later, &making);
    size_t n = onion_wrapped_bytes(w, payload);

    buffer_reserve(&later->out, n);
    later->out.n = n;
    if (onion_wrap_layers(w, payload, w->n_hops, later->out.p, &later->reply) != ST_OK)
        memset(later->out.p, 0, n); /* nobody can open this */
    making_end(&making);
}

static void
make_reply_key(Later *later)
{
    Making making;

    if (onion_wrap_reply_key(making_begin(later, &making), &later->reply) != ST_OK)
        memset(&later->reply, 0, sizeof later->reply);
    making_end(&making);
}

static void
run(Job *job)
{
    Later *later = (Later *)job;

    if (later->whole)
        make_bytes(later);
    else
        make_reply_key(later);
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
    for (size_t i = 0; i <= later->n_hops; i++)
        explicit_bzero(later->layer[i].key, KEY_BYTES);
    explicit_bzero(&later->reply, sizeof later->reply);
}

static const BlobType later_type = { "onion in the making", encode, free_later };

static ServerNames *
copy_server(const Wrapping *w)
{
    const OnionDestination *from = w->destination;
    ServerNames *names = memory_zeroed(1, sizeof *names);

    memcpy(names->host, from->host, strlen(from->host) + 1);
    memcpy(names->target, from->target, strlen(from->target) + 1);
    buffer_append_bytes(&names->members, w->server);
    names->destination = (OnionDestination){
        .is_server = true, .host = names->host, .target = names->target, .port = from->port
    };
    if (from->protocol != NULL)
        names->destination.protocol =
            strcmp(from->protocol, "http") == 0 ? "http" : "https";
    return names;
}

/* Layer @i > 0 is opened by the hop that is so far from the destination. */
static void
copy_layers(Later *later, const Wrapping *w)
{
    const uint8_t *inside = w->destination->ed25519; /* NULL: a server */

    memcpy(later->layer[0].x25519, w->destination->x25519, KEY_BYTES);
    for (size_t i = 1; i <= w->n_hops; i++) {
        const OnionHop *hop = &w->hops[w->n_hops - i];

        memcpy(later->layer[i].x25519, hop->x25519, KEY_BYTES);
        if (inside != NULL)
            memcpy(later->layer[i].next, inside, KEY_BYTES);
        inside = hop->ed25519;
    }
    for (size_t i = 0; i <= w->n_hops; i++) {
        memcpy(later->layer[i].key, w->random->key[i], KEY_BYTES);
        memcpy(later->layer[i].nonce, w->random->nonce[i], CHANNEL_NONCE_MAX);
    }
}

static void
set_sizes(Later *later, const Wrapping *w, Bytes payload)
{
    later->plain[0] = (uint32_t)onion_plain_bytes(w, payload, 0);
    for (size_t i = 0; i < w->n_hops; i++)
        later->plain[i + 1] = (uint32_t)(CONTAINER_LENGTH_BYTES +
                                         channel_sealed_bytes(w->enc, later->plain[i]) +
                                         onion_json_bytes(w, i));
}

/* A blob of @n bytes. */
static Blob *
later_new(const Crypto *crypto, const Wrapping *w, const Packet *payload, bool whole,
          size_t n)
{
    size_t bytes = sizeof(Later) + (w->n_hops + 1) * sizeof(LaterLayer);
    Blob *blob = blob_with_object(&later_type, bytes, n);
    Later *later = blob->object;

    memset(later, 0, sizeof *later);
    later->job.run = run;
    later->jobs = crypto->jobs;
    later->ops = crypto->ops;
    later->enc = w->enc;
    later->n_hops = (uint16_t)w->n_hops;
    later->whole = whole;
    later->payload = packet_share(payload);
    if (w->destination->is_server)
        later->server = copy_server(w);
    copy_layers(later, w);
    set_sizes(later, w, (Bytes){ NULL, payload->length });
    if (whole) /* no job reads what another makes */
        (void)packet_bytes(payload);
    return blob;
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
    blob = later_new(crypto, w, payload, whole, n);
    later = blob->object;
    jobs_submit(crypto->jobs, &later->job);
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

static size_t
cipher_bytes(const Later *later, size_t index)
{
    return channel_sealed_bytes(later->enc, later->plain[index]);
}

/* Of the JSON around layer @index, which is inside of another. */
static size_t
json_bytes(const Later *later, size_t index)
{
    return later->plain[index + 1] - CONTAINER_LENGTH_BYTES - cipher_bytes(later, index);
}

/* The relay's dict around the ciphertext of its layer. */
static void
encode_layer(const void *object, Buffer *out)
{
    const Layer *layer = object;
    Later *later = layer->onion->object;
    Making making;
    const Wrapping *w = making_begin(later, &making);
    size_t n = cipher_bytes(later, layer->index);
    uint8_t *container = memory_resized(
        NULL, CONTAINER_LENGTH_BYTES + n + onion_json_bytes(w, layer->index), 1);
    X25519Pair ephemeral;
    ChannelKey reply;

    if (onion_wrap_layers(w, packet_bytes(&later->payload), layer->index, container,
                          &reply) != ST_OK)
        memset(container, 0, CONTAINER_LENGTH_BYTES + n);
    crypto_keygen(w->crypto, w->random->key[layer->index], &ephemeral);
    hop_append_head(n, out);
    buffer_append(out, container + CONTAINER_LENGTH_BYTES, n);
    hop_append_tail(w->enc, ephemeral.pk, layer->hop_no, out);
    explicit_bzero(&ephemeral, sizeof ephemeral);
    explicit_bzero(&reply, sizeof reply);
    making_end(&making);
    free(container);
}

/* What the last node posts to a server: its opened layer, a container. */
static void
encode_posted(const void *object, Buffer *out)
{
    const Layer *layer = object;
    Later *later = layer->onion->object;
    size_t n = later->plain[1];
    uint8_t *p = buffer_reserve(out, n);
    Making making;
    ChannelKey reply;

    if (onion_wrap_layers(making_begin(later, &making), packet_bytes(&later->payload), 0, p,
                          &reply) != ST_OK)
        memset(p, 0, n);
    out->n += n;
    explicit_bzero(&reply, sizeof reply);
    making_end(&making);
}

static void
free_layer(void *object)
{
    blob_unref(((Layer *)object)->onion);
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

        *ret = (Layer){ blob, later->n_hops, 0 };
        return true;
    }
    return false;
}

/* Behind @outer: the next layer, as a packet. */
static Packet
layer_next(const Layer *outer, const BlobType *type, size_t n)
{
    Blob *blob = blob_with_object(type, sizeof(Layer), n);

    *(Layer *)blob->object =
        (Layer){ blob_ref(outer->onion), outer->index - 1, outer->hop_no + 1 };
    return packet_of_blob(blob);
}

bool
onion_layer_envelope(const Packet *packet, bool guard, OnionEnvelope *ret)
{
    const Later *later;
    Layer layer;
    size_t n;

    if (!layer_of(packet, &layer) || guard != (packet->blob == layer.onion))
        return false;
    later = layer.onion->object;
    n = cipher_bytes(later, layer.index);
    *ret = (OnionEnvelope){
        .enc = later->enc,
        .hop_no = layer.hop_no,
        .cipher_offset = guard ? CONTAINER_LENGTH_BYTES : hop_head_bytes(n),
        .cipher_length = n,
    };
    return true;
}

static void
peel_relay(const Crypto *crypto, const Layer *layer, OnionPeeled *ret)
{
    const Later *later = layer->onion->object;
    size_t inside = layer->index - 1, cipher = cipher_bytes(later, inside);
    size_t around = hop_head_bytes(cipher) + hop_tail_bytes(later->enc, layer->hop_no + 1);

    meter_add(crypto->meter, METER_PARSE, json_bytes(later, inside));
    meter_add(crypto->meter, METER_WRITE, around);
    ret->kind = ONION_RELAY;
    memcpy(ret->next_ed25519, later->layer[layer->index].next, KEY_BYTES);
    ret->next = layer_next(layer, &layer_type, cipher + around);
}

static void
peel_server(const Crypto *crypto, const Layer *layer, OnionPeeled *ret)
{
    const Later *later = layer->onion->object;
    const OnionDestination *server = &later->server->destination;

    meter_add(crypto->meter, METER_PARSE, json_bytes(later, 0));
    ret->kind = ONION_SERVER;
    memcpy(ret->host, later->server->host, sizeof ret->host);
    memcpy(ret->target, later->server->target, sizeof ret->target);
    ret->https = server->protocol == NULL || strcmp(server->protocol, "https") == 0;
    ret->port = server->port != 0 ? server->port : 443;
    ret->server_body = layer_next(layer, &posted_type, later->plain[1]);
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
    Layer layer;

    if (crypto->no_shortcuts || !layer_of(packet, &layer))
        return false;
    later = layer.onion->object;
    if (later->ops != crypto->ops ||
        memcmp(me->pk, later->layer[layer.index].x25519, KEY_BYTES) != 0)
        return false;
    meter_add(crypto->meter, METER_X25519, 0);
    meter_add(crypto->meter, METER_OPEN, later->plain[layer.index]);
    if (layer.index == 1 && later->server != NULL)
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
    if (later->ops != crypto->ops || memcmp(me->pk, later->layer[0].x25519, KEY_BYTES) != 0)
        return false;
    meter_add(crypto->meter, METER_X25519, 0);
    meter_add(crypto->meter, METER_OPEN, later->payload.length);
    jobs_join(later->jobs, &later->job);
    *ret_key = later->reply;
    *ret_payload = packet_share(&later->payload);
    return true;
}
