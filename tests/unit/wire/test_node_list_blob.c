/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Node lists that travel: what a reader gets is the same whether bytes were made or not. */
#include <glib.h>

#include "nodes/wire/node_list.h"
#include "tests/lib/mutate.h"

static const uint8_t block_hash[32] = { 0xab, 0xcd };

/* Nodes in order of their keys: 2 without an ip, 3 and 4 not active. */
static NodeList *
some_nodes(void)
{
    NodeRecord nodes[6] = { 0 };

    for (int i = 0; i < 6; i++) {
        memset(nodes[i].legacy, i, 32);
        memset(nodes[i].ed25519, 10 + i, 32);
        memset(nodes[i].x25519, 20 + i, 32);
        nodes[i].ip = i == 2 ? 0 : 0x0a000001 + (uint32_t)i;
        nodes[i].active = i != 3 && i != 4;
        nodes[i].swarm_id = nodes[i].active ? (uint64_t)i << 60 : SWARM_NONE;
    }
    return node_list_new(nodes, 6);
}

static void
check_same_list(const NodeList *a, const NodeList *b)
{
    g_assert_cmpuint(a->n, ==, b->n);
    for (uint32_t i = 0; i < a->n; i++) {
        g_assert_cmpmem(a->nodes[i].legacy, 32, b->nodes[i].legacy, 32);
        g_assert_cmpuint(a->nodes[i].ip, ==, b->nodes[i].ip);
        g_assert_cmpuint(a->nodes[i].swarm_id, ==, b->nodes[i].swarm_id);
        g_assert_true(a->nodes[i].active == b->nodes[i].active);
    }
}

static NodeList *
list_of_packet(const Packet *packet)
{
    NodeList *list = NULL;

    g_assert_cmpint(node_list_of_packet(packet, &list), ==, ST_OK);
    return list;
}

static void
test_object_and_bytes_say_the_same(void)
{
    NodeList *list = some_nodes();

    for (int active_only = 0; active_only < 2; active_only++) {
        Packet packet =
            packet_of_blob(node_list_blob(list, 77, block_hash, active_only != 0));
        NodeList *of_object = list_of_packet(&packet), *of_bytes;
        Packet copy;

        g_assert_null(packet.blob->data);
        copy = packet_of_bytes(packet_bytes(&packet));
        of_bytes = list_of_packet(&copy);
        g_assert_cmpuint(of_object->n, ==, active_only != 0 ? 3 : 5);
        check_same_list(of_object, of_bytes);
        node_list_unref(of_object);
        node_list_unref(of_bytes);
        packet_clear(&packet);
        packet_clear(&copy);
    }
    g_assert_cmpuint(list->refs, ==, 1);
    node_list_unref(list);
}

static void
test_object_is_shared_where_nothing_is_left_out(void)
{
    NodeList *all = some_nodes(), *list = node_list_new(all->nodes, 2), *read;
    Packet packet = packet_of_blob(node_list_blob(list, 77, block_hash, true));

    read = list_of_packet(&packet);
    g_assert_true(read == list);
    node_list_unref(read);
    packet_clear(&packet);
    g_assert_cmpuint(list->refs, ==, 1);
    node_list_unref(list);
    node_list_unref(all);
}

/* The list outlives the packet. */
static void
test_reader_owns_its_reference(void)
{
    NodeList *list = some_nodes(), *read;
    Packet packet = packet_of_blob(node_list_blob(list, 77, block_hash, true));

    node_list_unref(list);
    read = list_of_packet(&packet);
    packet_clear(&packet);
    g_assert_cmpuint(read->n, ==, 3);
    node_list_unref(read);
}

static void
test_plain_bytes_are_parsed_once(void)
{
    NodeList *list = some_nodes(), *first, *second;
    Buffer json = BUFFER_EMPTY;
    Packet packet;

    node_list_to_json(list, 1, block_hash, false, &json);
    packet = packet_of_buffer(&json);
    first = list_of_packet(&packet);
    second = list_of_packet(&packet);
    g_assert_true(first == second);
    node_list_unref(first);
    node_list_unref(second);
    packet_make_mutable(&packet)[0] = 'x';
    g_assert_cmpint(node_list_of_packet(&packet, &first), ==, ST_MALFORMED);
    packet_clear(&packet);
    node_list_unref(list);
}

/* A part of a list's packet is other bytes. */
static void
test_slices_are_parsed(void)
{
    NodeList *list = some_nodes(), *read = NULL;
    Packet packet = packet_of_blob(node_list_blob(list, 77, block_hash, false));
    Packet part = packet_slice(&packet, 0, packet.length - 1), empty = PACKET_EMPTY;

    g_assert_cmpint(node_list_of_packet(&part, &read), ==, ST_MALFORMED);
    g_assert_cmpint(node_list_of_packet(&empty, &read), ==, ST_MALFORMED);
    g_assert_null(read);
    packet_clear(&part);
    packet_clear(&packet);
    node_list_unref(list);
}

/* --- memo --------------------------------------------------------------------------------
 */

/* A storage server's answer: the result of @list's JSON with something around it. */
static Buffer
answer_with(const NodeList *list, const char *before, const char *after)
{
    Buffer json = BUFFER_EMPTY, out = BUFFER_EMPTY;
    const uint8_t *result;

    node_list_to_json(list, 7, block_hash, false, &json);
    result = memmem(json.p, json.n, "{\"status\"", 9);
    g_assert_nonnull(result);
    buffer_append_text(&out, before);
    buffer_append(&out, result, json.n - (size_t)(result - json.p) - 1);
    buffer_append_text(&out, after);
    buffer_clear(&json);
    return out;
}

static NodeList *
remembered(NodeListMemo *memo, Bytes json)
{
    NodeList *list = NULL;

    g_assert_cmpint(node_list_from_json_memo(memo, json, &list), ==, ST_OK);
    return list;
}

static void
test_memo_knows_a_result_wherever_it_stands(void)
{
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *list = some_nodes();
    Buffer a = answer_with(list, "{\"hf\":[19,4],\"result\":", ",\"t\":1}");
    Buffer b = answer_with(list, "{\"result\":", ",\"t\":22222}");
    NodeList *first = remembered(&memo, buffer_bytes(&a));
    NodeList *second = remembered(&memo, buffer_bytes(&a));
    NodeList *third = remembered(&memo, buffer_bytes(&b));

    g_assert_cmpuint(first->n, ==, 5);
    g_assert_true(first == second && first == third);
    node_list_unref(first);
    node_list_unref(second);
    node_list_unref(third);
    node_list_memo_clear(&memo);
    buffer_clear(&a);
    buffer_clear(&b);
    node_list_unref(list);
}

static void
test_memo_forgets_the_oldest(void)
{
    enum { LISTS = NODE_LIST_MEMO_ENTRIES + 1 };
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *all = some_nodes(), *read[LISTS], *again;
    Buffer json[LISTS];

    for (uint32_t i = 0; i < LISTS; i++) {
        NodeList *part = node_list_new(all->nodes, i + 1);

        json[i] = answer_with(part, "{\"result\":", "}");
        read[i] = remembered(&memo, buffer_bytes(&json[i]));
        node_list_unref(part);
    }
    for (int i = LISTS - 1; i >= 0; i--) {
        again = remembered(&memo, buffer_bytes(&json[i]));
        check_same_list(again, read[i]);
        g_assert_true((again == read[i]) == (i > 0));
        node_list_unref(again);
        node_list_unref(read[i]);
        buffer_clear(&json[i]);
    }
    node_list_memo_clear(&memo);
    g_assert_null(memo.entries[0].list);
    node_list_unref(all);
}

/* The same nodes at another height are the same list; others are not. */
static void
test_memo_gives_one_list_for_the_same_nodes(void)
{
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *all = some_nodes(), *part = node_list_new(all->nodes + 3, 3), *other;
    Buffer at_7 = BUFFER_EMPTY, at_8 = BUFFER_EMPTY, fewer = BUFFER_EMPTY,
           moved = BUFFER_EMPTY;
    NodeList *read[4];

    node_list_to_json(all, 7, block_hash, false, &at_7);
    node_list_to_json(all, 8, block_hash, false, &at_8);
    node_list_to_json(part, 8, block_hash, false, &fewer);
    all->nodes[5].port_omq++;
    other = node_list_new(all->nodes, all->n);
    node_list_to_json(other, 8, block_hash, false, &moved);
    read[0] = remembered(&memo, buffer_bytes(&at_7));
    read[1] = remembered(&memo, buffer_bytes(&at_8));
    read[2] = remembered(&memo, buffer_bytes(&moved));
    read[3] = remembered(&memo, buffer_bytes(&fewer));
    g_assert_true(read[0] == read[1]);
    g_assert_true(read[2] != read[1] && read[3] != read[2] && read[3] != read[1]);
    g_assert_cmpuint(read[2]->nodes[4].port_omq, ==, read[1]->nodes[4].port_omq + 1);
    check_same_list(read[3], part);
    for (int i = 0; i < 4; i++)
        node_list_unref(read[i]);
    node_list_memo_clear(&memo);
    g_assert_null(memo.newest);
    buffer_clear(&at_7);
    buffer_clear(&at_8);
    buffer_clear(&fewer);
    buffer_clear(&moved);
    node_list_unref(all);
    node_list_unref(part);
    node_list_unref(other);
}

/* With a memo that knows the original, mutations give exactly what parsing gives. */
static void
check_memo_agrees(NodeListMemo *memo, Bytes text)
{
    NodeList *plain = NULL, *memoed = NULL;
    Status status = node_list_from_json(text, &plain);

    g_assert_cmpint(node_list_from_json_memo(memo, text, &memoed), ==, status);
    if (status == ST_OK)
        check_same_list(plain, memoed);
    node_list_unref(plain);
    node_list_unref(memoed);
}

static void
test_memo_agrees_with_parsing(void)
{
    static const struct {
        const char *before, *after;
    } around[] = {
        { "{\"result\":", "}" },
        { "{\"hf\":1,\"result\":", ",\"result\":{\"service_node_states\":[]}}" },
        { "{\"result\":", ",\"result\":1}" },
        { "{\"x\":{\"result\":", "}}" },
        { "{\"x\":{\"result\":", "},\"result\":{\"service_node_states\":[]}}" },
        { "{\"x\":\"\\\"result\":", "}" },
        { "{\"x\":\"\\\"result\\\":", "\"}" },
        { "{\"result\":", "" },
        { "{\"result\":", "}}" },
        { "[{\"result\":", "}]" },
        { "{\"result\":", ",\"t\":\"\xff\"}" },
        { "{\"result\": ", "}" },
        { "\"result\":", "" },
    };
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    NodeList *list = some_nodes();
    Buffer known = answer_with(list, "{\"result\":", ",\"t\":1}");

    for (size_t i = 0; i < G_N_ELEMENTS(around); i++) {
        Buffer text = answer_with(list, around[i].before, around[i].after);

        check_memo_agrees(&memo, buffer_bytes(&known));
        check_memo_agrees(&memo, buffer_bytes(&text));
        buffer_clear(&text);
    }
    for (uint32_t seed = 0; seed < 2000; seed++) {
        Bytes text = mutate(seed, buffer_bytes(&known), BYTES_LITERAL("{}[],:\"0a"));

        check_memo_agrees(&memo, text);
        bytes_free(text);
    }
    node_list_memo_clear(&memo);
    buffer_clear(&known);
    node_list_unref(list);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/node-list-blob/object-and-bytes-say-the-same",
                    test_object_and_bytes_say_the_same);
    g_test_add_func("/wire/node-list-blob/object-is-shared",
                    test_object_is_shared_where_nothing_is_left_out);
    g_test_add_func("/wire/node-list-blob/reader-owns-its-reference",
                    test_reader_owns_its_reference);
    g_test_add_func("/wire/node-list-blob/plain-bytes-are-parsed-once",
                    test_plain_bytes_are_parsed_once);
    g_test_add_func("/wire/node-list-blob/slices-are-parsed", test_slices_are_parsed);
    g_test_add_func("/wire/node-list-memo/knows-a-result-wherever-it-stands",
                    test_memo_knows_a_result_wherever_it_stands);
    g_test_add_func("/wire/node-list-memo/forgets-the-oldest",
                    test_memo_forgets_the_oldest);
    g_test_add_func("/wire/node-list-memo/gives-one-list-for-the-same-nodes",
                    test_memo_gives_one_list_for_the_same_nodes);
    g_test_add_func("/wire/node-list-memo/agrees-with-parsing",
                    test_memo_agrees_with_parsing);
    return g_test_run();
}
