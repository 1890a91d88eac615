/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire rpc: a storage request to a service node with a store in a folder.  The
 * request's own parts reach the node letter by letter, whatever jansson would make of
 * them.  With params_bencode_hex it goes over OxenMQ, and is answered in bencode. */
#include "cli/lone_node.h"
#include "cli/wire.h"

#include <string.h>

#include "nodes/wire/bencode.h"
#include "nodes/wire/json.h"

/* Year 9999. */
#define NOW_MS_MAX INT64_C(253402300799999)

typedef struct RpcInput {
    char *state;
    UnixMs now;
    uint8_t seed[KEY_BYTES];
    MessageKind kind;
    Buffer request;
} RpcInput;

/* Append ,"KEY":VALUE as it stands in the input. */
static void
copy_member(JsonValue in, const char *key, Buffer *out)
{
    JsonValue value;

    if (json_get(in, key, &value)) {
        json_write_key(out, key);
        buffer_append_bytes(out, value.text);
    }
}

static gboolean
load_text(JsonValue in, const char *key, char **ret, GError **error)
{
    JsonValue value;
    Buffer text = BUFFER_EMPTY;

    if (!json_get(in, key, &value) || !json_string_append(value, &text)) {
        wire_refuse(error, "%s is missing or no text", key);
        return FALSE;
    }
    /* a text with a NUL would end there */
    if (text.n == 0 || memchr(text.p, 0, text.n) != NULL)
        wire_refuse(error, "%s is empty or holds a NUL", key);
    else
        *ret = g_strndup((const char *)text.p, text.n);
    buffer_clear(&text);
    return *ret != NULL;
}

static gboolean
load_node_seed(JsonValue in, uint8_t ret[KEY_BYTES], GError **error)
{
    JsonValue value;
    Bytes text;

    if (!json_get(in, "node_seed_hex", &value) && !json_get(in, "node_seed", &value)) {
        wire_refuse(error, "node_seed_hex is missing");
        return FALSE;
    }
    if (json_string_plain(value, &text) && hex_decode(text, ret, KEY_BYTES))
        return TRUE;
    wire_refuse(error, "node_seed_hex is not %d hex digits", 2 * KEY_BYTES);
    return FALSE;
}

/* The bytes of a hex text; to be cleared. */
static gboolean
load_hex(JsonValue value, const char *name, Buffer *ret, GError **error)
{
    Bytes text;

    if (json_string_plain(value, &text) && text.n % 2 == 0 &&
        hex_decode(text, buffer_reserve(ret, text.n / 2), text.n / 2)) {
        ret->n = text.n / 2;
        return TRUE;
    }
    wire_refuse(error, "%s is not hex", name);
    return FALSE;
}

/* storage.<method>, or monitor.messages. */
static gboolean
load_omq_request(JsonValue in, JsonValue params_hex, RpcInput *ret, GError **error)
{
    Buffer params = BUFFER_EMPTY;
    JsonValue other;
    char *method = NULL;
    gboolean good = FALSE;

    if (json_get(in, "params", &other)) {
        wire_refuse(error, "params and params_bencode_hex exclude each other");
    } else if (load_text(in, "method", &method, error) &&
               load_hex(params_hex, "params_bencode_hex", &params, error)) {
        good = TRUE;
        ret->kind =
            strcmp(method, "monitor.messages") == 0 ? KIND_MONITOR : KIND_STORAGE_OMQ;
        if (ret->kind == KIND_MONITOR) {
            buffer_append_bytes(&ret->request, buffer_bytes(&params));
        } else {
            buffer_append_literal(&ret->request, "l");
            bencode_write_text(&ret->request, method);
            bencode_write_string(&ret->request, buffer_bytes(&params));
            buffer_append_literal(&ret->request, "e");
        }
    }
    g_free(method);
    buffer_clear(&params);
    return good;
}

static gboolean
load_input(JsonValue in, RpcInput *ret, GError **error)
{
    JsonValue now, params_hex;

    if (!load_text(in, "state", &ret->state, error) ||
        !load_node_seed(in, ret->seed, error))
        return FALSE;
    if (!json_get(in, "now_ms", &now) || !json_i64(now, &ret->now) || ret->now < 0 ||
        ret->now > NOW_MS_MAX) {
        wire_refuse(error, "now_ms is missing or no integer from 0 to %" G_GINT64_FORMAT,
                    NOW_MS_MAX);
        return FALSE;
    }
    if (json_get(in, "params_bencode_hex", &params_hex))
        return load_omq_request(in, params_hex, ret, error);
    ret->kind = KIND_STORAGE_RPC;
    buffer_append_literal(&ret->request, "{");
    copy_member(in, "method", &ret->request);
    copy_member(in, "params", &ret->request);
    buffer_append_literal(&ret->request, "}");
    return TRUE;
}

/* {"status","body_hex"} */
static json_t *
show_bytes(int status, Bytes body)
{
    json_t *out = json_pack("{s:i}", "status", status);

    wire_set_hex(out, "body_hex", body);
    return out;
}

static json_t *
show_answer(int status, Bytes body)
{
    json_t *object =
        json_loadb((const char *)body.p, body.n, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);

    if (!json_is_object(object)) {
        json_decref(object);
        object = json_stringn((const char *)body.p, body.n);
    }
    if (object == NULL) { /* no UTF-8 */
        g_autofree char *valid = g_utf8_make_valid((const char *)body.p, (gssize)body.n);

        object = json_string(valid);
    }
    return json_pack("{s:i, s:o}", "status", status, "body", object);
}

static json_t *
ask(const RpcInput *input, GError **error)
{
    g_autoptr(LoneNode) node = lone_node_new(input->state, input->seed, input->now, error);
    Packet body;
    json_t *out;
    int status;

    if (node == NULL)
        return NULL;
    status = lone_node_ask(node, input->kind, buffer_bytes(&input->request), &body);
    if (status == 0)
        out = wire_refuse(error, "the node gave no answer");
    else if (input->kind == KIND_STORAGE_RPC)
        out = show_answer(status, packet_bytes(&body));
    else
        out = show_bytes(status, packet_bytes(&body));
    packet_clear(&body);
    return out;
}

json_t *
wire_rpc(Bytes text, GError **error)
{
    RpcInput input = { .request = BUFFER_EMPTY };
    JsonValue in;
    json_t *out = NULL;

    if (json_parse(text, &in) != ST_OK || in.type != JSON_TYPE_OBJECT)
        return wire_refuse(error, "no JSON object");
    if (load_input(in, &input, error))
        out = ask(&input, error);
    buffer_clear(&input.request);
    g_free(input.state);
    return out;
}
