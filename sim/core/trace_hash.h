/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an actor lived through, folded into 64 bits: (time, source, kind, length, status,
 * logical message), never ciphertext or ephemeral keys (design 4). */
#pragma once

#include <stdint.h>

/* Fold one event into @state (start with 0); order matters. */
uint64_t trace_fold(uint64_t state, int64_t time, uint64_t source, uint64_t kind,
                    uint64_t length, uint64_t status, uint64_t message);
