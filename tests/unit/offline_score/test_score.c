/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What guesses are worth: by hand, and the AUC beside that of stats_auc over all pairs. */
#include <glib/gstdio.h>
#include <math.h>

#include "offline/score/score.h"

#define HEADER "relation,address,target,address_row,target_row,score\n"

static char *path;
static const ScoreOptions options = { .base = 1000, .threshold = 0.5 };

/* Rows 0 to 3 are of addresses of people 0 to 3; rows 4 to 7 name their accounts. */
static void
read_truth(TruthFile *ret)
{
    g_assert_true(g_file_set_contents(path,
                                      "row,person,request,account_of,message,author,"
                                      "recipient\n"
                                      "0,0,10,,,,\n1,1,10,,,,\n2,2,10,,,,\n3,3,10,,,,\n"
                                      "4,0,10,0,,,\n5,1,11,1,77,0,1\n6,2,10,2,0,2,2\n"
                                      "7,,0,3,78,1,3\n",
                                      -1, NULL));
    g_assert_true(truth_file_read(path, ret, NULL));
}

static gboolean
scored(const char *text, Score *ret, GError **error)
{
    g_autofree char *all = g_strconcat(HEADER, text, NULL);
    TruthFile truth;
    Guesses guesses;
    gboolean fine;

    read_truth(&truth);
    g_assert_true(g_file_set_contents(path, all, -1, NULL));
    if (!guesses_read(path, &guesses, error)) {
        truth_file_clear(&truth);
        return FALSE;
    }
    fine = score_guesses(&guesses, &truth, &options, ret, error);
    guesses_clear(&guesses);
    truth_file_clear(&truth);
    return fine;
}

/* Two of three accounts have their owner in front, one of them beside another. */
static void
test_owns(void)
{
    Score s;

    g_assert_true(scored("owns,1.0.0.0,,0,,\nowns,1.0.0.1,,1,,\nowns,1.0.0.2,,2,,\n"
                         "owns,,a,,4,\nowns,,b,,5,\nowns,,c,,6,\nowns,,d,,7,\n"
                         "owns,1.0.0.0,a,0,4,0.9\nowns,1.0.0.1,a,1,4,0.2\n"
                         "owns,1.0.0.1,b,1,5,0.6\nowns,1.0.0.2,b,2,5,0.6\n"
                         "owns,1.0.0.0,c,0,6,0.7\n",
                         &s, NULL));
    g_assert_cmpuint(s.pairs, ==, 12);
    g_assert_cmpuint(s.true_pairs, ==, 3); /* d's owner was not seen */
    g_assert_cmpfloat_with_epsilon(s.right, 1.5 / 3, 1e-12);
    g_assert_cmpfloat_with_epsilon(s.chance, 1.0 / 3, 1e-12);
    g_assert_cmpuint(s.detection.true_positives, ==, 2);
    g_assert_cmpuint(s.detection.false_positives, ==, 2);
    g_assert_cmpuint(s.detection.false_negatives, ==, 1);
    g_assert_cmpuint(s.detection.true_negatives, ==, 7);
}

/* As if pairs that are left out had a score below all. */
static void
test_auc(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    StatsScore all[16];
    Score s;

    for (unsigned p = 0; p < 4; p++)
        g_string_append_printf(text, "owns,1.0.0.%u,,%u,,\nowns,,t%u,,%u,\n", p, p, p,
                               4 + p);
    for (unsigned p = 0; p < 4; p++) {
        for (unsigned t = 0; t < 4; t++) {
            unsigned score = (p * 7 + t * 5 + (p == t ? 3 : 0)) % 6;

            all[p * 4 + t] = (StatsScore){ score, p == t };
            if (score > 0)
                g_string_append_printf(text, "owns,1.0.0.%u,t%u,%u,%u,%u\n", p, t, p, 4 + t,
                                       score);
        }
    }
    g_assert_true(scored(text->str, &s, NULL));
    g_assert_cmpfloat_with_epsilon(s.auc, stats_auc(all, 16, STATS_CONFIDENCE).value,
                                   1e-12);
}

/* Person 0 wrote to 1, and 1 to 3. */
static void
test_writes(void)
{
    Score s;

    g_assert_true(scored("writes,1.0.0.0,,0,,\nwrites,1.0.0.1,,1,,\n"
                         "writes,,b,,5,\nwrites,,c,,6,\nwrites,,d,,7,\n"
                         "writes,1.0.0.0,b,0,5,3\nwrites,1.0.0.0,c,0,6,1\n"
                         "writes,1.0.0.1,c,1,6,2\nwrites,1.0.0.1,d,1,7,1\n",
                         &s, NULL));
    g_assert_cmpuint(s.true_pairs, ==, 2);
    g_assert_cmpfloat_with_epsilon(s.right, 0.5, 1e-12);
    g_assert_cmpfloat_with_epsilon(s.chance, 2.0 / 6, 1e-12);
}

static void
test_same(void)
{
    Score s;

    g_assert_true(scored("same,1.0.0.0,9.9.9.9,0,4,1\nsame,1.0.0.1,9.9.9.9,1,5,1\n"
                         "same,1.0.0.2,9.9.9.9,2,6,1\nsame,1.0.0.3,9.9.9.9,3,7,1\n",
                         &s, NULL));
    g_assert_cmpfloat_with_epsilon(s.right, 0.5, 1e-12);
}

static void
test_nothing(void)
{
    Score s;

    g_assert_true(scored("", &s, NULL));
    g_assert_true(isnan(s.right));
    g_assert_true(isnan(s.auc));
    g_assert_cmpuint(s.pairs, ==, 0);
}

static void
test_refused(void)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        { "owns,1.0.0.0,,8,,\n", "the truth only 8" },
        { "owns,1.0.0.0,a,0,99,1\n", "expected those of one run" },
        { "owns,1.0.0.0,a,0,4,1\nowns,1.0.0.0,a,0,4,2\n", "twice" },
        { "owns,1.0.0.0,a,0,4,1\nsame,1.0.0.0,a,0,4,2\n", "that of the lines before" },
        { "likes,1.0.0.0,a,0,4,1\n", "expected owns, writes or same" },
        { "owns,1.0.0.0,a,0,4,\n", "column score: expected a number" },
        { "owns,,,0,4,\n", "an address, a target or both" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        Score s;

        g_assert_false(scored(bad[i].text, &s, &error));
        if (strstr(error->message, bad[i].words) == NULL)
            g_error("'%s' lacks '%s'", error->message, bad[i].words);
    }
}

static void
test_truth_refused(void)
{
    static const char *const lines[] = { "1,0,1,,,,", "0,16000000,1,,,,", "0,0,,,,,",
                                         "0,0,1,,9,x,1" };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text =
            g_strconcat("row,person,request,account_of,message,author,recipient\n",
                        lines[i], "\n", NULL);
        g_autoptr(GError) error = NULL;
        TruthFile truth;

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_assert_false(truth_file_read(path, &truth, &error));
        g_assert_nonnull(error);
    }
}

int
main(int argc, char **argv)
{
    int failed, fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("score-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_test_add_func("/score/owns", test_owns);
    g_test_add_func("/score/auc", test_auc);
    g_test_add_func("/score/writes", test_writes);
    g_test_add_func("/score/same", test_same);
    g_test_add_func("/score/nothing", test_nothing);
    g_test_add_func("/score/refused", test_refused);
    g_test_add_func("/score/truth-refused", test_truth_refused);
    failed = g_test_run();
    g_unlink(path);
    g_free(path);
    return failed;
}
