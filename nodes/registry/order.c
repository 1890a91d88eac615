/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/order.h"

#include <stdlib.h>

/* For hosts that make every byte; nobody reads an order from bytes. */
static void
encode_order(const void *object, Buffer *out)
{
    const ChainOrder *order = object;

    buffer_append(out, order->exit ? "e" : "r", 1);
    buffer_append(out, order->record.legacy, sizeof order->record.legacy);
    buffer_append(out, order->record.ed25519, sizeof order->record.ed25519);
    buffer_append(out, order->record.x25519, sizeof order->record.x25519);
}

enum { ORDER_BYTES = 1 + 3 * 32 };

static const BlobType order_type = {
    .name = "chain_order",
    .encode = encode_order,
    .free_object = free,
};

Blob *
chain_order_blob(const ChainOrder *order)
{
    ChainOrder *copy = malloc(sizeof *copy);

    if (copy == NULL)
        abort();
    *copy = *order;
    return blob_from_object(&order_type, copy, ORDER_BYTES);
}

const ChainOrder *
chain_order_of_packet(const Packet *packet)
{
    const Blob *blob = packet->blob;

    return blob != NULL && blob->type == &order_type ? blob->object : NULL;
}
