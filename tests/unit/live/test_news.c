/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's news are read as they were written; anything else is none.  And what of a body
 * stands in a transcript. */
#include <glib.h>
#include <string.h>

#include "nodes/live/news.h"
#include "nodes/live/transcript.h"

static char *
line_of(Buffer *out)
{
    char *line;

    g_assert_cmpint(out->p[out->n - 1], ==, '\n');
    line = g_strndup((const char *)out->p, out->n - 1);
    buffer_clear(out);
    return line;
}

static void
test_put(void)
{
    static const uint8_t body[] = "a body";
    StoreMessage message = { .account = { 5, 1, 2, 255 },
                             .name_space = -10,
                             .hash = bytes_of_text("aHash+/of43characters"),
                             .timestamp = 1764172800123,
                             .expiry = INT64_MAX };
    Buffer out = BUFFER_EMPTY;
    News news;

    message.data = packet_of_bytes((Bytes){ body, sizeof body });
    for (int extend = 0; extend < 2; extend++) {
        g_autofree char *line = NULL;

        news_write_put(&message, extend, &out);
        line = line_of(&out);
        g_assert_true(news_read(line, &news));
        g_assert_true(news.is_put);
        g_assert_cmpint(news.extend, ==, extend);
        g_assert_cmpmem(news.message.account, ACCOUNT_BYTES, message.account,
                        ACCOUNT_BYTES);
        g_assert_cmpmem(news.message.hash.p, news.message.hash.n, message.hash.p,
                        message.hash.n);
        g_assert_cmpint(news.message.name_space, ==, -10);
        g_assert_cmpint(news.message.timestamp, ==, message.timestamp);
        g_assert_cmpint(news.message.expiry, ==, INT64_MAX);
        g_assert_cmpuint(news.message.data.length, ==, sizeof body);
        news_clear(&news);
    }
    packet_clear(&message.data);
}

static void
test_note(void)
{
    Note note = { .kind = NOTE_PUSH, .a = 7, .b = UINT64_MAX };
    Buffer out = BUFFER_EMPTY;
    g_autofree char *line = NULL;
    News news;

    news_write_note(&note, &out);
    line = line_of(&out);
    g_assert_true(news_read(line, &news));
    g_assert_false(news.is_put);
    g_assert_cmpint(news.note.kind, ==, NOTE_PUSH);
    g_assert_cmpuint(news.note.a, ==, 7);
    g_assert_cmpuint(news.note.b, ==, UINT64_MAX);
    news_clear(&news);
}

static void
test_others(void)
{
    static const char *const lines[] = {
        "",
        "ready",
        "note",
        "note 1 2",
        "note 1 2 3 4",
        "note 99 1 1",
        "note -1 1 1",
        "note 1 x 1",
        "put",
        "put new hash 05 0 1 2 3",
        "put new  050102ff0000000000000000000000000000000000000000000000000000000000 0 1 2 "
        "3",
        "put new h 050102ff0000000000000000000000000000000000000000000000000000000000 0 1 "
        "2 "
        "99999999",
        "put new h 050102ff0000000000000000000000000000000000000000000000000000000000 "
        "40000 1 "
        "2 3"
    };
    News news;

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_test_message("%s", lines[i]);
        g_assert_false(news_read(lines[i], &news));
        news_clear(&news);
    }
}

static void
assert_masked(const char *body, size_t n, const char *wanted)
{
    Buffer out = BUFFER_EMPTY;

    transcript_mask((Bytes){ (const uint8_t *)body, n }, &out);
    g_assert_cmpmem(out.p, out.n, wanted, strlen(wanted));
    buffer_clear(&out);
}

static void
test_mask(void)
{
    static const char json[] =
        "{\"method\":\"store\",\"t\":1764172800123,\"n\":-10,"
        "\"key\":\"0123456789abcdef0123456789abcdef\",\"e\":\"\\\"\"}";
    static const char cut[] = "{\"a\":\"never ends";

    assert_masked(
        json, strlen(json),
        "{\"method\":\"store\",\"t\":*13,\"n\":-10,\"key\":\"*32\",\"e\":\"\\\"\"}");
    assert_masked(cut, strlen(cut), "{\"a\":\"never ends\"");
    assert_masked("Invalid json", 12, "Invalid json");
    assert_masked("a\0b", 3, "3 bytes");
    assert_masked("0123456789abcdef0123456789abcdef", 32, "*32");
    assert_masked("", 0, "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/news/put", test_put);
    g_test_add_func("/news/note", test_note);
    g_test_add_func("/news/others", test_others);
    g_test_add_func("/transcript/mask", test_mask);
    return g_test_run();
}
