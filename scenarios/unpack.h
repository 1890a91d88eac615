/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packed files: one text in .gz or .xz, or a .tar of many, itself packed or not. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* The whole content of a file, unpacked when it is packed with gzip or xz; an error when
 * that is more than @bytes_max, the packed file is cut off, or it is no file. */
GBytes *unpack_file(const char *path, gsize bytes_max, GError **error);
/* Cut .gz or .xz off a file's name. */
void unpack_strip_suffix(char *name);

/* By its name: .tar, .tar.gz, .tgz, .tar.xz, .txz. */
bool unpack_is_archive(const char *path);

typedef struct UnpackVisitor {
    /* Is this entry (a path in the archive) to be read? */
    bool (*wants)(void *context, const char *entry);
    /* Its content; false with @error set ends the reading. */
    bool (*read)(void *context, const char *entry, GBytes *content, GError **error);
    void *context;
} UnpackVisitor;

/* Entries longer than @bytes_max, more than UNPACK_ENTRIES_MAX of them and archives of more
 * than UNPACK_ARCHIVE_MAX bytes are errors. */
#define UNPACK_ARCHIVE_MAX ((gint64)64 << 30)
enum { UNPACK_ENTRIES_MAX = 1 << 20 };
bool unpack_archive(const char *path, gsize bytes_max, const UnpackVisitor *visitor,
                    GError **error);
