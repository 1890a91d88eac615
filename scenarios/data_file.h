/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files that scenarios name: traces and matrices, plain or packed. */
#pragma once

#include <gio/gio.h>

/* Where @file, or a folder of that name, is: as given, beside the scenario (@folder), or in
 * the data folder of the installation or source tree (scenarios/data, found upwards from
 * the scenario's folder, or $SWARMBED_DATA), or as seen from the current folder.  NULL when
 * nowhere. */
char *data_file_find(const char *folder, const char *file);
/* Its whole content, unpacked when it is packed with gzip or xz.  At most 1 GiB. */
GBytes *data_file_read(const char *path, GError **error);
