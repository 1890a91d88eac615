/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/server_folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nodes/live/clock.h"

#define POSTS_FILE "posts.jsonl"
#define NEXT_FILE "next"

struct ServerFolder {
    ServerDisk disk; /* first */
    char *path, *files;
    FILE *posts;
};

static ServerFolder *
of(ServerDisk *disk)
{
    return (ServerFolder *)(void *)disk;
}

static bool
complain(GError **error, const char *path, int why)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(why), "%s: %s", path,
                g_strerror(why));
    return false;
}

/* --- files ------------------------------------------------------------------------------
 */

/* The bytes of a file that lies on disk, for whoever reads them, each time anew.  What was
 * cut off meanwhile is zeros: a packet keeps its length. */
typedef struct KeptFile {
    char *path;
    size_t bytes;
} KeptFile;

static void
kept_encode(const void *object, Buffer *out)
{
    const KeptFile *kept = object;
    uint8_t *p = buffer_reserve(out, kept->bytes);
    FILE *file = fopen(kept->path, "rb");
    size_t n = 0;

    if (file != NULL) {
        n = fread(p, 1, kept->bytes, file);
        fclose(file);
    }
    memset(p + n, 0, kept->bytes - n);
    out->n += kept->bytes;
}

static void
kept_free(void *object)
{
    KeptFile *kept = object;

    g_free(kept->path);
    g_free(kept);
}

static const BlobType kept_type = { "kept file", kept_encode, kept_free };

/* Takes the path. */
static Packet
kept_packet(char *path, size_t bytes)
{
    KeptFile *kept = g_new(KeptFile, 1);

    *kept = (KeptFile){ path, bytes };
    return packet_of_blob(blob_from_object(&kept_type, kept, bytes));
}

static bool
write_next(const ServerFolder *folder, uint64_t next, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, NEXT_FILE, NULL);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT "\n", next);

    return g_file_set_contents(path, text, -1, error);
}

static Status
put_file(ServerDisk *disk, uint64_t number, UnixMs uploaded_ms, Packet *bytes)
{
    ServerFolder *folder = of(disk);
    g_autofree char *path = g_strdup_printf("%s/%" G_GUINT64_FORMAT ".%" G_GINT64_FORMAT,
                                            folder->files, number, uploaded_ms);
    Bytes data = packet_bytes(bytes);
    g_autoptr(GError) error = NULL;
    Packet kept;

    if (!write_next(folder, number + 1, &error) ||
        !g_file_set_contents(path, (const char *)data.p, (gssize)data.n, &error)) {
        g_warning("%s", error->message);
        return ST_FULL;
    }
    kept = kept_packet(g_steal_pointer(&path), data.n);
    packet_clear(bytes);
    *bytes = kept;
    return ST_OK;
}

/* "17.1764000000000" */
static bool
read_name(const char *name, uint64_t *ret_number, UnixMs *ret_uploaded_ms)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", 2);
    guint64 number, uploaded;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, G_MAXINT64, &number, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXINT64, &uploaded, NULL))
        return false;
    *ret_number = number;
    *ret_uploaded_ms = (UnixMs)uploaded;
    return true;
}

static void
drop_file(ServerDisk *disk, uint64_t number)
{
    ServerFolder *folder = of(disk);
    g_autoptr(GDir) dir = g_dir_open(folder->files, 0, NULL);
    const char *name;
    uint64_t found;
    UnixMs uploaded_ms;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder->files, name, NULL);

        if (read_name(name, &found, &uploaded_ms) && found == number)
            (void)g_unlink(path);
    }
}

typedef struct FoundFile {
    uint64_t number;
    UnixMs uploaded_ms;
    char *path;
} FoundFile;

static int
by_number(gconstpointer a, gconstpointer b)
{
    const FoundFile *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static void
clear_found(gpointer found)
{
    g_free(((FoundFile *)found)->path);
}

/* NULL with @error.  (What was being written when the process was killed has a name of
 * another form.) */
static GArray *
find_files(const ServerFolder *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder->files, 0, error);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(FoundFile));
    const char *name;

    g_array_set_clear_func(found, clear_found);
    if (dir == NULL)
        return NULL;
    while ((name = g_dir_read_name(dir)) != NULL) {
        FoundFile file = { .path = g_build_filename(folder->files, name, NULL) };

        if (read_name(name, &file.number, &file.uploaded_ms))
            g_array_append_val(found, file);
        else
            g_free(file.path);
    }
    g_array_sort(found, by_number);
    return g_steal_pointer(&found);
}

/* 1, unless the file says more. */
static uint64_t
read_next(const ServerFolder *folder)
{
    g_autofree char *path = g_build_filename(folder->path, NEXT_FILE, NULL);
    g_autofree char *text = NULL;
    guint64 next;

    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        !g_ascii_string_to_unsigned(g_strstrip(text), 10, 1, G_MAXINT64, &next, NULL))
        return 1;
    return next;
}

bool
server_folder_restore_files(const ServerFolder *folder, FileShelf *shelf, GError **error)
{
    g_autoptr(GArray) found = find_files(folder, error);
    Time now = live_now();
    UnixMs now_ms = live_unix_ms();

    if (found == NULL)
        return false;
    for (guint i = 0; i < found->len; i++) {
        FoundFile *file = &g_array_index(found, FoundFile, i);
        GStatBuf found_stat;
        Packet bytes;

        if (g_stat(file->path, &found_stat) != 0)
            return complain(error, file->path, errno);
        if (found_stat.st_size == 0 || found_stat.st_size > G_MAXINT32)
            continue;
        bytes = kept_packet(g_steal_pointer(&file->path), (size_t)found_stat.st_size);
        if (file_shelf_restore(shelf, now, now_ms, file->number, file->uploaded_ms,
                               &bytes) == ST_OK)
            continue;
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s/%" G_GUINT64_FORMAT ".*: this number is there twice, or too large",
                    folder->files, file->number);
        return false;
    }
    file_shelf_go_on_from(shelf, now, read_next(folder));
    return true;
}

/* --- posts ------------------------------------------------------------------------------
 */

static Status
put_post(ServerDisk *disk, Bytes line)
{
    ServerFolder *folder = of(disk);
    bool kept = fwrite(line.p, 1, line.n, folder->posts) == line.n &&
                fputc('\n', folder->posts) != EOF && fflush(folder->posts) == 0;

    if (kept)
        return ST_OK;
    g_warning("%s/%s: %s", folder->path, POSTS_FILE, g_strerror(errno));
    clearerr(folder->posts);
    return ST_FULL;
}

/* Where the last whole line ends. */
static gsize
whole_lines(const char *text, gsize n)
{
    while (n > 0 && text[n - 1] != '\n')
        n--;
    return n;
}

bool
server_folder_restore_posts(ServerFolder *folder, bool (*take)(void *context, Bytes line),
                            void *context, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, POSTS_FILE, NULL);
    g_autofree char *text = NULL;
    gsize n, whole, line = 1;

    if (!g_file_get_contents(path, &text, &n, error))
        return false;
    whole = whole_lines(text, n);
    for (const char *p = text, *end; p < text + whole; p = end + 1, line++) {
        end = memchr(p, '\n', (size_t)(text + whole - p));
        if (take(context, (Bytes){ (const uint8_t *)p, (size_t)(end - p) }))
            continue;
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s:%" G_GSIZE_FORMAT ": expected a post of this server", path, line);
        return false;
    }
    if (whole < n && ftruncate(fileno(folder->posts), (off_t)whole) != 0)
        return complain(error, path, errno);
    return true;
}

/* --- the folder -------------------------------------------------------------------------
 */

static const ServerDiskOps folder_ops = { put_file, drop_file, put_post };

ServerFolder *
server_folder_open(const char *path, GError **error)
{
    ServerFolder *folder = g_new0(ServerFolder, 1);
    g_autofree char *posts = g_build_filename(path, POSTS_FILE, NULL);

    folder->disk.ops = &folder_ops;
    folder->path = g_strdup(path);
    folder->files = g_build_filename(path, "files", NULL);
    if (g_mkdir_with_parents(folder->files, 0700) == 0)
        folder->posts = fopen(posts, "a");
    if (folder->posts != NULL)
        return folder;
    complain(error, path, errno);
    server_folder_close(folder);
    return NULL;
}

void
server_folder_close(ServerFolder *folder)
{
    if (folder == NULL)
        return;
    if (folder->posts != NULL)
        fclose(folder->posts);
    g_free(folder->path);
    g_free(folder->files);
    g_free(folder);
}

ServerDisk *
server_folder_disk(ServerFolder *folder)
{
    return &folder->disk;
}
