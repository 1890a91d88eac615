/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node reads before it opens anything: the guard's container, the relay's dict. */
#include "nodes/onion/onion.h"

#include "nodes/onion/canonical.h"
#include "nodes/onion/control.h"
#include "nodes/onion/layer.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"

/* hop_no is only compared with ONION_HOPS_MAX and counted up: more than one above says
 * nothing more. */
static int
bounded_hop(int64_t hop_no, int lowest)
{
    return hop_no < lowest           ? lowest
           : hop_no > ONION_HOPS_MAX ? ONION_HOPS_MAX + 1
                                     : (int)hop_no;
}

static OnionFault
read_guard_control(Bytes json, OnionEnvelope *ret, JsonValue *ret_control)
{
    JsonValue hop;
    int32_t hop_no;
    OnionFault fault;

    if (canonical_guard(json, ret))
        return FAULT_NONE;
    if (json_parse(json, ret_control) != ST_OK)
        return FAULT_JSON;
    fault = control_cipher(*ret_control, &ret->enc, ret->ephemeral_pk);
    if (fault == FAULT_NONE && json_get(*ret_control, "hop_no", &hop)) {
        if (!control_integer(hop, &hop_no))
            return FAULT_HOP_NO_NUMBER;
        ret->hop_no = bounded_hop(hop_no, 0);
    }
    return fault;
}

/* @ret_control: the JSON, for the words about what is wrong with it. */
static OnionFault
read_guard(Bytes in, OnionEnvelope *ret, JsonValue *ret_control)
{
    OnionEnvelope envelope = { .hop_no = 0 };
    Bytes cipher, json;
    OnionFault fault;

    if (in.n > ONION_REQUEST_MAX)
        return FAULT_TOO_LARGE;
    fault = container_split(in, &cipher, &json);
    if (fault == FAULT_NONE)
        fault = read_guard_control(json, &envelope, ret_control);
    if (fault != FAULT_NONE)
        return fault;
    envelope.cipher_offset = (size_t)(cipher.p - in.p);
    envelope.cipher_length = cipher.n;
    *ret = envelope;
    return FAULT_NONE;
}

/* The storage server's words, as far as they are fixed. */
static const char *
fault_text(OnionFault fault)
{
    static const char *const texts[] = {
        [FAULT_NONE] = "",
        [FAULT_TOO_LARGE] = "Request too large",
        [FAULT_NO_LENGTH] = "Unexpected payload size; expected ciphertext size",
        [FAULT_SHORT] = "Unexpected payload size",
        [FAULT_JSON] = "[json.exception.parse_error.101] parse error at line 1, column 1: "
                       "syntax error while parsing value - unexpected end of input; "
                       "expected '[', '{', or a literal",
        [FAULT_NO_OBJECT] = "[json.exception.type_error.304] cannot use at()",
        [FAULT_NO_KEY] = "[json.exception.out_of_range.403] key 'ephemeral_key' not found",
        [FAULT_KEY_NO_TEXT] = "[json.exception.type_error.303] incompatible ReferenceType "
                              "for get_ref",
        [FAULT_KEY_NO_HEX] = "Hex key data is invalid: data is not hex",
        [FAULT_KEY_LENGTH] = "Hex key data is invalid: expected 32 hex digits",
        [FAULT_ENC_NO_TEXT] = "[json.exception.type_error.303] incompatible ReferenceType "
                              "for get_ref",
        [FAULT_ENC] = "Invalid encryption type",
        [FAULT_HOP_NO_NUMBER] = "[json.exception.type_error.302] type must be number",
    };

    return texts[fault];
}

static Status
fault_status(OnionFault fault)
{
    if (fault == FAULT_TOO_LARGE)
        return ST_TOO_LARGE;
    return fault == FAULT_NO_LENGTH || fault == FAULT_SHORT ? ST_TRUNCATED : ST_MALFORMED;
}

Status
onion_parse_guard(const Packet *packet, OnionEnvelope *ret, const char **ret_error)
{
    JsonValue control;
    OnionFault fault;

    if (onion_layer_envelope(packet, true, ret))
        return ST_OK;
    fault = read_guard(packet_bytes(packet), ret, &control);
    if (fault == FAULT_NONE)
        return ST_OK;
    *ret_error = fault_text(fault);
    return fault_status(fault);
}

static bool
key_of_base64(JsonValue control, uint8_t ret[KEY_BYTES])
{
    Buffer scratch = BUFFER_EMPTY;
    JsonValue value;
    Bytes text;
    bool good = json_get(control, "ephemeral_key", &value) &&
                control_text(value, &scratch, &text) &&
                base64_decode_exact(text, ret, KEY_BYTES) == ST_OK;

    buffer_clear(&scratch);
    return good;
}

Status
onion_parse_library(const Packet *packet, OnionEnvelope *ret, const char **ret_error)
{
    Bytes in = packet_bytes(packet), cipher, json;
    Status status = onion_parse_guard(packet, ret, ret_error);
    OnionEnvelope envelope = { .hop_no = 0 };
    JsonValue control;

    if (status != ST_MALFORMED || container_split(in, &cipher, &json) != FAULT_NONE ||
        json_parse(json, &control) != ST_OK ||
        !key_of_base64(control, envelope.ephemeral_pk) ||
        control_enc(control, &envelope.enc) != FAULT_NONE)
        return status;
    envelope.cipher_offset = (size_t)(cipher.p - in.p);
    envelope.cipher_length = cipher.n;
    *ret = envelope;
    return ST_OK;
}

/* What follows the fixed words of faults that name what they found. */
static void
append_found(OnionFault fault, Bytes in, JsonValue control, Buffer *out)
{
    Buffer scratch = BUFFER_EMPTY;
    Reader r = reader_over(in);
    uint32_t announced = 0;
    JsonValue value;
    Bytes text;

    if (fault == FAULT_SHORT && reader_u32le(&r, &announced)) {
        buffer_append_literal(out, " ");
        buffer_append_u64_decimal(out, r.left);
        buffer_append_literal(out, ", expected >= ");
        buffer_append_u64_decimal(out, announced);
    } else if (fault == FAULT_KEY_LENGTH && json_get(control, "ephemeral_key", &value) &&
               control_text(value, &scratch, &text)) {
        buffer_append_literal(out, ", received ");
        buffer_append_u64_decimal(out, text.n);
    } else if (fault == FAULT_ENC && json_get(control, "enc_type", &value) &&
               control_text(value, &scratch, &text)) {
        buffer_append_literal(out, " ");
        buffer_append_bytes(out, text);
    }
    buffer_clear(&scratch);
}

void
onion_guard_error(const Packet *packet, Buffer *out)
{
    OnionEnvelope envelope;
    JsonValue control = { .type = JSON_TYPE_NULL };
    Bytes in = packet_bytes(packet);
    OnionFault fault = read_guard(in, &envelope, &control);

    buffer_append_literal(out, "Error parsing onion request: ");
    buffer_append_text(out, fault_text(fault));
    append_found(fault, in, control, out);
}

/* Members of the dict: NULL, or what is wrong with them. */
static const char *
read_hop(BencodeValue dict, Bytes in, OnionEnvelope *ret)
{
    OnionEnvelope envelope = { .enc = ENC_AES_GCM };
    BencodeValue value;
    Bytes data, key, name;
    int64_t hop_no = 0;

    if (!bencode_get(dict, "data", &value) || !bencode_string(value, &data))
        return "required data payload not found";
    if (bencode_get(dict, "enc_type", &value) &&
        (!bencode_string(value, &name) || enc_type_parse(name, &envelope.enc) != ST_OK))
        return "Invalid encryption type";
    if (!bencode_get(dict, "ephemeral_key", &value) || !bencode_string(value, &key))
        return "ephemeral key not found";
    if (key.n != KEY_BYTES)
        return "Key data is invalid: expected 32 bytes";
    if (bencode_get(dict, "hop_no", &value) &&
        (!bencode_i64(value, &hop_no) || hop_no < INT32_MIN || hop_no > INT32_MAX))
        return "hop_no is no integer";
    memcpy(envelope.ephemeral_pk, key.p, KEY_BYTES);
    envelope.hop_no = bounded_hop(hop_no, 1);
    envelope.cipher_offset = (size_t)(data.p - in.p);
    envelope.cipher_length = data.n;
    *ret = envelope;
    return NULL;
}

Status
onion_parse_hop(const Packet *packet, OnionEnvelope *ret, const char **ret_error)
{
    OnionEnvelope envelope;
    BencodeValue dict;
    const char *error;
    Status status;
    Bytes in;

    if (onion_layer_envelope(packet, false, ret))
        return ST_OK;
    in = packet_bytes(packet);
    if (in.n > ONION_REQUEST_MAX) {
        *ret_error = "Request too large";
        return ST_TOO_LARGE;
    }
    if (canonical_hop(in, &envelope)) {
        *ret = envelope;
        return ST_OK;
    }
    status = bencode_parse(in, &dict);
    if (status != ST_OK || dict.type != BENCODE_DICT) {
        *ret_error = "not a bencoded dict";
        return status != ST_OK ? status : ST_MALFORMED;
    }
    error = read_hop(dict, in, ret);
    if (error == NULL)
        return ST_OK;
    *ret_error = error;
    return ST_MALFORMED;
}
