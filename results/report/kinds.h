/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What became of each kind of message: parts of the text and the HTML report.  They say
 * nothing where a run has one kind alone.  Used inside report only. */
#pragma once

#include "results/report/summary.h"

void text_append_kinds(GString *out, RecordReader *reader, const Summary *summary);
/* Of the variant that the reader looks at. */
void html_append_kinds(GString *out, RecordReader *reader, const Summary *summary);
