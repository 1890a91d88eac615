/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "scenarios/world.h"

/* After world_run: write into @folder observations-STEM.csv (what was seen), truth-STEM.csv
 * (who it was, by the same rows; no attack needs it) and flows-STEM.csv (messages from
 * author to recipient in ppcalc's trace format, science 4.2, in milliseconds).  Nothing
 * where nobody watches.  False with @error set: it could not be written. */
bool world_export(const World *world, const char *folder, const char *stem, GError **error);
/* The same of messages-STEM.csv: what people did (with options.keep_deeds), to be replayed
 * as workload.trace. */
bool world_export_messages(const World *world, const char *folder, const char *stem,
                           GError **error);
