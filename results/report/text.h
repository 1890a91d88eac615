/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the summary for a terminal.  Used inside report only. */
#pragma once

#include "results/record/reader.h"

/* @text and blanks up to @width characters (not bytes). */
void text_append_padded(GString *out, const char *text, glong width, bool right);
/* text_variants.c: a sweep, a line for each variant. */
void text_append_variants(GString *out, RecordReader *reader);
