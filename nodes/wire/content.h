/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people and their clients say to each other, inside the encryption (protocol 5.8):
 * the Content protobuf, as far as it is used here.  Fields that we do not know are passed
 * over. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/store.h"

/* Which of its members a content has.  (It may have none that we know.) */
typedef enum ContentKind {
    CONTENT_UNKNOWN,
    CONTENT_DATA,         /* dataMessage: text, files, changes of a closed group */
    CONTENT_RECEIPT,      /* receiptMessage */
    CONTENT_TYPING,       /* typingMessage */
    CONTENT_CONFIGURATION /* configurationMessage: to one's own devices */
} ContentKind;

enum { CONTENT_POINTER_VOICE = 1 }; /* a flag */

/* Where an attachment lies, and how it opens (protocol 5.7).  Empty bytes are left out. */
typedef struct ContentPointer {
    uint64_t id;
    Bytes content_type, url; /* text */
    Bytes name;              /* the file's, as its sender calls it; text */
    Bytes key, digest;       /* empty: the file is not sealed (open groups) */
    uint32_t size;           /* of the file itself */
    uint32_t flags;
} ContentPointer;

typedef struct ContentBytesList {
    const Bytes *item;
    size_t n;
} ContentBytesList;

/* closedGroupControlMessage's types. */
typedef enum GroupControl {
    GROUP_NEW = 1,            /* public key, name, key pair, members, admins: to a member */
    GROUP_KEY_PAIR = 3,       /* wrappers: one for each member; to the group, or (with the
                               * public key) to a member that lacks it */
    GROUP_NAME_CHANGE = 4,    /* name */
    GROUP_MEMBERS_ADDED = 5,  /* members */
    GROUP_MEMBERS_REMOVED = 6 /* members */
} GroupControl;

/* A key pair sealed to one member. */
typedef struct ContentWrapper {
    Bytes public_key; /* the member's account */
    Bytes
        encrypted_key_pair; /* a session message without padding, of the KeyPair protobuf */
} ContentWrapper;

/* A closed group with a key pair (protocol 5.6): a control message, or what a configuration
 * says of one (type 0). */
typedef struct ContentGroup {
    int type; /* GroupControl, or any number */
    Bytes public_key, name;
    Bytes key_public, key_private; /* both empty: none */
    ContentBytesList members, admins;
    const ContentWrapper *wrapper;
    size_t n_wrappers;
} ContentGroup;

/* GroupContext's types (2020). */
enum { GROUP_CONTEXT_UPDATE = 1, GROUP_CONTEXT_DELIVER = 2, GROUP_CONTEXT_QUIT = 3 };

/* A pairwise group: which one, and with UPDATE who is in it. */
typedef struct ContentContext {
    Bytes id; /* empty: the message belongs to no such group */
    int type;
    Bytes name;
    ContentBytesList members, admins; /* texts */
} ContentContext;

enum { CONTENT_READ = 1 };                                   /* a receipt's type */
enum { CONTENT_TYPING_STARTED = 0, CONTENT_TYPING_STOPPED }; /* its actions */
enum { CONTENT_POINTERS_MAX = 8 }; /* that are read of one message */

typedef struct Content {
    ContentKind kind;
    UnixMs timestamp;  /* DATA, TYPING */
    Bytes body;        /* DATA: text */
    Bytes sync_target; /* DATA: text of the Session ID it was sent to, in the copy for one's
                        * own devices; else empty */
    ContentPointer pointer[CONTENT_POINTERS_MAX]; /* DATA */
    size_t n_pointers;
    const ContentGroup *control; /* DATA: a change of a closed group, or NULL */
    ContentContext context;      /* DATA: of a pairwise group */
    int action;                  /* TYPING; RECEIPT: its type */
    const uint64_t *read;        /* RECEIPT: timestamps of what was read */
    size_t n_read;
    const ContentGroup *group; /* CONFIGURATION */
    size_t n_groups;
    void *memory; /* of what content_read gave; content_clear frees it */
} Content;

/* Append the protobuf. */
void content_write(const Content *content, Buffer *out);
/* The reverse, from untrusted bytes; everything in @ret lives until content_clear.
 * ST_MALFORMED; ST_TOO_LARGE: it would take more memory than three times its size and
 * 16 kB. */
Status content_read(Bytes in, Content *ret) WARN_UNUSED;
void content_clear(Content *content);

/* The KeyPair protobuf within a wrapper: appended; and read, from untrusted bytes.
 * ST_MALFORMED: it is none of two keys of 32 bytes. */
void content_key_pair_write(Bytes public_key, Bytes private_key, Buffer *out);
Status content_key_pair_read(Bytes in, uint8_t ret_public[32],
                             uint8_t ret_private[32]) WARN_UNUSED;
