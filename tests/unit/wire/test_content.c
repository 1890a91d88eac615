/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Contents of each kind: what is written is on the wire as protoc's own encoder has it
 * (bytes by hand), comes back as it was, and is refused when it is cut off. */
#include <glib.h>

#include "nodes/wire/content.h"
#include "tests/lib/mutate.h"

#define LITERAL_LIST(list) ((ContentBytesList){ list, G_N_ELEMENTS(list) })

static void
check_wire(const Content *content, const char *expected, size_t n)
{
    Buffer out = BUFFER_EMPTY;

    content_write(content, &out);
    g_assert_cmpmem(out.p, out.n, expected, n);
    buffer_clear(&out);
}

/* Tag and length of each field by hand, from the numbers in protocol 5.8. */
static void
test_wire(void)
{
    static const uint64_t read[] = { 300, 1 };
    static const char receipt[] = "\x2a\x07\x08\x01\x10\xac\x02\x10\x01";
    static const char typing[] = "\x32\x05\x08\xac\x02\x10\x01";
    static const char file[] =
        "\x0a\x33\x0a\x02hi\x12\x2b\x09\x07\0\0\0\0\0\0\0\x12\x09image/png\x1a\x02kk\x20"
        "\x05\x32\x02"
        "dd\x40\x01\xaa\x06\x08http://f\x38\x09";
    Content content = { .kind = CONTENT_RECEIPT, .action = CONTENT_READ };

    content.read = read;
    content.n_read = 2;
    check_wire(&content, receipt, sizeof receipt - 1);
    content = (Content){ .kind = CONTENT_TYPING,
                         .timestamp = 300,
                         .action = CONTENT_TYPING_STOPPED };
    check_wire(&content, typing, sizeof typing - 1);
    content = (Content){ .kind = CONTENT_DATA,
                         .timestamp = 9,
                         .body = BYTES_LITERAL("hi"),
                         .n_pointers = 1,
                         .pointer = { { .id = 7,
                                        .content_type = BYTES_LITERAL("image/png"),
                                        .url = BYTES_LITERAL("http://f"),
                                        .key = BYTES_LITERAL("kk"),
                                        .digest = BYTES_LITERAL("dd"),
                                        .size = 5,
                                        .flags = CONTENT_POINTER_VOICE } } };
    check_wire(&content, file, sizeof file - 1);
}

static ContentGroup
a_group(void)
{
    static Bytes members[3], admins[1];
    static ContentWrapper wrapper[2];

    members[0] = BYTES_LITERAL("05alice");
    members[1] = BYTES_LITERAL("05bob");
    members[2] = BYTES_LITERAL("05carol");
    admins[0] = members[1];
    wrapper[0] = (ContentWrapper){ members[0], BYTES_LITERAL("sealed one") };
    wrapper[1] = (ContentWrapper){ members[2], BYTES_LITERAL("sealed two") };
    return (ContentGroup){ .type = GROUP_KEY_PAIR,
                           .public_key = BYTES_LITERAL("05group"),
                           .name = BYTES_LITERAL("friends"),
                           .key_public = BYTES_LITERAL("public"),
                           .key_private = BYTES_LITERAL("private"),
                           .members = LITERAL_LIST(members),
                           .admins = LITERAL_LIST(admins),
                           .wrapper = wrapper,
                           .n_wrappers = 2 };
}

static void
check_lists_equal(ContentBytesList a, ContentBytesList b)
{
    g_assert_cmpuint(a.n, ==, b.n);
    for (size_t i = 0; i < a.n; i++)
        g_assert_true(bytes_equal(a.item[i], b.item[i]));
}

static void
check_groups_equal(const ContentGroup *a, const ContentGroup *b)
{
    g_assert_true(bytes_equal(a->public_key, b->public_key));
    g_assert_true(bytes_equal(a->name, b->name));
    g_assert_true(bytes_equal(a->key_public, b->key_public));
    g_assert_true(bytes_equal(a->key_private, b->key_private));
    check_lists_equal(a->members, b->members);
    check_lists_equal(a->admins, b->admins);
}

static void
test_groups_come_back(void)
{
    ContentGroup group = a_group();
    Content content = { .kind = CONTENT_DATA, .timestamp = 4, .control = &group }, again;
    Buffer out = BUFFER_EMPTY;

    content_write(&content, &out);
    g_assert_cmpint(content_read(buffer_bytes(&out), &again), ==, ST_OK);
    g_assert_cmpint(again.kind, ==, CONTENT_DATA);
    g_assert_nonnull(again.control);
    g_assert_cmpint(again.control->type, ==, GROUP_KEY_PAIR);
    check_groups_equal(again.control, &group);
    g_assert_cmpuint(again.control->n_wrappers, ==, 2);
    for (size_t i = 0; i < 2; i++) {
        g_assert_true(
            bytes_equal(again.control->wrapper[i].public_key, group.wrapper[i].public_key));
        g_assert_true(bytes_equal(again.control->wrapper[i].encrypted_key_pair,
                                  group.wrapper[i].encrypted_key_pair));
    }
    content_clear(&again);
    out.n = 0;
    content = (Content){ .kind = CONTENT_CONFIGURATION, .group = &group, .n_groups = 1 };
    content_write(&content, &out);
    g_assert_cmpint(content_read(buffer_bytes(&out), &again), ==, ST_OK);
    g_assert_cmpint(again.kind, ==, CONTENT_CONFIGURATION);
    g_assert_cmpuint(again.n_groups, ==, 1);
    check_groups_equal(&again.group[0], &group);
    content_clear(&again);
    buffer_clear(&out);
}

static void
test_pairwise_context_comes_back(void)
{
    const Bytes members[] = { BYTES_LITERAL("05aa"), BYTES_LITERAL("05bb") };
    Content content = { .kind = CONTENT_DATA,
                        .timestamp = 4,
                        .body = BYTES_LITERAL("hello all"),
                        .context = { .id = BYTES_LITERAL("a group"),
                                     .type = GROUP_CONTEXT_UPDATE,
                                     .name = BYTES_LITERAL("name"),
                                     .members = LITERAL_LIST(members) } },
            again;
    Buffer out = BUFFER_EMPTY;

    content_write(&content, &out);
    g_assert_cmpint(content_read(buffer_bytes(&out), &again), ==, ST_OK);
    g_assert_cmpint(again.context.type, ==, GROUP_CONTEXT_UPDATE);
    g_assert_true(bytes_equal(again.context.id, content.context.id));
    g_assert_true(bytes_equal(again.body, content.body));
    check_lists_equal(again.context.members, content.context.members);
    content_clear(&again);
    buffer_clear(&out);
}

static void
test_key_pair(void)
{
    uint8_t one[32] = { 1, 2, 3 }, two[32] = { 4, 5 }, got_one[32], got_two[32] = { 9 };
    Buffer out = BUFFER_EMPTY;

    content_key_pair_write((Bytes){ one, 32 }, (Bytes){ two, 32 }, &out);
    g_assert_cmpint(content_key_pair_read(buffer_bytes(&out), got_one, got_two), ==, ST_OK);
    g_assert_cmpmem(got_one, 32, one, 32);
    g_assert_cmpmem(got_two, 32, two, 32);
    got_two[0] = 77;
    for (size_t n = 0; n < out.n; n++)
        g_assert_cmpint(content_key_pair_read((Bytes){ out.p, n }, got_one, got_two), ==,
                        ST_MALFORMED);
    out.n = 0;
    content_key_pair_write((Bytes){ one, 31 }, (Bytes){ two, 32 }, &out);
    g_assert_cmpint(content_key_pair_read(buffer_bytes(&out), got_one, got_two), ==,
                    ST_MALFORMED);
    g_assert_cmpuint(got_two[0], ==, 77);
    buffer_clear(&out);
}

static void
test_refusals(void)
{
    ContentGroup group = a_group();
    Content content = { .kind = CONTENT_DATA, .timestamp = 4, .control = &group };
    Content again = { .timestamp = 77 };
    Buffer out = BUFFER_EMPTY;

    content_write(&content, &out);
    for (size_t n = 1; n < out.n; n++) {
        Bytes in = truncated(buffer_bytes(&out), n);

        g_assert_cmpint(content_read(in, &again), ==, ST_MALFORMED);
        g_assert_cmpint(again.timestamp, ==, 77);
        bytes_free(in);
    }
    /* A receipt without a type, a typing notice without a timestamp, a time below zero. */
    g_assert_cmpint(content_read(BYTES_LITERAL("\x2a\x02\x10\x01"), &again), ==,
                    ST_MALFORMED);
    g_assert_cmpint(content_read(BYTES_LITERAL("\x32\x02\x10\x01"), &again), ==,
                    ST_MALFORMED);
    g_assert_cmpint(
        content_read(
            BYTES_LITERAL("\x32\x0d\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01"),
            &again),
        ==, ST_MALFORMED);
    /* Nothing that we know is no fault. */
    g_assert_cmpint(content_read(BYTES_LITERAL("\x1a\x00"), &again), ==, ST_OK);
    g_assert_cmpint(again.kind, ==, CONTENT_UNKNOWN);
    content_clear(&again);
    buffer_clear(&out);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/content/wire", test_wire);
    g_test_add_func("/wire/content/groups-come-back", test_groups_come_back);
    g_test_add_func("/wire/content/pairwise-context", test_pairwise_context_comes_back);
    g_test_add_func("/wire/content/key-pair", test_key_pair);
    g_test_add_func("/wire/content/refusals", test_refusals);
    return g_test_run();
}
