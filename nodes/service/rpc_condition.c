/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/rpc_condition.h"

#include "nodes/service/node_internal.h"

static bool
fail_type(Buffer *error, const char *key, const char *expected)
{
    buffer_append_literal(error, "Invalid value given for '");
    buffer_append_text(error, key);
    buffer_append_literal(error, "': expected ");
    buffer_append_text(error, expected);
    return false;
}

/* The server's reader of bencode knows 32 bits here; that of JSON takes what comes. */
static bool
number_of(RpcValue value, int64_t *ret)
{
    return rpc_value_i64(value, ret) && (!value.bencoded || *ret == (int32_t)*ret);
}

/* One number, or with @n > 1 a list of which the first @n count; an empty list counts as
 * absent. */
static bool
parse_bound(RpcValue object, const char *key, size_t n, ConditionBound *ret, Buffer *error)
{
    const char *expected = n == 1 ? "integer" : "integer array";
    RpcValue value, item;
    RpcIterator it;
    Bytes item_key;

    *ret = (ConditionBound){ 0 };
    if (!rpc_value_get(object, key, &value) || rpc_value_is_null(value))
        return true;
    if (!rpc_value_is_list(value) || n == 1) {
        ret->given = number_of(value, &ret->numbers[0]);
        return ret->given || fail_type(error, key, expected);
    }
    it = rpc_value_iterate(value);
    for (size_t i = 0; rpc_value_next(&it, &item_key, &item); i++) {
        int64_t number;

        if (!number_of(item, &number))
            return fail_type(error, key, expected);
        ret->given = true;
        if (i < n)
            ret->numbers[i] = number;
    }
    return true;
}

bool
condition_parse(RpcValue object, Condition *ret, Buffer *error)
{
    if (!parse_bound(object, "height_at_least", 1, &ret->height_at_least, error) ||
        !parse_bound(object, "height_before", 1, &ret->height_before, error) ||
        !parse_bound(object, "hf_at_least", 2, &ret->hf_at_least, error) ||
        !parse_bound(object, "hf_before", 2, &ret->hf_before, error) ||
        !parse_bound(object, "v_at_least", 3, &ret->v_at_least, error) ||
        !parse_bound(object, "v_before", 3, &ret->v_before, error))
        return false;
    if (ret->height_at_least.given || ret->height_before.given || ret->hf_at_least.given ||
        ret->hf_before.given || ret->v_at_least.given || ret->v_before.given)
        return true;
    buffer_append_literal(error, "Invalid ifelse request: must specify at least one \"if\" "
                                 "condition");
    return false;
}

/* Below 0, 0 or above 0, as a version compares. */
static int
compare(const int64_t *a, const int64_t *b)
{
    for (int i = 0; i < CONDITION_NUMBERS_MAX; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static bool
within(const int64_t is[CONDITION_NUMBERS_MAX], const ConditionBound *at_least,
       const ConditionBound *before)
{
    return (!at_least->given || compare(is, at_least->numbers) >= 0) &&
           (!before->given || compare(is, before->numbers) < 0);
}

bool
condition_holds(const ServiceNode *node, const Condition *condition)
{
    const Snapshot *s = node->snapshot;
    int64_t height[CONDITION_NUMBERS_MAX] = { s == NULL ? 0 : (int64_t)s->height };
    int64_t hf[CONDITION_NUMBERS_MAX] = { s == NULL ? 0 : s->hardfork_major,
                                          s == NULL ? 0 : s->hardfork_minor };
    const int64_t *v = storage_version_numbers(node->config);

    return within(height, &condition->height_at_least, &condition->height_before) &&
           within(hf, &condition->hf_at_least, &condition->hf_before) &&
           within(v, &condition->v_at_least, &condition->v_before);
}
