/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Known answers: Random123's published examples/kat_vectors, threefry4x64 with 20 rounds.
 */
#include <glib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wundef"
#include <Random123/threefry.h>
#pragma GCC diagnostic pop

#include "sim/core/stream.h"

static void
test_known_answer_of_zeros(void)
{
    static const uint64_t expected[4] = { 0x09218ebde6c85537, 0x55941f5266d86105,
                                          0x4bd25e16282434dc, 0xee29ec846bd2e40b };
    const StreamKey key = { 0 };

    for (unsigned i = 0; i < 4; i++)
        g_assert_cmphex(stream_word(&key, i), ==, expected[i]);
}

/* The published vectors with all key and counter words set: they hold the library to its
 * authors' figures, the next test holds the streams to the library. */
static void
test_known_answers_of_the_library(void)
{
    static const struct {
        threefry4x64_ctr_t counter;
        threefry4x64_key_t key;
        uint64_t expected[4];
    } vectors[] = {
        { { { ~0ull, ~0ull, ~0ull, ~0ull } },
          { { ~0ull, ~0ull, ~0ull, ~0ull } },
          { 0x29c24097942bba1b, 0x0371bbfb0f6f4e11, 0x3c231ffa33f83a1c,
            0xcd29113fde32d168 } },
        { { { 0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0,
              0x082efa98ec4e6c89 } },
          { { 0x452821e638d01377, 0xbe5466cf34e90c6c, 0xbe5466cf34e90c6c,
              0xc0ac29b7c97c50dd } },
          { 0xa7e8fde591651bd9, 0xbaafd0c30138319b, 0x84a5c1a729e685b9,
            0x901d406ccebc1ba4 } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        threefry4x64_ctr_t out = threefry4x64_R(20, vectors[i].counter, vectors[i].key);

        for (unsigned j = 0; j < 4; j++)
            g_assert_cmphex(out.v[j], ==, vectors[i].expected[j]);
    }
}

static void
test_layout_of_key_and_counter(void)
{
    const StreamKey key = { 0x1111111111111111, 0x2222222222222222, 0x33333333,
                            0x44444444 };
    const threefry4x64_key_t words = { { 0x1111111111111111, 0x2222222222222222,
                                         0x4444444433333333, 0 } };
    const uint64_t index = ((uint64_t)1 << 40) + 3;
    const threefry4x64_ctr_t counter = { { index / 4, 0, 0, 0 } };

    g_assert_cmphex(stream_word(&key, index), ==, threefry4x64_R(20, counter, words).v[3]);
}

static void
test_overlapping_reads_agree(void)
{
    enum { N = 150 };
    const uint64_t start = 1000003;
    const StreamKey key = { 42, stream_name("node", 17), 5, 2 };
    uint8_t whole[N];

    stream_bytes(&key, start, whole, N);
    for (size_t from = 0; from < N; from++) {
        for (size_t n = 0; from + n <= N; n++) {
            uint8_t part[N + 1];

            memset(part, 0xee, sizeof part);
            stream_bytes(&key, start + from, part, n);
            g_assert_cmpmem(part, n, whole + from, n);
            g_assert_cmphex(part[n], ==, 0xee);
        }
    }
}

static void
test_words_are_the_bytes(void)
{
    const StreamKey key = { 1, 2, 3, 4 };

    for (uint64_t i = 0; i < 20; i++) {
        uint8_t bytes[8];
        uint64_t word = 0, pair[2];

        stream_bytes(&key, 8 * i, bytes, 8);
        for (int b = 7; b >= 0; b--)
            word = word << 8 | bytes[b];
        g_assert_cmphex(stream_word(&key, i), ==, word);
        stream_pair(&key, i / 2, pair);
        g_assert_cmphex(pair[i % 2], ==, word);
    }
}

static void
test_every_field_changes_the_stream(void)
{
    const StreamKey keys[] = { { 1, 1, 1, 1 }, { 2, 1, 1, 1 }, { 1, 2, 1, 1 },
                               { 1, 1, 2, 1 }, { 1, 1, 1, 2 }, { 1, 1, 2, 2 } };

    for (size_t a = 0; a < G_N_ELEMENTS(keys); a++)
        for (size_t b = a + 1; b < G_N_ELEMENTS(keys); b++)
            g_assert_cmphex(stream_word(&keys[a], 0), !=, stream_word(&keys[b], 0));
}

static int
compare_words(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void
test_names_do_not_collide(void)
{
    static const char *const texts[] = { "", "a", "b", "ab", "ba", "node", "client" };
    enum { NUMBERS = 20000 };
    g_autofree uint64_t *names = g_new(uint64_t, G_N_ELEMENTS(texts) * NUMBERS);
    size_t n = 0;

    for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
        for (uint64_t i = 0; i < NUMBERS; i++)
            names[n++] = stream_name(texts[t], i);
    qsort(names, n, sizeof *names, compare_words);
    for (size_t i = 1; i < n; i++)
        g_assert_cmphex(names[i - 1], !=, names[i]);
}

/* Each bit of text and number moves about half of the bits of the name. */
static void
test_names_avalanche(void)
{
    unsigned changed = 0;
    unsigned pairs = 0;

    for (uint64_t number = 0; number < 200; number++) {
        for (unsigned bit = 0; bit < 64; bit++, pairs++) {
            uint64_t difference = stream_name("node", number) ^
                                  stream_name("node", number ^ (uint64_t)1 << bit);

            changed += (unsigned)__builtin_popcountll(difference);
            g_assert_cmpint(__builtin_popcountll(difference), >=, 8);
        }
    }
    g_assert_cmpfloat_with_epsilon(changed / (double)pairs, 32.0, 0.2);
}

/* Names are part of every seed's results: they may not change from one version to the
 * next without anybody noticing. */
static void
test_names_are_stable(void)
{
    g_assert_cmphex(stream_name("", 0), ==, 0xa706dd2f4d197e6f);
    g_assert_cmphex(stream_name("node", 17), ==, 0x5c03c8610df2568e);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/stream/known-answer-of-zeros", test_known_answer_of_zeros);
    g_test_add_func("/core/stream/known-answers-of-the-library",
                    test_known_answers_of_the_library);
    g_test_add_func("/core/stream/layout-of-key-and-counter",
                    test_layout_of_key_and_counter);
    g_test_add_func("/core/stream/overlapping-reads-agree", test_overlapping_reads_agree);
    g_test_add_func("/core/stream/words-are-the-bytes", test_words_are_the_bytes);
    g_test_add_func("/core/stream/every-field-changes-the-stream",
                    test_every_field_changes_the_stream);
    g_test_add_func("/core/stream/names-do-not-collide", test_names_do_not_collide);
    g_test_add_func("/core/stream/names-avalanche", test_names_avalanche);
    g_test_add_func("/core/stream/names-are-stable", test_names_are_stable);
    return g_test_run();
}
