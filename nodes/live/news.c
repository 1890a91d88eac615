/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/news.h"

#include <glib.h>
#include <string.h>

enum { PUT_WORDS = 8, NOTE_WORDS = 4, DATA_BYTES_MAX = 1 << 20 };

static void
append_number(Buffer *out, int64_t number)
{
    buffer_append_literal(out, " ");
    buffer_append_i64_decimal(out, number);
}

void
news_write_put(const StoreMessage *message, bool extend, Buffer *out)
{
    buffer_append_text(out, extend ? "put extend " : "put new ");
    buffer_append(out, message->hash.p, message->hash.n);
    buffer_append_literal(out, " ");
    buffer_append_hex(out, (Bytes){ message->account, ACCOUNT_BYTES });
    append_number(out, message->name_space);
    append_number(out, message->timestamp);
    append_number(out, message->expiry);
    append_number(out, (int64_t)message->data.length);
    buffer_append_literal(out, "\n");
}

void
news_write_note(const Note *note, Buffer *out)
{
    buffer_append_literal(out, "note");
    append_number(out, note->kind);
    append_number(out, (int64_t)note->a);
    append_number(out, (int64_t)note->b);
    buffer_append_literal(out, "\n");
}

static bool
read_number(const char *word, int64_t min, int64_t max, int64_t *ret)
{
    return g_ascii_string_to_signed(word, 10, min, max, ret, NULL);
}

/* @hash: where it stands in the line. */
static bool
read_put(char *const *words, Bytes hash, News *ret)
{
    StoreMessage *m = &ret->message;
    g_autofree uint8_t *zeros = NULL;
    int64_t name_space, bytes;

    if (!hex_decode(bytes_of_text(words[3]), m->account, ACCOUNT_BYTES) ||
        !read_number(words[4], INT16_MIN, INT16_MAX, &name_space) ||
        !read_number(words[5], INT64_MIN, INT64_MAX, &m->timestamp) ||
        !read_number(words[6], INT64_MIN, INT64_MAX, &m->expiry) ||
        !read_number(words[7], 0, DATA_BYTES_MAX, &bytes) || hash.n == 0 ||
        hash.n > MESSAGE_HASH_MAX)
        return false;
    ret->is_put = true;
    ret->extend = strcmp(words[1], "extend") == 0;
    m->name_space = (int16_t)name_space;
    m->hash = hash;
    zeros = g_malloc0((gsize)bytes + 1);
    m->data = packet_of_bytes((Bytes){ zeros, (size_t)bytes });
    return true;
}

bool
news_read(const char *line, News *ret)
{
    g_auto(GStrv) words = g_strsplit(line, " ", PUT_WORDS + 1);
    guint n = g_strv_length(words);
    int64_t kind, a, b;

    *ret = (News){ .is_put = false };
    if (n == PUT_WORDS && strcmp(words[0], "put") == 0)
        return read_put(
            words,
            (Bytes){ (const uint8_t *)line + strlen(words[0]) + 1 + strlen(words[1]) + 1,
                     strlen(words[2]) },
            ret);
    if (n != NOTE_WORDS || strcmp(words[0], "note") != 0 ||
        !read_number(words[1], 0, NOTE_KINDS - 1, &kind) ||
        !read_number(words[2], INT64_MIN, INT64_MAX, &a) ||
        !read_number(words[3], INT64_MIN, INT64_MAX, &b))
        return false;
    ret->note = (Note){ .kind = (NoteKind)kind, .a = (uint64_t)a, .b = (uint64_t)b };
    return true;
}

void
news_clear(News *news)
{
    packet_clear(&news->message.data);
}
