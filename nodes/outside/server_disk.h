/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a server beyond the onion keeps what is to outlive its process.  In the simulator
 * there is none: there the actor's own state is its disk, as a process that crashes there
 * ends an incarnation only. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/base/status.h"
#include "nodes/base/time.h"

typedef struct ServerDisk ServerDisk;

/* What is put is kept when the call returns; ST_FULL: it could not be. */
typedef struct ServerDiskOps {
    /* @bytes may be replaced by the same bytes as the disk gives them. */
    Status (*put_file)(ServerDisk *disk, uint64_t number, UnixMs uploaded_ms,
                       Packet *bytes);
    void (*drop_file)(ServerDisk *disk, uint64_t number);
    /* A post, as one line without its end (open_group_line.h). */
    Status (*put_post)(ServerDisk *disk, Bytes line);
} ServerDiskOps;

struct ServerDisk {
    const ServerDiskOps *ops;
};
