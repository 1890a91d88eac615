/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/faults.h"

static void
test_commands(void)
{
    LiveFaults faults;
    const char *why;

    live_faults_init(&faults);
    g_assert_true(live_faults_command(&faults, "delay 250", &why));
    g_assert_cmpint(faults.delay, ==, 250 * MILLISECOND);
    g_assert_true(live_faults_command(&faults, "skew -5000", &why));
    g_assert_cmpint(faults.skew, ==, -5000);
    g_assert_true(live_faults_command(&faults, "drop 0.25", &why));
    g_assert_cmpfloat(faults.drop, ==, 0.25);
    g_assert_true(live_faults_command(&faults, "partition 127.16.1.1 127.16.2.1", &why));
    g_assert_true(live_faults_apart(&faults, 0x7f100101));
    g_assert_true(live_faults_apart(&faults, 0x7f100201));
    g_assert_false(live_faults_apart(&faults, 0x7f100301));
    g_assert_true(live_faults_command(&faults, "partition", &why));
    g_assert_false(live_faults_apart(&faults, 0x7f100101));
    live_faults_clear(&faults);
}

static void
test_bad_commands(void)
{
    static const char *const bad[] = {
        "",
        "delay",
        "delay x",
        "delay -1",
        "delay 600001",
        "delay 1 2",
        "drop 1.1",
        "drop -0.1",
        "drop nan",
        "drop 0.5x",
        "drop ",
        "skew 1e3",
        "skew 86400001",
        "partition 1.2.3",
        "partition 0.0.0.0",
        "dance 1",
        "partition 127.0.0.1  127.0.0.2",
    };
    LiveFaults faults;

    live_faults_init(&faults);
    g_assert_true(
        live_faults_command(&faults, "partition 127.0.0.9", &(const char *){ 0 }));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        const char *why = NULL;

        g_test_message("'%s'", bad[i]);
        g_assert_false(live_faults_command(&faults, bad[i], &why));
        g_assert_true(g_str_has_prefix(why, "expected "));
        g_assert_cmpint(faults.delay, ==, 0);
        g_assert_cmpint(faults.skew, ==, 0);
        g_assert_cmpfloat(faults.drop, ==, 0);
        g_assert_true(live_faults_apart(&faults, 0x7f000009));
    }
    live_faults_clear(&faults);
}

/* Of 4,000 draws at 0.25 all but one in a million times 820 to 1,180 are lost. */
static void
test_drops(void)
{
    LiveFaults faults;
    int n = 0;

    live_faults_init(&faults);
    g_assert_false(live_faults_drops(&faults));
    faults.drop = 0.25;
    for (int i = 0; i < 4000; i++)
        n += live_faults_drops(&faults);
    g_assert_cmpint(n, >, 820);
    g_assert_cmpint(n, <, 1180);
    faults.drop = 1;
    for (int i = 0; i < 100; i++)
        g_assert_true(live_faults_drops(&faults));
    live_faults_clear(&faults);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/faults/commands", test_commands);
    g_test_add_func("/live/faults/bad-commands", test_bad_commands);
    g_test_add_func("/live/faults/drops", test_drops);
    return g_test_run();
}
