/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The condition of an ifelse. */
#include "tests/fuzz/fuzz.h"

#include "nodes/service/rpc_condition.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Buffer error = BUFFER_EMPTY;
    Condition condition;
    JsonValue object;

    if (json_parse((Bytes){ data, n }, &object) != ST_OK || object.type != JSON_TYPE_OBJECT)
        return 0;
    if (condition_parse(rpc_value_of_json(object), &condition, &error)) {
        fuzz_check(error.n == 0);
        fuzz_check(condition.height_at_least.given || condition.height_before.given ||
                   condition.hf_at_least.given || condition.hf_before.given ||
                   condition.v_at_least.given || condition.v_before.given);
    } else {
        fuzz_check(error.n > 0);
    }
    buffer_clear(&error);
    return 0;
}
