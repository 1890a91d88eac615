/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The disk of a server beyond the onion: a folder with files/NUMBER.UPLOADED-MS, each as it
 * was uploaded, `next`, the number of the next one, and posts.jsonl, a line a post. */
#pragma once

#include <glib.h>

#include "nodes/outside/file_shelf.h"

typedef struct ServerFolder ServerFolder;

/* The folder is made when it does not exist.  NULL with @error. */
ServerFolder *server_folder_open(const char *path, GError **error);
void server_folder_close(ServerFolder *folder); /* takes NULL */
ServerDisk *server_folder_disk(ServerFolder *folder);

/* Put what files there are on @shelf, which is empty.  Their bytes stay on disk until
 * somebody reads them.  False with @error: a number is there twice. */
bool server_folder_restore_files(const ServerFolder *folder, FileShelf *shelf,
                                 GError **error);
/* Give each line of posts.jsonl to @take; what follows the last whole line (a process was
 * killed) is cut off.  False with @error: it cannot be read, or @take returned false. */
bool server_folder_restore_posts(ServerFolder *folder,
                                 bool (*take)(void *context, Bytes line), void *context,
                                 GError **error);
