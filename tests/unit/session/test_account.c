/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Account keys against Session's own (tests/vectors/upstream_mnemonic), texts, and the set
 * of what was seen against a plain list. */
#include "clients/session/sending.h"
#include "tests/lib/vectors.h"

/* 16 bytes, then zeros (protocol 1.1). */
static void
load_seed(const json_t *vector, uint8_t ret[32])
{
    memset(ret, 0, 32);
    vector_hex_exact(vector, "seed_hex", ret, 16);
}

static void
test_account_of_seed(void)
{
    json_t *vectors = vectors_load("upstream_mnemonic");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(vectors, "generated"), i, vector)
    {
        uint8_t seed[32], expected[ACCOUNT_BYTES], account[ACCOUNT_BYTES];

        load_seed(vector, seed);
        vector_hex_exact(vector, "session_id", expected, ACCOUNT_BYTES);
        session_account_of_seed(seed, account);
        g_assert_cmpmem(account, ACCOUNT_BYTES, expected, ACCOUNT_BYTES);
    }
    g_assert_cmpuint(i, ==, 60);
    json_decref(vectors);
}

static void
check_text(uint64_t message, uint32_t bytes, size_t expected_bytes)
{
    Buffer text = BUFFER_EMPTY;
    uint64_t parsed = 1;

    session_text_of(message, bytes, &text);
    g_assert_cmpuint(text.n, ==, expected_bytes);
    for (size_t i = 0; i < text.n; i++)
        g_assert_true(text.p[i] >= 0x20 && text.p[i] < 0x7f);
    g_assert_true(session_text_parse(buffer_bytes(&text), &parsed));
    g_assert_cmpuint(parsed, ==, message);
    for (size_t i = 16; i < text.n; i += 1 + text.n / 100) {
        text.p[i] ^= 1;
        g_assert_false(session_text_parse(buffer_bytes(&text), &parsed));
        text.p[i] ^= 1;
    }
    text.p[3] = 'G'; /* no hex digit */
    g_assert_false(session_text_parse(buffer_bytes(&text), &parsed));
    for (size_t n = 0; n < 16; n++)
        g_assert_false(session_text_parse((Bytes){ text.p, n }, &parsed));
    buffer_clear(&text);
}

static void
test_text(void)
{
    check_text(0, 0, 16);
    check_text(0x0123456789abcdef, 16, 16);
    check_text(0x0123456789abcdef, 17, 17);
    check_text(UINT64_MAX, 300, 300);
    check_text((uint64_t)7 << 32 | 1, UINT32_MAX, SESSION_TEXT_MAX);
}

static bool
list_add(GArray *list, uint64_t key, guint max)
{
    for (guint i = 0; i < list->len; i++)
        if (g_array_index(list, uint64_t, i) == key)
            return false;
    g_array_append_val(list, key);
    if (list->len > max)
        g_array_remove_index(list, 0);
    return true;
}

static void
test_seen_agrees_with_a_list(void)
{
    const uint32_t sizes[] = { 1, 2, 7, 8, 9, 100 };

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GArray *list = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        SeenSet seen = { 0 };

        for (int step = 0; step < 3000; step++) {
            uint64_t key = (uint64_t)g_test_rand_int_range(0, (gint32)sizes[i] * 2 + 2)
                           << 40;

            g_assert_true(session_seen_add(&seen, key, sizes[i]) ==
                          list_add(list, key, sizes[i]));
        }
        g_assert_cmpuint(seen.n, ==, list->len);
        session_seen_clear(&seen);
        g_array_unref(list);
    }
}

static void
test_failures_have_names(void)
{
    for (int i = 0; i < SEND_FAILURES; i++) {
        g_assert_nonnull(send_failure_name((SendFailure)i));
        for (int j = 0; j < i; j++)
            g_assert_cmpstr(send_failure_name((SendFailure)i), !=,
                            send_failure_name((SendFailure)j));
    }
    g_assert_cmpstr(send_failure_name(SEND_FAILURES), ==, "unknown");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/account-of-seed", test_account_of_seed);
    g_test_add_func("/session/text", test_text);
    g_test_add_func("/session/seen-agrees-with-a-list", test_seen_agrees_with_a_list);
    g_test_add_func("/session/failures-have-names", test_failures_have_names);
    return g_test_run();
}
