/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of observations, of guesses and of the truth.  First byte: which of them; a file
 * that is taken is attacked, or scored. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "offline/attack/offline_attack.h"
#include "offline/score/score.h"

static char path[] = "/tmp/fuzz-observations-XXXXXX";

/* What is behind the first byte, in a file. */
static bool
put(const uint8_t *data, size_t n)
{
    FILE *file = fopen(path, "we");
    bool fine = file != NULL && fwrite(data, 1, n, file) == n;

    return (file == NULL || fclose(file) == 0) && fine;
}

static void
attack(AttackForm form)
{
    g_autoptr(GError) error = NULL;
    const AttackOptions options = { .form = form,
                                    .window = SECOND,
                                    .interval = 100 * DAY,
                                    .after = 3,
                                    .corrupt = -1,
                                    .share = 1,
                                    .top = 2,
                                    .memory_max = 1 << 20 };
    ObservationFile file;
    AttackFound found;
    FILE *nowhere = fopen("/dev/null", "we");

    if (observation_file_read(path, &file, &error)) {
        (void)!offline_attack(&file, &options, nowhere, &found, NULL);
        observation_file_clear(&file);
    } else {
        fuzz_check(error != NULL);
    }
    fclose(nowhere);
}

static void
score(void)
{
    static TruthRow rows[4] = { { 1, 0, 0 }, { 1, 0, 1 }, { 2, 1, 0 }, { 2, 1, 1 } };
    const ScoreOptions options = { 1000, 0.5 };
    TruthFile truth = { rows, 4,
                        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                        2 };
    Guesses guesses;
    Score ret;

    if (guesses_read(path, &guesses, NULL)) {
        if (score_guesses(&guesses, &truth, &options, &ret, NULL)) {
            fuzz_check(ret.true_pairs <= ret.pairs);
            fuzz_check(!(ret.auc < 0) && !(ret.auc > 1));
        }
        guesses_clear(&guesses);
    }
    g_hash_table_unref(truth.writes);
}

static void
remove_file(void)
{
    (void)unlink(path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    int fd = mkstemp(path);

    (void)argc;
    (void)argv;
    fuzz_check(fd >= 0);
    close(fd);
    return atexit(remove_file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    TruthFile truth;

    if (n < 1 || !put(data + 1, n - 1))
        return 0;
    if (data[0] % 8 < ATTACK_FORMS) {
        attack((AttackForm)(data[0] % 8));
    } else if (data[0] % 8 == 6) {
        score();
    } else if (truth_file_read(path, &truth, NULL)) {
        truth_file_clear(&truth);
    }
    return 0;
}
