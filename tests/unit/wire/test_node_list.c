/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <jansson.h>

#include "nodes/wire/node_list.h"
#include "tests/lib/mutate.h"

static const uint8_t block_hash[32] = { 0xab, 0xcd };

/* A node with keys that look random. */
static NodeRecord
node_of_seed(uint32_t seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    NodeRecord node = { .ip = g_rand_int(random),
                        .port_https = (uint16_t)(1 + seed % 65535),
                        .port_omq = (uint16_t)g_rand_int(random),
                        .active = seed % 5 != 0,
                        .swarm_id = (uint64_t)g_rand_int(random) << 32 };

    for (int i = 0; i < 32; i++) {
        node.legacy[i] = (uint8_t)g_rand_int(random);
        node.ed25519[i] = (uint8_t)g_rand_int(random);
        node.x25519[i] = (uint8_t)g_rand_int(random);
    }
    if (!node.active)
        node.swarm_id = SWARM_NONE;
    g_rand_free(random);
    return node;
}

static NodeList *
list_of_seeds(size_t n)
{
    NodeRecord *nodes = g_new0(NodeRecord, n + 1);
    NodeList *list;

    for (size_t i = 0; i < n; i++)
        nodes[i] = node_of_seed((uint32_t)i + 1);
    list = node_list_new(nodes, n);
    g_free(nodes);
    return list;
}

static void
check_same_node(const NodeRecord *a, const NodeRecord *b)
{
    g_assert_cmpmem(a->legacy, 32, b->legacy, 32);
    g_assert_cmpmem(a->ed25519, 32, b->ed25519, 32);
    g_assert_cmpmem(a->x25519, 32, b->x25519, 32);
    g_assert_cmpuint(a->ip, ==, b->ip);
    g_assert_cmpuint(a->port_https, ==, b->port_https);
    g_assert_cmpuint(a->port_omq, ==, b->port_omq);
    g_assert_cmpuint(a->swarm_id, ==, b->swarm_id);
    g_assert_true(a->active == b->active);
}

static void
check_same_list(const NodeList *a, const NodeList *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    for (uint32_t i = 0; i < a->n; i++)
        check_same_node(&a->nodes[i], &b->nodes[i]);
}

static NodeList *
parse(Bytes json)
{
    NodeList *list = NULL;

    g_assert_cmpint(node_list_from_json(json, &list), ==, ST_OK);
    return list;
}

static Buffer
json_of(const NodeList *list, bool active_only)
{
    Buffer out = BUFFER_EMPTY;

    node_list_to_json(list, 1234567, block_hash, active_only, &out);
    g_assert_cmpuint(out.n, ==, node_list_json_bytes(list, 1234567, active_only));
    return out;
}

/* --- the list ----------------------------------------------------------------------------
 */

static void
test_sorted_and_found(void)
{
    static const size_t sizes[] = { 0, 1, 2, 3, 1000 };

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        NodeList *list = list_of_seeds(sizes[s]);
        NodeRecord other = node_of_seed(1000000);

        g_assert_cmpuint(list->n, ==, sizes[s]);
        for (int i = 0; i < (int)list->n; i++) {
            const NodeRecord *node = &list->nodes[i];

            g_assert_true(i == 0 || memcmp(node[-1].legacy, node->legacy, 32) < 0);
            g_assert_cmpint(node_list_find_legacy(list, node->legacy), ==, i);
            g_assert_cmpint(node_list_find_ed25519(list, node->ed25519), ==, i);
            g_assert_cmpint(node_list_find_x25519(list, node->x25519), ==, i);
            g_assert_cmpint(node_list_find_x25519(list, node->ed25519), ==, NODE_NONE);
        }
        g_assert_cmpint(node_list_find_legacy(list, other.legacy), ==, NODE_NONE);
        g_assert_cmpint(node_list_find_ed25519(list, other.ed25519), ==, NODE_NONE);
        g_assert_cmpint(node_list_find_x25519(list, other.x25519), ==, NODE_NONE);
        node_list_unref(list);
    }
    node_list_unref(NULL);
}

/* Keys that differ in their last byte alone, last first. */
static void
test_keys_with_one_beginning(void)
{
    NodeRecord nodes[200] = { 0 };
    NodeList *list;

    for (int i = 0; i < 200; i++) {
        nodes[i].legacy[31] = (uint8_t)(255 - i);
        nodes[i].ed25519[31] = nodes[i].x25519[31] = (uint8_t)i;
    }
    list = node_list_new(nodes, 200);
    g_assert_cmpuint(list->n, ==, 200);
    for (int i = 0; i < 200; i++) {
        g_assert_cmpint(node_list_find_legacy(list, nodes[i].legacy), ==, 199 - i);
        g_assert_cmpint(node_list_find_ed25519(list, nodes[i].ed25519), ==, 199 - i);
    }
    node_list_unref(list);
}

static void
test_first_of_a_key_stays(void)
{
    NodeRecord nodes[4] = { node_of_seed(3), node_of_seed(2), node_of_seed(3),
                            node_of_seed(1) };
    NodeList *list;
    int found;

    nodes[2].ip = 99;
    nodes[0].ip = 11;
    list = node_list_new(nodes, 4);
    found = node_list_find_legacy(list, nodes[0].legacy);
    g_assert_cmpuint(list->n, ==, 3);
    g_assert_cmpint(found, >=, 0);
    g_assert_cmpuint(list->nodes[found].ip, ==, 11);
    node_list_unref(list);
}

/* --- JSON --------------------------------------------------------------------------------
 */

/* The text means to jansson what the list says. */
static void
test_json_as_jansson(void)
{
    NodeList *list = list_of_seeds(9);
    json_t *root, *answer, *nodes;
    Buffer out = BUFFER_EMPTY;

    for (uint32_t i = 0; i < list->n; i++)
        list->nodes[i].swarm_id >>= 1; /* into jansson's integers */
    out = json_of(list, false);
    root = json_loadb((const char *)out.p, out.n, 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(root, "jsonrpc")), ==, "2.0");
    answer = json_object_get(root, "result");
    g_assert_cmpint(json_integer_value(json_object_get(answer, "height")), ==, 1234567);
    g_assert_cmpint(json_integer_value(json_object_get(answer, "hardfork")), ==, 19);
    g_assert_true(g_str_has_prefix(json_string_value(json_object_get(answer, "block_hash")),
                                   "abcd0000"));
    nodes = json_object_get(answer, "service_node_states");
    g_assert_cmpuint(json_array_size(nodes), ==, list->n);
    for (uint32_t i = 0; i < list->n; i++) {
        const NodeRecord *node = &list->nodes[i];
        json_t *theirs = json_array_get(nodes, i);
        g_autofree char *ip =
            g_strdup_printf("%u.%u.%u.%u", node->ip >> 24, node->ip >> 16 & 255,
                            node->ip >> 8 & 255, node->ip & 255);

        g_assert_cmpstr(json_string_value(json_object_get(theirs, "public_ip")), ==, ip);
        g_assert_cmpint(json_integer_value(json_object_get(theirs, "storage_port")), ==,
                        node->port_https);
        g_assert_cmpint(json_integer_value(json_object_get(theirs, "swarm_id")), ==,
                        (json_int_t)node->swarm_id);
        g_assert_true(json_is_true(json_object_get(theirs, "active")) == node->active);
        g_assert_true(json_is_true(json_object_get(theirs, "funded")));
        g_assert_cmpuint(json_object_size(theirs), ==, 9);
    }
    json_decref(root);
    buffer_clear(&out);
    node_list_unref(list);
}

static void
test_json_comes_back(void)
{
    static const size_t sizes[] = { 0, 1, 2, 500 };

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        NodeList *list = list_of_seeds(sizes[s]), *back, *active;
        Buffer all = json_of(list, false), some = json_of(list, true);
        uint32_t n_active = 0;

        back = parse(buffer_bytes(&all));
        check_same_list(list, back);
        active = parse(buffer_bytes(&some));
        for (uint32_t i = 0; i < list->n; i++)
            n_active += list->nodes[i].active;
        g_assert_cmpuint(active->n, ==, n_active);
        for (uint32_t i = 0; i < active->n; i++)
            g_assert_true(active->nodes[i].active);
        node_list_unref(list);
        node_list_unref(back);
        node_list_unref(active);
        buffer_clear(&all);
        buffer_clear(&some);
    }
}

#define KEY_1 "0101010101010101010101010101010101010101010101010101010101010101"
#define KEY_2 "0202020202020202020202020202020202020202020202020202020202020202"
#define KEY_3 "0303030303030303030303030303030303030303030303030303030303030303"
#define GOOD                                                                               \
    "\"public_ip\":\"1.2.3.4\",\"storage_port\":22021,\"pubkey_x25519\":\"" KEY_1          \
    "\",\"pubkey_ed25519\":\"" KEY_2 "\",\"service_node_pubkey\":\"" KEY_3 "\""

/* How many nodes an answer with this record gives. */
static uint32_t
count_of_record(const char *record)
{
    g_autofree char *json =
        g_strdup_printf("{\"result\":{\"service_node_states\":[%s]}}", record);
    NodeList *list = parse(bytes_of_text(json));
    uint32_t n = list->n;

    node_list_unref(list);
    return n;
}

static void
test_records_that_count(void)
{
    NodeList *list =
        parse(BYTES_LITERAL("{\"result\":{\"service_node_states\":[{" GOOD "}]}}"));

    g_assert_cmpuint(list->n, ==, 1);
    g_assert_cmpuint(list->nodes[0].ip, ==, 0x01020304);
    g_assert_cmpuint(list->nodes[0].port_https, ==, 22021);
    g_assert_cmpuint(list->nodes[0].port_omq, ==, 0);
    g_assert_true(list->nodes[0].active);
    g_assert_cmpuint(list->nodes[0].swarm_id, ==, SWARM_NONE);
    g_assert_cmpuint(list->nodes[0].x25519[0], ==, 1);
    g_assert_cmpuint(list->nodes[0].ed25519[31], ==, 2);
    g_assert_cmpuint(list->nodes[0].legacy[0], ==, 3);
    node_list_unref(list);
    g_assert_cmpuint(count_of_record("{" GOOD ",\"other\":[{\"active\":5}]}"), ==, 1);
    g_assert_cmpuint(count_of_record("{" GOOD ",\"public_ip\":\"0.0.0.0\"}"), ==, 0);
    g_assert_cmpuint(count_of_record("{\"public_ip\":\"0.0.0.0\"," GOOD "}"), ==, 1);
    g_assert_cmpuint(count_of_record("{" GOOD ",\"pub\\u006cic_ip\":\"0.0.0.0\"}"), ==, 0);
}

static void
test_records_that_do_not_count(void)
{
    static const char *const bad[] = {
        "{}",
        "1",
        "[]",
        "null",
        "\"text\"",
        "{" GOOD ",\"funded\":false}",
        "{" GOOD ",\"funded\":1}",
        "{" GOOD ",\"active\":\"true\"}",
        "{" GOOD ",\"public_ip\":16909060}",
        "{" GOOD ",\"public_ip\":\"\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3.4.5\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3.256\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3.04\"}",
        "{" GOOD ",\"public_ip\":\"1..3.4\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3.\"}",
        "{" GOOD ",\"public_ip\":\".1.2.3\"}",
        "{" GOOD ",\"public_ip\":\"1.2.3.99999999999\"}",
        "{" GOOD ",\"public_ip\":\"::1\"}",
        "{" GOOD ",\"storage_port\":65536}",
        "{" GOOD ",\"storage_port\":-1}",
        "{" GOOD ",\"storage_port\":\"22021\"}",
        "{" GOOD ",\"storage_lmq_port\":1.5}",
        "{" GOOD ",\"swarm_id\":18446744073709551616}",
        "{" GOOD ",\"swarm_id\":\"1\"}",
        "{" GOOD ",\"pubkey_x25519\":\"\"}",
        "{" GOOD ",\"pubkey_x25519\":\"" KEY_1 "00\"}",
        "{" GOOD ",\"pubkey_ed25519\":\"x" KEY_1 "\"}",
        "{" GOOD ",\"service_node_pubkey\":7}",
    };
    static const char *const needed[] = { "public_ip", "storage_port", "pubkey_x25519",
                                          "pubkey_ed25519" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *with_good = g_strdup_printf("%s,{" GOOD "}", bad[i]);

        if (count_of_record(bad[i]) != 0)
            g_error("counts %s", bad[i]);
        g_assert_cmpuint(count_of_record(with_good), ==, 1);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autoptr(GString) record = g_string_new("{" GOOD "}");

        g_assert_cmpuint(g_string_replace(record, needed[i], "unknown", 1), ==, 1);
        g_assert_cmpuint(count_of_record(record->str), ==, 0);
    }
}

/* What a client asks for (protocol 5.1) has no on-chain ids. */
static void
test_records_without_ids(void)
{
    g_autofree char *json = g_strdup_printf(
        "{\"result\":{\"service_node_states\":["
        "{\"public_ip\":\"1.2.3.4\",\"storage_port\":1,\"pubkey_x25519\":\"%s\","
        "\"pubkey_ed25519\":\"%s\"},"
        "{\"public_ip\":\"1.2.3.5\",\"storage_port\":1,\"pubkey_x25519\":\"%s\","
        "\"pubkey_ed25519\":\"%s\"}]}}",
        KEY_1, KEY_1, KEY_1, KEY_2);
    NodeList *list = NULL;

    g_assert_cmpint(node_list_from_json(bytes_of_text(json), &list), ==, ST_OK);
    g_assert_cmpuint(list->n, ==, 2);
    for (uint32_t i = 0; i < list->n; i++)
        g_assert_cmpmem(list->nodes[i].legacy, 32, list->nodes[i].ed25519, 32);
    node_list_unref(list);
}

static void
test_answers_of_another_form(void)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"result\":null}",
        "{\"result\":{}}",
        "{\"result\":[{\"service_node_states\":[]}]}",
        "{\"result\":{\"service_node_states\":{}}}",
        "{\"result\":{\"service_node_states\":[]}",
        "{\"error\":{\"code\":-1}}",
        "{\"service_node_states\":[]}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        NodeList *list = NULL;

        g_assert_cmpint(node_list_from_json(bytes_of_text(bad[i]), &list), ==,
                        ST_MALFORMED);
        g_assert_null(list);
    }
}

static void
test_too_many_records(void)
{
    for (int extra = 0; extra < 2; extra++) {
        g_autoptr(GString) json = g_string_new("{\"result\":{\"service_node_states\":[0");
        NodeList *list = NULL;
        Status status;

        for (int i = 1; i < NODE_LIST_MAX + extra; i++)
            g_string_append(json, ",0");
        g_string_append(json, "]}}");
        status = node_list_from_json(bytes_of_text(json->str), &list);
        g_assert_cmpint(status, ==, extra == 0 ? ST_OK : ST_TOO_LARGE);
        g_assert_true((list == NULL) == (extra != 0));
        node_list_unref(list);
    }
}

/* Keys that fall on one place of the index cost no more than the limit. */
static void
test_colliding_keys_are_refused(void)
{
    g_autoptr(GString) json = g_string_new("{\"result\":{\"service_node_states\":[0");
    NodeList *list = NULL;

    for (int i = 0; i < 3000; i++)
        g_string_append_printf(json,
                               ",{" GOOD ",\"service_node_pubkey\":\"%064x\","
                               "\"pubkey_x25519\":\"%064x\"}",
                               i, i);
    g_string_append(json, "]}}");
    g_assert_cmpint(node_list_from_json(bytes_of_text(json->str), &list), ==, ST_MALFORMED);
    g_assert_null(list);
}

static void
test_every_truncation_is_malformed(void)
{
    NodeList *list = list_of_seeds(2), *none = NULL;
    Buffer all = json_of(list, false);

    for (size_t n = 0; n < all.n; n++) {
        Bytes text = truncated(buffer_bytes(&all), n);

        g_assert_cmpint(node_list_from_json(text, &none), ==, ST_MALFORMED);
        bytes_free(text);
    }
    g_assert_null(none);
    buffer_clear(&all);
    node_list_unref(list);
}

/* Whatever is read can be written and read again. */
static void
test_mutations(void)
{
    NodeList *list = list_of_seeds(3);
    Buffer all = json_of(list, false);
    int accepted = 0;

    for (uint32_t seed = 0; seed < 5000; seed++) {
        Bytes text = mutate(seed, buffer_bytes(&all), BYTES_LITERAL("{}[],:\"0aA"));
        NodeList *read = NULL, *again;

        if (node_list_from_json(text, &read) == ST_OK) {
            Buffer out = json_of(read, false);

            again = parse(buffer_bytes(&out));
            check_same_list(read, again);
            node_list_unref(again);
            buffer_clear(&out);
            accepted++;
        }
        node_list_unref(read);
        bytes_free(text);
    }
    g_assert_cmpint(accepted, >, 100);
    buffer_clear(&all);
    node_list_unref(list);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/node-list/sorted-and-found", test_sorted_and_found);
    g_test_add_func("/wire/node-list/keys-with-one-beginning",
                    test_keys_with_one_beginning);
    g_test_add_func("/wire/node-list/first-of-a-key-stays", test_first_of_a_key_stays);
    g_test_add_func("/wire/node-list/json-as-jansson", test_json_as_jansson);
    g_test_add_func("/wire/node-list/json-comes-back", test_json_comes_back);
    g_test_add_func("/wire/node-list/records-that-count", test_records_that_count);
    g_test_add_func("/wire/node-list/records-that-do-not-count",
                    test_records_that_do_not_count);
    g_test_add_func("/node_list/records-without-ids", test_records_without_ids);
    g_test_add_func("/wire/node-list/answers-of-another-form",
                    test_answers_of_another_form);
    g_test_add_func("/wire/node-list/too-many-records", test_too_many_records);
    g_test_add_func("/wire/node-list/colliding-keys-are-refused",
                    test_colliding_keys_are_refused);
    g_test_add_func("/wire/node-list/every-truncation-is-malformed",
                    test_every_truncation_is_malformed);
    g_test_add_func("/wire/node-list/mutations", test_mutations);
    return g_test_run();
}
