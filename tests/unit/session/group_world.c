/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session/group_world.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"

Stored
group_stored(const World *world, guint i)
{
    for (guint j = 0; j < world->arrivals->len; j++) {
        json_t *first = arrival_first(g_ptr_array_index(world->arrivals, j));
        json_t *params = json_object_get(first, "params");

        if (g_strcmp0(json_string_value(json_object_get(first, "method")), "store") != 0 ||
            i-- > 0)
            continue;
        return (Stored){ json_string_value(json_object_get(params, "pubkey")),
                         (int)json_integer_value(json_object_get(params, "namespace")),
                         json_string_value(json_object_get(params, "data")) };
    }
    g_assert_not_reached();
}

void
group_keys(guint number, Ed25519Pair *ret_ed, X25519Pair *ret_x)
{
    uint8_t seed[KEY_BYTES] = { (uint8_t)number, (uint8_t)(number >> 8), 'a' };

    identity_ed25519(seed, ret_ed);
    identity_x25519(ret_ed, ret_x);
}

Status
group_open(const World *world, const char *data, const X25519Pair *pair, int type,
           Buffer *padded, Content *ret, uint8_t ret_sender[KEY_BYTES])
{
    Buffer raw = BUFFER_EMPTY;
    MessageEnvelope envelope;
    Status status;
    Bytes plain;

    g_assert_cmpint(base64_decode(bytes_of_text(data), &raw), ==, ST_OK);
    g_assert_cmpint(message_unwrap(buffer_bytes(&raw), &envelope), ==, ST_OK);
    g_assert_cmpint(envelope.type, ==, type);
    status =
        session_message_open(&world->crypto, pair, envelope.content, padded, ret_sender);
    if (status == ST_OK) {
        g_assert_cmpint(session_message_unpad(buffer_bytes(padded), &plain), ==, ST_OK);
        g_assert_cmpint(content_read(plain, ret), ==, ST_OK);
    }
    buffer_clear(&raw);
    return status;
}

char *
group_seal(World *world, guint sender, const uint8_t key[KEY_BYTES], int type,
           const Content *content, UnixMs sealed_ms)
{
    Ed25519Pair ed;
    X25519Pair x;

    group_keys(sender, &ed, &x);
    return world_seal(world, &ed, key, type, content, sealed_ms);
}

void
group_put(World *world, const uint8_t account[ACCOUNT_BYTES], int name_space,
          const char *data)
{
    guint node[16], n = world_swarm(world, account, node);

    for (guint i = 0; i < n; i++)
        world_put(world, node[i], account, name_space, data);
}

static void
deliver(World *world, const SessionOrder *order)
{
    Packet packet = session_order_packet(order);

    recording_port_deliver(world->recording, &session_ops, world->session, 0, NULL,
                           KIND_TELL, 0, &packet);
}

void
group_order(World *world, SessionOrderKind kind, const uint8_t to[ACCOUNT_BYTES],
            uint64_t message, const guint *members, guint n)
{
    uint8_t(*accounts)[ACCOUNT_BYTES] = g_malloc0_n(n + 1, ACCOUNT_BYTES);
    SessionOrder order = { .kind = kind, .message = message, .n_members = n };

    for (guint i = 0; i < n; i++)
        world_account(members[i], accounts[i]);
    order.members = (const uint8_t(*)[ACCOUNT_BYTES])accounts;
    if (to != NULL)
        memcpy(order.to, to, ACCOUNT_BYTES);
    deliver(world, &order);
    g_free(accounts);
}

void
group_write(World *world, const uint8_t to[ACCOUNT_BYTES], SessionKind kind,
            uint64_t message)
{
    SessionOrder order = {
        .kind = SESSION_WRITE, .content = kind, .message = message, .bytes = 60
    };

    memcpy(order.to, to, ACCOUNT_BYTES);
    deliver(world, &order);
}
