/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files on a shelf with a disk: what the disk is told, what it may refuse, and what is
 * there after a restart, numbers included. */
#include <glib.h>

#include "nodes/outside/file_shelf.h"

#define NOW_MS ((UnixMs)1700000000000)

typedef struct CountingDisk {
    ServerDisk disk; /* first */
    guint room, put;
    GArray *dropped; /* uint64_t */
} CountingDisk;

static Status
counting_put(ServerDisk *disk, uint64_t number, UnixMs uploaded_ms, Packet *bytes)
{
    CountingDisk *counting = (CountingDisk *)(void *)disk;

    if (counting->put == counting->room)
        return ST_FULL;
    g_assert_cmpint(uploaded_ms, ==, NOW_MS);
    g_assert_cmpuint(number, ==, ++counting->put);
    packet_clear(bytes);
    *bytes = packet_of_bytes(BYTES_LITERAL("on disk"));
    return ST_OK;
}

static void
counting_drop(ServerDisk *disk, uint64_t number)
{
    g_array_append_val(((CountingDisk *)(void *)disk)->dropped, number);
}

static const ServerDiskOps counting_ops = { .put_file = counting_put,
                                            .drop_file = counting_drop };

static void
test_disk(void)
{
    CountingDisk disk = { { &counting_ops }, 2, 0, g_array_new(FALSE, FALSE, 8) };
    uint64_t number;
    FileShelf shelf;
    Packet file;

    file_shelf_init(&shelf, 1 * DAY, 1000);
    shelf.disk = &disk.disk;
    for (uint64_t i = 1; i <= 2; i++) {
        file = packet_of_bytes(BYTES_LITERAL("as it came"));
        g_assert_cmpint(file_shelf_put(&shelf, 0, NOW_MS, &file, &number), ==, ST_OK);
        g_assert_cmpuint(number, ==, i);
    }
    file = packet_of_bytes(BYTES_LITERAL("one more"));
    g_assert_cmpint(file_shelf_put(&shelf, 0, NOW_MS, &file, &number), ==, ST_FULL);
    g_assert_cmpuint(shelf.bytes, ==, 2 * 7); /* as the disk gives them */
    g_assert_true(
        bytes_equal_text(packet_bytes(&file_shelf_get(&shelf, 1, 2)->bytes), "on disk"));
    g_assert_cmpint(file_shelf_expire(&shelf, 1 * DAY), ==, TIME_NEVER);
    g_assert_cmpuint(disk.dropped->len, ==, 2);
    g_assert_cmpuint(g_array_index(disk.dropped, uint64_t, 1), ==, 2);
    g_array_unref(disk.dropped);
    file_shelf_clear(&shelf);
}

static Status
restore(FileShelf *shelf, uint64_t number, UnixMs uploaded_ms)
{
    Packet file = packet_of_bytes(BYTES_LITERAL("file"));

    return file_shelf_restore(shelf, 1 * HOUR, NOW_MS, number, uploaded_ms, &file);
}

static void
test_restore(void)
{
    const UnixMs hour_ms = HOUR / MILLISECOND;
    Packet file = packet_of_bytes(BYTES_LITERAL("new"));
    uint64_t number;
    FileShelf shelf;

    file_shelf_init(&shelf, 24 * HOUR, 1000);
    g_assert_cmpint(restore(&shelf, 5, NOW_MS - 23 * hour_ms), ==, ST_OK);
    g_assert_cmpint(restore(&shelf, 8, NOW_MS - hour_ms), ==, ST_OK); /* 6, 7: gone */
    g_assert_cmpint(restore(&shelf, 8, NOW_MS), ==, ST_MALFORMED);
    g_assert_cmpint(restore(&shelf, 7, NOW_MS), ==, ST_MALFORMED);
    g_assert_cmpint(restore(&shelf, 9, -1), ==, ST_MALFORMED);
    g_assert_cmpint(restore(&shelf, UINT64_MAX, NOW_MS), ==, ST_MALFORMED);
    g_assert_cmpint(restore(&shelf, 9, INT64_MAX), ==, ST_OK); /* of a clock ahead: now */
    g_assert_nonnull(file_shelf_get(&shelf, 1 * HOUR, 5));
    g_assert_null(file_shelf_get(&shelf, 1 * HOUR, 6));
    g_assert_nonnull(file_shelf_get(&shelf, 1 * HOUR, 8));
    g_assert_null(file_shelf_get(&shelf, 2 * HOUR, 5)); /* its day is over */
    g_assert_cmpint(file_shelf_expire(&shelf, 2 * HOUR), ==, 24 * HOUR);
    file_shelf_go_on_from(&shelf, 2 * HOUR, 12);
    g_assert_cmpint(file_shelf_put(&shelf, 2 * HOUR, NOW_MS, &file, &number), ==, ST_OK);
    g_assert_cmpuint(number, ==, 12);
    file_shelf_clear(&shelf);
    file_shelf_go_on_from(&shelf, 0, 40);
    file = packet_of_bytes(BYTES_LITERAL("after all expired"));
    g_assert_cmpint(file_shelf_put(&shelf, 0, NOW_MS, &file, &number), ==, ST_OK);
    g_assert_cmpuint(number, ==, 40);
    file_shelf_clear(&shelf);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outside/file-shelf/disk", test_disk);
    g_test_add_func("/outside/file-shelf/restore", test_restore);
    return g_test_run();
}
