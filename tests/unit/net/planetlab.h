/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The measured matrix, for tests. */
#pragma once

#include <glib.h>

/* scenarios/data/planetlab-rtt.txt.gz, unpacked. */
GByteArray *planetlab_text(void);
