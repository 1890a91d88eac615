/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node tells its supervisor of what it does, one line each: what its store was
 * given, and what it notes (of NOTE_* those that a node makes).
 *
 *     put new|extend HASH ACCOUNT NAMESPACE TIMESTAMP EXPIRY BYTES
 *     note KIND A B */
#pragma once

#include "nodes/base/port.h"
#include "nodes/base/store.h"

typedef struct News {
    bool is_put;
    Note note; /* without a text */
    bool extend;
    StoreMessage message; /* its data are zeros; the hash is borrowed from the line */
} News;

/* Appended, with its line's end. */
void news_write_put(const StoreMessage *message, bool extend, Buffer *out);
void news_write_note(const Note *note, Buffer *out);
/* False: it is none of these.  What is read is valid as long as @line; news_clear it. */
bool news_read(const char *line, News *ret) WARN_UNUSED;
void news_clear(News *news);
