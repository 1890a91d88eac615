/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests that went through real service nodes: with the nodes' keys, every hop is
 * played again, and every answer comes out the same, to the byte where its nonce is
 * known. */
#include "nodes/wire/base64.h"
#include "tests/unit/onion/layers.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter, NULL };

typedef struct LiveNode {
    const char *label;
    uint8_t ed25519[KEY_BYTES];
    X25519Pair x;
} LiveNode;

enum { LIVE_NODES = 12 };

static void
load_nodes(const json_t *file, LiveNode nodes[LIVE_NODES])
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(file, "network_secrets"), i, item)
    {
        g_assert_cmpuint(i, <, LIVE_NODES);
        nodes[i].label = vector_text(item, "label");
        vector_hex_exact(item, "pubkey_ed25519", nodes[i].ed25519, KEY_BYTES);
        nodes[i].x = vector_x25519(item, "service_node_x25519_privkey", "pubkey_x25519");
    }
    g_assert_cmpuint(i, ==, LIVE_NODES);
}

static const LiveNode *
find_node(const LiveNode *nodes, const uint8_t ed25519[KEY_BYTES])
{
    for (size_t i = 0; i < LIVE_NODES; i++)
        if (memcmp(nodes[i].ed25519, ed25519, KEY_BYTES) == 0)
            return &nodes[i];
    return NULL;
}

static const LiveNode *
guard_of(const LiveNode *nodes, const json_t *transcript)
{
    const json_t *first = json_array_get(json_object_get(transcript, "path"), 0);

    for (size_t i = 0; i < LIVE_NODES; i++)
        if (strcmp(nodes[i].label, json_string_value(first)) == 0)
            return &nodes[i];
    g_assert_not_reached();
}

/* Seal @status and @body with the nonce of the node's answer: its bytes must come out. */
static void
check_same_reply(const ChannelKey *key, int status, Bytes body, const char *sealed_text)
{
    Buffer sealed = BUFFER_EMPTY;
    Packet made;

    g_assert_cmpint(base64_decode(bytes_of_text(sealed_text), &sealed), ==, ST_OK);
    made = onion_reply_seal(&real, key, sealed.p, status, body, false, true);
    g_assert_true(bytes_equal_text(packet_bytes(&made), sealed_text));
    packet_clear(&made);
    made = onion_reply_seal(&real, key, sealed.p, status, body, false, false);
    g_assert_cmpmem(packet_bytes(&made).p, made.length, sealed.p, sealed.n);
    packet_clear(&made);
    buffer_clear(&sealed);
}

static void
check_client_reads(const json_t *transcript, const ChannelKey *key)
{
    const json_t *decrypted = json_object_get(transcript, "decrypted");
    const char *answer = vector_text(transcript, "response_body_latin1");
    g_autoptr(GByteArray) expected = vector_hex(decrypted, "plaintext_hex");
    Packet sealed = packet_of_bytes(bytes_of_text(answer)), plain;
    Buffer body = BUFFER_EMPTY;
    int status = -1;

    g_assert_cmpint(onion_reply_open(&real, key, &sealed, &plain), ==, ST_OK);
    g_assert_cmpmem(packet_bytes(&plain).p, plain.length, expected->data, expected->len);
    g_assert_cmpint(onion_reply_parse(packet_bytes(&plain), &status, &body), ==, ST_OK);
    g_assert_cmpint(status, >=, 200);
    check_same_reply(key, status, buffer_bytes(&body), answer);
    buffer_clear(&body);
    packet_clear(&plain);
}

/* Carry the request from node to node.  Returns how it ended; *ret_relay_miss: the next
 * node is in no list. */
static OnionPeeled
carry(const LiveNode *nodes, const json_t *transcript, bool *ret_next_unknown)
{
    g_autoptr(GByteArray) blob = vector_hex(transcript, "request_blob_hex");
    const LiveNode *node = guard_of(nodes, transcript);
    OnionPeeled peeled =
        test_peel_guard(&real, &node->x, packet_of_bytes(bytes_of_array(blob)));

    *ret_next_unknown = false;
    for (int hop = 1; peeled.kind == ONION_RELAY; hop++) {
        Packet next = packet_steal(&peeled.next);

        node = find_node(nodes, peeled.next_ed25519);
        if (node == NULL) {
            packet_clear(&next);
            *ret_next_unknown = true;
            break;
        }
        onion_peeled_clear(&peeled);
        peeled = test_peel_hop(&real, &node->x, next, hop);
    }
    return peeled;
}

static ChannelKey
client_key(const json_t *transcript)
{
    const json_t *destination = json_object_get(transcript, "destination");
    X25519Pair mine = vector_x25519(transcript, "final_x25519_sk", "final_x25519_pk");
    uint8_t theirs[KEY_BYTES];
    ChannelKey key;
    EncType enc;

    g_assert_cmpint(
        enc_type_parse(bytes_of_text(vector_text(transcript, "enc_type")), &enc), ==,
        ST_OK);
    vector_hex_exact(destination, "x25519_pk", theirs, KEY_BYTES);
    g_assert_cmpint(channel_agree(&real, enc, &mine, theirs, true, &key), ==, ST_OK);
    return key;
}

static void
check_next_unknown(const OnionPeeled *peeled, const char *answer)
{
    g_autofree char *expected = NULL;
    char hex[2 * KEY_BYTES + 1] = "";

    hex_encode((Bytes){ peeled->next_ed25519, KEY_BYTES }, hex);
    expected = g_strconcat("Next node not found: ", hex, NULL);
    g_assert_cmpstr(answer, ==, expected);
}

static void
check_transcript(const LiveNode *nodes, const json_t *transcript, size_t seen[ONION_KINDS])
{
    const char *answer = vector_text(transcript, "response_body_latin1");
    int http_status = (int)json_integer_value(json_object_get(transcript, "http_status"));
    ChannelKey key = client_key(transcript);
    bool next_unknown;
    OnionPeeled peeled = carry(nodes, transcript, &next_unknown);

    seen[peeled.kind]++;
    if (next_unknown) {
        g_assert_cmpint(http_status, ==, 502);
        check_next_unknown(&peeled, answer);
    } else if (peeled.kind == ONION_UNREADABLE) {
        g_assert_cmpint(http_status, ==, 400);
        g_assert_cmpstr(answer, ==, "Invalid ciphertext");
    } else if (peeled.kind == ONION_BAD_URL) {
        /* sealed to the last relay's layer, which the client cannot open */
        Packet sealed = packet_of_bytes(bytes_of_text(answer)), plain = PACKET_EMPTY;

        g_assert_cmpint(http_status, ==, 200);
        check_same_reply(&peeled.key, 400, BYTES_LITERAL("Invalid url"), answer);
        g_assert_cmpint(onion_reply_open(&real, &key, &sealed, &plain), ==, ST_AUTH);
        g_assert_null(plain.blob);
    } else {
        g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
        g_assert_cmpint(http_status, ==, 200);
        g_assert_true(bytes_equal_text(packet_bytes(&peeled.body),
                                       vector_text(transcript, "payload_text")));
        g_assert_cmpmem(peeled.key.key, KEY_BYTES, key.key, KEY_BYTES);
        check_client_reads(transcript, &key);
    }
    onion_peeled_clear(&peeled);
}

static void
test_live_transcripts(void)
{
    json_t *file = vectors_load("ss_live_onion");
    size_t seen[ONION_KINDS] = { 0 }, i;
    LiveNode nodes[LIVE_NODES];
    json_t *transcript;

    load_nodes(file, nodes);
    json_array_foreach(json_object_get(file, "transcripts"), i, transcript)
        check_transcript(nodes, transcript, seen);
    g_assert_cmpuint(i, ==, 20);
    g_assert_cmpuint(seen[ONION_FINAL], ==, 14);
    g_assert_cmpuint(seen[ONION_UNREADABLE], ==, 3);
    g_assert_cmpuint(seen[ONION_BAD_URL], ==, 2);
    g_assert_cmpuint(seen[ONION_RELAY], ==, 1);
    json_decref(file);
}

/* What real nodes answer to bodies that are no onion requests. */
static void
test_bad_bodies(void)
{
    json_t *file = vectors_load("ss_live_storage_rpc");
    json_t *exchange;
    size_t i;

    json_array_foreach(json_object_get(file, "onion_endpoint_bad_bodies"), i, exchange)
    {
        g_autoptr(GByteArray) body = vector_hex(exchange, "request_body_hex");
        Packet packet = packet_of_bytes(bytes_of_array(body));
        OnionEnvelope envelope;
        Buffer text = BUFFER_EMPTY;
        const char *error = NULL;

        g_assert_cmpint(onion_parse_guard(&packet, &envelope, &error), !=, ST_OK);
        onion_guard_error(&packet, &text);
        g_assert_true(
            bytes_equal_text(buffer_bytes(&text), vector_text(exchange, "response_text")));
        g_assert_nonnull(strstr(vector_text(exchange, "response_text"), error));
        buffer_clear(&text);
        packet_clear(&packet);
    }
    g_assert_cmpuint(i, ==, 5);
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/onion/live-transcripts", test_live_transcripts);
    g_test_add_func("/onion/live-bad-bodies", test_bad_bodies);
    return g_test_run();
}
