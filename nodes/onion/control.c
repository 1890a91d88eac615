/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/control.h"

#include <assert.h>

OnionFault
container_split(Bytes in, Bytes *ret_cipher, Bytes *ret_json)
{
    Reader r = reader_over(in);
    uint32_t cipher_n;
    Bytes cipher;

    if (!reader_u32le(&r, &cipher_n))
        return FAULT_NO_LENGTH;
    if (!reader_bytes(&r, cipher_n, &cipher))
        return FAULT_SHORT;
    *ret_cipher = cipher;
    *ret_json = (Bytes){ r.p, r.left };
    return FAULT_NONE;
}

bool
control_text(JsonValue value, Buffer *scratch, Bytes *ret)
{
    if (json_string_plain(value, ret))
        return true;
    scratch->n = 0;
    if (!json_string_append(value, scratch))
        return false;
    *ret = buffer_bytes(scratch);
    return true;
}

static bool
is_hex(Bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t digit, pair[2] = { '0', text.p[i] };

        if (!hex_decode((Bytes){ pair, 2 }, &digit, 1))
            return false;
    }
    return text.n % 2 == 0;
}

static OnionFault
key_of_text(Bytes text, uint8_t ret[KEY_BYTES])
{
    if (hex_decode(text, ret, KEY_BYTES))
        return FAULT_NONE;
    return is_hex(text) ? FAULT_KEY_LENGTH : FAULT_KEY_NO_HEX;
}

OnionFault
control_key(JsonValue object, const char *name, uint8_t ret[KEY_BYTES])
{
    Buffer scratch = BUFFER_EMPTY;
    JsonValue value;
    OnionFault fault;
    Bytes text;

    if (object.type != JSON_TYPE_OBJECT)
        return FAULT_NO_OBJECT;
    if (!json_get(object, name, &value))
        return FAULT_NO_KEY;
    if (control_text(value, &scratch, &text))
        fault = key_of_text(text, ret);
    else
        fault = FAULT_KEY_NO_TEXT;
    buffer_clear(&scratch);
    return fault;
}

OnionFault
control_enc(JsonValue object, EncType *ret)
{
    Buffer scratch = BUFFER_EMPTY;
    JsonValue value;
    OnionFault fault = FAULT_NONE;
    Bytes text;

    *ret = ENC_AES_GCM;
    if (!json_get(object, "enc_type", &value))
        return FAULT_NONE;
    if (!control_text(value, &scratch, &text))
        fault = FAULT_ENC_NO_TEXT;
    else if (enc_type_parse(text, ret) != ST_OK)
        fault = FAULT_ENC;
    buffer_clear(&scratch);
    return fault;
}

OnionFault
control_cipher(JsonValue object, EncType *ret_enc, uint8_t ret_key[KEY_BYTES])
{
    uint8_t key[KEY_BYTES];
    EncType enc;
    OnionFault fault = control_key(object, "ephemeral_key", key);

    if (fault == FAULT_NONE)
        fault = control_enc(object, &enc);
    if (fault == FAULT_NONE) {
        *ret_enc = enc;
        memcpy(ret_key, key, KEY_BYTES);
    }
    return fault;
}

bool
control_integer(JsonValue value, int32_t *ret)
{
    uint64_t positive;
    int64_t number;
    double real;
    bool truth;

    if (json_bool(value, &truth))
        *ret = truth;
    else if (json_i64(value, &number))
        *ret = (int32_t)(uint32_t)(uint64_t)number;
    else if (json_u64(value, &positive))
        *ret = (int32_t)(uint32_t)positive;
    else if (json_double(value, &real) && real > INT32_MIN && real < INT32_MAX)
        *ret = (int32_t)real;
    else
        return false;
    return true;
}

size_t
hop_head_bytes(size_t cipher_length)
{
    return sizeof "d4:data:" - 1 + decimal_digits(cipher_length);
}

size_t
hop_tail_bytes(EncType enc, int hop_no)
{
    size_t name = strlen(enc_type_name(enc));

    assert(hop_no >= 0);
    return sizeof "8:enc_type:13:ephemeral_key32:6:hop_noiee" - 1 + decimal_digits(name) +
           name + KEY_BYTES + decimal_digits((uint64_t)hop_no);
}

void
hop_append_head(size_t cipher_length, Buffer *out)
{
    buffer_append_literal(out, "d4:data");
    buffer_append_u64_decimal(out, cipher_length);
    buffer_append_literal(out, ":");
}

void
hop_append_tail(EncType enc, const uint8_t ephemeral[KEY_BYTES], int hop_no, Buffer *out)
{
    const char *name = enc_type_name(enc);

    buffer_append_literal(out, "8:enc_type");
    buffer_append_u64_decimal(out, strlen(name));
    buffer_append_literal(out, ":");
    buffer_append_text(out, name);
    buffer_append_literal(out, "13:ephemeral_key32:");
    buffer_append(out, ephemeral, KEY_BYTES);
    buffer_append_literal(out, "6:hop_noi");
    buffer_append_i64_decimal(out, hop_no);
    buffer_append_literal(out, "ee");
}
