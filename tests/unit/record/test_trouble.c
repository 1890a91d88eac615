/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes wrong with a results database: files of others, full disks, killed programs. */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "results/record/reader.h"
#include "tests/lib/folder.h"

enum { EVENTS_A_RUN = 8000 };

/* Opening fails with one sentence that names the file and says @words. */
static void
assert_refused(const char *path, const char *name, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(recorder_open(path, name, text, "c", &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_null(strchr(error->message, '\n'));
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, words);
}

static Recorder *
open_fine(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder =
        recorder_open(folder->database, "s", "a = 1\nb = 2\n", "c", &error);

    g_assert_no_error(error);
    return recorder;
}

static void
test_other_experiment(Folder *folder, gconstpointer data)
{
    (void)data;
    recorder_close(open_fine(folder));
    assert_refused(folder->database, "t", "a = 1\nb = 2\n", "scenario \"s\", not \"t\"");
    assert_refused(folder->database, "s", "a = 1\nb = 3\n",
                   "line 2 is \"b = 2\" there and \"b = 3\" here");
    assert_refused(folder->database, "s", "a = 1\nb = 2\nc = 4\n",
                   "line 3 is \"\" there and \"c = 4\" here");
    recorder_close(open_fine(folder));
}

static void
exec_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
}

static void
test_other_schema(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    recorder_close(open_fine(folder));
    exec_sql(folder->database, "PRAGMA user_version = 99");
    assert_refused(folder->database, "s", "a = 1\nb = 2\n", "has results schema 99");
    g_assert_null(record_reader_open(folder->database, &error));
    g_assert_nonnull(strstr(error->message, "has results schema 99"));
}

static void
test_file_of_others(Folder *folder, gconstpointer data)
{
    g_autofree char *before = NULL, *after = NULL;
    gsize length_before, length_after;

    (void)data;
    exec_sql(folder->database, "CREATE TABLE photo (x)");
    g_file_get_contents(folder->database, &before, &length_before, NULL);
    assert_refused(folder->database, "s", "a", "is not a results database");
    g_file_get_contents(folder->database, &after, &length_after, NULL);
    g_assert_cmpmem(before, length_before, after, length_after);

    g_file_set_contents(folder->database, "a poem, long enough to be no database at all\n",
                        -1, NULL);
    assert_refused(folder->database, "s", "a", "not a database");
}

static void
test_unwritable(Folder *folder, gconstpointer data)
{
    g_autofree char *below_a_file = NULL, *nowhere = NULL;

    (void)data;
    recorder_close(open_fine(folder));
    below_a_file = g_build_filename(folder->database, "results.db", NULL);
    assert_refused(below_a_file, "s", "a", "Not a directory");
    nowhere = g_build_filename(folder->path, "no", "results.db", NULL);
    assert_refused(nowhere, "s", "a", "No such file or directory");
    assert_refused(folder->path, "s", "a", "unable to open database file");
}

static void
test_reader_refuses(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_null(record_reader_open(folder->database, &error));
    g_assert_nonnull(strstr(error->message, folder->database));
    g_assert_nonnull(strstr(error->message, "No such file"));
    g_assert_false(g_file_test(folder->database, G_FILE_TEST_EXISTS));
}

static void
write_run(Recorder *recorder, uint64_t seed)
{
    recorder_run_begin(recorder, seed);
    recorder_count(recorder, "fate", "delivered", seed);
    for (uint64_t i = 0; i < EVENTS_A_RUN; i++)
        recorder_message_event(recorder, i % 100, (double)i, "stored");
}

static bool
write_and_commit(Recorder *recorder, uint64_t seed, GError **error)
{
    RunFacts facts = { .seed = seed, .trace_hash = "00" };

    write_run(recorder, seed);
    return recorder_run_commit(recorder, &facts, error);
}

/* The runs there are, each whole: seeds 1 to N.  Gives N. */
static guint
whole_runs(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RecordReader) reader = record_reader_open(folder->database, &error);
    g_autoptr(GArray) counts = NULL;
    guint runs;

    g_assert_no_error(error);
    runs = record_reader_runs(reader)->len;
    counts = record_reader_counts(reader, "fate");
    g_assert_cmpuint(counts->len, ==, runs);
    for (guint run = 0; run < runs; run++) {
        const RunFacts *facts =
            &g_array_index(record_reader_runs(reader), RecordRun, run).facts;

        g_assert_cmpuint(facts->seed, ==, run + 1);
        g_assert_cmpuint(g_array_index(counts, RecordCount, run).count, ==, run + 1);
    }
    g_assert_true(record_reader_check(reader, &error));
    return runs;
}

static void
assert_sound(const Folder *folder, guint runs)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *ask = NULL;

    g_assert_cmpint(sqlite3_open(folder->database, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db,
                                       "SELECT integrity_check,"
                                       " (SELECT count(*) FROM message_events)"
                                       " FROM pragma_integrity_check",
                                       -1, &ask, NULL),
                    ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(ask), ==, SQLITE_ROW);
    g_assert_cmpstr((const char *)sqlite3_column_text(ask, 0), ==, "ok");
    g_assert_cmpint(sqlite3_column_int(ask, 1), ==, (int)runs * EVENTS_A_RUN);
    sqlite3_finalize(ask);
    sqlite3_close(db);
}

/* Write runs 1, 2, ... for ever. */
static void
write_for_ever(const Folder *folder)
{
    Recorder *recorder = recorder_open(folder->database, "s", "a = 1\nb = 2\n", "c", NULL);

    if (recorder == NULL)
        _exit(2);
    for (uint64_t seed = 1;; seed++)
        if (!recorder_has_run(recorder, seed) && !write_and_commit(recorder, seed, NULL))
            _exit(3);
}

/* Whenever the writer is killed, the finished runs are there, whole, and the next program
 * goes on behind them. */
static void
test_killed(Folder *folder, gconstpointer data)
{
    guint runs = 0;

    (void)data;
    recorder_close(open_fine(folder));
    for (int round = 0; round < 6; round++) {
        guint before = runs;
        pid_t child = fork();
        int status;

        if (child == 0)
            write_for_ever(folder);
        g_assert_cmpint(child, >, 0);
        /* Until it has written something in this round, and then at any moment. */
        while ((runs = whole_runs(folder)) == before)
            g_usleep(1000);
        g_usleep((gulong)g_test_rand_int_range(0, 30000));
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        runs = whole_runs(folder);
        assert_sound(folder, runs);
    }
}

/* Killed in the middle of a write: the kernel kills a writer that goes past its limit. */
static void
test_killed_while_writing(Folder *folder, gconstpointer data)
{
    guint most = 0;

    (void)data;
    for (rlim_t limit = 100000; limit < 2000000; limit += 230000) {
        pid_t child;
        int status;
        guint runs;

        folder_empty(folder);
        recorder_close(open_fine(folder));
        child = fork();
        if (child == 0) {
            struct rlimit size = { limit, limit };

            setrlimit(RLIMIT_FSIZE, &size);
            signal(SIGXFSZ, SIG_DFL);
            write_for_ever(folder);
        }
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, SIGXFSZ);
        runs = whole_runs(folder);
        assert_sound(folder, runs);
        most = MAX(most, runs);
    }
    g_assert_cmpuint(most, >, 1);
}

/* Where no more fits: seeds 1 to N are there, N + 1 is refused in one sentence. */
static int
fill_up(const Folder *folder, const char *words)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = open_fine(folder);
    uint64_t seed = 1;

    while (seed < 100 && write_and_commit(recorder, seed, &error))
        seed++;
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, folder->database));
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, words);
    g_assert_true(g_str_has_prefix(error->message, "cannot write the run of seed "));
    g_assert_false(recorder_has_run(recorder, seed));
    /* A run without those events still fits: the recorder goes on. */
    recorder_run_begin(recorder, seed);
    recorder_count(recorder, "fate", "delivered", seed);
    recorder_close(recorder);
    return (int)seed - 1;
}

static void
test_limit_reached(Folder *folder, gconstpointer data)
{
    int status;
    pid_t child;

    (void)data;
    child = fork();
    if (child == 0) {
        struct rlimit size = { 1500000, 1500000 };

        setrlimit(RLIMIT_FSIZE, &size);
        signal(SIGXFSZ, SIG_IGN);
        _exit(fill_up(folder, "disk I/O error"));
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), >, 0);
    g_assert_cmpuint(whole_runs(folder), ==, (guint)WEXITSTATUS(status));
    assert_sound(folder, (guint)WEXITSTATUS(status));
}

/* Every connection may have so many pages only: SQLite's own "disk is full". */
static int
few_pages(sqlite3 *db, const char **message, const void *api)
{
    (void)message;
    (void)api;
    return sqlite3_exec(db, "PRAGMA max_page_count = 300", NULL, NULL, NULL);
}

static void
test_disk_full(Folder *folder, gconstpointer data)
{
    int runs;

    (void)data;
    sqlite3_auto_extension((void (*)(void))few_pages);
    runs = fill_up(folder, "full");
    sqlite3_reset_auto_extension();
    g_assert_cmpint(runs, >, 0);
    g_assert_cmpuint(whole_runs(folder), ==, (guint)runs);
    assert_sound(folder, (guint)runs);
}

/* Two programs with one database: both find room, nobody is refused. */
static void
test_two_writers(Folder *folder, gconstpointer data)
{
    pid_t children[2];

    (void)data;
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            Recorder *recorder =
                recorder_open(folder->database, "s", "a = 1\nb = 2\n", "c", NULL);

            if (recorder == NULL)
                _exit(2);
            for (uint64_t seed = 1 + (uint64_t)i; seed <= 8; seed += 2)
                if (!write_and_commit(recorder, seed, NULL))
                    _exit(3);
            recorder_close(recorder);
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++) {
        int status;

        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    }
    g_assert_cmpuint(whole_runs(folder), ==, 8);
    assert_sound(folder, 8);
}

#define ADD(name, function)                                                                \
    g_test_add("/record/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("other-experiment", test_other_experiment);
    ADD("other-schema", test_other_schema);
    ADD("file-of-others", test_file_of_others);
    ADD("unwritable", test_unwritable);
    ADD("reader-refuses", test_reader_refuses);
    ADD("killed", test_killed);
    ADD("killed-while-writing", test_killed_while_writing);
    ADD("limit-reached", test_limit_reached);
    ADD("disk-full", test_disk_full);
    ADD("two-writers", test_two_writers);
    return g_test_run();
}
