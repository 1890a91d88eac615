/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node list on its way: as the object of a blob, and remembered by its text. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/wire/json_around.h"
#include "nodes/wire/node_list_build.h"

/* What a blob of type node_list_blob_type holds. */
typedef struct Answer {
    NodeList *all;  /* what the JSON is made of */
    NodeList *read; /* what reading that JSON gives */
    uint64_t height;
    uint8_t block_hash[32];
    bool active_only;
} Answer;

static void
answer_encode(const void *object, Buffer *out)
{
    const Answer *answer = object;

    node_list_to_json(answer->all, answer->height, answer->block_hash, answer->active_only,
                      out);
}

static void
answer_free(void *object)
{
    Answer *answer = object;

    node_list_unref(answer->all);
    node_list_unref(answer->read);
    free(answer);
}

static const BlobType answer_type = { "node_list", answer_encode, answer_free };

static Answer *
answer_new(NodeList *all, NodeList *read)
{
    Answer *answer = calloc(1, sizeof *answer);

    if (answer == NULL)
        abort();
    answer->all = all;
    answer->read = read;
    return answer;
}

/* The nodes that a reader keeps. */
static NodeList *
as_read(NodeList *list, bool active_only)
{
    Buffer kept = BUFFER_EMPTY;
    NodeList *read;

    for (uint32_t i = 0; i < list->n; i++) {
        const NodeRecord *node = &list->nodes[i];

        if (node->ip != 0 && (node->active || !active_only))
            buffer_append(&kept, node, sizeof *node);
    }
    if (kept.n == list->n * sizeof *list->nodes)
        read = node_list_ref(list);
    else
        read = node_list_new((const NodeRecord *)(const void *)kept.p,
                             kept.n / sizeof(NodeRecord));
    buffer_clear(&kept);
    return read;
}

Blob *
node_list_blob(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
               bool active_only)
{
    /* Counting changes nothing that anybody sees. */
    NodeList *all = node_list_ref((NodeList *)(uintptr_t)list);
    Answer *answer = answer_new(all, as_read(all, active_only));

    answer->height = height;
    memcpy(answer->block_hash, block_hash, sizeof answer->block_hash);
    answer->active_only = active_only;
    return blob_from_object(&answer_type, answer,
                            node_list_json_bytes(list, height, active_only));
}

Status
node_list_of_packet(const Packet *packet, NodeList **ret)
{
    Blob *blob = packet->blob;
    bool is_whole = blob != NULL && packet->offset == 0 && packet->length == blob->size;
    NodeList *list;
    Status status;

    if (is_whole && blob->object != NULL && blob->type == &answer_type) {
        const Answer *answer = blob->object;

        *ret = node_list_ref(answer->read);
        return ST_OK;
    }
    status = node_list_from_json(packet_bytes(packet), &list);
    if (status != ST_OK)
        return status;
    if (is_whole && blob->object == NULL && blob->type == NULL)
        blob_attach(blob, &answer_type,
                    answer_new(node_list_ref(list), node_list_ref(list)));
    *ret = list;
    return ST_OK;
}

/* --- memo --------------------------------------------------------------------------------
 */

/* How far the result may stand from the beginning, and how much may follow it. */
enum { AROUND_RESULT_MAX = 256 };

/* Where the value of the first "result" begins, by looking for the letters alone. */
static const uint8_t *
find_result(Bytes json)
{
    static const char key[] = "\"result\":";
    size_t n = json.n < AROUND_RESULT_MAX ? json.n : AROUND_RESULT_MAX;
    const uint8_t *p = n > 0 ? memmem(json.p, n, key, sizeof key - 1) : NULL;

    return p != NULL ? p + sizeof key - 1 : NULL;
}

/* The text around a known result is an answer that holds a value at its place: checked with
 * a short value in its stead. */
static bool
is_answer_around(Bytes before, Bytes after)
{
    Buffer text = BUFFER_EMPTY;
    JsonValue answer, result;
    bool ok;

    buffer_append_bytes(&text, before);
    buffer_append_literal(&text, "{}");
    buffer_append_bytes(&text, after);
    ok = json_parse(buffer_bytes(&text), &answer) == ST_OK &&
         json_get(answer, "result", &result) && result.text.p == text.p + before.n;
    buffer_clear(&text);
    return ok;
}

static bool
entry_fits(const NodeListMemoEntry *entry, Bytes json, const uint8_t *result)
{
    size_t before = (size_t)(result - json.p), n = entry->result.n;
    const uint8_t *after;

    if (n == 0 || json.n - before < n || json.n - before - n > AROUND_RESULT_MAX ||
        memcmp(entry->result.p, result, n) != 0)
        return false;
    after = result + n;
    return is_answer_around((Bytes){ json.p, before },
                            (Bytes){ after, (size_t)(json.p + json.n - after) });
}

static void
memo_put(NodeListMemo *memo, Bytes result, NodeList *list)
{
    NodeListMemoEntry *entry = &memo->entries[memo->next];

    memo->next = (memo->next + 1) % NODE_LIST_MEMO_ENTRIES;
    entry->result.n = 0;
    buffer_append_bytes(&entry->result, result);
    node_list_unref(entry->list);
    entry->list = node_list_ref(list);
}

static bool
same_record(const NodeRecord *a, const NodeRecord *b)
{
    return memcmp(a->legacy, b->legacy, sizeof a->legacy) == 0 &&
           memcmp(a->ed25519, b->ed25519, sizeof a->ed25519) == 0 &&
           memcmp(a->x25519, b->x25519, sizeof a->x25519) == 0 && a->ip == b->ip &&
           a->port_https == b->port_https && a->port_omq == b->port_omq &&
           a->active == b->active && a->swarm_id == b->swarm_id;
}

static bool
same_list(const NodeList *a, const NodeList *b)
{
    if (a->n != b->n)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!same_record(&a->nodes[i], &b->nodes[i]))
            return false;
    return true;
}

/* Heights differ more often than nodes do: of two lists that say the same everybody gets
 * the first, and sees at once that nothing changed.  Takes @list. */
static NodeList *
as_before(NodeListMemo *memo, NodeList *list)
{
    if (memo->newest != NULL && same_list(memo->newest, list)) {
        node_list_unref(list);
        return node_list_ref(memo->newest);
    }
    node_list_unref(memo->newest);
    memo->newest = node_list_ref(list);
    return list;
}

Status
node_list_from_json_memo(NodeListMemo *memo, Bytes json, NodeList **ret)
{
    const uint8_t *place = find_result(json);
    Status status;
    Bytes result;

    for (int i = 0; i < NODE_LIST_MEMO_ENTRIES && place != NULL; i++)
        if (entry_fits(&memo->entries[i], json, place)) {
            *ret = node_list_ref(memo->entries[i].list);
            return ST_OK;
        }
    status = node_list_read(json, &result, ret);
    if (status != ST_OK)
        return status;
    *ret = as_before(memo, *ret);
    if (result.p == place)
        memo_put(memo, result, *ret);
    return ST_OK;
}

/* The list of a result that many answers share: parsed once, then remembered with it. */
static Status
list_of_result(NodeListMemo *memo, Blob *result, NodeList **ret)
{
    Bytes text = { blob_data(result), result->size };
    JsonValue value;
    Status status;

    if (result->type != &answer_type) {
        NodeList *list;

        status = json_parse(text, &value);
        if (status == ST_OK)
            status = node_list_result_from_json(value, &list);
        if (status != ST_OK)
            return status;
        if (memo != NULL)
            list = as_before(memo, list);
        blob_attach(result, &answer_type, answer_new(node_list_ref(list), list));
    }
    *ret = node_list_ref(((const Answer *)result->object)->read);
    return ST_OK;
}

Status
node_list_of_answer(NodeListMemo *memo, const Packet *answer, NodeList **ret)
{
    Bytes before, after, json;
    Blob *result;

    if (json_around_parts(answer, &before, &result, &after) &&
        is_answer_around(before, after))
        return list_of_result(memo, result, ret);
    json = packet_bytes(answer);
    return memo == NULL ? node_list_from_json(json, ret)
                        : node_list_from_json_memo(memo, json, ret);
}

void
node_list_memo_clear(NodeListMemo *memo)
{
    for (int i = 0; i < NODE_LIST_MEMO_MAPS; i++)
        node_list_map_clear(&memo->maps[i]);
    for (int i = 0; i < NODE_LIST_MEMO_ENTRIES; i++) {
        buffer_clear(&memo->entries[i].result);
        node_list_unref(memo->entries[i].list);
    }
    node_list_unref(memo->newest);
    *memo = NODE_LIST_MEMO_EMPTY;
}
