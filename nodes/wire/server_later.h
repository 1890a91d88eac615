/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * v4 payloads whose body is a packet (server_payload.h): a file of 10 MB travels by
 * reference, and its bytes exist when somebody reads them. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/wire/server_payload.h"

/* @request's body is passed over; @body is taken (PACKET_EMPTY: none). */
Packet server_request_packet(const ServerRequest *request, Packet *body);
/* The same of a reply, whose body is always there. */
Packet server_reply_packet(int code, Bytes headers, Packet *body);

/* Read a request, made here or of bytes: @ret borrows from @in and @scratch, and its body
 * is empty; @ret_body (to be cleared) is the body.  Status as server_request_read_v4. */
Status server_request_open(const Packet *in, Buffer *scratch, ServerRequest *ret,
                           Packet *ret_body) WARN_UNUSED;
/* The same of a reply; status as server_reply_read_v4. */
Status server_reply_open(const Packet *in, ServerReply *ret, Packet *ret_body) WARN_UNUSED;
