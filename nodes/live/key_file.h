/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The secret key of one process on real sockets: the file `key` in its folder, 64 hex
 * digits. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "nodes/crypto/crypto.h"

/* Make @folder, and the file in it.  False with @error. */
bool key_file_write(const char *folder, const uint8_t seed[KEY_BYTES], GError **error);
/* @make: where there is none, one is drawn and written.  False with @error. */
bool key_file_read(const char *folder, bool make, uint8_t ret[KEY_BYTES], GError **error);
