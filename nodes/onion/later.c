/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/later.h"

#include "nodes/onion/wrap.h"

#include <assert.h>
#include <stdlib.h>

/* A request in the making: all that it needs, copied.  Shared by the packet's blob and by
 * the reply key, through the blob's count. */
typedef struct Later {
    Job job; /* first: a Job* is a Later* */
    Jobs *jobs;
    Crypto crypto;
    Meter meter; /* the job's own; the work was counted when it was handed over */
    OnionHop hops[ONION_HOPS_MAX];
    uint8_t keys[ONION_HOPS_MAX + 1][2][KEY_BYTES]; /* of hops and destination */
    OnionDestination destination;
    OnionRandom random;
    Wrapping wrapping;
    Buffer payload, out;
    ChannelKey reply;
} Later;

static void
run(Job *job)
{
    Later *later = (Later *)job;
    Bytes payload = buffer_bytes(&later->payload);

    if (onion_wrap_layers(&later->wrapping, payload, later->out.p, &later->reply) != ST_OK)
        memset(later->out.p, 0, later->out.capacity); /* nobody can open this */
}

/* The blob is read: take the job's memory over. */
static void
encode(const void *object, Buffer *out)
{
    Later *later = (Later *)(uintptr_t)object;

    jobs_join(later->jobs, &later->job);
    assert(out->p == NULL);
    *out = later->out;
    later->out = BUFFER_EMPTY;
}

static void
free_later(void *object)
{
    Later *later = object;

    jobs_join(later->jobs, &later->job);
    buffer_clear(&later->payload);
    buffer_clear(&later->out);
    explicit_bzero(later, sizeof *later);
    free(later);
}

static const BlobType later_type = { "onion in the making", encode, free_later };

static void
copy_keys(Later *later, size_t i, const uint8_t *ed25519, const uint8_t *x25519)
{
    if (ed25519 != NULL)
        memcpy(later->keys[i][0], ed25519, KEY_BYTES);
    memcpy(later->keys[i][1], x25519, KEY_BYTES);
}

static Later *
later_new(const Crypto *crypto, const Wrapping *w, Bytes payload, size_t n)
{
    Later *later = calloc(1, sizeof *later);

    if (later == NULL)
        abort();
    later->job.run = run;
    later->jobs = crypto->jobs;
    later->crypto = (Crypto){ .ops = crypto->ops, .meter = &later->meter };
    for (size_t i = 0; i < w->n_hops; i++) {
        copy_keys(later, i, w->hops[i].ed25519, w->hops[i].x25519);
        later->hops[i] = (OnionHop){ later->keys[i][0], later->keys[i][1] };
    }
    copy_keys(later, w->n_hops, w->destination->ed25519, w->destination->x25519);
    later->destination = (OnionDestination){ .ed25519 = later->keys[w->n_hops][0],
                                             .x25519 = later->keys[w->n_hops][1] };
    memcpy(later->random.key, w->random->key, (w->n_hops + 1) * sizeof w->random->key[0]);
    memcpy(later->random.nonce, w->random->nonce,
           (w->n_hops + 1) * sizeof w->random->nonce[0]);
    later->wrapping =
        (Wrapping){ &later->crypto,      w->enc,         later->hops, w->n_hops,
                    &later->destination, &later->random, { NULL, 0 } };
    buffer_append_bytes(&later->payload, payload);
    buffer_reserve(&later->out, n);
    later->out.n = n;
    return later;
}

Status
onion_wrap_later(const Crypto *crypto, EncType enc, const OnionHop *hops, size_t n_hops,
                 const OnionDestination *destination, Bytes payload,
                 const OnionRandom *random, Packet *ret_request, OnionReplyKey *ret_reply)
{
    Wrapping w = { crypto, enc, hops, n_hops, destination, random, { NULL, 0 } };
    Later *later;
    Blob *blob;
    size_t n;

    /* What has text beside its keys is rare: it is not put off. */
    if (crypto->jobs == NULL || destination->is_server || n_hops == 0) {
        ret_reply->later = NULL;
        return onion_wrap(crypto, enc, hops, n_hops, destination, payload, random,
                          ret_request, &ret_reply->key);
    }
    if (n_hops > ONION_HOPS_MAX)
        return ST_RANGE;
    if (payload.n > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    n = onion_wrapped_bytes(&w, payload);
    if (n > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    onion_wrap_meter(&w, payload, crypto->meter);
    later = later_new(crypto, &w, payload, n);
    jobs_submit(crypto->jobs, &later->job);
    blob = blob_from_object(&later_type, later, n);
    *ret_request = packet_of_blob(blob);
    ret_reply->later = blob_ref(blob);
    return ST_OK;
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
