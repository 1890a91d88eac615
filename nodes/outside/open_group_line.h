/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A post as one line of JSON, for a server's disk: {"room":T,"seqno":N,"posted_ms":M,
 * "session_id":hex,"nonce":b64,"data":b64,"signature":b64}.  The nonce is that of the
 * request, so that nobody can have it posted again.  For the files of the open-group server
 * only. */
#pragma once

#include "nodes/outside/open_group_room.h"

void open_line_write(const char *room, uint64_t number,
                     const uint8_t nonce[SERVER_NONCE_BYTES], const Post *post,
                     Buffer *out);
/* *ret_room borrows from @line; the rest as open_post_read, signature included. */
Status open_line_read(const Crypto *crypto, const OpenGroupConfig *config, Bytes line,
                      Bytes *ret_room, uint64_t *ret_number,
                      uint8_t ret_nonce[SERVER_NONCE_BYTES], Post **ret) WARN_UNUSED;
