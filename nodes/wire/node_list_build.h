/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to this room: lists out of what somebody else sent. */
#pragma once

#include "nodes/wire/node_list.h"

enum {
    /* Places looked at for one key.  Uniform keys stay far below it (the tables are at most
     * half full: 65536 keys need about 60); keys made to collide do not. */
    NODE_INDEX_PROBES_MAX = 1024
};

/* As node_list_new; NULL when a key needs more than @probes_max places. */
NodeList *node_list_build(const NodeRecord *nodes, size_t n, uint32_t probes_max);

/* As node_list_from_json; @ret_result is where the value of `result` stands in @json. */
Status node_list_read(Bytes json, Bytes *ret_result, NodeList **ret) WARN_UNUSED;
