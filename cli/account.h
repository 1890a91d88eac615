/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "clients/session/mnemonic.h"

/* The seed that a recovery phrase, or 32 or 64 hex digits, stand for; FALSE for anything
 * else. */
gboolean cli_account_seed(const char *text, uint8_t ret[ACCOUNT_SEED_BYTES]);
