/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people write and send as it is, beside what synthetic people do: texts and files
 * that no logical id gives.  Shared by the files of the client core only. */
#pragma once

#include "clients/session/groups.h"
#include "clients/session/rooms.h"

/* A file that a person gave, and what is said of it. */
typedef struct GivenFile {
    Packet bytes;
    Buffer text, name, type;
} GivenFile;

/* Where a message was read, and who wrote it. */
typedef struct SaidFrom {
    uint8_t author[ACCOUNT_BYTES];  /* an account, or an id in a room */
    uint8_t mailbox[ACCOUNT_BYTES]; /* zeros: one's own; or a closed group, or a room */
    UnixMs sent_ms;
} SaidFrom;

/* A file that somebody told of, while it is fetched. */
typedef struct SaidFile {
    SaidFrom from;
    Buffer name;
} SaidFile;

/* An order of session_say_packet. */
extern const BlobType session_saying_type;
void session_say(Session *s, const Blob *saying);
void session_given_free(GivenFile *given); /* takes NULL */

/* What a person wrote goes to the application, once: its text, and its files, which are
 * fetched.  @hash is that of the message. */
void session_hear(Session *s, const SaidFrom *from, const Content *content, Bytes hash);
/* The file is there (NULL: @loss says why not).  @said is taken. */
void session_hear_file(Session *s, SaidFile *said, SessionKind kind, const Packet *file,
                       FileLoss loss);
void session_said_free(SaidFile *said); /* takes NULL */
