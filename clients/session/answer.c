/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an answer to an onion request means (protocol 4.4, 5.2): an error of a relay comes
 * in the clear and costs the path; an error of the destination comes inside the reply and
 * costs the destination. */
#include "clients/session/session_internal.h"
#include "nodes/onion/server.h"
#include "nodes/wire/json_shapes.h"
#include "nodes/wire/message.h"
#include "nodes/wire/server_later.h"

/* How relays name a node that they cannot use (4.4); older clients know the first only. */
static const char *const naming_prefixes[] = { "Next node not found: ", "Snode not ready: ",
                                               "Next node is currently unreachable: " };
enum { NAMING_PREFIXES = sizeof naming_prefixes / sizeof naming_prefixes[0] };

SendFailure
session_failure_of_status(int status)
{
    switch (status) {
    case 406: /* Not Acceptable: the clock, as nodes say it */
    case 425: /* Too Early: the same, newer */
        return SEND_CLOCK;
    case 421:
        return SEND_WRONG_SWARM;
    default:
        return SEND_REFUSED;
    }
}

/* The key that a text names which begins with one of the first @n prefixes; false for other
 * texts. */
static bool
names_node(Bytes body, uint32_t n, Bytes *ret_hex)
{
    for (uint32_t i = 0; i < n; i++) {
        size_t length = strlen(naming_prefixes[i]);

        if (body.n < length || memcmp(body.p, naming_prefixes[i], length) != 0)
            continue;
        *ret_hex = (Bytes){ body.p + length, body.n - length };
        return true;
    }
    return false;
}

static bool
names_missing_node(Bytes body, Bytes *ret_hex)
{
    return names_node(body, 1, ret_hex);
}

static const uint8_t *
account_of(const OnionRequest *request)
{
    return request->has_account ? request->account : NULL;
}

static void
blame_target(Session *s, const OnionRequest *request)
{
    if (request->target.node != NODE_NONE)
        session_blame_node(s, (NodeRef)request->target.node, account_of(request));
}

/* 421: the answer is the right swarm, or else this node is none of it. */
static void
learn_wrong_swarm(Session *s, const OnionRequest *request, const JsonValue *body)
{
    FreshSwarm fresh;

    if (!request->has_account)
        return;
    if (body != NULL && session_swarm_parse(s, request->account, *body, &fresh)) {
        session_swarm_put(s, &fresh);
        return;
    }
    if (request->target.node != NODE_NONE)
        session_swarm_drop_node(s, request->account, (NodeRef)request->target.node);
    blame_target(s, request);
}

static void
learn_wrong_swarm_text(Session *s, const OnionRequest *request, Bytes text)
{
    JsonValue body;
    bool parsed = json_parse(text, &body) == ST_OK;

    meter_add(s->port->meter, METER_PARSE, text.n);
    learn_wrong_swarm(s, request, parsed ? &body : NULL);
}

/* --- on the path ----------------------------------------------------------------- */

static Verdict
judge_path_error(Session *s, OnionRequest *request, int status, Bytes body,
                 RequestResult *result)
{
    Bytes hex;

    result->failure = SEND_PATH_ERROR;
    if (status == 406 || status == 425) {
        result->failure = SEND_CLOCK;
        return VERDICT_ABORT;
    }
    if (status == 421) {
        result->failure = SEND_WRONG_SWARM;
        learn_wrong_swarm_text(s, request, body);
        return VERDICT_ABORT;
    }
    if (request->server != NULL && status == 502 &&
        !names_node(body, NAMING_PREFIXES, &hex))
        return VERDICT_RETRY; /* the server is not there: no fault of the path's (5.2) */
    if (s->config->path_bad_at_once) {
        if (status == 503 || status == 504 || status == 404)
            session_path_bad(s, request->guard);
        return VERDICT_RETRY;
    }
    if (status == 400 || status == 404)
        return VERDICT_RETRY; /* costs nobody anything */
    if (!s->config->defect_named_node_alone) {
        if (!names_node(body, NAMING_PREFIXES, &hex))
            hex = (Bytes){ NULL, 0 };
        session_blame_named(s, hex, account_of(request), request->guard);
    } else if (names_missing_node(body, &hex)) {
        session_node_not_found(s, hex, account_of(request));
    } else {
        session_blame_path(s, request->guard);
    }
    return VERDICT_RETRY;
}

/* --- at the destination ---------------------------------------------------------- */

static Verdict
judge_destination(Session *s, OnionRequest *request, RequestResult *result)
{
    JsonValue answer;
    Bytes body, hex;

    if (result->status == 200) { /* whoever asked reads it, if need be */
        result->answered = true;
        return VERDICT_DONE;
    }
    body = packet_bytes(&result->body);
    result->failure = session_failure_of_status(result->status);
    switch (result->status) {
    case 406:
    case 425:
    case 400: /* the request's own fault: costs nobody anything, and would be so again */
        return VERDICT_ABORT;
    case 421:
        learn_wrong_swarm_text(s, request, body);
        return VERDICT_ABORT;
    case 432: /* 2020: not enough work, which the next attempt makes up for */
        if (s->config->storage_rpc != STORAGE_RPC_2020)
            break;
        if (json_parse(body, &answer) == ST_OK)
            session_2020_learn_difficulty(s, answer);
        return VERDICT_ABORT;
    default:
        break;
    }
    if (names_missing_node(body, &hex)) {
        session_node_not_found(s, hex, account_of(request));
        return VERDICT_ABORT;
    }
    blame_target(s, request);
    return VERDICT_RETRY;
}

/* Open and read the reply.  A reply that does not open costs nobody anything (5.2 knows no
 * rule for it), and is tried again. */
static Verdict
judge_reply(Session *s, OnionRequest *request, Packet *packet, RequestResult *result)
{
    int status;

    result->failure = SEND_UNREADABLE;
    if (packet->length > ANSWER_BYTES_MAX)
        return VERDICT_RETRY;
    if (onion_reply_read(s->crypto, onion_reply_key(&request->reply_key), packet, &status,
                         &result->body) != ST_OK)
        return VERDICT_RETRY;
    result->status = status;
    session_path_succeeded(s, request->guard, status == 200 ? &request->target : NULL);
    return judge_destination(s, request, result);
}

/* A server's answer; what it means is for whoever asked. */
static Verdict
judge_server(Session *s, OnionRequest *request, Packet *packet, RequestResult *result)
{
    Packet payload = PACKET_EMPTY;
    ServerReply reply;
    Status status;

    result->failure = SEND_UNREADABLE;
    if (packet->length > ANSWER_BYTES_MAX)
        return VERDICT_RETRY;
    status = onion_server_read(s->crypto, onion_reply_key(&request->reply_key), packet,
                               &payload);
    if (status == ST_OK)
        status = server_reply_open(&payload, &reply, &result->body);
    packet_clear(&payload);
    if (status != ST_OK)
        return VERDICT_RETRY;
    session_path_succeeded(s, request->guard, NULL);
    result->status = reply.code;
    result->failure = SEND_REFUSED;
    if (reply.code >= 500) {
        packet_clear(&result->body);
        return VERDICT_RETRY;
    }
    result->answered = true;
    return VERDICT_DONE;
}

Verdict
session_answer_judge(Session *s, OnionRequest *request, Outcome outcome, int status,
                     Packet *packet, RequestResult *result)
{
    if (outcome != OUTCOME_ANSWER) {
        if (s->config->path_bad_at_once)
            session_path_bad(s, request->guard);
        else
            session_blame_path(s, request->guard);
        result->failure = SEND_TIMEOUT;
        return VERDICT_RETRY;
    }
    result->status = status;
    if (status == 200 && request->server != NULL)
        return judge_server(s, request, packet, result);
    if (status == 200)
        return judge_reply(s, request, packet, result);
    if (packet->length > ANSWER_BYTES_MAX)
        return judge_path_error(s, request, status, (Bytes){ NULL, 0 }, result);
    return judge_path_error(s, request, status, packet_bytes(packet), result);
}

/* --- single answers -------------------------------------------------------------- */

bool
session_answer_single(Session *s, const OnionRequest *request, const RequestResult *result,
                      JsonIndex *index, int *ret_code, JsonValue *ret_body)
{
    Bytes text = packet_bytes(&result->body);
    JsonIterator it;

    if (s->config->storage_rpc != STORAGE_RPC_2020)
        return session_batch_parse(s, text, index, &it) &&
               session_batch_next(s, request, &it, ret_code, ret_body);
    meter_add(s->port->meter, METER_PARSE, text.n);
    *ret_code = result->status;
    return json_parse_shaped(s->crypto->shapes, text, index, ret_body) == ST_OK;
}

/* --- batches --------------------------------------------------------------------- */

bool
session_batch_parse(const Session *s, Bytes body, JsonIndex *index, JsonIterator *ret)
{
    JsonValue outer, results;

    meter_add(s->port->meter, METER_PARSE, body.n);
    if (json_parse_shaped(s->crypto->shapes, body, index, &outer) != ST_OK ||
        !json_get(outer, "results", &results))
        return false;
    if (results.type != JSON_TYPE_ARRAY)
        return false;
    *ret = json_iterate(results);
    return true;
}

bool
session_batch_next(Session *s, const OnionRequest *request, JsonIterator *it, int *ret_code,
                   JsonValue *ret_body)
{
    static const char *const names[] = { "code", "body" };
    JsonValue item, part[2];
    int64_t value;
    Bytes key;

    if (!json_next(it, &key, &item))
        return false;
    if (json_get_each(item, names, 2, part) != 3 || !json_i64(part[0], &value))
        return false;
    if (value < 100 || value > 999)
        return false;
    *ret_code = (int)value;
    *ret_body = part[1];
    /* A sub-result counts as the destination's own answer; nothing is tried again here. */
    if (value == 421)
        learn_wrong_swarm(s, request, ret_body);
    else if (value != 200 && value != 400 && value != 406 && value != 425)
        blame_target(s, request);
    return true;
}
