/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of recovery phrases.  Private to clients/session. */
#pragma once

enum { MNEMONIC_LIST = 1626, MNEMONIC_WORD_ROOM = 13, MNEMONIC_PREFIX = 3 };

/* In alphabetical order; the first three letters alone tell them apart. */
extern const char mnemonic_words[MNEMONIC_LIST][MNEMONIC_WORD_ROOM];
