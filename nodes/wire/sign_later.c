/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/sign_later.h"

#include "nodes/wire/base64.h"

#include <stdlib.h>

enum { SIGNATURE_BASE64_BYTES = 88 };

typedef struct SignJob {
    Job job; /* first: a Job* is a SignJob* */
    Jobs *jobs;
    SignatureMemo *memo;
    Crypto crypto;
    Meter meter; /* the job's own; the work was counted when it was handed over */
    Ed25519Pair key;
    SignLater later;
    uint8_t signature[SIGN_LATER_MAX][SIGNATURE_BYTES];
    Buffer text;
} SignJob;

static Bytes
signed_text_of(const SignJob *sign, uint32_t i)
{
    return (Bytes){ sign->later.gap[i].signed_text, sign->later.gap[i].signed_n };
}

static void
run(Job *job)
{
    SignJob *sign = (SignJob *)job;

    for (uint32_t i = 0; i < sign->later.n; i++)
        crypto_sign_message(&sign->crypto, &sign->key, signed_text_of(sign, i),
                            sign->signature[i]);
}

static void
fill_gap(SignJob *sign, uint32_t i)
{
    uint8_t *p = sign->text.p + sign->later.gap[i].at;
    Buffer gap = { p, 0, SIGNATURE_BASE64_BYTES };

    base64_encode((Bytes){ sign->signature[i], SIGNATURE_BYTES }, true, &gap);
    signature_memo_add(sign->memo, sign->key.pk, signed_text_of(sign, i),
                       sign->signature[i]);
}

/* The blob is read: take the job's memory over. */
static void
encode(const void *object, Buffer *out)
{
    SignJob *sign = (SignJob *)(uintptr_t)object;

    jobs_join(sign->jobs, &sign->job);
    for (uint32_t i = 0; i < sign->later.n; i++)
        fill_gap(sign, i);
    *out = sign->text;
    sign->text = BUFFER_EMPTY;
}

static void
free_job(void *object)
{
    SignJob *sign = object;

    if (sign->jobs != NULL) /* it may be anywhere */
        jobs_join(sign->jobs, &sign->job);
    buffer_clear(&sign->text);
    explicit_bzero(&sign->key, sizeof sign->key);
    free(sign);
}

static const BlobType sign_type = { "text with signatures", encode, free_job };

void
sign_later_append(SignLater *later, const Crypto *crypto, const Ed25519Pair *key,
                  Bytes signed_text, Buffer *out)
{
    uint8_t signature[SIGNATURE_BYTES];

    if (crypto->signatures == NULL || later->n == SIGN_LATER_MAX ||
        signed_text.n > SIGNATURE_MEMO_TEXT_MAX) {
        crypto_sign_message(crypto, key, signed_text, signature);
        base64_encode((Bytes){ signature, sizeof signature }, true, out);
        return;
    }
    meter_add(crypto->meter, METER_SIGN, signed_text.n);
    later->gap[later->n].at = (uint32_t)out->n;
    later->gap[later->n].signed_n = (uint8_t)signed_text.n;
    memcpy(later->gap[later->n++].signed_text, signed_text.p, signed_text.n);
    memset(buffer_reserve(out, SIGNATURE_BASE64_BYTES), 0, SIGNATURE_BASE64_BYTES);
    out->n += SIGNATURE_BASE64_BYTES;
}

Packet
sign_later_packet(const SignLater *later, const Crypto *crypto, const Ed25519Pair *key,
                  Buffer *text)
{
    size_t n = text->n;
    SignJob *sign;

    if (later->n == 0)
        return packet_of_buffer(text);
    sign = malloc(sizeof *sign);
    if (sign == NULL)
        abort();
    *sign = (SignJob){ .job = { .run = run },
                       .jobs = crypto->jobs,
                       .memo = crypto->signatures,
                       .crypto = { .ops = crypto->ops, .meter = &sign->meter },
                       .key = *key,
                       .later = *later,
                       .text = *text };
    *text = BUFFER_EMPTY;
    jobs_submit(sign->jobs, &sign->job);
    return packet_of_blob(blob_from_object(&sign_type, sign, n));
}
