/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attacks on files of observations that were written by hand. */
#include <glib/gstdio.h>

#include "offline/attack/offline_attack.h"

#define HEADER                                                                             \
    "row,at_s,answered_after_s,observer,role,observer_ip,neighbour_ip,next_ip,bytes,"      \
    "bytes_passed,bytes_answered,account,content,content_bytes,status,kind,layer,method,"  \
    "outgoing,batched\n"
#define ALICE "05aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define BOB "05bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char *path;

static void
put_sending(GString *text, unsigned row, double at, const char *client)
{
    g_string_append_printf(text,
                           "%u,%.6f,0.2,0,node,32.0.0.1,%s,32.0.0.2,900,700,300,,,0,200,"
                           "onion,relay,,0,0\n",
                           row, at, client);
}

static void
put_arrival(GString *text, unsigned row, double at, const char *account, const char *method)
{
    g_string_append_printf(text,
                           "%u,%.6f,,7,node,32.0.0.3,32.0.0.2,,500,0,0,%s,,0,200,onion_hop,"
                           "final,%s,0,1\n",
                           row, at, account, method);
}

static AttackOptions
options_of(AttackForm form)
{
    return (AttackOptions){ .form = form,
                            .window = SECOND,
                            .interval = 10 * SECOND,
                            .after = 20,
                            .corrupt = -1,
                            .share = 1,
                            .memory_max = 1 << 20 };
}

static char *
attacked(const char *text, const AttackOptions *options, AttackFound *ret)
{
    g_autofree char *out_path = g_strconcat(path, ".out", NULL);
    char *guesses;
    ObservationFile file;
    FILE *out;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_true(observation_file_read(path, &file, NULL));
    out = fopen(out_path, "we");
    g_assert_nonnull(out);
    g_assert_true(offline_attack(&file, options, out, ret, NULL));
    fclose(out);
    observation_file_clear(&file);
    g_assert_true(g_file_get_contents(out_path, &guesses, NULL, NULL));
    g_unlink(out_path);
    return guesses;
}

/* 240.0.0.1 sends just before Alice is polled, 240.0.0.2 at other times. */
static char *
polls(void)
{
    GString *text = g_string_new(HEADER);

    for (unsigned i = 0; i < 10; i++) {
        put_sending(text, 100 + i, 10.0 * i + 1, "240.0.0.1");
        put_arrival(text, 200 + i, 10.0 * i + 1.2, ALICE, "retrieve");
        if (i % 2 == 0)
            put_sending(text, 300 + i, 10.0 * i + 5, "240.0.0.2");
        if (i % 2 == 0)
            put_arrival(text, 400 + i, 10.0 * i + 5.2, BOB, "retrieve");
    }
    return g_string_free(text, FALSE);
}

static void
test_cadence(void)
{
    g_autofree char *text = polls();
    AttackOptions options = options_of(ATTACK_CADENCE);
    AttackFound found;
    g_autofree char *guesses = attacked(text, &options, &found);

    g_assert_cmpuint(found.addresses, ==, 2);
    g_assert_cmpuint(found.targets, ==, 2);
    g_assert_cmpuint(found.observations, ==, 30);
    g_assert_nonnull(strstr(guesses, "\nowns,240.0.0.1," ALICE ",100,200,1\n"));
    g_assert_nonnull(strstr(guesses, "\nowns,240.0.0.2," BOB ",300,400,1\n"));
    g_assert_nonnull(strstr(guesses, "\nowns,240.0.0.1,,100,,\n"));
    g_assert_nonnull(strstr(guesses, "\nowns,," BOB ",,400,\n"));
    g_assert_cmpuint(found.guesses, ==, 2);
}

static void
test_intersection(void)
{
    g_autofree char *text = polls();
    AttackOptions options = options_of(ATTACK_INTERSECTION);
    AttackFound found;
    g_autofree char *guesses = attacked(text, &options, &found);

    /* Bob is polled in windows in which both are there. */
    g_assert_nonnull(strstr(guesses, "\nowns,240.0.0.1," ALICE ",100,200,1\n"));
    g_assert_null(strstr(guesses, "owns,240.0.0.2," ALICE));
    g_assert_nonnull(strstr(guesses, "owns,240.0.0.2," BOB ",300,400,0.5\n"));
}

static void
test_timing(void)
{
    g_autofree char *text = polls();
    AttackOptions options = options_of(ATTACK_TIMING);
    AttackFound found;
    g_autofree char *guesses = attacked(text, &options, &found);

    g_assert_nonnull(strstr(guesses, "owns,240.0.0.2," BOB ",300,400,1\n"));
}

/* Who writes to Bob, sends only then. */
static void
test_disclosure(void)
{
    g_autoptr(GString) text = g_string_new(HEADER);
    AttackOptions options = options_of(ATTACK_DISCLOSURE);
    g_autofree char *guesses = NULL;
    AttackFound found;

    for (unsigned i = 0; i < 8; i++) {
        put_arrival(text, 10 + i, 10.0 * i + 3, ALICE, "store");
        if (i % 4 != 0)
            continue;
        put_sending(text, 30 + i, 10.0 * i + 4, "240.0.0.1");
        put_arrival(text, 50 + i, 10.0 * i + 5, BOB, "store");
    }
    guesses = attacked(text->str, &options, &found);
    g_assert_nonnull(strstr(guesses, "\nwrites,240.0.0.1," BOB ",30,50,1\n"));
    g_assert_null(strstr(guesses, "writes,240.0.0.1," ALICE));
}

static void
test_predecessor(void)
{
    g_autoptr(GString) text = g_string_new(HEADER);
    AttackOptions options = options_of(ATTACK_PREDECESSOR);
    g_autofree char *guesses = NULL;
    AttackFound found;

    put_sending(text, 1, 5, "240.0.0.1");
    g_string_append(text, "2,5.1,0.2,9,node,32.0.0.9,32.0.0.2,32.0.0.5,700,600,300,,,0,200,"
                          "onion_hop,relay,,0,0\n");
    guesses = attacked(text->str, &options, &found);
    g_assert_nonnull(strstr(guesses, "\nsame,240.0.0.1,32.0.0.5,1,2,1\n"));
    g_assert_cmpuint(found.guesses, ==, 1);
    g_assert_cmpuint(found.corrupted, ==, 2);
}

/* Nobody corrupted: nothing is seen. */
static void
test_nobody(void)
{
    g_autofree char *text = polls();
    AttackOptions options = options_of(ATTACK_CADENCE);
    AttackFound found;
    g_autofree char *guesses = NULL;

    options.corrupt = 0;
    guesses = attacked(text, &options, &found);
    g_assert_cmpstr(guesses, ==, "relation,address,target,address_row,target_row,score\n");
    g_assert_cmpuint(found.observations, ==, 0);
}

static void
test_memory(void)
{
    g_autofree char *text = polls();
    AttackOptions options = options_of(ATTACK_TIMING);
    g_autoptr(GError) error = NULL;
    ObservationFile file;
    AttackFound found;
    FILE *out = fopen("/dev/null", "we");

    options.interval = MICROSECOND;
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_true(observation_file_read(path, &file, NULL));
    g_assert_false(offline_attack(&file, &options, out, &found, &error));
    g_assert_nonnull(strstr(error->message, "more than --memory"));
    fclose(out);
    observation_file_clear(&file);
}

static void
test_refused(void)
{
    static const char *const lines[] = {
        "0,-1,0.2,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0",
        "0,1,9999999,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0",
        "0,1,,0,spy,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0",
        "0,1,,4000000000,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,05ab,,0,200,onion,relay,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,xyz,0,200,onion,relay,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,,0,99999,onion,relay,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,,0,200,carrot,relay,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,peel,,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,steal,0,0",
        "0,1,,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,2,0",
        ("0,1,,0,node,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0\n"
         "1,1,,0,line,32.0.0.1,,,9,7,3,,,0,200,onion,relay,,0,0"),
    };

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = g_strconcat(HEADER, lines[i], "\n", NULL);
        g_autoptr(GError) error = NULL;
        ObservationFile file = { 0 };

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        g_assert_false(observation_file_read(path, &file, &error));
        g_assert_nonnull(strstr(error->message, ": expected "));
        g_assert_null(file.log);
    }
}

int
main(int argc, char **argv)
{
    int failed, fd;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("observations-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_test_add_func("/offline/cadence", test_cadence);
    g_test_add_func("/offline/intersection", test_intersection);
    g_test_add_func("/offline/timing", test_timing);
    g_test_add_func("/offline/disclosure", test_disclosure);
    g_test_add_func("/offline/predecessor", test_predecessor);
    g_test_add_func("/offline/nobody", test_nobody);
    g_test_add_func("/offline/memory", test_memory);
    g_test_add_func("/offline/refused", test_refused);
    failed = g_test_run();
    g_unlink(path);
    g_free(path);
    return failed;
}
