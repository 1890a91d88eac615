/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * info (protocol 3.2). */
#include "nodes/service/node_internal.h"

void
write_version(const ServiceNode *node, Buffer *json)
{
    const int64_t *v = storage_version_numbers(node->config);

    buffer_append_literal(json, "[");
    for (int i = 0; i < 3; i++) {
        json_write_comma(json);
        buffer_append_i64_decimal(json, v[i]);
    }
    buffer_append_literal(json, "]");
}

void
request_info(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    UnixMs t = port_unix_ms(node->port);
    Buffer json = BUFFER_EMPTY;

    (void)request;
    buffer_append_literal(&json, "{");
    answer_write_hf(node, &json);
    answer_write_t(&json, t);
    json_write_key(&json, "timestamp");
    buffer_append_i64_decimal(&json, t);
    json_write_key(&json, "version");
    write_version(node, &json);
    buffer_append_literal(&json, "}");
    answer_json(node, now, to, RPC_INFO, 200, &json);
}
