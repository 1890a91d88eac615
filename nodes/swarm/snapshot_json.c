/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/swarm/snapshot_json.h"

#include <stdlib.h>

/* --- writing ----------------------------------------------------------------- */

static void
write_indexes(Buffer *out, const char *key, const uint32_t *indexes, uint32_t n)
{
    json_write_key(out, key);
    buffer_append_literal(out, "[");
    for (uint32_t i = 0; i < n; i++) {
        json_write_comma(out);
        buffer_append_u64_decimal(out, indexes[i]);
    }
    buffer_append_literal(out, "]");
}

static void
write_proofs(Buffer *out, const Snapshot *snapshot)
{
    json_write_key(out, "last_proofs");
    buffer_append_literal(out, "[");
    for (uint32_t i = 0; i < snapshot->nodes->n; i++) {
        json_write_comma(out);
        buffer_append_i64_decimal(out, snapshot->last_proof_ms[i]);
    }
    buffer_append_literal(out, "]");
}

void
snapshot_to_json(const Snapshot *snapshot, Buffer *out)
{
    Buffer answer = BUFFER_EMPTY;

    buffer_append_literal(out, "{\"snapshot\":{");
    json_write_key(out, "height");
    buffer_append_u64_decimal(out, snapshot->height);
    json_write_key(out, "time");
    buffer_append_i64_decimal(out, snapshot->time_ms);
    json_write_key(out, "block_hash");
    buffer_append_literal(out, "\"");
    buffer_append_hex(out, (Bytes){ snapshot->block_hash, sizeof snapshot->block_hash });
    buffer_append_literal(out, "\"");
    json_write_key(out, "hardfork_major");
    buffer_append_u64_decimal(out, snapshot->hardfork_major);
    json_write_key(out, "hardfork_minor");
    buffer_append_u64_decimal(out, snapshot->hardfork_minor);
    json_write_key(out, "wrap_2020");
    buffer_append_text(out, snapshot->wrap_2020 ? "true" : "false");
    write_indexes(out, "validators", snapshot->validators, snapshot->n_validators);
    write_indexes(out, "workers", snapshot->workers, snapshot->n_workers);
    write_proofs(out, snapshot);
    buffer_append_literal(out, "},");
    node_list_to_json(snapshot->nodes, snapshot->height, snapshot->block_hash, false,
                      &answer);
    buffer_append(out, answer.p + 1, answer.n - 1);
    buffer_clear(&answer);
}

/* --- reading ----------------------------------------------------------------- */

static bool
get_u64(JsonValue object, const char *key, uint64_t max, uint64_t *ret)
{
    JsonValue value;

    return json_get(object, key, &value) && json_u64(value, ret) && *ret <= max;
}

static bool
get_hash(JsonValue object, uint8_t ret[32])
{
    JsonValue value;
    Bytes text;

    return json_get(object, "block_hash", &value) && json_string_plain(value, &text) &&
           hex_decode(text, ret, 32);
}

/* An array of at most @n numbers below @n; to be freed. */
static bool
get_indexes(JsonValue object, const char *key, uint32_t n, uint32_t **ret, size_t *ret_n)
{
    JsonValue array, item;
    JsonIterator it;
    Bytes none;
    uint64_t v;

    *ret = NULL;
    *ret_n = 0;
    if (!json_get(object, key, &array) || array.type != JSON_TYPE_ARRAY ||
        json_length(array) > n)
        return false;
    *ret = calloc(n + 1, sizeof **ret);
    if (*ret == NULL)
        abort();
    for (it = json_iterate(array); json_next(&it, &none, &item);) {
        if (!json_u64(item, &v) || v >= n)
            return false;
        (*ret)[(*ret_n)++] = (uint32_t)v;
    }
    return true;
}

static bool
get_proofs(JsonValue object, uint32_t n, UnixMs **ret)
{
    JsonValue array, item;
    JsonIterator it;
    Bytes none;
    uint32_t i = 0;

    *ret = NULL;
    if (!json_get(object, "last_proofs", &array) || array.type != JSON_TYPE_ARRAY ||
        json_length(array) != n)
        return false;
    *ret = calloc(n + 1, sizeof **ret);
    if (*ret == NULL)
        abort();
    for (it = json_iterate(array); json_next(&it, &none, &item); i++)
        if (!json_i64(item, &(*ret)[i]))
            return false;
    return true;
}

typedef struct Parts {
    uint64_t height, time, major, minor;
    uint8_t hash[32];
    bool wrap_2020;
    uint32_t *validators, *workers;
    size_t n_validators, n_workers;
    UnixMs *proofs;
} Parts;

static bool
get_parts(JsonValue object, uint32_t n, Parts *ret)
{
    JsonValue wrap;

    return get_u64(object, "height", UINT64_MAX, &ret->height) &&
           get_u64(object, "time", INT64_MAX, &ret->time) && get_hash(object, ret->hash) &&
           get_u64(object, "hardfork_major", UINT8_MAX, &ret->major) &&
           get_u64(object, "hardfork_minor", UINT8_MAX, &ret->minor) &&
           json_get(object, "wrap_2020", &wrap) && json_bool(wrap, &ret->wrap_2020) &&
           get_indexes(object, "validators", n, &ret->validators, &ret->n_validators) &&
           get_indexes(object, "workers", n, &ret->workers, &ret->n_workers) &&
           get_proofs(object, n, &ret->proofs);
}

static Snapshot *
snapshot_of(const Parts *parts, NodeList *list)
{
    Snapshot *snapshot = snapshot_new(list, parts->height, (UnixMs)parts->time, parts->hash,
                                      parts->validators, parts->n_validators,
                                      parts->workers, parts->n_workers, parts->proofs);

    snapshot->hardfork_major = (uint8_t)parts->major;
    snapshot->hardfork_minor = (uint8_t)parts->minor;
    snapshot->wrap_2020 = parts->wrap_2020;
    return snapshot;
}

Status
snapshot_from_json(Bytes json, Snapshot **ret)
{
    JsonValue answer, result, object;
    Parts parts = { 0 };
    NodeList *list;
    Status status = json_parse(json, &answer);

    if (status != ST_OK)
        return status;
    if (!json_get(answer, "result", &result) || !json_get(answer, "snapshot", &object))
        return ST_MALFORMED;
    status = node_list_result_from_json(result, &list);
    if (status != ST_OK)
        return status;
    status = ST_MALFORMED;
    if (get_parts(object, list->n, &parts)) {
        *ret = snapshot_of(&parts, list);
        status = ST_OK;
    }
    free(parts.validators);
    free(parts.workers);
    free(parts.proofs);
    node_list_unref(list);
    return status;
}
