/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests against libsession-util's bytes and the storage server's parsing. */
#include "tests/unit/onion/layers.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter, NULL };

/* --- libsession_onion ------------------------------------------------------------------
 */

typedef struct Request {
    OnionHop hops[ONION_HOPS_MAX];
    uint8_t keys[ONION_HOPS_MAX + 1][2][KEY_BYTES];
    size_t n_hops;
    OnionDestination destination;
    OnionRandom random;
    EncType enc;
} Request;

static void
request_load_destination(const json_t *vector, Request *r)
{
    const json_t *destination = json_object_get(vector, "destination");
    const json_t *port = json_object_get(destination, "port");
    uint8_t(*keys)[KEY_BYTES] = r->keys[ONION_HOPS_MAX];

    vector_hex_exact(destination, "x25519_pk", keys[1], KEY_BYTES);
    r->destination = (OnionDestination){ .x25519 = keys[1] };
    r->destination.is_server = strcmp(vector_text(destination, "type"), "server") == 0;
    if (r->destination.is_server) {
        r->destination.host = vector_text(destination, "host");
        r->destination.target = vector_text(destination, "target");
        r->destination.protocol = vector_text(destination, "protocol");
        /* libsession writes the default, too */
        r->destination.port =
            json_is_integer(port) ? (uint16_t)json_integer_value(port) : 443;
    } else {
        vector_hex_exact(destination, "ed25519_pk", keys[0], KEY_BYTES);
        r->destination.ed25519 = keys[0];
    }
}

static void
request_load(const json_t *vector, Request *r)
{
    json_t *item;
    size_t i;

    g_assert_cmpint(enc_type_parse(bytes_of_text(vector_text(vector, "enc_type")), &r->enc),
                    ==, ST_OK);
    json_array_foreach(json_object_get(vector, "hops"), i, item)
    {
        vector_hex_exact(item, "ed25519_pk", r->keys[i][0], KEY_BYTES);
        vector_hex_exact(item, "x25519_pk", r->keys[i][1], KEY_BYTES);
        r->hops[i] = (OnionHop){ r->keys[i][0], r->keys[i][1] };
    }
    r->n_hops = i;
    json_array_foreach(json_object_get(vector, "layers_inner_to_outer"), i, item)
    {
        vector_hex_exact(item, "ephemeral_sk", r->random.key[i], KEY_BYTES);
        vector_hex_exact(item, "nonce", r->random.nonce[i], channel_nonce_bytes(r->enc));
    }
    g_assert_cmpuint(i, ==, r->n_hops + 1);
    request_load_destination(vector, r);
}

/* The node of one "peel" entry does with @packet what the vector says. */
static OnionPeeled
check_peel_step(const json_t *step, size_t i, Packet packet)
{
    X25519Pair me;
    g_autoptr(GByteArray) plain = vector_hex(step, "plaintext_hex");
    OnionPeeled peeled;

    vector_hex_exact(step, "x25519_sk", me.sk, KEY_BYTES);
    crypto_keygen(&real, me.sk, &me);
    peeled = i == 0 ? test_peel_guard(&real, &me, packet)
                    : test_peel_hop(&real, &me, packet, (int)i);
    if (peeled.kind == ONION_SERVER) {
        Bytes body = packet_bytes(&peeled.server_body);

        g_assert_cmpmem(body.p, body.n, plain->data, plain->len);
    } else {
        g_autoptr(GByteArray) inner = vector_hex(step, "inner_blob_hex");

        if (peeled.kind == ONION_FINAL) {
            Bytes body = packet_bytes(&peeled.body);

            g_assert_cmpmem(body.p, body.n, inner->data, inner->len);
        } else {
            uint8_t next[KEY_BYTES];

            g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
            vector_hex_exact(json_object_get(step, "inner_control"), "destination", next,
                             KEY_BYTES);
            g_assert_cmpmem(peeled.next_ed25519, KEY_BYTES, next, KEY_BYTES);
        }
    }
    return peeled;
}

static void
check_server(const json_t *vector, const OnionPeeled *peeled, const ChannelKey *reply)
{
    const json_t *destination = json_object_get(vector, "destination");
    const json_t *port = json_object_get(destination, "port");
    const json_t *keys = json_object_get(vector, "destination_keys");
    g_autoptr(GByteArray) payload = vector_hex(vector, "payload_hex");
    Packet body = packet_share(&peeled->server_body);
    X25519Pair server = vector_x25519(keys, "x25519_sk", "x25519_pk");
    OnionEnvelope envelope;
    ChannelKey key;
    const char *error;
    size_t n;

    g_assert_cmpstr(peeled->host, ==, vector_text(destination, "host"));
    g_assert_cmpstr(peeled->target, ==, vector_text(destination, "target"));
    g_assert_true(peeled->https ==
                  (strcmp(vector_text(destination, "protocol"), "https") == 0));
    g_assert_cmpuint(peeled->port, ==,
                     json_is_integer(port) ? json_integer_value(port) : 443);
    /* the server reads the same container, and opens the payload */
    g_assert_cmpint(onion_parse_guard(&body, &envelope, &error), ==, ST_OK);
    g_assert_cmpint(
        channel_agree(&real, envelope.enc, &server, envelope.ephemeral_pk, false, &key), ==,
        ST_OK);
    g_assert_cmpmem(&key.key, KEY_BYTES, &reply->key, KEY_BYTES);
    g_assert_cmpint(channel_open(&real, &key,
                                 packet_make_mutable(&body) + envelope.cipher_offset,
                                 envelope.cipher_length, &n),
                    ==, ST_OK);
    g_assert_cmpmem(packet_bytes(&body).p + envelope.cipher_offset +
                        channel_nonce_bytes(envelope.enc),
                    n, payload->data, payload->len);
    packet_clear(&body);
}

static void
check_reply(const json_t *vector, const ChannelKey *key)
{
    const json_t *reply = json_object_get(vector, "reply");
    g_autoptr(GByteArray) expected = vector_hex(reply, "plaintext_hex");
    g_autoptr(GByteArray) raw = vector_hex(reply, "ciphertext_hex");
    const char *base64 = vector_text(reply, "ciphertext_b64");

    for (int i = 0; i < 2; i++) {
        Packet sealed =
            packet_of_bytes(i == 0 ? bytes_of_array(raw) : bytes_of_text(base64));
        Packet plain;
        Bytes text;

        g_assert_cmpint(onion_reply_open(&real, key, &sealed, &plain), ==, ST_OK);
        g_assert_null(sealed.blob);
        text = packet_bytes(&plain);
        g_assert_cmpmem(text.p, text.n, expected->data, expected->len);
        packet_clear(&plain);
    }
}

static void
check_request(const json_t *vector)
{
    Request r;
    g_autoptr(GByteArray) payload = vector_hex(vector, "payload_hex");
    g_autoptr(GByteArray) expected = vector_hex(vector, "request_blob_hex");
    OnionPeeled peeled = { .kind = ONION_KINDS };
    ChannelKey reply;
    Packet packet;
    Blob *blob;
    json_t *step;
    size_t i;

    request_load(vector, &r);
    g_assert_cmpint(onion_wrap(&real, r.enc, r.hops, r.n_hops, &r.destination,
                               bytes_of_array(payload), &r.random, &packet, &reply),
                    ==, ST_OK);
    g_assert_cmpmem(packet_bytes(&packet).p, packet.length, expected->data, expected->len);
    blob = packet.blob;
    json_array_foreach(json_object_get(vector, "peel"), i, step)
    {
        if (i == r.n_hops && r.destination.is_server)
            break; /* the server's own step */
        if (i > 0) {
            packet = packet_steal(&peeled.next);
            onion_peeled_clear(&peeled);
        }
        peeled = check_peel_step(step, i, packet);
    }
    if (r.destination.is_server) {
        g_assert_cmpint(peeled.kind, ==, ONION_SERVER);
        g_assert_true(peeled.server_body.blob == blob); /* nothing was copied on the way */
        check_server(vector, &peeled, &reply);
    } else {
        g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
        g_assert_true(peeled.body.blob == blob);
        g_assert_cmpmem(packet_bytes(&peeled.body).p, peeled.body.length, payload->data,
                        payload->len);
        g_assert_cmpmem(peeled.key.key, KEY_BYTES, reply.key, KEY_BYTES);
    }
    check_reply(vector, &reply);
    onion_peeled_clear(&peeled);
}

static void
test_libsession_onion(void)
{
    json_t *file = vectors_load("libsession_onion");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) check_request(vector);
    g_assert_cmpuint(i, ==, 49);
    json_decref(file);
}

/* --- libsession_onion_negative -----------------------------------------------------------
 */

/* Two cases where the storage server, which this is, differs from libsession's parser: it
 * knows aes-cbc, and takes no base64 key. */
static bool
accepted_by_library_alone(const char *name)
{
    return strcmp(name, "xchacha20: ephemeral_key base64 instead of hex") == 0;
}

static void
test_libsession_onion_negative(void)
{
    json_t *file = vectors_load("libsession_onion_negative");
    json_t *vector;
    size_t i, accepted = 0;

    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        g_autoptr(GByteArray) blob = vector_hex(vector, "blob_hex");
        bool ok = strcmp(vector_text(vector, "result"), "ok") == 0;
        Packet packet = packet_of_bytes(bytes_of_array(blob));
        OnionPeeled peeled = { .kind = ONION_KINDS };
        OnionEnvelope envelope;
        const char *error = NULL;
        X25519Pair me;
        Status status;

        vector_hex_exact(vector, "x25519_sk", me.sk, KEY_BYTES);
        crypto_keygen(&real, me.sk, &me);
        status = onion_parse_guard(&packet, &envelope, &error);
        if (status == ST_OK)
            onion_peel(&real, &me, &envelope, &packet, &peeled);
        if (accepted_by_library_alone(vector_text(vector, "name"))) {
            g_assert_cmpint(status, ==, ST_MALFORMED);
        } else if (ok) {
            g_autoptr(GByteArray) plain = vector_hex(vector, "plaintext_hex");
            size_t n = (size_t)plain->data[0] + ((size_t)plain->data[1] << 8);
            OnionPeeled *p = &peeled;
            OnionEnvelope inner;

            g_assert_cmpint(p->kind, ==, ONION_RELAY);
            g_assert_cmpint(onion_parse_hop(&p->next, &inner, &error), ==, ST_OK);
            g_assert_cmpmem(packet_bytes(&p->next).p + inner.cipher_offset,
                            inner.cipher_length, plain->data + 4, n);
            accepted++;
        } else {
            g_assert_true(status != ST_OK || peeled.kind == ONION_UNREADABLE);
            g_assert_true((status != ST_OK) == (error != NULL));
        }
        packet_clear(&packet);
        if (status == ST_OK)
            onion_peeled_clear(&peeled);
    }
    g_assert_cmpuint(i, ==, 19);
    g_assert_cmpuint(accepted, ==, 6);
    json_decref(file);
}

/* --- ss_onion --------------------------------------------------------------------------
 */

/* What the storage server found in a layer. */
static void
check_parsed(const json_t *expected, Bytes plain, const OnionPeeled *peeled)
{
    const char *kind = vector_text(expected, "kind");

    if (strcmp(kind, "relay_to_node") == 0) {
        g_autoptr(GByteArray) cipher = vector_hex(expected, "ciphertext_hex");
        uint8_t key[KEY_BYTES], next[KEY_BYTES];
        OnionEnvelope envelope;
        const char *error;

        g_assert_cmpint(peeled->kind, ==, ONION_RELAY);
        g_assert_cmpint(onion_parse_hop(&peeled->next, &envelope, &error), ==, ST_OK);
        vector_hex_exact(expected, "ephemeral_key", key, KEY_BYTES);
        vector_hex_exact(expected, "next_node", next, KEY_BYTES);
        g_assert_cmpmem(envelope.ephemeral_pk, KEY_BYTES, key, KEY_BYTES);
        g_assert_cmpmem(peeled->next_ed25519, KEY_BYTES, next, KEY_BYTES);
        g_assert_cmpstr(enc_type_name(envelope.enc), ==, vector_text(expected, "enc_type"));
        g_assert_cmpmem(packet_bytes(&peeled->next).p + envelope.cipher_offset,
                        envelope.cipher_length, cipher->data, cipher->len);
    } else if (strcmp(kind, "final") == 0) {
        g_autoptr(GByteArray) body = vector_hex(expected, "body_hex");

        g_assert_cmpint(peeled->kind, ==, ONION_FINAL);
        g_assert_cmpmem(packet_bytes(&peeled->body).p, peeled->body.length, body->data,
                        body->len);
        g_assert_true(peeled->reply_json ==
                      json_is_true(json_object_get(expected, "json")));
        g_assert_true(peeled->reply_base64 ==
                      json_is_true(json_object_get(expected, "base64")));
    } else if (strcmp(kind, "relay_to_server") == 0) {
        bool allowed = json_is_true(json_object_get(expected, "target_allowed"));

        g_assert_cmpint(peeled->kind, ==, allowed ? ONION_SERVER : ONION_BAD_URL);
        g_assert_cmpstr(peeled->host, ==, vector_text(expected, "host"));
        g_assert_cmpstr(peeled->target, ==, vector_text(expected, "target"));
        g_assert_cmpint(peeled->port, ==,
                        json_integer_value(json_object_get(expected, "port")));
        g_assert_cmpstr(peeled->https ? "https" : "http", ==,
                        vector_text(expected, "protocol"));
        if (allowed)
            g_assert_cmpmem(packet_bytes(&peeled->server_body).p,
                            peeled->server_body.length, plain.p, plain.n);
    } else {
        g_assert_cmpstr(kind, ==, "INVALID_JSON");
        g_assert_cmpint(peeled->kind, ==, ONION_BAD_JSON);
        g_assert_true(peeled->reply_base64 && !peeled->reply_json);
    }
}

static void
check_inner_request(const json_t *vector, const char *expected_key)
{
    g_autoptr(GByteArray) plain = vector_hex(vector, "plaintext_hex");
    TestNode node = test_node(1);

    for (EncType enc = 0; enc < ENC_COUNT; enc++) {
        Packet packet = test_layer(&real, enc, node.x.pk, bytes_of_array(plain));
        OnionPeeled peeled = test_peel_guard(&real, &node.x, packet);

        check_parsed(json_object_get(vector, expected_key), bytes_of_array(plain), &peeled);
        onion_peeled_clear(&peeled);
    }
}

static void
test_inner_requests(void)
{
    json_t *file = vectors_load("ss_onion"), *upstream = vectors_load("upstream_onion");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "inner_request"), i, vector)
        check_inner_request(vector, "result");
    g_assert_cmpuint(i, ==, 14);
    json_array_foreach(json_object_get(upstream, "inner_request"), i, vector)
        check_inner_request(vector, "expect");
    g_assert_cmpuint(i, ==, 4);
    json_decref(upstream);
    json_decref(file);
}

static void
test_mixed_onions(void)
{
    json_t *file = vectors_load("ss_onion");
    json_t *vector, *expected;
    size_t i, j;

    json_array_foreach(json_object_get(file, "mixed_onions"), i, vector)
    {
        const json_t *hops = json_object_get(vector, "hops");
        g_autoptr(GByteArray) blob = vector_hex(vector, "request_blob_hex");
        g_autoptr(GByteArray) payload = vector_hex(vector, "payload_hex");
        Packet packet = packet_of_bytes(bytes_of_array(blob));

        json_array_foreach(json_object_get(vector, "storage_server_parse"), j, expected)
        {
            const json_t *node = j < json_array_size(hops)
                                     ? json_array_get(hops, j)
                                     : json_object_get(vector, "destination_keys");
            X25519Pair me = vector_x25519(node, "x25519_sk", "x25519_pk");
            OnionPeeled peeled = j == 0 ? test_peel_guard(&real, &me, packet)
                                        : test_peel_hop(&real, &me, packet, (int)j);

            check_parsed(expected, (Bytes){ NULL, 0 }, &peeled);
            if (peeled.kind == ONION_FINAL)
                g_assert_cmpmem(packet_bytes(&peeled.body).p, peeled.body.length,
                                payload->data, payload->len);
            packet = packet_steal(&peeled.next);
            onion_peeled_clear(&peeled);
        }
        g_assert_cmpuint(j, ==, json_array_size(hops) + 1);
        g_assert_null(packet.blob);
    }
    g_assert_cmpuint(i, ==, 12);
    json_decref(file);
}

/* --- upstream_onion ("encryption": the rest is in tests/unit/crypto)
 * ----------------------- */

static void
test_upstream_parser(void)
{
    json_t *file = vectors_load("upstream_onion");
    json_t *vector;
    size_t i, n = 0;

    json_array_foreach(json_object_get(file, "encryption"), i, vector)
    {
        g_autoptr(GByteArray) blob = NULL;
        uint8_t client[KEY_BYTES];
        OnionEnvelope envelope;
        const char *error;
        ChannelKey key;
        X25519Pair me;
        Packet packet;
        size_t plain_n, nonce_n;
        uint8_t *p;

        if (json_object_get(vector, "blob_hex") == NULL)
            continue;
        blob = vector_hex(vector, "blob_hex");
        packet = packet_of_bytes(bytes_of_array(blob));
        me = vector_x25519(vector, "node_x25519_sk", "node_x25519_pk");
        vector_hex_exact(vector, "expect_remote_pk", client, KEY_BYTES);
        g_assert_cmpint(onion_parse_guard(&packet, &envelope, &error), ==, ST_OK);
        g_assert_cmpmem(envelope.ephemeral_pk, KEY_BYTES, client, KEY_BYTES);
        g_assert_cmpint(channel_agree(&real, envelope.enc, &me, client, false, &key), ==,
                        ST_OK);
        p = packet_make_mutable(&packet) + envelope.cipher_offset;
        nonce_n = channel_nonce_bytes(envelope.enc);
        g_assert_cmpint(channel_open(&real, &key, p, envelope.cipher_length, &plain_n), ==,
                        ST_OK);
        g_assert_true(bytes_equal_text((Bytes){ p + nonce_n, plain_n },
                                       vector_text(vector, "expect_plaintext")));
        g_assert_cmpuint(channel_sealed_bytes(
                             envelope.enc, strlen(vector_text(vector, "reply_plaintext"))),
                         ==,
                         json_integer_value(json_object_get(vector, "expect_reply_size")));
        packet_clear(&packet);
        n++;
    }
    g_assert_cmpuint(n, ==, 2);
    json_decref(file);
}

static void
test_url_targets(void)
{
    json_t *file = vectors_load("upstream_onion");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "url_target_filter"), i, vector)
        g_assert_true(onion_target_allowed(bytes_of_text(vector_text(vector, "target"))) ==
                      json_is_true(json_object_get(vector, "allowed")));
    g_assert_cmpuint(i, ==, 6);
    g_assert_false(onion_target_allowed((Bytes){ NULL, 0 }));
    g_assert_false(onion_target_allowed(BYTES_LITERAL("/lsrpc")));
    g_assert_true(onion_target_allowed(BYTES_LITERAL("/loki/lsrpc")));
    g_assert_false(onion_target_allowed(BYTES_LITERAL("/loki/lsrpc/")));
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/onion/libsession", test_libsession_onion);
    g_test_add_func("/onion/libsession-negative", test_libsession_onion_negative);
    g_test_add_func("/onion/inner-requests", test_inner_requests);
    g_test_add_func("/onion/mixed", test_mixed_onions);
    g_test_add_func("/onion/upstream-parser", test_upstream_parser);
    g_test_add_func("/onion/url-targets", test_url_targets);
    return g_test_run();
}
