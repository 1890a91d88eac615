/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/server_later.h"

#include <assert.h>
#include <stdlib.h>

/* The list as it would be without a body, and the body. */
typedef struct Parts {
    Buffer list;
    size_t cut; /* bytes of its end that go when there is a body */
    Packet body;
} Parts;

static void
encode(const void *object, Buffer *out)
{
    const Parts *parts = object;

    buffer_append(out, parts->list.p, parts->list.n - parts->cut);
    buffer_append_u64_decimal(out, parts->body.length);
    buffer_append_literal(out, ":");
    packet_append(&parts->body, out);
    buffer_append_literal(out, "e");
}

static void
free_parts(void *object)
{
    Parts *parts = object;

    buffer_clear(&parts->list);
    packet_clear(&parts->body);
    free(parts);
}

static const BlobType parts_type = { "v4 payload", encode, free_parts };

static Packet
packet_of_parts(Buffer *list, size_t cut, Packet *body)
{
    size_t n = list->n - cut + decimal_digits(body->length) + body->length + 2;
    Parts *parts = malloc(sizeof *parts);

    if (parts == NULL)
        abort();
    *parts = (Parts){ *list, cut, packet_steal(body) };
    return packet_of_blob(blob_from_object(&parts_type, parts, n));
}

Packet
server_request_packet(const ServerRequest *request, Packet *body)
{
    ServerRequest head = *request;
    Buffer list = BUFFER_EMPTY;

    head.has_body = false;
    server_request_write_v4(&head, &list);
    if (body->blob == NULL)
        return packet_of_buffer(&list);
    return packet_of_parts(&list, sizeof "e" - 1, body);
}

Packet
server_reply_packet(int code, Bytes headers, Packet *body)
{
    ServerReply head = { .code = code, .headers = headers };
    Buffer list = BUFFER_EMPTY;

    server_reply_write_v4(&head, &list);
    if (body->blob == NULL)
        return packet_of_buffer(&list);
    return packet_of_parts(&list, sizeof "0:e" - 1, body);
}

/* The parts of a packet that was made here, or NULL. */
static const Parts *
parts_of(const Packet *in)
{
    const Blob *blob = in->blob;

    return blob != NULL && blob->type == &parts_type && in->length == blob->size
               ? blob->object
               : NULL;
}

/* @body stands within the bytes of @in. */
static Packet
slice_of(const Packet *in, Bytes body)
{
    if (body.n == 0)
        return PACKET_EMPTY;
    return packet_slice(in, (size_t)(body.p - packet_bytes(in).p), body.n);
}

Status
server_request_open(const Packet *in, Buffer *scratch, ServerRequest *ret, Packet *ret_body)
{
    const Parts *parts = parts_of(in);
    Bytes text = parts != NULL ? buffer_bytes(&parts->list) : packet_bytes(in);
    Status status = server_request_read_v4(text, scratch, ret);

    if (status != ST_OK)
        return status;
    *ret_body = parts != NULL ? packet_share(&parts->body) : slice_of(in, ret->body);
    ret->has_body |= parts != NULL;
    ret->body = (Bytes){ NULL, 0 };
    return ST_OK;
}

Status
server_reply_open(const Packet *in, ServerReply *ret, Packet *ret_body)
{
    const Parts *parts = parts_of(in);
    Bytes text = parts != NULL ? buffer_bytes(&parts->list) : packet_bytes(in);
    Status status = server_reply_read_v4(text, ret);

    if (status != ST_OK)
        return status;
    *ret_body = parts != NULL ? packet_share(&parts->body) : slice_of(in, ret->body);
    ret->body = (Bytes){ NULL, 0 };
    return ST_OK;
}
