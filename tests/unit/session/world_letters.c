/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages for the client, and what it sent, made and read outside it. */
#include "tests/unit/session/world.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

char *
world_seal(World *world, const Ed25519Pair *sender, const uint8_t key[KEY_BYTES], int type,
           const Content *content, UnixMs sealed_ms)
{
    static uint8_t random[KEY_BYTES];
    Buffer plain = BUFFER_EMPTY, padded = BUFFER_EMPTY;
    Buffer sealed = BUFFER_EMPTY, data = BUFFER_EMPTY, base64 = BUFFER_EMPTY;
    char *ret;

    random[1]++; /* another box each time (X25519 ignores bits of byte 0) */
    content_write(content, &plain);
    session_message_pad(buffer_bytes(&plain), &padded);
    g_assert_cmpint(session_message_seal(&world->crypto, sender, key, random,
                                         buffer_bytes(&padded), &sealed),
                    ==, ST_OK);
    message_wrap(type, (Bytes){ NULL, 0 }, sealed_ms, buffer_bytes(&sealed), &data);
    base64_encode(buffer_bytes(&data), true, &base64);
    ret = g_strndup((const char *)base64.p, base64.n);
    buffer_clear(&plain);
    buffer_clear(&padded);
    buffer_clear(&sealed);
    buffer_clear(&data);
    buffer_clear(&base64);
    return ret;
}

char *
world_seal_content(World *world, const uint8_t sender_seed[32], const Content *content,
                   UnixMs sent_ms)
{
    Ed25519Pair sender;

    identity_ed25519(sender_seed, &sender);
    return world_seal(world, &sender, world->session->x25519.pk, ENVELOPE_SESSION_MESSAGE,
                      content, sent_ms);
}

char *
world_seal_text(World *world, const uint8_t sender_seed[32], uint64_t message,
                uint32_t bytes, UnixMs sent_ms)
{
    Content content = { .kind = CONTENT_DATA, .timestamp = sent_ms };
    Buffer text = BUFFER_EMPTY;
    char *ret;

    session_text_of(message, bytes, &text);
    content.body = buffer_bytes(&text);
    ret = world_seal_content(world, sender_seed, &content, sent_ms);
    buffer_clear(&text);
    return ret;
}

UnixMs
world_open(const World *world, guint number, const char *data, Buffer *padded, Content *ret)
{
    Buffer raw = BUFFER_EMPTY;
    uint8_t seed[KEY_BYTES] = { (uint8_t)number, (uint8_t)(number >> 8), 'a' };
    uint8_t sender[KEY_BYTES];
    MessageEnvelope envelope;
    Ed25519Pair ed;
    X25519Pair x;
    Bytes plain;

    identity_ed25519(seed, &ed);
    identity_x25519(&ed, &x);
    g_assert_cmpint(base64_decode(bytes_of_text(data), &raw), ==, ST_OK);
    g_assert_cmpint(message_unwrap(buffer_bytes(&raw), &envelope), ==, ST_OK);
    g_assert_cmpint(envelope.type, ==, ENVELOPE_SESSION_MESSAGE);
    g_assert_cmpint(
        session_message_open(&world->crypto, &x, envelope.content, padded, sender), ==,
        ST_OK);
    g_assert_cmpmem(sender, KEY_BYTES, world->session->x25519.pk, KEY_BYTES);
    g_assert_cmpint(session_message_unpad(buffer_bytes(padded), &plain), ==, ST_OK);
    g_assert_cmpint(content_read(plain, ret), ==, ST_OK);
    buffer_clear(&raw);
    return envelope.timestamp;
}
