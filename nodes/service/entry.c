/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/node_internal.h"
#include "nodes/wire/base64.h"

void
entry_begin(EntryWriter *entry, bool bencoded)
{
    *entry = (EntryWriter){ .out = BUFFER_EMPTY, .bencoded = bencoded };
    entry_dict_begin(entry);
}

void
entry_end(EntryWriter *entry)
{
    entry_dict_end(entry);
}

void
entry_key(EntryWriter *entry, const char *key)
{
    if (entry->bencoded)
        bencode_write_text(&entry->out, key);
    else
        json_write_key(&entry->out, key);
}

/* JSON separates items; keys see to it themselves. */
static void
separate(EntryWriter *entry)
{
    if (!entry->bencoded && entry->out.p[entry->out.n - 1] != '[')
        buffer_append_literal(&entry->out, ",");
}

static void
write_text(EntryWriter *entry, Bytes text)
{
    if (entry->bencoded)
        bencode_write_string(&entry->out, text);
    else
        json_write_string(&entry->out, text);
}

static void
write_number(EntryWriter *entry, int64_t v)
{
    if (entry->bencoded)
        bencode_write_i64(&entry->out, v);
    else
        buffer_append_i64_decimal(&entry->out, v);
}

void
entry_text(EntryWriter *entry, const char *key, Bytes text)
{
    entry_key(entry, key);
    write_text(entry, text);
}

void
entry_number(EntryWriter *entry, const char *key, int64_t v)
{
    entry_key(entry, key);
    write_number(entry, v);
}

/* Bencode has no booleans: members that answered through it say 1. */
void
entry_true(EntryWriter *entry, const char *key)
{
    entry_key(entry, key);
    if (entry->bencoded)
        bencode_write_i64(&entry->out, 1);
    else
        buffer_append_literal(&entry->out, "true");
}

void
entry_list_begin(EntryWriter *entry)
{
    buffer_append_text(&entry->out, entry->bencoded ? "l" : "[");
}

void
entry_list_text(EntryWriter *entry, Bytes text)
{
    separate(entry);
    write_text(entry, text);
}

void
entry_list_number(EntryWriter *entry, int64_t v)
{
    separate(entry);
    write_number(entry, v);
}

void
entry_list_end(EntryWriter *entry)
{
    buffer_append_text(&entry->out, entry->bencoded ? "e" : "]");
}

void
entry_dict_begin(EntryWriter *entry)
{
    buffer_append_text(&entry->out, entry->bencoded ? "d" : "{");
}

void
entry_dict_end(EntryWriter *entry)
{
    buffer_append_text(&entry->out, entry->bencoded ? "e" : "}");
}

void
entry_signature(EntryWriter *entry, ServiceNode *node, Buffer *text)
{
    uint8_t signature[SIGNATURE_BYTES];
    Bytes bytes = { signature, sizeof signature };

    crypto_sign_message(node->crypto, &node->identity, buffer_bytes(text), signature);
    buffer_clear(text);
    entry_key(entry, "signature");
    if (entry->bencoded) {
        bencode_write_string(&entry->out, bytes);
        return;
    }
    buffer_append_literal(&entry->out, "\"");
    base64_encode(bytes, true, &entry->out);
    buffer_append_literal(&entry->out, "\"");
}
