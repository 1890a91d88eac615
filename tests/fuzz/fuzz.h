/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What fuzz targets share.  A target is one function over one input; libFuzzer drives it
 * where the option `fuzzing` is on, replay.c over the corpus everywhere else. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "nodes/base/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
/* Runs once before the first input; a target may leave it out. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* What must hold for every input. */
static inline void
fuzz_check(bool holds)
{
    if (!holds)
        abort();
}
