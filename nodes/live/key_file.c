/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/key_file.h"

#include <string.h>

#include "nodes/base/bytes.h"
#include "nodes/live/clock.h"

static char *
path_in(const char *folder)
{
    return g_build_filename(folder, "key", NULL);
}

bool
key_file_write(const char *folder, const uint8_t seed[KEY_BYTES], GError **error)
{
    g_autofree char *path = path_in(folder);
    char text[2 * KEY_BYTES + 2] = "";
    bool written;

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "%s: its folder cannot be made", path);
        return false;
    }
    hex_encode((Bytes){ seed, KEY_BYTES }, text);
    text[2 * KEY_BYTES] = '\n';
    written = g_file_set_contents_full(path, text, sizeof text - 1,
                                       G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    explicit_bzero(text, sizeof text);
    return written;
}

static bool
make_key(const char *folder, GError **error)
{
    uint8_t seed[KEY_BYTES];
    bool made;

    live_random(seed, sizeof seed);
    made = key_file_write(folder, seed, error);
    explicit_bzero(seed, sizeof seed);
    return made;
}

bool
key_file_read(const char *folder, bool make, uint8_t ret[KEY_BYTES], GError **error)
{
    g_autofree char *path = path_in(folder);
    g_autofree char *text = NULL;

    if (make && !g_file_test(path, G_FILE_TEST_EXISTS) && !make_key(folder, error))
        return false;
    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    if (hex_decode(bytes_of_text(g_strstrip(text)), ret, KEY_BYTES))
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: expected 64 hex digits",
                path);
    return false;
}
