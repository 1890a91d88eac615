/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Controls, dicts and replies that somebody else made: what is refused, with which words,
 * and what is read from the odd ones that are not. */
#include "tests/unit/onion/layers.h"

#include "nodes/wire/base64.h"

static Meter meter;
static const Crypto null = { &crypto_null, &meter, NULL };
static TestNode node;

#define KEY "1111111111111111111111111111111111111111111111111111111111111111"
#define NEXT                                                                               \
    "\"destination\":\"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\""
#define RELAY NEXT ",\"ephemeral_key\":\"" KEY "\""

/* --- the guard's container
 * ---------------------------------------------------------------- */

static Status
parse_guard(const char *json, OnionEnvelope *ret, const char **ret_error, Buffer *ret_text)
{
    Buffer request = BUFFER_EMPTY;
    Packet packet;
    Status status;

    buffer_append(&request, "\3\0\0\0abc", 7);
    buffer_append_text(&request, json);
    packet = packet_of_buffer(&request);
    status = onion_parse_guard(&packet, ret, ret_error);
    if (status != ST_OK)
        onion_guard_error(&packet, ret_text);
    packet_clear(&packet);
    return status;
}

static void
test_guard_errors(void)
{
    static const struct {
        const char *json, *error, *text;
    } cases[] = {
        { "{}", "[json.exception.out_of_range.403] key 'ephemeral_key' not found", NULL },
        { "[]", "[json.exception.type_error.304] cannot use at()", NULL },
        { "{\"ephemeral_key\":7}",
          "[json.exception.type_error.303] incompatible ReferenceType for get_ref", NULL },
        { "{\"ephemeral_key\":\"xy\"}", "Hex key data is invalid: data is not hex", NULL },
        { "{\"ephemeral_key\":\"abc\"}", "Hex key data is invalid: data is not hex", NULL },
        { "{\"ephemeral_key\":\"abcd\"}", "Hex key data is invalid: expected 32 hex digits",
          "Hex key data is invalid: expected 32 hex digits, received 4" },
        { "{\"ephemeral_key\":\"" KEY "11\"}",
          "Hex key data is invalid: expected 32 hex digits",
          "Hex key data is invalid: expected 32 hex digits, received 66" },
        { "{\"ephemeral_key\":\"" KEY "\",\"enc_type\":\"rot\\u00313\"}",
          "Invalid encryption type", "Invalid encryption type rot13" },
        { "{\"ephemeral_key\":\"" KEY "\",\"enc_type\":null}",
          "[json.exception.type_error.303] incompatible ReferenceType for get_ref", NULL },
        { "{\"ephemeral_key\":\"" KEY "\",\"hop_no\":\"1\"}",
          "[json.exception.type_error.302] type must be number", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OnionEnvelope envelope = { .hop_no = 77 };
        Buffer text = BUFFER_EMPTY;
        g_autofree char *expected =
            g_strconcat("Error parsing onion request: ",
                        cases[i].text != NULL ? cases[i].text : cases[i].error, NULL);
        const char *error = NULL;

        g_assert_cmpint(parse_guard(cases[i].json, &envelope, &error, &text), ==,
                        ST_MALFORMED);
        g_assert_cmpstr(error, ==, cases[i].error);
        g_assert_true(bytes_equal_text(buffer_bytes(&text), expected));
        g_assert_cmpint(envelope.hop_no, ==, 77);
        buffer_clear(&text);
    }
}

static void
test_guard_hop_numbers(void)
{
    static const struct {
        const char *text;
        int hop_no;
    } cases[] = {
        { "0", 0 },    { "1", 1 },    { "15", 15 },         { "16", 16 },
        { "17", 16 },  { "-5", 0 },   { "2147483647", 16 }, { "3.9", 3 },
        { "true", 1 }, { "1e1", 10 }, { "4294967297", 1 },  { "-4294967291", 5 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json =
            g_strdup_printf("{\"ephemeral_key\":\"" KEY "\",\"hop_no\":%s}", cases[i].text);
        OnionEnvelope envelope;
        Buffer text = BUFFER_EMPTY;
        const char *error = NULL;

        g_assert_cmpint(parse_guard(json, &envelope, &error, &text), ==, ST_OK);
        g_assert_cmpint(envelope.hop_no, ==, cases[i].hop_no);
        g_assert_cmpint(envelope.enc, ==, ENC_AES_GCM);
        g_assert_cmpuint(envelope.cipher_offset, ==, 4);
        g_assert_cmpuint(envelope.cipher_length, ==, 3);
    }
}

static void
test_too_large(void)
{
    Packet packet = packet_of_blob(blob_new(ONION_REQUEST_MAX + 1));
    OnionEnvelope envelope;
    const char *error = NULL;

    memset(blob_data_mutable(packet.blob), ' ', ONION_REQUEST_MAX + 1);
    g_assert_cmpint(onion_parse_guard(&packet, &envelope, &error), ==, ST_TOO_LARGE);
    g_assert_nonnull(error);
    error = NULL;
    g_assert_cmpint(onion_parse_hop(&packet, &envelope, &error), ==, ST_TOO_LARGE);
    g_assert_nonnull(error);
    packet_clear(&packet);
}

/* --- the relay's dict --------------------------------------------------------------------
 */

#define RAW_KEY "0123456789abcdef0123456789abcdef"

static Status
parse_hop(const char *text, OnionEnvelope *ret, const char **ret_error)
{
    Packet packet = packet_of_bytes(bytes_of_text(text));
    Status status = onion_parse_hop(&packet, ret, ret_error);

    packet_clear(&packet);
    return status;
}

static void
test_hop_dicts(void)
{
    static const struct {
        const char *text, *error;
    } refused[] = {
        { "", "not a bencoded dict" },
        { "le", "not a bencoded dict" },
        { "d4:data3:abc", "not a bencoded dict" },
        { "de", "required data payload not found" },
        { "d4:datai5e13:ephemeral_key32:" RAW_KEY "e", "required data payload not found" },
        { "d4:data3:abce", "ephemeral key not found" },
        { "d4:data3:abc13:ephemeral_keyi1ee", "ephemeral key not found" },
        { "d4:data3:abc13:ephemeral_key2:xye", "Key data is invalid: expected 32 bytes" },
        { "d4:data3:abc8:enc_type5:rot1313:ephemeral_key32:" RAW_KEY "e",
          "Invalid encryption type" },
        { "d4:data3:abc8:enc_typei1e13:ephemeral_key32:" RAW_KEY "e",
          "Invalid encryption type" },
        { "d4:data3:abc13:ephemeral_key32:" RAW_KEY "6:hop_no1:1e",
          "hop_no is no integer" },
        { "d4:data3:abc13:ephemeral_key32:" RAW_KEY "6:hop_noi2147483648ee",
          "hop_no is no integer" },
    };
    OnionEnvelope envelope = { .hop_no = 77 };
    const char *error;

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        error = NULL;
        g_assert_cmpint(parse_hop(refused[i].text, &envelope, &error), !=, ST_OK);
        g_assert_cmpstr(error, ==, refused[i].error);
        g_assert_cmpint(envelope.hop_no, ==, 77);
    }
    g_assert_cmpint(parse_hop("d1:ai1e4:data3:abc13:ephemeral_key32:" RAW_KEY "1:z0:e",
                              &envelope, &error),
                    ==, ST_OK);
    g_assert_cmpint(envelope.hop_no, ==, 1);
    g_assert_cmpint(envelope.enc, ==, ENC_AES_GCM);
    g_assert_cmpuint(envelope.cipher_offset, ==, 15);
    g_assert_cmpuint(envelope.cipher_length, ==, 3);
    g_assert_cmpmem(envelope.ephemeral_pk, KEY_BYTES, RAW_KEY, KEY_BYTES);
}

static void
test_hop_dict_numbers(void)
{
    static const struct {
        const char *text;
        int hop_no;
    } cases[] = { { "-3", 1 }, { "0", 1 }, { "1", 1 }, { "15", 15 }, { "2147483647", 16 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "d4:data0:8:enc_type3:cbc13:ephemeral_key32:" RAW_KEY "6:hop_noi%see",
            cases[i].text);
        OnionEnvelope envelope;
        const char *error;

        g_assert_cmpint(parse_hop(text, &envelope, &error), ==, ST_OK);
        g_assert_cmpint(envelope.hop_no, ==, cases[i].hop_no);
        g_assert_cmpint(envelope.enc, ==, ENC_AES_CBC);
    }
}

/* --- inside a layer
 * ------------------------------------------------------------------------ */

static OnionPeeled
peel(Bytes plain)
{
    return test_peel_guard(&null, &node.x,
                           test_layer(&null, ENC_AES_GCM, node.x.pk, plain));
}

static OnionPeeled
peel_control(const char *json)
{
    Packet packet = test_container_layer(&null, ENC_AES_GCM, node.x.pk,
                                         BYTES_LITERAL("cipher"), bytes_of_text(json));

    return test_peel_guard(&null, &node.x, packet);
}

static void
test_controls(void)
{
    static const struct {
        const char *json;
        OnionKind kind;
    } cases[] = {
        { "{\"headers\":null}", ONION_FINAL },
        { " \n{\"headers\":0}\t", ONION_FINAL },
        { "{\"headers\":\"\",\"host\":1,\"destination\":2}", ONION_FINAL },
        { "{\"\\u0068eaders\":\"\"}", ONION_FINAL },
        { "{\"headers\":\"\",\"json\":1}", ONION_BAD_JSON },
        { "{\"headers\":\"\",\"base64\":\"true\"}", ONION_BAD_JSON },
        { "{\"headers\":\"\"", ONION_BAD_JSON },
        { "{\"headers\":\"\"}}", ONION_BAD_JSON },
        { "[\"headers\"]", ONION_BAD_JSON },
        { "\"headers\"", ONION_BAD_JSON },
        { "null", ONION_BAD_JSON },
        { "", ONION_BAD_JSON },
        { "{\"headers\":\"\xff\"}", ONION_BAD_JSON },
        { "{" RELAY "}", ONION_RELAY },
        { "{" RELAY ",\"enc_type\":\"aes-\\u0067cm\"}", ONION_RELAY },
        { "{" RELAY ",\"enc_type\":\"rot13\"}", ONION_BAD_JSON },
        { "{" RELAY ",\"enc_type\":5}", ONION_BAD_JSON },
        { "{" NEXT "}", ONION_BAD_JSON },
        { "{\"ephemeral_key\":\"" KEY "\"}", ONION_BAD_JSON },
        { "{" NEXT ",\"ephemeral_key\":\"11\"}", ONION_BAD_JSON },
        { "{\"destination\":7,\"ephemeral_key\":\"" KEY "\"}", ONION_BAD_JSON },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc\"}", ONION_SERVER },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc\",\"port\":\"80\"}",
          ONION_BAD_JSON },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc\",\"protocol\":1}", ONION_BAD_JSON },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc\",\"protocol\":\"ftp\"}",
          ONION_BAD_URL },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc\",\"protocol\":\"gopher\"}",
          ONION_BAD_URL },
        { "{\"host\":\"h\\u0000x\",\"target\":\"/loki/v3/lsrpc\"}", ONION_BAD_URL },
        { "{\"host\":\"h\",\"target\":\"/loki/\\u0000/lsrpc\"}", ONION_BAD_URL },
        { "{\"host\":5,\"target\":\"/loki/v3/lsrpc\"}", ONION_BAD_JSON },
        { "{\"host\":\"h\",\"target\":\"/loki/v3/lsrpc?\"}", ONION_BAD_URL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OnionPeeled peeled = peel_control(cases[i].json);

        g_assert_cmpint(peeled.kind, ==, cases[i].kind);
        g_assert_true((peeled.kind == ONION_FINAL) == (peeled.body.blob != NULL));
        g_assert_true((peeled.kind == ONION_RELAY) == (peeled.next.blob != NULL));
        g_assert_true((peeled.kind == ONION_SERVER) == (peeled.server_body.blob != NULL));
        g_assert_true(peeled.reply_base64 && !peeled.reply_json);
        onion_peeled_clear(&peeled);
    }
}

static void
test_ports(void)
{
    static const struct {
        const char *text;
        uint16_t port;
    } cases[] = { { "80", 80 },    { "65535", 65535 },
                  { "65536", 0 },  { "65537", 1 },
                  { "-1", 65535 }, { "8080.7", 8080 },
                  { "true", 1 },   { "18446744073709551615", 65535 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json = g_strdup_printf(
            "{\"host\":\"h\",\"target\":\"/oxen/v4/lsrpc\",\"port\":%s}", cases[i].text);
        OnionPeeled peeled = peel_control(json);

        g_assert_cmpint(peeled.kind, ==, ONION_SERVER);
        g_assert_cmpuint(peeled.port, ==, cases[i].port);
        onion_peeled_clear(&peeled);
    }
}

static void
test_names_have_a_limit(void)
{
    for (size_t n = 250; n < 260; n++) {
        g_autofree char *host = g_strnfill(n, 'h');
        g_autofree char *json =
            g_strdup_printf("{\"host\":\"%s\",\"target\":\"/oxen/v4/lsrpc\"}", host);
        OnionPeeled peeled = peel_control(json);

        g_assert_cmpint(peeled.kind, ==, n < 256 ? ONION_SERVER : ONION_BAD_URL);
        g_assert_cmpstr(peeled.host, ==, n < 256 ? host : "");
        onion_peeled_clear(&peeled);
    }
}

/* Every truncation of a layer's plain text, and of what a relay's could be. */
static void
test_cut_plaintexts(void)
{
    static const char relay[] = "\6\0\0\0cipher{" RELAY ",\"enc_type\":\"xchacha20\"}";
    static const char final[] = "\6\0\0\0cipher{\"headers\":\"\",\"base64\":false}";

    for (size_t n = 0; n < sizeof relay - 1; n++) {
        OnionPeeled peeled = peel((Bytes){ (const uint8_t *)relay, n });

        g_assert_cmpint(peeled.kind, ==, ONION_BAD_JSON);
        onion_peeled_clear(&peeled);
    }
    for (size_t n = 0; n < sizeof final - 1; n++) {
        OnionPeeled peeled = peel((Bytes){ (const uint8_t *) final, n });

        g_assert_cmpint(peeled.kind, ==, ONION_BAD_JSON);
        onion_peeled_clear(&peeled);
    }
}

/* The next request's bytes, with the least room that a layer can leave for them. */
static void
test_next_request(void)
{
    OnionPeeled peeled = peel_control("{" RELAY "}");
    uint8_t key[KEY_BYTES];
    Buffer expected = BUFFER_EMPTY;

    g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
    memset(key, 0x11, sizeof key);
    buffer_append_literal(&expected,
                          "d4:data6:cipher8:enc_type7:aes-gcm13:ephemeral_key32:");
    buffer_append(&expected, key, sizeof key);
    buffer_append_literal(&expected, "6:hop_noi1ee");
    g_assert_true(bytes_equal(packet_bytes(&peeled.next), buffer_bytes(&expected)));
    buffer_clear(&expected);
    onion_peeled_clear(&peeled);
}

/* --- replies
 * ------------------------------------------------------------------------------- */

static ChannelKey
reply_key(EncType enc)
{
    ChannelKey key = { enc, { 1, 2, 3 } };

    return key;
}

static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 8, 7, 6 };

static void
check_reply(EncType enc, Bytes body, bool as_json, bool base64, const char *expected)
{
    ChannelKey key = reply_key(enc);
    Packet sealed = onion_reply_seal(&null, &key, nonce, 421, body, as_json, base64), plain;

    g_assert_cmpint(onion_reply_open(&null, &key, &sealed, &plain), ==, ST_OK);
    g_assert_true(bytes_equal_text(packet_bytes(&plain), expected));
    packet_clear(&plain);
}

static void
test_replies(void)
{
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        for (int base64 = 0; base64 < 2; base64++) {
            check_reply(enc, BYTES_LITERAL("{\"a\":\"\n\"}"), false, base64,
                        "{\"body\":\"{\\\"a\\\":\\\"\\n\\\"}\",\"status\":421}");
            check_reply(enc, BYTES_LITERAL(" {\"a\":[1]} "), true, base64,
                        "{\"body\":{\"a\":[1]},\"status\":421}");
            check_reply(enc, BYTES_LITERAL("no json"), true, base64,
                        "{\"body\":\"no json\",\"status\":421}");
            check_reply(enc, (Bytes){ NULL, 0 }, true, base64,
                        "{\"body\":\"\",\"status\":421}");
        }
}

/* A body that is all escapes grows sixfold. */
static void
test_large_reply(void)
{
    enum { N = 100000 };
    g_autofree uint8_t *body = g_malloc0(N);
    ChannelKey key = reply_key(ENC_AES_GCM);
    Packet sealed =
        onion_reply_seal(&null, &key, nonce, 200, (Bytes){ body, N }, false, true);
    Packet plain;
    Buffer out = BUFFER_EMPTY;
    int status = 0;

    g_assert_cmpint(onion_reply_open(&null, &key, &sealed, &plain), ==, ST_OK);
    g_assert_cmpuint(plain.length, ==, 6 * N + 24);
    g_assert_cmpint(onion_reply_parse(packet_bytes(&plain), &status, &out), ==, ST_OK);
    g_assert_cmpmem(out.p, out.n, body, N);
    buffer_clear(&out);
    packet_clear(&plain);
}

static void
check_reply_refused(const ChannelKey *key, Bytes sealed)
{
    Packet packet = packet_of_bytes(sealed), plain = PACKET_EMPTY;

    g_assert_cmpint(onion_reply_open(&null, key, &packet, &plain), !=, ST_OK);
    g_assert_null(packet.blob);
    g_assert_null(plain.blob);
}

static void
test_changed_replies(void)
{
    for (EncType enc = ENC_AES_GCM; enc <= ENC_XCHACHA20; enc++)
        for (int base64 = 0; base64 < 2; base64++) {
            ChannelKey key = reply_key(enc), other = reply_key(enc);
            Packet sealed = onion_reply_seal(&null, &key, nonce, 200, BYTES_LITERAL("xy"),
                                             false, base64);
            Bytes in = packet_bytes(&sealed);
            uint8_t *p = packet_make_mutable(&sealed);

            g_assert_cmpuint(in.p[in.n - 1], !=, '='); /* which could be left out */
            for (size_t n = 0; n < in.n; n++)
                check_reply_refused(&key, (Bytes){ p, n });
            for (size_t bit = 0; bit < 8 * in.n; bit++) {
                p[bit / 8] ^= (uint8_t)(1 << bit % 8);
                check_reply_refused(&key, in);
                p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
            other.key[31] ^= 1;
            check_reply_refused(&other, in);
            packet_clear(&sealed);
        }
    check_reply_refused(&(ChannelKey){ ENC_AES_GCM, { 0 } },
                        BYTES_LITERAL("Invalid ciphertext"));
}

static void
test_reply_texts(void)
{
    static const struct {
        const char *text;
        int status;
        const char *body;
    } cases[] = {
        { "{\"status\":200,\"body\":\"a\\u0062\"}", 200, "ab" },
        { "{\"status_code\":421,\"body\":{\"x\": 1}}", 421, "{\"x\": 1}" },
        { "{\"status\":200,\"status_code\":404,\"body\":\"\"}", 404, "" },
        { "{\"body\":null,\"status\":500}", 500, "null" },
    };
    static const char *const refused[] = {
        "",
        "[]",
        "null",
        "\"body\"",
        "{}",
        "{\"status\":200}",
        "{\"body\":\"\"}",
        "{\"status\":\"200\",\"body\":\"\"}",
        "{\"status\":200.5,\"body\":\"\"}",
        "{\"status\":-1,\"body\":\"\"}",
        "{\"status\":1000,\"body\":\"\"}",
        "{\"status\":99999999999999999999,\"body\":\"\"}",
        "{\"status\":200,\"body\":\"\"",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Buffer body = BUFFER_EMPTY;
        int status = -1;

        g_assert_cmpint(onion_reply_parse(bytes_of_text(cases[i].text), &status, &body), ==,
                        ST_OK);
        g_assert_cmpint(status, ==, cases[i].status);
        g_assert_true(bytes_equal_text(buffer_bytes(&body), cases[i].body));
        buffer_clear(&body);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        Buffer body = BUFFER_EMPTY;
        int status = -1;

        g_assert_cmpint(onion_reply_parse(bytes_of_text(refused[i]), &status, &body), ==,
                        ST_MALFORMED);
        g_assert_cmpint(status, ==, -1);
        g_assert_cmpuint(body.n, ==, 0);
        buffer_clear(&body);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    node = test_node(1);
    g_test_add_func("/onion/guard-errors", test_guard_errors);
    g_test_add_func("/onion/guard-hop-numbers", test_guard_hop_numbers);
    g_test_add_func("/onion/too-large", test_too_large);
    g_test_add_func("/onion/hop-dicts", test_hop_dicts);
    g_test_add_func("/onion/hop-dict-numbers", test_hop_dict_numbers);
    g_test_add_func("/onion/controls", test_controls);
    g_test_add_func("/onion/ports", test_ports);
    g_test_add_func("/onion/names-have-a-limit", test_names_have_a_limit);
    g_test_add_func("/onion/cut-plaintexts", test_cut_plaintexts);
    g_test_add_func("/onion/next-request", test_next_request);
    g_test_add_func("/onion/replies", test_replies);
    g_test_add_func("/onion/large-reply", test_large_reply);
    g_test_add_func("/onion/changed-replies", test_changed_replies);
    g_test_add_func("/onion/reply-texts", test_reply_texts);
    return g_test_run();
}
