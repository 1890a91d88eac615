/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The storage server of the test network's nodes. */
#include "tests/unit/session/world.h"

#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

static json_int_t
node_time(const World *world, const WorldNode *node)
{
    return world->recording->epoch_ms + world->recording->now / MILLISECOND +
           node->clock_ahead_ms;
}

static json_t *
with_time(const World *world, const WorldNode *node, json_t *body)
{
    json_object_set_new(body, "t", json_integer(node_time(world, node)));
    json_object_set_new(body, "hf", json_pack("[i,i]", 19, 3));
    return body;
}

static void
account_of_text(const char *text, uint8_t ret[ACCOUNT_BYTES])
{
    g_assert_true(hex_decode(bytes_of_text(text), ret, ACCOUNT_BYTES));
}

char *
world_hex(const uint8_t key[KEY_BYTES])
{
    char *text = g_new0(char, 2 * KEY_BYTES + 1);

    hex_encode((Bytes){ key, KEY_BYTES }, text);
    return text;
}

static json_t *
swarm_body(const World *world, const WorldNode *node, const char *pubkey)
{
    uint8_t account[ACCOUNT_BYTES];
    guint member[64], n;
    json_t *snodes = json_array();

    account_of_text(pubkey, account);
    n = world_swarm(world, account, member);
    for (guint i = 0; i < n; i++) {
        g_autofree char *ed = world_hex(world->node[member[i]].ed25519.pk);
        g_autofree char *x = world_hex(world->node[member[i]].x25519.pk);

        json_array_append_new(snodes,
                              json_pack("{s:s,s:s,s:s,s:s}", "ip", "10.0.0.1", "port",
                                        "22021", "pubkey_ed25519", ed, "pubkey_x25519", x));
    }
    return with_time(world, node, json_pack("{s:o,s:s}", "snodes", snodes, "swarm", "0"));
}

static StoredMessage *
store_put(WorldNode *node, const char *pubkey, int name_space, const char *data,
          json_int_t timestamp, const Crypto *crypto)
{
    StoredMessage *message = g_new0(StoredMessage, 1);
    uint8_t account[ACCOUNT_BYTES];
    char hash[MESSAGE_HASH_BYTES];
    Buffer raw = BUFFER_EMPTY;

    account_of_text(pubkey, account);
    g_assert_cmpint(base64_decode(bytes_of_text(data), &raw), ==, ST_OK);
    message_hash(crypto, account, (int16_t)name_space, buffer_bytes(&raw), hash);
    buffer_clear(&raw);
    g_strlcpy(message->account, pubkey, sizeof message->account);
    message->name_space = name_space;
    message->hash = g_strndup(hash, sizeof hash);
    message->data = g_strdup(data);
    message->timestamp = timestamp;
    g_ptr_array_add(node->store, message);
    return message;
}

void
world_put(World *world, guint node, const uint8_t account[ACCOUNT_BYTES], int name_space,
          const char *data)
{
    char pubkey[2 * ACCOUNT_BYTES + 1] = "";

    hex_encode((Bytes){ account, ACCOUNT_BYTES }, pubkey);
    store_put(&world->node[node], pubkey, name_space, data, WORLD_EPOCH_MS, &world->crypto);
}

static int
do_store(World *world, WorldNode *node, json_t *params, json_t **ret)
{
    const char *pubkey = json_string_value(json_object_get(params, "pubkey"));
    json_int_t timestamp = json_integer_value(json_object_get(params, "timestamp"));
    json_int_t ttl = json_integer_value(json_object_get(params, "ttl"));
    const char *data = json_string_value(json_object_get(params, "data"));
    const StoredMessage *message;

    g_assert_nonnull(data);
    g_assert_true(ttl == world->config.message_ttl / MILLISECOND || ttl == 20000);
    if (timestamp > node_time(world, node) + 10000) {
        *ret = json_string("Timestamp error: check your clock");
        return 406;
    }
    message = store_put(node, pubkey,
                        (int)json_integer_value(json_object_get(params, "namespace")), data,
                        timestamp, &world->crypto);
    *ret = with_time(world, node, json_pack("{s:s,s:{}}", "hash", message->hash, "swarm"));
    return 200;
}

static void
check_signature(const World *world, json_t *params, int name_space)
{
    g_autofree char *text = NULL;
    const char *timestamp_text;
    uint8_t signature[SIGNATURE_BYTES], account[ACCOUNT_BYTES];
    g_autofree char *decimal = g_strdup_printf("%d", name_space);

    timestamp_text = decimal;
    text = g_strdup_printf(
        "retrieve%s%" G_GINT64_FORMAT, name_space == 0 ? "" : timestamp_text,
        (gint64)json_integer_value(json_object_get(params, "timestamp")));
    g_assert_cmpint(base64_decode_exact(bytes_of_text(json_string_value(
                                            json_object_get(params, "signature"))),
                                        signature, SIGNATURE_BYTES),
                    ==, ST_OK);
    account_of_text(json_string_value(json_object_get(params, "pubkey")), account);
    g_assert_cmpmem(account + 1, KEY_BYTES, world->session->x25519.pk, KEY_BYTES);
    g_assert_true(crypto_verify(&world->crypto, world->session->ed25519.pk,
                                bytes_of_text(text), signature));
}

static int
do_retrieve(World *world, WorldNode *node, json_t *params, json_t **ret)
{
    const char *pubkey = json_string_value(json_object_get(params, "pubkey"));
    const char *last = json_string_value(json_object_get(params, "last_hash"));
    int name_space = (int)json_integer_value(json_object_get(params, "namespace"));
    json_int_t signed_at = json_integer_value(json_object_get(params, "timestamp"));
    json_t *messages = json_array();
    bool more = false;
    bool is_group = name_space == SESSION_GROUP_NAMESPACE &&
                    json_object_get(params, "signature") == NULL;

    if (!is_group) {
        check_signature(world, params, name_space);
        g_assert_cmpint(json_integer_value(json_object_get(params, "max_size")), ==,
                        name_space <= 0 ? -2 : -8);
    }
    if (!is_group && ABS(signed_at - node_time(world, node)) > 60000) {
        json_decref(messages);
        *ret = json_string("retrieve signature timestamp too far from current time");
        return 406;
    }
    for (guint i = 0; i < node->store->len; i++) {
        const StoredMessage *message = g_ptr_array_index(node->store, i);

        if (g_strcmp0(message->account, pubkey) != 0 || message->name_space != name_space)
            continue;
        if (last != NULL && g_strcmp0(last, message->hash) == 0)
            json_array_clear(messages);
        else
            json_array_append_new(
                messages, json_pack("{s:s,s:s,s:I,s:I}", "hash", message->hash, "data",
                                    message->data, "timestamp", message->timestamp,
                                    "expiration", message->timestamp + 1));
    }
    while (world->page > 0 && json_array_size(messages) > world->page) {
        json_array_remove(messages, json_array_size(messages) - 1);
        more = true;
    }
    *ret =
        with_time(world, node, json_pack("{s:o,s:b}", "messages", messages, "more", more));
    return 200;
}

/* The list's swarm ids are beyond jansson's integers: its text is put in afterwards. */
static const char list_place[] = "the list";

static int
do_list(World *world, WorldNode *node, json_t **ret)
{
    *ret = with_time(world, node, json_pack("{s:s}", "result", list_place));
    return 200;
}

/* Put the list in at @place. */
static void
insert_list(const World *world, const WorldNode *node, GString *text, const char *place)
{
    Buffer list = BUFFER_EMPTY;
    JsonValue answer, result;
    g_autofree char *raw = NULL;

    node_list_to_json(node->list != NULL ? node->list : world->snapshot->nodes, 1,
                      world->snapshot->block_hash, true, &list);
    g_assert_cmpint(json_parse(buffer_bytes(&list), &answer), ==, ST_OK);
    g_assert_true(json_get(answer, "result", &result));
    raw = g_strndup((const char *)result.text.p, result.text.n);
    g_string_replace(text, place, raw, 0);
    buffer_clear(&list);
}

GString *
world_body_text(const World *world, const WorldNode *node, const json_t *body)
{
    char *dump = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
    GString *text = g_string_new(dump);
    g_autofree char *place = g_strdup_printf("\"%s\"", list_place);

    free(dump);
    if (strstr(text->str, place) != NULL)
        insert_list(world, node, text, place);
    return text;
}

static int
do_batch(World *world, WorldNode *node, json_t *params, json_t **ret)
{
    json_t *results = json_array(), *item;
    size_t i;

    json_array_foreach(json_object_get(params, "requests"), i, item)
    {
        json_t *body;
        int code;

        if (node->fault == FAULT_SUB_STATUS) {
            code = node->status;
            body = json_string("no");
        } else {
            code = world_handle(world, node, item, &body);
        }
        json_array_append_new(results, json_pack("{s:i,s:o}", "code", code, "body", body));
    }
    *ret = json_pack("{s:o}", "results", results);
    return 200;
}

int
world_handle(World *world, WorldNode *node, json_t *request, json_t **ret)
{
    const char *method = json_string_value(json_object_get(request, "method"));
    json_t *params = json_object_get(request, "params");
    const char *pubkey = json_string_value(json_object_get(params, "pubkey"));

    g_assert_nonnull(method);
    g_assert_nonnull(params);
    if (g_strcmp0(method, "batch") == 0)
        return do_batch(world, node, params, ret);
    if (g_strcmp0(method, "get_swarm") == 0) {
        *ret = swarm_body(world, node, pubkey);
        return 200;
    }
    if (g_strcmp0(method, "info") == 0) {
        *ret = with_time(world, node, json_object());
        return 200;
    }
    if (g_strcmp0(method, "oxend_request") == 0)
        return do_list(world, node, ret);
    if (node->misplaced) {
        *ret = swarm_body(world, node, pubkey);
        return 421;
    }
    if (g_strcmp0(method, "store") == 0)
        return do_store(world, node, params, ret);
    g_assert_cmpstr(method, ==, "retrieve");
    return do_retrieve(world, node, params, ret);
}
