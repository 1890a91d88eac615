/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What not every client has, allocated where it is first needed: a resting client costs its
 * pointer alone.  Shared by the files of the client core only. */
#pragma once

#include "clients/session/sending.h"

typedef struct More {
    uint64_t own_messages; /* ids given out to what the client wrote by itself */
} More;

/* s->more, made when there is none. */
More *session_more(Session *s);
void session_more_clear(Session *s);
size_t session_more_memory(const Session *s);

/* --- notices.c: typing notices and read receipts (protocol 5.5, 5.8) --------------- */

void session_notice_typing(Session *s, const uint8_t to[ACCOUNT_BYTES], int action);

/* Texts that were read, to be acknowledged. */
typedef struct ReadList {
    struct ReadText {
        uint8_t sender[KEY_BYTES];
        uint64_t timestamp;
    } * item;
    uint32_t n, capacity;
} ReadList;

void session_read_add(ReadList *list, const uint8_t sender[KEY_BYTES], UnixMs timestamp);
/* One receipt to each sender; the list is empty afterwards. */
void session_notice_read(Session *s, ReadList *list);
