/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages against what the storage server hashed and what session.js made. */
#include <glib.h>

#include "nodes/crypto/message_hash_memo.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/content.h"
#include "nodes/wire/message.h"
#include "tests/lib/mutate.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto crypto = { &crypto_real, &meter };

static void
write_text(Bytes body, UnixMs timestamp, Bytes sync_target, Buffer *out)
{
    content_write(&(Content){ .kind = CONTENT_DATA,
                              .body = body,
                              .timestamp = timestamp,
                              .sync_target = sync_target },
                  out);
}

/* --- hash --------------------------------------------------------------------------------
 */

static void
check_hash(const json_t *vector, const char *expected)
{
    g_autoptr(GByteArray) data = vector_hex(vector, "data_hex");
    uint8_t account[ACCOUNT_BYTES];
    char hash[MESSAGE_HASH_BYTES];

    vector_hex_exact(vector, "pubkey", account, sizeof account);
    message_hash(&crypto, account,
                 (int16_t)json_integer_value(json_object_get(vector, "namespace")),
                 bytes_of_array(data), hash);
    g_assert_cmpmem(hash, sizeof hash, expected, strlen(expected));
}

static void
test_hashes(void)
{
    static const char *const files[][2] = { { "ss_message_hash", "hash" },
                                            { "upstream_message_hash", "expect_hash" } };

    for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
        json_t *file = vectors_load(files[f][0]), *vector;
        size_t i;

        g_assert_cmpuint(json_array_size(json_object_get(file, "vectors")), >, 0);
        json_array_foreach(json_object_get(file, "vectors"), i, vector)
            check_hash(vector, vector_text(vector, files[f][1]));
        json_decref(file);
    }
}

static const char told[MESSAGE_HASH_BYTES + 1] =
    "told-told-told-told-told-told-told-told-tol";

/* What @memo's owner gets for this message: the hash that was told, or the right one? */
static bool
is_found(MessageHashMemo *memo, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
         const Packet *data)
{
    Meter found_meter = { 0 }, meter_of_all = { 0 };
    Crypto with = { &crypto_real, &found_meter, .message_hashes = memo };
    Crypto without = { &crypto_real, &meter_of_all };
    char found[MESSAGE_HASH_BYTES], computed[MESSAGE_HASH_BYTES];

    message_hash_of_packet(&with, account, name_space, data, found);
    message_hash_of_packet(&without, account, name_space, data, computed);
    g_assert_cmpmem(&found_meter, sizeof found_meter, &meter_of_all, sizeof meter_of_all);
    if (memcmp(found, told, MESSAGE_HASH_BYTES) == 0)
        return true;
    g_assert_cmpmem(found, sizeof found, computed, sizeof computed);
    return false;
}

/* It believes what it is told, so it remembers; and only of that very message. */
static void
test_remembered_hashes(void)
{
    static const int16_t spaces[] = { 0, 5, -1, 300, INT16_MAX, INT16_MIN };
    const uint8_t account[ACCOUNT_BYTES] = { 5, 1, 2, 3 };
    uint8_t other[ACCOUNT_BYTES];
    Packet whole = packet_of_bytes(BYTES_LITERAL("a body of a message, twice"));
    Packet again = packet_of_bytes(packet_bytes(&whole));
    Packet part = packet_slice(&whole, 2, 20), longer = packet_slice(&whole, 2, 21);
    Packet later = packet_slice(&whole, 3, 20);

    memcpy(other, account, sizeof other);
    other[ACCOUNT_BYTES - 1] = 1;
    for (size_t i = 0; i < G_N_ELEMENTS(spaces); i++) {
        MessageHashMemo *memo = message_hash_memo_new(1); /* all in one slot */

        message_hash_memo_add(memo, account, spaces[i], &part, told);
        g_assert_true(is_found(memo, account, spaces[i], &part));
        g_assert_true(is_found(memo, account, spaces[i], &part));
        g_assert_false(is_found(memo, other, spaces[i], &part));
        message_hash_memo_add(memo, account, spaces[i], &part, told);
        g_assert_false(is_found(memo, account, spaces[i] ^ 1, &part));
        g_assert_false(is_found(memo, account, spaces[i], &part)); /* replaced */
        message_hash_memo_add(memo, account, spaces[i], &part, told);
        g_assert_false(is_found(memo, account, spaces[i], &longer));
        message_hash_memo_add(memo, account, spaces[i], &part, told);
        g_assert_false(is_found(memo, account, spaces[i], &later));
        message_hash_memo_add(memo, account, spaces[i], &whole, told);
        g_assert_false(is_found(memo, account, spaces[i], &again));
        g_assert_cmpuint(again.blob->refs, ==, 2); /* held, so that it stays what it is */
        message_hash_memo_free(memo);
        g_assert_cmpuint(again.blob->refs, ==, 1);
    }
    packet_clear(&whole);
    packet_clear(&again);
    packet_clear(&part);
    packet_clear(&longer);
    packet_clear(&later);
}

static void
test_empty_body_is_not_remembered(void)
{
    const uint8_t account[ACCOUNT_BYTES] = { 0 };
    MessageHashMemo *memo = message_hash_memo_new(64);
    Packet empty = PACKET_EMPTY, one = packet_of_bytes(BYTES_LITERAL("x"));

    g_assert_false(is_found(memo, account, 0, &empty));
    message_hash_memo_add(memo, account, 0, &empty, told);
    g_assert_false(is_found(memo, account, 0, &empty));
    message_hash_memo_add(memo, account, 0, &one,
                          told); /* shorter than what makes its key */
    g_assert_true(is_found(memo, account, 0, &one));
    packet_clear(&one);
    message_hash_memo_free(memo);
    message_hash_memo_free(NULL);
}

/* --- session.js --------------------------------------------------------------------------
 */

static void
check_envelope(const json_t *vector)
{
    const json_t *expected = json_object_get(vector, "envelope");
    g_autoptr(GByteArray) content = vector_hex(expected, "content_hex");
    g_autoptr(GByteArray) whole = vector_hex(vector, "websocket_message_hex");
    MessageEnvelope envelope;
    Buffer again = BUFFER_EMPTY;

    g_assert_cmpint(message_unwrap(bytes_of_array(whole), &envelope), ==, ST_OK);
    g_assert_cmpint(envelope.type, ==,
                    json_integer_value(json_object_get(expected, "type")));
    g_assert_cmpint(envelope.timestamp, ==,
                    json_integer_value(json_object_get(expected, "timestamp")));
    g_assert_cmpuint(envelope.source.n, ==, 0);
    g_assert_true(bytes_equal(envelope.content, bytes_of_array(content)));
    g_assert_true(envelope.content.p >= whole->data &&
                  envelope.content.p + envelope.content.n <= whole->data + whole->len);

    message_wrap(envelope.type, (Bytes){ NULL, 0 }, envelope.timestamp, envelope.content,
                 &again);
    g_assert_cmpmem(again.p, again.n, whole->data, whole->len);
    buffer_clear(&again);
}

/* The stored data is the base64 of the message. */
static void
check_stored_data(const json_t *vector)
{
    const json_t *params = json_object_get(vector, "store_params");
    g_autoptr(GByteArray) whole = vector_hex(vector, "websocket_message_hex");
    Buffer data = BUFFER_EMPTY;

    g_assert_cmpint(base64_decode(bytes_of_text(vector_text(params, "data")), &data), ==,
                    ST_OK);
    g_assert_cmpmem(data.p, data.n, whole->data, whole->len);
    buffer_clear(&data);
}

/* Ours has neither the sender's profile, which session.js puts after the timestamp, nor the
 * expiration type 0 (bytes 60 00) at the end.  A copy to oneself has no profile. */
static void
check_same_content(Bytes theirs, const Content *text)
{
    Bytes tail = { theirs.p + theirs.n - 2, 2 };
    Buffer ours = BUFFER_EMPTY;
    size_t header;

    write_text(text->body, text->timestamp, text->sync_target, &ours);
    if (text->sync_target.n > 0) {
        g_assert_cmpmem(tail.p, tail.n, "\x60\x00", 2);
        g_assert_cmpmem(ours.p, ours.n, theirs.p, theirs.n - 2);
    } else {
        header = ours.n < 128 + 2 ? 2 : 3;
        g_assert_cmpuint(theirs.n, >, ours.n);
        g_assert_cmpmem(ours.p + header, ours.n - header, theirs.p + header,
                        ours.n - header);
    }
    buffer_clear(&ours);
}

static void
check_content(const json_t *vector)
{
    const json_t *opened = json_object_get(vector, "decrypted_by_libsession");
    const char *body = json_string_value(json_object_get(vector, "text"));
    g_autoptr(GByteArray) content = vector_hex(opened, "content_protobuf_hex");
    bool is_copy = json_is_true(json_object_get(vector, "sync_copy_to_self"));
    Content text;

    g_assert_cmpint(content_read(bytes_of_array(content), &text), ==, ST_OK);
    g_assert_true(bytes_equal_text(text.body, body != NULL ? body : ""));
    g_assert_cmpint(text.timestamp, ==,
                    json_integer_value(json_object_get(vector, "data_message_timestamp")));
    g_assert_cmpuint(text.sync_target.n, ==, is_copy && body != NULL ? 66 : 0);
    if (body != NULL)
        check_same_content(bytes_of_array(content), &text);
    content_clear(&text);
}

static void
test_messages_of_session_js(void)
{
    json_t *file = vectors_load("sessionjs_messages"), *vector;
    size_t i;

    g_assert_cmpuint(json_array_size(json_object_get(file, "vectors")), ==, 8);
    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        check_envelope(vector);
        check_stored_data(vector);
        check_content(vector);
    }
    json_decref(file);
}

/* --- round trips and refusals ------------------------------------------------------------
 */

static void
test_wrapped_comes_back(void)
{
    static const size_t sizes[] = { 0, 1, 100, 200, 300, 20000, 76800 };
    Bytes source =
        BYTES_LITERAL("05a74ee242ba6ef5cb9c432e72537b95b44a3a3c58aa4b057e03599d05e1cd0dc7");

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree uint8_t *content = g_malloc0(sizes[i] + 1);
        Buffer out = BUFFER_EMPTY;
        MessageEnvelope envelope;

        buffer_append_literal(&out, "before");
        message_wrap(ENVELOPE_CLOSED_GROUP_MESSAGE, source, INT64_MAX,
                     (Bytes){ content, sizes[i] }, &out);
        g_assert_cmpint(message_unwrap((Bytes){ out.p + 6, out.n - 6 }, &envelope), ==,
                        ST_OK);
        g_assert_cmpint(envelope.type, ==, ENVELOPE_CLOSED_GROUP_MESSAGE);
        g_assert_true(bytes_equal(envelope.source, source));
        g_assert_cmpint(envelope.timestamp, ==, INT64_MAX);
        g_assert_true(bytes_equal(envelope.content, (Bytes){ content, sizes[i] }));
        buffer_clear(&out);
    }
}

/* A text may hold a NUL. */
static void
test_content_comes_back(void)
{
    Bytes body = BYTES_LITERAL("a\0b \xf0\x9f\x98\x80"), target = BYTES_LITERAL("05ab");
    Buffer out = BUFFER_EMPTY;
    Content text;

    write_text(body, 1, target, &out);
    g_assert_cmpint(content_read(buffer_bytes(&out), &text), ==, ST_OK);
    g_assert_true(bytes_equal(text.body, body));
    g_assert_true(bytes_equal(text.sync_target, target));
    g_assert_cmpint(text.timestamp, ==, 1);
    content_clear(&text);
    out.n = 0;
    write_text((Bytes){ NULL, 0 }, 0, (Bytes){ NULL, 0 }, &out);
    g_assert_cmpint(content_read(buffer_bytes(&out), &text), ==, ST_OK);
    g_assert_cmpuint(text.body.n + text.sync_target.n, ==, 0);
    content_clear(&text);
    buffer_clear(&out);
}

static Status
unwrap(Bytes in)
{
    MessageEnvelope envelope = { .type = 77 };
    Status status = message_unwrap(in, &envelope);

    if (status != ST_OK)
        g_assert_cmpint(envelope.type, ==, 77);
    return status;
}

/* The envelope 08 06 28 05 42 01 'x' within messages that differ. */
static void
test_unwrap_by_hand(void)
{
#define ENVELOPE_X "\x08\x06\x28\x05\x42\x01x"
    static const struct {
        const char *text;
        size_t n;
        Status status;
    } cases[] = {
#define CASE(text, status) { text, sizeof(text) - 1, status }
        CASE("\x08\x01\x12\x09\x1a\x07" ENVELOPE_X, ST_OK),
        /* unknown fields, fields in another order */
        CASE("\x12\x0b\x1a\x07" ENVELOPE_X "\x20\x00\x68\x07\x08\x01", ST_OK),
        /* a response; no type; no request; a request without a body */
        CASE("\x08\x02\x12\x09\x1a\x07" ENVELOPE_X, ST_MALFORMED),
        CASE("\x12\x09\x1a\x07" ENVELOPE_X, ST_MALFORMED),
        CASE("\x08\x01", ST_MALFORMED),
        CASE("\x08\x01\x12\x02\x20\x00", ST_MALFORMED),
        /* an envelope without its type; without its timestamp; with a negative one */
        CASE("\x08\x01\x12\x07\x1a\x05\x28\x05\x42\x01x", ST_MALFORMED),
        CASE("\x08\x01\x12\x07\x1a\x05\x08\x06\x42\x01x", ST_MALFORMED),
        CASE("\x08\x01\x12\x0f\x1a\x0d\x08\x06\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
             ST_MALFORMED),
        /* wrong wire types; a group; field number 0; an endless number */
        CASE("\x0d\x01\x00\x00\x00\x12\x09\x1a\x07" ENVELOPE_X, ST_MALFORMED),
        CASE("\x08\x01\x12\x09\x1b\x07" ENVELOPE_X, ST_MALFORMED),
        CASE("\x08\x01\x00\x00\x12\x09\x1a\x07" ENVELOPE_X, ST_MALFORMED),
        CASE("\x08\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x01", ST_MALFORMED),
        CASE("", ST_MALFORMED),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Bytes in =
            truncated((Bytes){ (const uint8_t *)cases[i].text, cases[i].n }, cases[i].n);
        Status status = unwrap(in);

        if (status != cases[i].status)
            g_error("case %zu: %s", i, status_name(status));
        bytes_free(in);
    }
}

/* The last of a repeated field counts, as everywhere in protobuf. */
static void
test_last_of_a_field_counts(void)
{
    Bytes in = BYTES_LITERAL("\x08\x01\x12\x0c\x1a\x0a\x08\x06\x28\x05\x42\x01x\x42\x01y");
    MessageEnvelope envelope;

    g_assert_cmpint(message_unwrap(in, &envelope), ==, ST_OK);
    g_assert_true(bytes_equal_text(envelope.content, "y"));
}

/* Two bytes of input can be made to cost eighty of memory: not beyond the limit. */
static void
test_memory_is_bounded(void)
{
    g_autoptr(GByteArray) many = g_byte_array_new();
    Content text = { .timestamp = 77 };

    for (int i = 0; i < 38400; i++)
        g_byte_array_append(many, (const uint8_t *)"\x78\x01", 2);
    g_assert_cmpint(content_read(bytes_of_array(many), &text), ==, ST_TOO_LARGE);
    g_assert_cmpint(text.timestamp, ==, 77);
    g_byte_array_set_size(many, 2 * 64);
    g_assert_cmpint(content_read(bytes_of_array(many), &text), ==, ST_OK);
    g_assert_cmpint(text.timestamp, ==, 0);
    content_clear(&text);
}

static Buffer
a_message(void)
{
    Buffer content = BUFFER_EMPTY, out = BUFFER_EMPTY;

    write_text(BYTES_LITERAL("hello"), 1795385297304, BYTES_LITERAL("05ab"), &content);
    message_wrap(ENVELOPE_SESSION_MESSAGE, BYTES_LITERAL("05cd"), 1795385297304,
                 buffer_bytes(&content), &out);
    buffer_clear(&content);
    return out;
}

static void
test_every_truncation_is_malformed(void)
{
    Buffer all = a_message();

    g_assert_cmpint(unwrap(buffer_bytes(&all)), ==, ST_OK);
    for (size_t n = 0; n < all.n; n++) {
        Bytes in = truncated(buffer_bytes(&all), n);

        /* What is missing at the very end is the request's id, which nobody needs; but the
         * request says how long it is. */
        g_assert_cmpint(unwrap(in), ==, ST_MALFORMED);
        bytes_free(in);
    }
    buffer_clear(&all);
}

static void
check_inside(Bytes part, Bytes whole)
{
    g_assert_true(part.n == 0 ||
                  (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void
test_mutations(void)
{
    Buffer all = a_message();
    int accepted = 0;

    for (uint32_t seed = 0; seed < 20000; seed++) {
        Bytes in =
            mutate(seed, buffer_bytes(&all), BYTES_LITERAL("\x08\x0a\x12\x1a\x28\x42\xff"));
        MessageEnvelope envelope;
        Content text;

        if (message_unwrap(in, &envelope) == ST_OK) {
            accepted++;
            check_inside(envelope.source, in);
            check_inside(envelope.content, in);
            g_assert_cmpint(envelope.timestamp, >=, 0);
            if (content_read(envelope.content, &text) == ST_OK)
                content_clear(&text);
        }
        bytes_free(in);
    }
    g_assert_cmpint(accepted, >, 100);
    buffer_clear(&all);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/message/hashes", test_hashes);
    g_test_add_func("/wire/message/remembered-hashes", test_remembered_hashes);
    g_test_add_func("/wire/message/empty-body-is-not-remembered",
                    test_empty_body_is_not_remembered);
    g_test_add_func("/wire/message/of-session-js", test_messages_of_session_js);
    g_test_add_func("/wire/message/wrapped-comes-back", test_wrapped_comes_back);
    g_test_add_func("/wire/message/content-comes-back", test_content_comes_back);
    g_test_add_func("/wire/message/unwrap-by-hand", test_unwrap_by_hand);
    g_test_add_func("/wire/message/last-of-a-field-counts", test_last_of_a_field_counts);
    g_test_add_func("/wire/message/memory-is-bounded", test_memory_is_bounded);
    g_test_add_func("/wire/message/every-truncation-is-malformed",
                    test_every_truncation_is_malformed);
    g_test_add_func("/wire/message/mutations", test_mutations);
    return g_test_run();
}
