/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packed files: what comes out, and what is refused.  The archives are tests/data/traces.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "scenarios/unpack.h"

/* "hello\n" packed with `gzip -n`. */
static const guint8 gz[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                             0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
                             0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00 };

static char *
written(const char *folder, const char *name, const void *content, gsize n)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, content, (gssize)n, NULL));
    return path;
}

static void
assert_reads(const char *folder, const void *content, gsize n, const char *expected)
{
    g_autofree char *path = written(folder, "file", content, n);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) got = unpack_file(path, strlen(expected), &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(got, NULL), g_bytes_get_size(got), expected,
                    strlen(expected));
    g_remove(path);
}

static void
assert_refused(const char *path, gsize bytes_max, const char *expected)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(unpack_file(path, bytes_max, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_nonnull(strstr(error->message, expected));
}

static void
test_files(void)
{
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *path = NULL;

    assert_reads(folder, "hello\n", 6, "hello\n");
    assert_reads(folder, gz, sizeof gz, "hello\n");
    assert_reads(folder, "", 0, "");
    path = written(folder, "file", gz, sizeof gz);
    assert_refused(path, 5, "more than 5 bytes");
    g_free(path);
    path = written(folder, "file", gz, sizeof gz - 4);
    assert_refused(path, 100, "cannot be read");
    g_remove(path);
    assert_refused(path, 100, "cannot be opened");
    assert_refused(folder, 100, "this is a folder");
    g_rmdir(folder);
}

static void
test_names(void)
{
    static const char *const archives[] = { "a.tar", "b/a.tar.gz", "a.tgz", "a.tar.xz",
                                            "a.txz" };
    static const char *const others[] = { "tar", "a.tar.zip", "a.gz", "a.xz", "a.tar/b" };
    char name[] = "x.avt.xz", plain[] = "x.avt";

    for (size_t i = 0; i < G_N_ELEMENTS(archives); i++)
        g_assert_true(unpack_is_archive(archives[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(unpack_is_archive(others[i]));
    unpack_strip_suffix(name);
    unpack_strip_suffix(plain);
    g_assert_cmpstr(name, ==, "x.avt");
    g_assert_cmpstr(plain, ==, "x.avt");
}

static bool
wants_third(void *context, const char *entry)
{
    (void)context;
    return strstr(entry, "-02-00-00-") != NULL;
}

static bool
count_bytes(void *context, const char *entry, GBytes *content, GError **error)
{
    g_assert_nonnull(strstr(entry, ".tar.xz/consensuses-2026-01/01/"));
    (void)error;
    *(gsize *)context += g_bytes_get_size(content);
    return true;
}

static void
test_archive(void)
{
    g_autofree char *traces =
        g_build_filename(g_getenv("SWARMBED_SOURCE"), "tests", "data", "traces", NULL);
    g_autofree char *path = g_build_filename(traces, "consensuses-2026-01.tar.xz", NULL);
    g_autofree char *plain = g_build_filename(traces, "consensuses-2026-01", "01",
                                              "2026-01-01-02-00-00-consensus", NULL);
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    g_autofree char *content = NULL, *expected = NULL, *cut = NULL;
    g_autoptr(GError) error = NULL;
    gsize bytes = 0, n, n_expected;
    const UnpackVisitor visitor = { wants_third, count_bytes, &bytes };

    g_assert_true(g_file_get_contents(plain, &expected, &n_expected, NULL));
    g_assert_true(unpack_archive(path, n_expected, &visitor, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(bytes, ==, n_expected);
    g_assert_false(unpack_archive(path, n_expected - 1, &visitor, &error));
    g_assert_nonnull(strstr(error->message, "2026-01-01-02-00-00-consensus: more than"));
    g_clear_error(&error);
    /* cut off, or no archive at all */
    g_assert_true(g_file_get_contents(path, &content, &n, NULL));
    cut = written(folder, "cut.tar.xz", content, n / 2);
    g_assert_false(unpack_archive(cut, n_expected, &visitor, &error));
    g_assert_nonnull(strstr(error->message, "cut.tar.xz: cannot be read"));
    g_clear_error(&error);
    g_assert_false(unpack_archive(plain, n_expected, &visitor, &error));
    g_assert_nonnull(error);
    g_remove(cut);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenarios/unpack/files", test_files);
    g_test_add_func("/scenarios/unpack/names", test_names);
    g_test_add_func("/scenarios/unpack/archive", test_archive);
    return g_test_run();
}
