/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 16 };

#define FAIL(error, ...)                                                                   \
    (g_set_error(error, g_quark_from_static_string("swarmbed-unpack"), 1, __VA_ARGS__),    \
     false)

/* A file that is open, and libarchive upon it. */
typedef struct Unpacker {
    const char *path;
    int fd;
    struct archive *archive;
} Unpacker;

static bool
fail_reading(const Unpacker *u, GError **error)
{
    const char *why = archive_error_string(u->archive);

    return FAIL(error, "%s: cannot be read: %s", u->path, why != NULL ? why : "unknown");
}

static bool
unpacker_open(Unpacker *u, const char *path, bool many, GError **error)
{
    struct stat about;

    *u = (Unpacker){ .path = path, .fd = g_open(path, O_RDONLY | O_CLOEXEC) };
    if (u->fd < 0)
        return FAIL(error, "%s: cannot be opened: %s", path, g_strerror(errno));
    if (fstat(u->fd, &about) != 0 || S_ISDIR(about.st_mode))
        return FAIL(error, "%s: expected a file, this is a folder", path);
    u->archive = archive_read_new();
    if (u->archive == NULL)
        g_error("out of memory");
    archive_read_support_filter_gzip(u->archive);
    archive_read_support_filter_xz(u->archive);
    if (many) {
        archive_read_support_format_tar(u->archive);
    } else {
        archive_read_support_format_raw(u->archive);
        archive_read_support_format_empty(u->archive);
    }
    if (archive_read_open_fd(u->archive, u->fd, PIECE_BYTES) != ARCHIVE_OK)
        return fail_reading(u, error);
    return true;
}

static void
unpacker_close(Unpacker *u)
{
    if (u->archive != NULL)
        archive_read_free(u->archive);
    if (u->fd >= 0)
        close(u->fd);
}

/* The current entry's content, or NULL. */
static GBytes *
read_entry(const Unpacker *u, const char *name, gsize bytes_max, GError **error)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    g_autofree guint8 *piece = g_malloc(PIECE_BYTES);
    la_ssize_t n;

    while ((n = archive_read_data(u->archive, piece, PIECE_BYTES)) > 0) {
        if ((gsize)n > bytes_max - content->len) {
            (void)FAIL(error, "%s: more than %" G_GSIZE_FORMAT " bytes", name, bytes_max);
            return NULL;
        }
        g_byte_array_append(content, piece, (guint)n);
    }
    if (n < 0) {
        fail_reading(u, error);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

GBytes *
unpack_file(const char *path, gsize bytes_max, GError **error)
{
    Unpacker u;
    struct archive_entry *entry;
    GBytes *content = NULL;
    int status;

    if (unpacker_open(&u, path, false, error)) {
        status = archive_read_next_header(u.archive, &entry);
        if (status == ARCHIVE_EOF)
            content = g_bytes_new(NULL, 0);
        else if (status < ARCHIVE_WARN)
            fail_reading(&u, error);
        else
            content = read_entry(&u, path, bytes_max, error);
    }
    unpacker_close(&u);
    return content;
}

void
unpack_strip_suffix(char *name)
{
    if (g_str_has_suffix(name, ".gz") || g_str_has_suffix(name, ".xz"))
        name[strlen(name) - strlen(".gz")] = '\0';
}

bool
unpack_is_archive(const char *path)
{
    static const char *const suffixes[] = { ".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz" };

    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (g_str_has_suffix(path, suffixes[i]))
            return true;
    return false;
}

static bool
visit(const Unpacker *u, struct archive_entry *entry, gsize bytes_max,
      const UnpackVisitor *visitor, GError **error)
{
    const char *name = archive_entry_pathname(entry);
    g_autofree char *where = NULL;
    g_autoptr(GBytes) content = NULL;

    if (name == NULL || archive_entry_filetype(entry) != AE_IFREG ||
        !visitor->wants(visitor->context, name))
        return true;
    where = g_strdup_printf("%s/%s", u->path, name);
    content = read_entry(u, where, bytes_max, error);
    return content != NULL && visitor->read(visitor->context, where, content, error);
}

static bool
visit_all(const Unpacker *u, gsize bytes_max, const UnpackVisitor *visitor, GError **error)
{
    struct archive_entry *entry;
    unsigned n = 0;
    int status;

    while ((status = archive_read_next_header(u->archive, &entry)) >= ARCHIVE_WARN &&
           status != ARCHIVE_EOF) {
        if (++n > UNPACK_ENTRIES_MAX ||
            archive_filter_bytes(u->archive, 0) > UNPACK_ARCHIVE_MAX)
            return FAIL(error, "%s: more than %d entries or 64 GiB", u->path,
                        UNPACK_ENTRIES_MAX);
        if (!visit(u, entry, bytes_max, visitor, error))
            return false;
    }
    return status == ARCHIVE_EOF || fail_reading(u, error);
}

bool
unpack_archive(const char *path, gsize bytes_max, const UnpackVisitor *visitor,
               GError **error)
{
    Unpacker u;
    bool ok =
        unpacker_open(&u, path, true, error) && visit_all(&u, bytes_max, visitor, error);

    unpacker_close(&u);
    return ok;
}
