/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The storage requests of spring 2020 (protocol 3.7): one each, no batches, no signatures;
 * a store carries a proof of work, whose nonce goes into the message's hash. */
#include "clients/session/session_internal.h"
#include "nodes/crypto/proof_of_work.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

static void
begin(const char *method, const uint8_t key[KEY_BYTES], Buffer *out)
{
    buffer_append_literal(out, "{\"method\":\"");
    buffer_append_text(out, method);
    buffer_append_literal(out, "\",\"params\":{\"pubKey\":\"05");
    buffer_append_hex(out, (Bytes){ key, KEY_BYTES });
    buffer_append_literal(out, "\"");
}

static void
member(const char *name, Bytes text, Buffer *out)
{
    buffer_append_literal(out, ",\"");
    buffer_append_text(out, name);
    buffer_append_literal(out, "\":\"");
    buffer_append_bytes(out, text);
    buffer_append_literal(out, "\"");
}

void
session_2020_swarm(const uint8_t key[KEY_BYTES], Buffer *out)
{
    begin("get_snodes_for_pubkey", key, out);
    buffer_append_literal(out, "}}");
}

void
session_2020_retrieve(const Session *s, const Cursor *cursor, Buffer *out)
{
    begin("retrieve", s->x25519.pk, out);
    buffer_append_literal(out, ",\"lastHash\":\"");
    if (cursor != NULL)
        session_cursor_write(s, cursor, out);
    buffer_append_literal(out, "\"}}");
}

/* Do the work for this message, and say which hash comes out. */
static void
prove(Session *s, Duration ttl, const Bytes parts[4], uint8_t ret_nonce[WORK_NONCE_BYTES],
      char ret_hash[MESSAGE_HASH_MAX])
{
    WorkText text = work_text(s->crypto, parts, 4, (uint64_t)(ttl / SECOND));
    uint8_t hash[WORK_HASH_BYTES];

    memset(ret_nonce, 0, WORK_NONCE_BYTES);
    if (s->config->proof_of_work)
        work_find(s->crypto, &text, s->pow_difficulty, ret_nonce);
    work_message_hash(s->crypto, &text, ret_nonce, hash);
    hex_encode((Bytes){ hash, sizeof hash }, ret_hash);
}

void
session_2020_store(Session *s, const uint8_t key[KEY_BYTES], UnixMs timestamp, Duration ttl,
                   Bytes data, Buffer *out, char ret_hash[MESSAGE_HASH_MAX])
{
    Buffer account = BUFFER_EMPTY, time = BUFFER_EMPTY, ttl_text = BUFFER_EMPTY;
    Buffer text = BUFFER_EMPTY, nonce_text = BUFFER_EMPTY;
    uint8_t nonce[WORK_NONCE_BYTES];

    buffer_append_literal(&account, "05");
    buffer_append_hex(&account, (Bytes){ key, KEY_BYTES });
    buffer_append_i64_decimal(&time, timestamp);
    buffer_append_i64_decimal(&ttl_text, ttl / MILLISECOND);
    base64_encode(data, true, &text);
    {
        const Bytes parts[4] = { buffer_bytes(&time), buffer_bytes(&ttl_text),
                                 buffer_bytes(&account), buffer_bytes(&text) };

        prove(s, ttl, parts, nonce, ret_hash);
    }
    base64_encode((Bytes){ nonce, sizeof nonce }, true, &nonce_text);
    begin("store", key, out);
    member("ttl", buffer_bytes(&ttl_text), out);
    member("nonce", buffer_bytes(&nonce_text), out);
    member("timestamp", buffer_bytes(&time), out);
    member("data", buffer_bytes(&text), out);
    buffer_append_literal(out, "}}");
    buffer_clear(&account);
    buffer_clear(&time);
    buffer_clear(&ttl_text);
    buffer_clear(&text);
    buffer_clear(&nonce_text);
}

void
session_2020_learn_difficulty(Session *s, JsonValue body)
{
    JsonValue value;
    int64_t difficulty;

    if (json_get(body, "difficulty", &value) && json_i64(value, &difficulty) &&
        difficulty >= 1 && difficulty <= WORK_DIFFICULTY_MAX)
        s->pow_difficulty = (uint32_t)difficulty;
}
