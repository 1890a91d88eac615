/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to this room: a list out of records whose keys somebody else chose. */
#pragma once

#include "nodes/wire/node_list.h"

enum {
    /* Places looked at for one key.  Uniform keys stay far below it (the tables are at most
     * half full: 65536 keys need about 60); keys made to collide do not. */
    NODE_INDEX_PROBES_MAX = 1024
};

/* As node_list_new; NULL when a key needs more than @probes_max places. */
NodeList *node_list_build(const NodeRecord *nodes, size_t n, uint32_t probes_max);
