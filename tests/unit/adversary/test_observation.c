/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log of what was seen and the table of what it was. */
#include <glib.h>
#include <string.h>

#include "sim/adversary/observation.h"
#include "sim/adversary/truth.h"

static void
test_bound(void)
{
    ObservationLog *log = observation_log_new(3 * sizeof(Observation) + 1);

    for (uint32_t i = 0; i < 5; i++) {
        size_t place = observation_log_append(log, &(Observation){ .bytes = i });

        g_assert_true(place == (i < 3 ? i : SIZE_MAX));
    }
    g_assert_cmpuint(observation_log_count(log), ==, 3);
    g_assert_cmpuint(observation_log_left_out(log), ==, 2);
    g_assert_cmpuint(observation_log_all(log)[2].bytes, ==, 2);
    observation_log_free(log);
}

static void
test_only_of_the_corrupted(void)
{
    ObservationLog *log = observation_log_new(1 << 20);
    const bool nobody[4] = { false }, two[4] = { false, true, false, true };
    Observations seen;

    for (uint32_t i = 0; i < 4; i++)
        g_assert_cmpuint(observation_log_add_observer(log, &(Observer){ .number = i }), ==,
                         i);
    for (uint32_t i = 0; i < 100; i++)
        (void)observation_log_append(log, &(Observation){ .observer = i % 4, .at = i });
    observations_of(log, two, &seen);
    g_assert_cmpuint(seen.n, ==, 50);
    for (size_t i = 0; i < seen.n; i++) {
        g_assert_cmpuint(seen.records[i].observer % 2, ==, 1);
        g_assert_cmpint(seen.records[i].at, ==, (Time)seen.places[i]);
    }
    observations_clear(&seen);
    observations_of(log, nobody, &seen);
    g_assert_cmpuint(seen.n, ==, 0);
    observations_clear(&seen);
    observation_log_free(log);
}

static void
account_of(uint32_t number, uint8_t ret[ACCOUNT_BYTES])
{
    memset(ret, 5, ACCOUNT_BYTES);
    memcpy(ret + 1, &number, sizeof number);
}

static void
test_accounts(void)
{
    ObservationLog *log = observation_log_new(0);
    uint8_t account[ACCOUNT_BYTES];

    for (uint32_t again = 0; again < 2; again++)
        for (uint32_t i = 0; i < 1000; i++) {
            account_of(i, account);
            g_assert_cmpuint(observation_log_account(log, account), ==, i + 1);
        }
    g_assert_cmpuint(observation_log_accounts(log), ==, 1000);
    g_assert_cmpuint(observation_log_find_account(log, account), ==, 1000);
    account_of(1000, account);
    g_assert_cmpuint(observation_log_find_account(log, account), ==, 0);
    g_assert_cmpuint(observation_log_accounts(log), ==, 1000);
    account_of(6, account);
    g_assert_cmpmem(observation_log_account_key(log, 7), ACCOUNT_BYTES, account,
                    ACCOUNT_BYTES);
    observation_log_free(log);
}

static TruthLog *
some_truth(uint32_t people)
{
    TruthLog *truth = truth_log_new();

    for (uint32_t i = 0; i < people; i++) {
        truth_log_append(truth, &(Truth){ .request = 1, .person = i });
        truth_log_add_content(truth, &(TruthContent){ .content = 1000 + i,
                                                      .message = i,
                                                      .author = i,
                                                      .recipient = people - 1 - i });
        truth_log_set_address(truth, 77 + i, i);
        truth_log_set_account(truth, 1 + i, i);
    }
    return truth;
}

static void
test_truth(void)
{
    TruthLog *truth = some_truth(300);

    g_assert_cmpuint(truth_log_count(truth), ==, 300);
    g_assert_cmpuint(truth_log_content(truth, 1007)->recipient, ==, 292);
    g_assert_null(truth_log_content(truth, 999));
    g_assert_cmpuint(truth_log_address(truth, 80), ==, 3);
    g_assert_cmpuint(truth_log_address(truth, 76), ==, TRUTH_NOBODY);
    g_assert_cmpuint(truth_log_account(truth, 4), ==, 3);
    truth_log_free(truth);
}

/* Shuffled, address and account are of the same person no more often than by chance. */
static void
test_shuffled_truth(void)
{
    enum { PEOPLE = 300 };
    TruthLog *truth = some_truth(PEOPLE);
    bool seen[PEOPLE] = { false };
    uint32_t same = 0;

    truth_log_shuffle(truth, PEOPLE, 1);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        uint32_t of_address = truth_log_address(truth, 77 + i);

        g_assert_cmpuint(of_address, <, PEOPLE);
        g_assert_false(seen[of_address]);
        seen[of_address] = true;
        same += of_address == truth_log_account(truth, 1 + i);
    }
    g_assert_cmpuint(same, <, 7); /* Poisson of mean 1 */
    truth_log_free(truth);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/adversary/log/bound", test_bound);
    g_test_add_func("/adversary/log/corrupted", test_only_of_the_corrupted);
    g_test_add_func("/adversary/log/accounts", test_accounts);
    g_test_add_func("/adversary/truth", test_truth);
    g_test_add_func("/adversary/truth/shuffled", test_shuffled_truth);
    return g_test_run();
}
