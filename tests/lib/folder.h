/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A temporary folder as a GTest fixture, with a path for a database in it. */
#pragma once

#include <glib.h>

typedef struct Folder {
    char *path;
    char *database;
} Folder;

/* For g_test_add(): set-up and tear-down, which removes the folder's files. */
void folder_set_up(Folder *folder, gconstpointer data);
void folder_tear_down(Folder *folder, gconstpointer data);
/* Remove the files in it now. */
void folder_empty(const Folder *folder);
/* The contents of a file in it; fails the test when it is not there. */
char *folder_read(const Folder *folder, const char *name, gsize *ret_length);
