/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What not every client has, allocated where it is first needed: a resting client costs its
 * pointer alone.  Shared by the files of the client core only. */
#pragma once

#include "clients/session/sending.h"
#include "nodes/crypto/attachment_later.h"
#include "nodes/wire/content.h"

enum {
    DOWNLOADS_MAX = 256,    /* files that are waited for, at most */
    DOWNLOADS_PARALLEL = 3, /* fetched at a time (protocol 5.7) */
    DOWNLOAD_TRIES = 3,     /* 30 s and 30 min apart */
    FILE_URL_BYTES_MAX = 160
};

/* A file that a message of this client tells of. */
typedef struct OutFile {
    uint8_t key[ATTACHMENT_KEY_BYTES], digest[ATTACHMENT_DIGEST_BYTES];
    uint64_t number;         /* on the file server; 0: not there yet */
    struct GivenFile *given; /* what a person gave (said.h); NULL: it follows from the id */
} OutFile;

/* A file to be fetched. */
typedef struct Download {
    uint64_t serial; /* owner of its request */
    uint64_t message, number;
    uint8_t key[ATTACHMENT_KEY_BYTES], digest[ATTACHMENT_DIGEST_BYTES];
    uint32_t bytes;
    uint8_t kind; /* SessionKind */
    uint8_t tries;
    bool asked;                  /* a request is under way */
    struct SaidFile *said;       /* of a person's (said.h); NULL: of a synthetic one's */
    uint8_t room[ACCOUNT_BYTES]; /* whose server has it, as it is; zeros: the file server */
    uint8_t hash_n;
    char hash[MESSAGE_HASH_MAX]; /* of the message that told of it */
    Time due;
} Download;

typedef struct More {
    Time due;                  /* of what is here; TIME_NEVER: nothing */
    Time downloads_due;        /* the next one that can begin */
    Time cover_due;            /* of the next cover poll; TIME_NEVER: none */
    uint32_t cover_bytes;      /* of the last real one; 0: there was none */
    Time push_due;             /* of the next subscription; TIME_NEVER: none */
    Time push_renew;           /* the last one is good until then; 0: there is none */
    uint64_t push_serial;      /* owner of the request under way; 0: none */
    uint64_t own_messages;     /* ids given out to what the client wrote by itself */
    struct Rotation *rotation; /* NULL: guards and paths have no end */
    Download *download;
    uint32_t n_downloads;
    uint32_t n_groups;
    Group **group;           /* closed ones; NULL: none */
    struct OpenGroup *rooms; /* NULL: none */
} More;

/* s->more, made when there is none. */
More *session_more(Session *s);
void session_more_clear(Session *s);
size_t session_more_memory(const Session *s);
/* Its time has come. */
void session_more_expire(Session *s);
/* A time of it changed. */
void session_more_settle(Session *s);
/* Polls of groups and rooms begin at @poll_at. */
void session_more_online(Session *s, Time poll_at);
void session_more_offline(Session *s);

/* --- cover.c: what is sent to be seen ------------------------------------------------ */

void session_cover_online(Session *s);
/* A cover poll, when it is time for one. */
void session_cover_run(Session *s);

/* --- push.c: a push server's subscriptions ------------------------------------------- */

void session_push_online(Session *s, Time poll_at);
/* Subscribe, when it is time for it. */
void session_push_run(Session *s);
void session_push_done(Session *s, const OnionRequest *request,
                       const RequestResult *result);

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

/* --- files.c: attachments (protocol 5.7) ------------------------------------------- */

/* Messages of these kinds tell of a file. */
bool session_kind_has_file(SessionKind kind);
/* What @pointer tells of, by its flags and type. */
SessionKind session_pointer_kind(const ContentPointer *pointer);
/* Upload the message's file first; session_send_attempt follows when it is there. */
void session_upload(Session *s, OutMessage *message);
void session_upload_done(Session *s, OnionRequest *request, RequestResult *result);
/* Its pointer, for the content; @url has room for FILE_URL_BYTES_MAX. */
void session_file_pointer(const Session *s, const OutMessage *message, char *url,
                          ContentPointer *ret);
/* The kind of a message with this pointer.  False: it is none that we can fetch. */
bool session_pointer_read(const ContentPointer *pointer, SessionKind *ret);

/* --- downloads.c ------------------------------------------------------------------- */

/* Fetch what @pointer says, which the message with this id and hash told; @room: where it
 * was told (NULL: in no room); @said (NULL, or taken): it is a person's, who is told. */
void session_download(Session *s, SessionKind kind, uint64_t message,
                      const ContentPointer *pointer, const uint8_t *room, Bytes hash,
                      struct SaidFile *said);
void session_downloads_clear(Session *s);
void session_download_done(Session *s, OnionRequest *request, RequestResult *result);
/* Begin what is due, and set the time. */
void session_downloads_run(Session *s);
/* It is the file of this message, byte for byte. */
bool session_file_is(const Packet *packet, uint64_t message, uint32_t bytes);
