/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who knows what, and what the system claims: parts of the text, the JSON and the HTML
 * report.  They say nothing where no [adversary NAME] watched.  Used inside report only. */
#pragma once

#include <jansson.h>

#include "results/record/reader.h"

void text_append_adversary(GString *out, RecordReader *reader);
void html_append_adversary(GString *out, RecordReader *reader);
/* "claims" and "knowledge" into @object. */
void json_put_adversary(json_t *object, RecordReader *reader);
