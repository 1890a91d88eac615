/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/packet.h"

#include <assert.h>

Packet
packet_of_blob(Blob *blob)
{
    return (Packet){ blob, 0, blob->size };
}

Packet
packet_of_buffer(Buffer *b)
{
    return packet_of_blob(blob_from_buffer(b));
}

Packet
packet_of_bytes(Bytes in)
{
    Blob *blob = blob_new(in.n);

    if (in.n > 0)
        memcpy(blob->data, in.p, in.n);
    return packet_of_blob(blob);
}

Packet
packet_share(const Packet *packet)
{
    if (packet->blob != NULL)
        blob_ref(packet->blob);
    return *packet;
}

Packet
packet_slice(const Packet *packet, size_t offset, size_t length)
{
    assert(offset <= packet->length && length <= packet->length - offset);
    if (packet->blob != NULL)
        blob_ref(packet->blob);
    return (Packet){ packet->blob, (uint32_t)(packet->offset + offset), (uint32_t)length };
}

void
packet_clear(Packet *packet)
{
    blob_unref(packet->blob);
    *packet = PACKET_EMPTY;
}

Bytes
packet_bytes(const Packet *packet)
{
    if (packet->blob == NULL || packet->length == 0)
        return (Bytes){ NULL, 0 };
    return (Bytes){ blob_data(packet->blob) + packet->offset, packet->length };
}

uint8_t *
packet_make_mutable(Packet *packet)
{
    assert(packet->blob != NULL);
    if (!blob_is_unique(packet->blob) || packet->blob->object != NULL) {
        Packet copy = packet_of_bytes(packet_bytes(packet));

        packet_clear(packet);
        *packet = copy;
    }
    return blob_data_mutable(packet->blob) + packet->offset;
}

void
packet_append(const Packet *packet, Buffer *out)
{
    if (packet->blob != NULL && packet->length == packet->blob->size)
        blob_append(packet->blob, out);
    else
        buffer_append_bytes(out, packet_bytes(packet));
}
