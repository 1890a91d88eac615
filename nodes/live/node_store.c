/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/node_store.h"

#include <errno.h>

#include "nodes/store/sqlite_store.h"

Store *
node_store_open(const char *folder, uint64_t bytes_max, UnixMs now, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "storage.db", NULL);
    char why[SQLITE_STORE_ERROR_BYTES];
    Store *store;

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s",
                    folder, g_strerror(errno));
        return NULL;
    }
    store = sqlite_store_open(path, bytes_max, SQLITE_STORE_LIVE, why);
    if (store == NULL)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
    else
        store->ops->sweep(store, now);
    return store;
}
