/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The condition of ifelse (protocol 3.2): hard fork, version and height, all of them. */
#pragma once

#include "nodes/service/request.h"

enum { CONDITION_NUMBERS_MAX = 3 };

/* A list of numbers compared like a version; missing ones are 0. */
typedef struct ConditionBound {
    bool given;
    int64_t numbers[CONDITION_NUMBERS_MAX];
} ConditionBound;

typedef struct Condition {
    ConditionBound height_at_least, height_before;
    ConditionBound hf_at_least, hf_before;
    ConditionBound v_at_least, v_before;
} Condition;

bool condition_parse(RpcValue object, Condition *ret, Buffer *error) WARN_UNUSED;
bool condition_holds(const ServiceNode *node, const Condition *condition);
